/** Use cases of domains: claim one, prove it, give it back (C16, C24). */
import { randomBytes } from 'node:crypto';
import { permit, requirePartner } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import { recordAudit } from '../audit/audit.store.js';
import type { Mode } from '../config.js';
import type { TxtLookup } from '../egress/txt-lookup.js';
import { isUniqueViolation } from '../persistence/conflict.js';
import { raisePartnerEpoch } from '../persistence/policy-epoch.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import type { Domain, DomainProof } from './domain.entity.js';
import { domainProblem, domainProblems, provesDomain, recordName } from './domain.rules.js';
import {
  countDomains,
  type DomainKey,
  deleteDomain,
  domainsOfPartners,
  findDomain,
  insertDomain,
  insertProof,
  lockDomain,
} from './domain.store.js';
import { lockPartner } from './partner.store.js';

export interface NewDomain {
  readonly partnerId: Uuid;
  /** Lower-case A-labels. */
  readonly name: string;
}

export interface DomainServiceParts {
  readonly uow: UnitOfWork;
  readonly lookupTxt: TxtLookup;
  readonly mode: Mode;
}

/** A partner with more names than this is none that we know of. */
export const MAX_DOMAINS = 200;

export class DomainService {
  readonly #uow: UnitOfWork;
  readonly #lookupTxt: TxtLookup;
  readonly #mode: Mode;

  constructor({ uow, lookupTxt, mode }: DomainServiceParts) {
    this.#uow = uow;
    this.#lookupTxt = lookupTxt;
    this.#mode = mode;
  }

  find(context: RequestContext, key: DomainKey): Promise<Domain | null> {
    permit(context, 'partner');
    return this.#uow.read(scopeOf(context.actor), (tx) => findDomain(tx, key));
  }

  /** The same page of many partners' domains, by partner. */
  ofPartners(
    context: RequestContext,
    partnerIds: readonly Uuid[],
    page: PageRequest,
  ): Promise<ReadonlyMap<Uuid, Page<Domain>>> {
    permit(context, 'partner');
    return this.#uow.read(scopeOf(context.actor), (tx) => domainsOfPartners(tx, partnerIds, page));
  }

  /**
   * Looks at the caller's own claims and at no others: whoever may claim a name can learn nothing by it.
   * @throws HubError NOT_FOUND, DOMAIN_INVALID, DOMAIN_TAKEN, CONFLICT
   */
  add(context: RequestContext, { partnerId, name }: NewDomain): Promise<Domain> {
    permit(context, 'addDomain');
    requirePartner(context, partnerId);
    const problem = domainProblem(name);
    if (problem !== null) throw refusedName('DOMAIN_INVALID', 'input.name', domainProblems[problem]);
    const { now } = context;
    const work = this.#uow.write(scopeOf(context.actor), async (tx) => {
      if ((await lockPartner(tx, partnerId)) === null) throw new HubError('NOT_FOUND');
      if ((await countDomains(tx, partnerId)) >= MAX_DOMAINS) {
        throw new HubError('CONFLICT', `A partner has ${MAX_DOMAINS} domains at most.`);
      }
      const domain = await insertDomain(tx, {
        partnerId,
        id: uuidv7(now),
        name,
        state: 'PENDING',
        challenge: randomBytes(24).toString('base64url'),
        proof: null,
        provedAt: null,
        createdAt: now,
      });
      await recordAudit(tx, context, { action: 'domain.added', ...targetOf(domain), data: { name } });
      return domain;
    });
    return work.catch(asTaken('input.name'));
  }

  /** @throws HubError NOT_FOUND, DOMAIN_NOT_PROVED, DOMAIN_TAKEN */
  async prove(context: RequestContext, key: DomainKey): Promise<Domain> {
    permit(context, 'proveDomain');
    requirePartner(context, key.partnerId);
    const claimed = await this.#uow.read(scopeOf(context.actor), (tx) => findDomain(tx, key));
    if (claimed === null) throw new HubError('NOT_FOUND');
    if (claimed.state === 'PROVED') return claimed;
    const answer = await this.#lookupTxt(recordName(claimed.name));
    if (answer.kind === 'unanswered') {
      throw refusedName('DOMAIN_NOT_PROVED', 'input.id', 'DNS did not answer in time; try again.');
    }
    if (!provesDomain(answer.records, claimed.challenge)) {
      throw refusedName('DOMAIN_NOT_PROVED', 'input.id', noSuchRecord(claimed.name, answer.records.length));
    }
    return this.#accept(context, key, { proof: 'DNS_TXT', challenge: claimed.challenge });
  }

  /** The word of an operator instead of a record: for trying things out. @throws HubError FORBIDDEN, NOT_FOUND, DOMAIN_TAKEN */
  async assert(context: RequestContext, key: DomainKey): Promise<Domain> {
    permit(context, 'assertDomain');
    if (this.#mode !== 'development') throw new HubError('FORBIDDEN', 'A domain is asserted in development only.');
    return this.#accept(context, key, { proof: 'OPERATOR' });
  }

  /** @throws HubError NOT_FOUND */
  remove(context: RequestContext, key: DomainKey): Promise<Domain> {
    permit(context, 'removeDomain');
    requirePartner(context, key.partnerId);
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      await raisePartnerEpoch(tx, key.partnerId);
      const domain = await lockDomain(tx, key);
      if (domain === null) throw new HubError('NOT_FOUND');
      await deleteDomain(tx, key);
      const { name, state } = domain;
      await recordAudit(tx, context, { action: 'domain.removed', ...targetOf(domain), data: { name, state } });
      return domain;
    });
  }

  /**
   * In the scope of the hub, since a proof is unique over all partners; `key` was held against the caller before.
   * @param challenge what the record said: a claim that was made anew in the meantime has another one
   */
  #accept(
    context: RequestContext,
    key: DomainKey,
    { proof, challenge }: { proof: DomainProof; challenge?: string },
  ): Promise<Domain> {
    const work = this.#uow.write(hubScope, async (tx) => {
      await raisePartnerEpoch(tx, key.partnerId);
      const domain = await lockDomain(tx, key);
      if (domain === null) throw new HubError('NOT_FOUND');
      if (domain.state === 'PROVED') return domain;
      if (challenge !== undefined && domain.challenge !== challenge) throw new HubError('DOMAIN_NOT_PROVED');
      await insertProof(tx, domain);
      domain.state = 'PROVED';
      domain.proof = proof;
      domain.provedAt = context.now;
      const data = { name: domain.name, proof };
      await recordAudit(tx, context, { action: 'domain.proved', ...targetOf(domain), data });
      return domain;
    });
    return work.catch(asTaken('input.id'));
  }
}

function targetOf({ partnerId, id }: Domain) {
  return { partnerId, targetType: 'Domain', targetId: id };
}

function noSuchRecord(name: string, others: number): string {
  return others === 0
    ? `There is no TXT record at ${recordName(name)}.`
    : `None of the TXT records at ${recordName(name)} has the value of this claim.`;
}

function refusedName(code: 'DOMAIN_INVALID' | 'DOMAIN_NOT_PROVED', path: string, message: string): HubError {
  return new HubError(code, undefined, [{ path, message }]);
}

/** One answer for every reason: claimed by this partner before, or proved by whomever. */
function asTaken(path: string): (fault: unknown) => never {
  return (fault) => {
    if (!isUniqueViolation(fault)) throw fault;
    throw new HubError('DOMAIN_TAKEN', undefined, [{ path, message: 'This domain cannot be added.' }]);
  };
}

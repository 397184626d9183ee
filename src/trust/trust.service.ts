/**
 * Use cases of trust relationships (C13, C14): draft, terms, activate, suspend, end. Each raises the epochs of both
 * parties, so that no login in flight, no session and no token outlives what a change withdraws (promise 7).
 */
import { permit } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import type { AuditAction } from '../audit/actions.js';
import { recordAudit } from '../audit/audit.store.js';
import { loadAttributes } from '../login/policy.store.js';
import { isUniqueViolation } from '../persistence/conflict.js';
import { raiseApplicationEpoch, raisePartnerEpoch } from '../persistence/policy-epoch.js';
import type { ReadTx, Tx, UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import type { Page, PageRequest, VersionsPage, VersionsRequest } from '../shared/page.js';
import { nextPosition, type TrustChange } from './lifecycle.rules.js';
import { isOver, type TermsDraft, termChanges, termsOf, termsRefusal } from './terms.rules.js';
import type { TrustRelationship, TrustVersion } from './trust.entity.js';
import {
  addTrust,
  addVersion,
  findManyTrust,
  findTrust,
  findVersion,
  findVersions,
  lockTrust,
  markActivated,
  pageOfTrust,
  partiesExist,
  type TrustFilter,
  type TrustKey,
  trustOfParents,
  usableBy,
  type VersionKey,
  versionsOfMany,
} from './trust.store.js';

export interface NewTrust {
  readonly partnerId: Uuid;
  readonly applicationId: Uuid;
  readonly purpose: string;
  readonly owner: string;
  readonly terms: TermsDraft;
}

export class TrustService {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  async find(context: RequestContext, key: TrustKey): Promise<TrustRelationship | null> {
    permit(context, 'trustRelationship');
    return this.#uow.read(scopeOf(context.actor), (tx) => findTrust(tx, key));
  }

  /** Many at once, by id; those that the caller may not see are missing. */
  async findMany(context: RequestContext, keys: readonly TrustKey[]): Promise<ReadonlyMap<Uuid, TrustRelationship>> {
    permit(context, 'trustRelationship');
    const rows = await this.#uow.read(scopeOf(context.actor), (tx) => findManyTrust(tx, keys));
    return new Map(rows.map((row) => [row.id, row]));
  }

  async list(context: RequestContext, filter: TrustFilter, page: PageRequest): Promise<Page<TrustRelationship>> {
    permit(context, 'trustRelationships');
    return this.#uow.read(scopeOf(context.actor), (tx) => pageOfTrust(tx, filter, page));
  }

  /** The same page of the relationships of many partners or applications, by their id. */
  async ofParents(
    context: RequestContext,
    parent: 'partnerId' | 'applicationId',
    ids: readonly Uuid[],
    page: PageRequest,
  ): Promise<ReadonlyMap<Uuid, Page<TrustRelationship>>> {
    permit(context, 'trustRelationships');
    return this.#uow.read(scopeOf(context.actor), (tx) => trustOfParents(tx, parent, ids, page));
  }

  async versions(context: RequestContext, keys: readonly VersionKey[]): Promise<readonly TrustVersion[]> {
    permit(context, 'trustRelationship');
    return this.#uow.read(scopeOf(context.actor), (tx) => findVersions(tx, keys));
  }

  /** The same page of the versions of many relationships, by relationship. */
  async versionsOf(
    context: RequestContext,
    keys: readonly TrustKey[],
    request: VersionsRequest,
  ): Promise<ReadonlyMap<Uuid, VersionsPage<TrustVersion>>> {
    permit(context, 'trustRelationship');
    return this.#uow.read(scopeOf(context.actor), (tx) => versionsOfMany(tx, keys, request));
  }

  /** @throws HubError NOT_FOUND, CONFLICT, TRUST_TERMS_INVALID, ATTRIBUTE_UNKNOWN */
  async create(context: RequestContext, input: NewTrust): Promise<TrustRelationship> {
    permit(context, 'createTrustRelationship');
    const { partnerId, applicationId, purpose, owner, terms } = input;
    const { now } = context;
    const work = this.#uow.write(scopeOf(context.actor), async (tx) => {
      if (!(await partiesExist(tx, partnerId, applicationId))) throw new HubError('NOT_FOUND');
      await raiseEpochs(tx, { partnerId, applicationId });
      await refuseTerms(tx, partnerId, terms, now);
      const times = { createdAt: now, updatedAt: now };
      const position = { state: 'DRAFT', activeVersion: null, latestVersion: 1 } as const;
      const row = { partnerId, id: uuidv7(now), applicationId, purpose, owner, ...position, ...times };
      const trust = await addTrust(tx, row);
      await insertVersion(tx, context, trust, terms);
      await audit(tx, context, 'trust.created', trust, { version: 1, purpose, owner, terms: termsOf(terms) });
      return trust;
    });
    return work.catch(asConflict);
  }

  /**
   * Makes the next version; the one in force stays in force until an activation.
   * @param expectedVersion the latest version that the caller has seen
   * @throws HubError NOT_FOUND, STALE_VERSION, STATE_TRANSITION, TRUST_TERMS_INVALID, ATTRIBUTE_UNKNOWN
   */
  async changeTerms(
    context: RequestContext,
    key: TrustKey,
    expectedVersion: number,
    terms: TermsDraft,
  ): Promise<TrustRelationship> {
    permit(context, 'changeTrustTerms');
    return this.#change(context, key, 'trust.terms-changed', async (tx, trust) => {
      if (trust.latestVersion !== expectedVersion) throw new HubError('STALE_VERSION');
      const before = await findVersion(tx, { ...key, version: trust.latestVersion });
      move(trust, { kind: 'CHANGE_TERMS' });
      await refuseTerms(tx, key.partnerId, terms, context.now);
      await insertVersion(tx, context, trust, terms);
      const changes = before === null ? {} : termChanges(before.terms, termsOf(terms));
      return { version: trust.latestVersion, ...changes };
    });
  }

  /** @throws HubError NOT_FOUND (also for the version), STATE_TRANSITION, TRUST_TERMS_INVALID where they are over */
  async activate(context: RequestContext, key: TrustKey, version: number): Promise<TrustRelationship> {
    permit(context, 'activateTrustRelationship');
    return this.#change(context, key, 'trust.activated', async (tx, trust) => {
      const wanted = await findVersion(tx, { ...key, version });
      if (wanted === null) throw refused('NOT_FOUND', 'input.version', 'There is no such version.');
      if (isOver(wanted.terms, context.now)) {
        throw refused('TRUST_TERMS_INVALID', 'input.version', 'The terms of this version are over.');
      }
      const before = { state: trust.state, version: trust.activeVersion ?? null };
      move(trust, { kind: 'ACTIVATE', version });
      await markActivated(tx, { ...key, version }, context.actor.id, context.now);
      return { before, after: { state: trust.state, version } };
    });
  }

  /** @throws HubError NOT_FOUND, STATE_TRANSITION */
  async suspend(context: RequestContext, key: TrustKey): Promise<TrustRelationship> {
    permit(context, 'suspendTrustRelationship');
    return this.#change(context, key, 'trust.suspended', async (_tx, trust) => {
      move(trust, { kind: 'SUSPEND' });
      return { version: trust.activeVersion };
    });
  }

  /** @throws HubError NOT_FOUND, STATE_TRANSITION */
  async end(context: RequestContext, key: TrustKey): Promise<TrustRelationship> {
    permit(context, 'endTrustRelationship');
    return this.#change(context, key, 'trust.ended', async (_tx, trust) => {
      const before = trust.state;
      move(trust, { kind: 'END' });
      return { before, version: trust.activeVersion ?? null };
    });
  }

  #change(
    context: RequestContext,
    key: TrustKey,
    action: AuditAction,
    apply: (tx: Tx, trust: TrustRelationship) => Promise<Readonly<Record<string, unknown>>>,
  ): Promise<TrustRelationship> {
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      const found = await findTrust(tx, key);
      if (found === null) throw new HubError('NOT_FOUND');
      // Partner before application, as a login takes them; only then is the row read to be changed.
      await raiseEpochs(tx, found);
      const trust = await lockTrust(tx, key);
      if (trust === null) throw new HubError('NOT_FOUND');
      const data = await apply(tx, trust);
      trust.updatedAt = context.now;
      await audit(tx, context, action, trust, data);
      return trust;
    });
  }
}

async function raiseEpochs(tx: Tx, parties: { partnerId: Uuid; applicationId: Uuid }): Promise<void> {
  await raisePartnerEpoch(tx, parties.partnerId);
  await raiseApplicationEpoch(tx, parties.applicationId);
}

/** @throws HubError STATE_TRANSITION */
function move(trust: TrustRelationship, change: TrustChange): void {
  const { state, activeVersion = null, latestVersion } = trust;
  const next = nextPosition({ state, activeVersion, latestVersion }, change);
  if (next === null) throw new HubError('STATE_TRANSITION');
  Object.assign(trust, next);
}

async function refuseTerms(tx: ReadTx, partnerId: Uuid, draft: TermsDraft, now: Date): Promise<void> {
  const attributes = new Set((await loadAttributes(tx)).map(({ name }) => name));
  const identityProviders = await usableBy(tx, partnerId);
  const refusal = termsRefusal(draft, { attributes, identityProviders, now });
  if (refusal !== null) throw new HubError(refusal.code, undefined, refusal.fields);
}

function insertVersion(
  tx: Tx,
  { actor, now }: RequestContext,
  { partnerId, id, applicationId, latestVersion }: TrustRelationship,
  terms: TermsDraft,
): Promise<void> {
  return addVersion(tx, {
    partnerId,
    trustRelationshipId: id,
    version: latestVersion,
    applicationId,
    terms: termsOf(terms),
    createdBy: actor.id,
    createdAt: now,
  });
}

function audit(
  tx: Tx,
  context: RequestContext,
  action: AuditAction,
  { partnerId, applicationId, id }: TrustRelationship,
  data: Readonly<Record<string, unknown>>,
): Promise<void> {
  const target = { targetType: 'TrustRelationship', targetId: id };
  return recordAudit(tx, context, { action, partnerId, applicationId, ...target, data });
}

function refused(code: 'NOT_FOUND' | 'TRUST_TERMS_INVALID', path: string, message: string): HubError {
  return new HubError(code, undefined, [{ path, message }]);
}

function asConflict(fault: unknown): never {
  if (!isUniqueViolation(fault)) throw fault;
  const message = 'The two have a trust relationship that has not ended.';
  throw new HubError('CONFLICT', message, [{ path: 'input.applicationId', message }]);
}

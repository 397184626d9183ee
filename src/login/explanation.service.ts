/**
 * Two questions about logins: why was this one decided as it was, and how would one be decided? Both run the functions
 * of the real login and touch nothing; the second leaves an audit event.
 */
import { permit, requirePartner } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import { findApplication } from '../applications/application.store.js';
import { recordAudit } from '../audit/audit.store.js';
import type { ReadTx, UnitOfWork } from '../persistence/unit-of-work.js';
import { type StatedClaims, statedAssertion } from '../protocols/stated-claims.rules.js';
import { HubError } from '../shared/hub-error.js';
import type { Uuid } from '../shared/ids.js';
import { loadMembership } from '../users/person.store.js';
import { decideLogin } from './decide.rules.js';
import { explain } from './explain.rules.js';
import type { MembershipFacts } from './facts.js';
import type { Gatherer, PolicySnapshot } from './gather.js';
import { findLogins, type LoginKey, type LoginRow, tracesOf } from './login-list.store.js';
import { map } from './pipeline.js';
import { goneToday, type PolicyToday, reconsider } from './reconsider.rules.js';
import { decidedSimulation, refusedSimulation, type Simulated } from './simulate.rules.js';
import type { LoginTrace } from './trace.js';
import { stagesFor, traceFor } from './trace-view.rules.js';

export interface Explanation {
  readonly login: LoginRow;
  readonly sentences: readonly string[];
  /** null for a login of which no identity provider or application is known. */
  readonly today: PolicyToday | null;
}

export interface SimulationRequest extends StatedClaims {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly applicationId: Uuid;
  /** The instant to decide at. */
  readonly at: Date;
}

export class ExplanationService {
  readonly #uow: UnitOfWork;
  readonly #gatherer: Gatherer;

  constructor(uow: UnitOfWork, gatherer: Gatherer) {
    this.#uow = uow;
    this.#gatherer = gatherer;
  }

  /** null when there is no such login that the caller may see. */
  async explain(context: RequestContext, key: LoginKey): Promise<Explanation | null> {
    permit(context, 'explainLogin');
    const found = await this.#uow.read(scopeOf(context.actor), (tx) => loadLogin(tx, key));
    if (found === null) return null;
    const { login, trace } = found;
    const membership = await this.#membership(login);
    const today = await this.#today(login, trace, membership, context.now);
    const seen = traceFor(context.actor.role, trace);
    return { login, sentences: explain(login, seen), today: today && todayFor(context, today) };
  }

  /** @throws HubError NOT_FOUND */
  async simulate(context: RequestContext, request: SimulationRequest): Promise<Simulated> {
    permit(context, 'simulateLogin');
    const { partnerId, identityProviderId, applicationId, at } = request;
    requirePartner(context, partnerId);
    const application = await this.#uow.read(scopeOf(context.actor), (tx) =>
      findApplication(tx, { id: applicationId }),
    );
    const key = { partnerId, identityProviderId, applicationId };
    const snapshot = application === null ? null : await this.#gatherer.policy(key, true);
    if (snapshot === null) throw new HubError('NOT_FOUND');
    const simulated = await this.#simulate(snapshot, request, at);
    await this.#audit(context, request, simulated);
    return simulated;
  }

  async #simulate(snapshot: PolicySnapshot, request: SimulationRequest, at: Date): Promise<Simulated> {
    const { policy } = snapshot;
    const stated = statedAssertion(snapshot.upstream, request, at);
    if (!stated.ok) return refusedSimulation(policy, 'verify', stated.refusal, null, []);
    const assertion = stated.value;
    const mapped = map(snapshot, assertion);
    if (!mapped.ok) return refusedSimulation(policy, 'map', mapped.refusal, assertion, mapped.traces);
    const person = await this.#gatherer.person(assertion, mapped.value);
    const decision = decideLogin(assertion, policy, person, mapped.value, at);
    return decidedSimulation(policy, assertion, mapped.value, decision);
  }

  #audit(context: RequestContext, request: SimulationRequest, simulated: Simulated): Promise<void> {
    const { partnerId, identityProviderId, applicationId } = request;
    const { outcome, code, mappingVersion, trustVersion } = simulated;
    return this.#uow.write(scopeOf(context.actor), (tx) =>
      recordAudit(tx, context, {
        action: 'login.simulated',
        partnerId,
        applicationId,
        targetType: 'IdentityProvider',
        targetId: identityProviderId,
        code,
        data: { outcome, mappingVersion, trustVersion },
      }),
    );
  }

  async #today(login: LoginRow, trace: LoginTrace, membership: MembershipFacts | null, now: Date) {
    const { partnerId, identityProviderId, applicationId } = login;
    if (!identityProviderId || !applicationId) return null;
    const snapshot = await this.#gatherer.policy({ partnerId, identityProviderId, applicationId }, true);
    if (snapshot === null) return goneToday;
    const decidedAt = login.finishedAt ?? login.begunAt;
    const past = { partnerId, identityProviderId, code: login.code ?? null, decidedAt, trace, membership };
    return reconsider(past, snapshot.policy, now);
  }

  /** Read in the scope of the partner: an owner of an application learns the ruling, and nothing of the account. */
  async #membership({ partnerId, membershipId }: LoginRow): Promise<MembershipFacts | null> {
    if (!membershipId) return null;
    return this.#uow.read({ kind: 'partner', partnerId }, (tx) => loadMembership(tx, partnerId, membershipId));
  }
}

async function loadLogin(tx: ReadTx, key: LoginKey): Promise<{ login: LoginRow; trace: LoginTrace } | null> {
  const [login] = await findLogins(tx, [key]);
  const trace = (await tracesOf(tx, [key])).get(key.id);
  return login === undefined || trace === undefined ? null : { login, trace };
}

function todayFor({ actor }: RequestContext, today: PolicyToday): PolicyToday {
  if (actor.role !== 'APPLICATION_OWNER') return today;
  return { ...today, assumptions: [], trail: stagesFor(actor.role, today.trail) };
}

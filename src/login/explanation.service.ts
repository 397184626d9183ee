/**
 * Two questions about logins: why was this one decided as it was, and how would one be decided? Both run the functions
 * of the real login and touch nothing; the second leaves an audit event.
 */
import { permit, requirePartner } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import { findApplication } from '../applications/application.store.js';
import { recordAudit } from '../audit/audit.store.js';
import { currentEpochs } from '../persistence/policy-epoch.js';
import type { ReadTx, UnitOfWork } from '../persistence/unit-of-work.js';
import type { InspectorRegistry } from '../protocols/registry.js';
import { type StatedClaims, statedAssertion } from '../protocols/stated-claims.rules.js';
import { HubError } from '../shared/hub-error.js';
import type { Uuid } from '../shared/ids.js';
import { loadMembership } from '../users/person.store.js';
import type { Inspection, InspectionTime, Protocol } from './contracts.js';
import { decideLogin } from './decide.rules.js';
import { explain } from './explain.rules.js';
import type { MembershipFacts } from './facts.js';
import type { Gatherer, PolicySnapshot } from './gather.js';
import { findLogins, type LoginKey, type LoginRow, tracesOf } from './login-list.store.js';
import { mapClaims } from './map-claims.rules.js';
import { goneToday, type PolicyToday, reconsider } from './reconsider.rules.js';
import { decidedSimulation, refusedSimulation, type Simulated } from './simulate.rules.js';
import type { LoginTrace } from './trace.js';
import { stagesFor, traceFor } from './trace-view.rules.js';

export type { StatedClaims };

export interface Explanation {
  readonly login: LoginRow;
  readonly sentences: readonly string[];
  /** null for a login of which no identity provider or application is known. */
  readonly today: PolicyToday | null;
}

/** What an IdP would say, or what it said: claims, or a whole message of its protocol. */
export type Said =
  | { readonly kind: 'CLAIMS'; readonly stated: StatedClaims }
  | { readonly kind: 'MESSAGE'; readonly protocol: Protocol; readonly message: string; readonly path: string };

export interface SimulationRequest {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly applicationId: Uuid;
  readonly said: Said;
  /** The instant to judge and to decide at. */
  readonly at: Date;
}

export class ExplanationService {
  readonly #uow: UnitOfWork;
  readonly #gatherer: Gatherer;
  readonly #inspectors: InspectorRegistry;

  constructor(uow: UnitOfWork, gatherer: Gatherer, inspectors: InspectorRegistry) {
    this.#uow = uow;
    this.#gatherer = gatherer;
    this.#inspectors = inspectors;
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

  /** @throws HubError NOT_FOUND, INPUT_INVALID for a message of the other protocol */
  async simulate(context: RequestContext, request: SimulationRequest): Promise<Simulated> {
    permit(context, 'simulateLogin');
    const { partnerId, identityProviderId, applicationId } = request;
    requirePartner(context, partnerId);
    const key = { partnerId, identityProviderId, applicationId };
    const { isSeen, epochs } = await this.#uow.read(scopeOf(context.actor), async (tx) => ({
      isSeen: (await findApplication(tx, { id: applicationId })) !== null,
      epochs: await currentEpochs(tx, partnerId, applicationId),
    }));
    const snapshot = isSeen ? await this.#gatherer.policyAt(key, epochs) : null;
    if (snapshot === null) throw new HubError('NOT_FOUND');
    const simulated = await this.#simulate(snapshot, request, context.now);
    await this.#audit(context, request, simulated);
    return simulated;
  }

  async #simulate(snapshot: PolicySnapshot, { said, at }: SimulationRequest, now: Date): Promise<Simulated> {
    const { policy, upstream } = snapshot;
    const { verdicts, facts: stated } =
      said.kind === 'CLAIMS'
        ? { verdicts: null, facts: statedAssertion(upstream, said.stated, at) }
        : await this.#inspect(snapshot, said, { at, now });
    const ground = { policy, verdicts };
    if (!stated.ok) return refusedSimulation(ground, 'verify', stated.refusal, null, []);
    const assertion = stated.value;
    const mapped = mapClaims(assertion, snapshot.policy, snapshot.mapping);
    if (!mapped.ok) return refusedSimulation(ground, 'map', mapped.refusal, assertion, mapped.traces);
    const person = await this.#gatherer.person(assertion, mapped.value);
    const decision = decideLogin(assertion, policy, person, mapped.value, at);
    return decidedSimulation(ground, assertion, mapped.value, decision);
  }

  #inspect(
    { upstream }: PolicySnapshot,
    { protocol, message, path }: Extract<Said, { kind: 'MESSAGE' }>,
    time: InspectionTime,
  ): Promise<Inspection> {
    if (protocol === upstream.kind) return this.#inspectors.inspect(upstream, message, time);
    const problem = { path, message: `The identity provider speaks ${upstream.kind}.` };
    throw new HubError('INPUT_INVALID', undefined, [problem]);
  }

  #audit(context: RequestContext, request: SimulationRequest, simulated: Simulated): Promise<void> {
    const { partnerId, identityProviderId, applicationId, said } = request;
    const { outcome, code, mappingVersion, trustVersion } = simulated;
    return this.#uow.write(scopeOf(context.actor), (tx) =>
      recordAudit(tx, context, {
        action: 'login.simulated',
        partnerId,
        applicationId,
        targetType: 'IdentityProvider',
        targetId: identityProviderId,
        code,
        data: { outcome, mappingVersion, trustVersion, from: said.kind === 'CLAIMS' ? 'CLAIMS' : said.protocol },
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

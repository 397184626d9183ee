/** Records a refusal wherever in the way it falls: login row, trace and audit event in one transaction, nothing else. */
import { hubScope, partnerScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import { newReference, uuidv7 } from '../shared/ids.js';
import type { Refusal } from '../shared/refusal.js';
import type { VerifiedAssertion } from './contracts.js';
import { refusalNote } from './decide.rules.js';
import type { AttributeTrace, Decision, MappedProfile, PolicyFacts, StageName } from './facts.js';
import { finishDeniedLogin, insertDeniedLogin, type LoginIdentity, type Origin } from './login.store.js';
import { passedStages } from './passed-stages.rules.js';
import type { PendingLoginStore, PendingRecord, UnspentStage } from './pending.store.js';
import { buildTrace } from './trace.rules.js';

export interface Refused {
  readonly refusal: Refusal;
  /** What the end user reads to support. */
  readonly reference: string;
}

/** What was known when the refusal fell; all of it goes into the trace. */
export interface RefusedLogin {
  readonly record: PendingRecord;
  readonly from: UnspentStage;
  readonly login: LoginIdentity;
  readonly stage: StageName;
  readonly refusal: Refusal;
  readonly origin: Origin;
  readonly assertion?: VerifiedAssertion;
  readonly policy?: PolicyFacts;
  readonly mapped?: MappedProfile;
  readonly traces?: readonly AttributeTrace[];
  readonly decision?: Decision;
}

export class Refuser {
  readonly #uow: UnitOfWork;
  readonly #pendings: PendingLoginStore;
  readonly #clock: Clock;

  constructor(uow: UnitOfWork, pendings: PendingLoginStore, clock: Clock) {
    this.#uow = uow;
    this.#pendings = pendings;
    this.#clock = clock;
  }

  /** A refusal before any login was begun, or of one that nothing can be found of. */
  async early(
    known: Partial<Pick<LoginIdentity, 'partnerId' | 'identityProviderId' | 'applicationId' | 'protocol'>>,
    stage: StageName,
    refusal: Refusal,
    origin: Origin,
  ): Promise<Refused> {
    const now = this.#clock.now();
    const nothing = { partnerId: null, identityProviderId: null, applicationId: null, protocol: null };
    const login: LoginIdentity = { ...nothing, ...known, id: uuidv7(now), reference: newReference() };
    const trace = buildTrace({
      assertion: null,
      traces: [],
      mapped: null,
      decision: null,
      stages: [refusalNote(stage, refusal)],
      definitions: [],
    });
    await this.#uow.statements(hubScope, (tx) => insertDeniedLogin(tx, login, refusal, trace, origin, now));
    return { refusal, reference: login.reference };
  }

  /** Ends a login that was begun. When another request ended it first, that one's record stands. */
  async end(refused: RefusedLogin): Promise<Refused> {
    const now = this.#clock.now();
    const { record, login, refusal, assertion, decision } = refused;
    const { policy = null, mapped = null } = refused;
    const passed = passedStages({ assertion: assertion ?? null, policy, mapped }, refused.stage);
    const trace = buildTrace({
      assertion: assertion ?? null,
      traces: mapped?.traces ?? refused.traces ?? [],
      mapped,
      decision: decision ?? null,
      stages: decision === undefined ? [...passed, refusalNote(refused.stage, refusal)] : passed,
      definitions: policy?.attributes ?? [],
    });
    await this.#uow.statements(partnerScope(record.partnerId), async (tx) => {
      const [spent] = await tx.ask(this.#pendings.spend(record, refused.from));
      if (!spent) return;
      await finishDeniedLogin(tx, login, refusal, trace, assertion?.digest ?? null, refused.origin, now);
    });
    return { refusal, reference: login.reference };
  }
}

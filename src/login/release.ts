/**
 * The gate of a live session: before a second application opens, and before any token is issued, refreshed, introspected
 * or read from, `decideRelease` runs on today's policy. The epochs are read with the session, so that a replica that has
 * not heard of a change yet still rules by it (promise 7).
 */
import { recordAuditFrom } from '../audit/audit.store.js';
import { partnerScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import { findSessionForBrowser, findSessionForGrant } from '../sessions/live-session.store.js';
import { type LiveSession, opening, touching } from '../sessions/session.store.js';
import { BoundedCache } from '../shared/bounded-cache.js';
import type { Clock } from '../shared/clock.js';
import { handleHash, type Uuid } from '../shared/ids.js';
import { type Refusal, refusal } from '../shared/refusal.js';
import type { SessionLimits } from './commit.js';
import type { Allowed, PolicyFacts } from './facts.js';
import type { Gatherer } from './gather.js';
import { decideRelease, type ReleaseUse } from './release.rules.js';

export type Released = {
  readonly session: LiveSession;
  readonly policy: PolicyFacts;
} & Pick<Allowed, 'release' | 'assurance' | 'trustVersion'>;

export type ReleaseOutcome =
  | { readonly kind: 'ALLOW'; readonly released: Released }
  | { readonly kind: 'DENY'; readonly refusal: Refusal }
  /** There is no session under this handle or grant. */
  | { readonly kind: 'NONE' };

/** An idle bound moves no more often than this: a write per click would buy nothing. */
const TOUCH_SECONDS = 60;
/** Denials that were told of: an application that polls with a dead token is told of once, not at every call. */
const TOLD = 10_000;

export class ReleaseGate {
  readonly #uow: UnitOfWork;
  readonly #gatherer: Gatherer;
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  readonly #told = new BoundedCache<string, true>(TOLD);

  constructor(uow: UnitOfWork, gatherer: Gatherer, clock: Clock, limits: SessionLimits) {
    this.#uow = uow;
    this.#gatherer = gatherer;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** The session of this browser wants to open an application. */
  async forBrowser(handle: string, applicationId: Uuid): Promise<ReleaseOutcome> {
    const found = await findSessionForBrowser(this.#uow, handle, applicationId);
    if (found === null) return { kind: 'NONE' };
    const outcome = await this.#decide(found.session, applicationId, found.epochs, 'AUTHORIZE');
    if (outcome.kind === 'ALLOW') await this.#touch(found.session);
    return outcome;
  }

  /** An application uses a code or a token that hangs on this grant. */
  async forGrant(grantId: string): Promise<ReleaseOutcome> {
    const found = await findSessionForGrant(this.#uow, grantId);
    if (found === null) return { kind: 'NONE' };
    const { session, applicationId, epochs } = found;
    const outcome = await this.#decide(session, applicationId, epochs, 'TOKEN');
    if (outcome.kind === 'DENY') await this.#tellOnce(session, applicationId, outcome.refusal, epochs);
    return outcome;
  }

  /** A session has opened an application under this grant: its tokens find their way back by it. */
  async opened(released: Released, grantId: string): Promise<void> {
    const { session, policy } = released;
    await this.#uow.later(
      partnerScope(session.partnerId),
      opening({
        partnerId: session.partnerId,
        sessionId: session.facts.id,
        applicationId: policy.application.id,
        partnerEpoch: policy.epochs.partner,
        applicationEpoch: policy.epochs.application,
        grantHash: handleHash(grantId),
        decidedAt: this.#clock.now(),
      }),
    );
  }

  /** Whether this session opened its application under this very grant. */
  async hangsOn(grantId: string, released: Released): Promise<boolean> {
    const found = await findSessionForGrant(this.#uow, grantId);
    return found?.session.facts.id === released.session.facts.id;
  }

  async #decide(
    session: LiveSession,
    applicationId: Uuid,
    epochs: PolicyFacts['epochs'] | null,
    use: ReleaseUse,
  ): Promise<ReleaseOutcome> {
    const { partnerId, facts, membership } = session;
    const key = { partnerId, identityProviderId: facts.identityProviderId, applicationId };
    let snapshot = await this.#gatherer.policy(key);
    const { partner, application } = snapshot?.policy.epochs ?? { partner: -1, application: -1 };
    if (partner !== epochs?.partner || application !== epochs.application) {
      snapshot = await this.#gatherer.policy(key, true);
    }
    if (snapshot === null)
      return { kind: 'DENY', refusal: refusal('TRUST_NONE', 'the policy of this session is gone') };
    const { policy } = snapshot;
    const { ruling } = decideRelease(facts, membership, policy, use, this.#clock.now());
    if (ruling.outcome === 'DENY') return { kind: 'DENY', refusal: ruling.refusal };
    const { release, assurance, trustVersion } = ruling;
    return { kind: 'ALLOW', released: { session, policy, release, assurance, trustVersion } };
  }

  async #touch({ partnerId, facts }: LiveSession): Promise<void> {
    const idleUntil = new Date(this.#clock.now().getTime() + this.#limits.idleSeconds * 1000);
    if (idleUntil.getTime() - Date.parse(facts.idleUntil) < TOUCH_SECONDS * 1000) return;
    await this.#uow.later(partnerScope(partnerId), touching(partnerId, facts.id, idleUntil));
  }

  async #tellOnce(
    session: LiveSession,
    applicationId: Uuid,
    because: Refusal,
    epochs: PolicyFacts['epochs'] | null,
  ): Promise<void> {
    const name = JSON.stringify([session.facts.id, applicationId, because.code, epochs]);
    if (this.#told.get(name)) return;
    await this.#auditDenied(session, applicationId, because);
    this.#told.set(name, true);
  }

  /** Stored when it returns, and not only with the rest of its request: it counts as told from then on. */
  async #auditDenied(session: LiveSession, applicationId: Uuid, because: Refusal): Promise<void> {
    const now = this.#clock.now();
    const origin = { actorKind: 'SERVICE', actorId: applicationId, correlationId: null, sourceIp: null, now } as const;
    await this.#uow.write(partnerScope(session.partnerId), (tx) =>
      recordAuditFrom(tx, origin, {
        action: 'release.denied',
        partnerId: session.partnerId,
        applicationId,
        loginId: session.loginId,
        targetType: 'Session',
        targetId: session.facts.id,
        code: because.code,
      }),
    );
  }
}

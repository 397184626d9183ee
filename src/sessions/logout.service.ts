/** The end of a session, by the person or by another session: with it goes what every application holds of it. */
import { recordAuditFrom } from '../audit/audit.store.js';
import type { Origin } from '../login/login.store.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import { endSession, findSessionByHandle } from './session.store.js';

export class LogoutService {
  readonly #uow: UnitOfWork;
  readonly #clock: Clock;

  constructor(uow: UnitOfWork, clock: Clock) {
    this.#uow = uow;
    this.#clock = clock;
  }

  /** Tokens need no deletion for that: the gate refuses them from now on (docs/architecture.md). */
  async endByHandle(handle: string, reason: 'LOGOUT' | 'REPLACED', origin: Origin): Promise<void> {
    const now = this.#clock.now();
    await this.#uow.write(hubScope, async (tx) => {
      const session = await findSessionByHandle(tx, handle);
      if (session === null) return;
      const { partnerId, facts, membership, loginId } = session;
      if (!(await endSession(tx, partnerId, facts.id, reason, now))) return;
      const actor = { actorKind: 'END_USER', actorId: membership.id, ...origin, now } as const;
      await recordAuditFrom(tx, actor, {
        action: 'session.ended',
        partnerId,
        loginId,
        targetType: 'Session',
        targetId: facts.id,
        data: { reason },
      });
    });
  }
}

/**
 * Clears away what time has ended, so that nothing that a login leaves behind grows for ever. Any replica may do it and
 * one at a time does: each batch is a transaction of its own under one advisory lock, and small enough to hold nobody up.
 */
import { endExpiredLogins, forgetArtifacts, forgetReplays } from '../login/expiry.store.js';
import { hubScope, type Tx, type UnitOfWork } from '../persistence/unit-of-work.js';
import { endExpiredSessions, forgetEndedSessions } from '../sessions/expiry.store.js';
import type { Clock } from '../shared/clock.js';

const SWEEP_LOCK = 0x73776565;
const BATCH = 500;
const BATCHES_PER_RUN = 20;
const MINUTE_MS = 60_000;
/** A clock that is set back by less than this brings no assertion in twice (H24). */
const REPLAY_MARGIN_MS = 60 * MINUTE_MS;
/** How long an ended session can still be looked up. */
const SESSION_KEPT_MS = 24 * 60 * MINUTE_MS;

export const sweepSteps = ['logins', 'replays', 'artifacts', 'sessionsEnded', 'sessionsForgotten'] as const;
export type Swept = Record<(typeof sweepSteps)[number], number>;

export class Sweeper {
  readonly #uow: UnitOfWork;
  readonly #clock: Clock;
  readonly #batch: number;

  constructor(uow: UnitOfWork, clock: Clock, batch = BATCH) {
    this.#uow = uow;
    this.#clock = clock;
    this.#batch = batch;
  }

  /** One round. Returns how many rows each step dealt with; a step that another replica is at is left to it. */
  async sweep(): Promise<Swept> {
    const swept: Swept = { logins: 0, replays: 0, artifacts: 0, sessionsEnded: 0, sessionsForgotten: 0 };
    for (const step of sweepSteps) {
      for (let round = 0; round < BATCHES_PER_RUN; round++) {
        const done = await this.#uow.write(hubScope, (tx) => this.#batchOf(tx, step));
        swept[step] += done;
        if (done < this.#batch) break;
      }
    }
    return swept;
  }

  async #batchOf(tx: Tx, step: keyof Swept): Promise<number> {
    const locked = await tx.em.execute<{ held: boolean }[]>('select pg_try_advisory_xact_lock(?) as held', [
      SWEEP_LOCK,
    ]);
    if (locked[0]?.held !== true) return 0;
    const now = this.#clock.now();
    const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds);
    const limit = this.#batch;
    switch (step) {
      case 'logins':
        return endExpiredLogins(tx, ago(MINUTE_MS), limit, now);
      case 'replays':
        return forgetReplays(tx, ago(REPLAY_MARGIN_MS), limit);
      case 'artifacts':
        return forgetArtifacts(tx, ago(MINUTE_MS), limit);
      case 'sessionsEnded':
        return endExpiredSessions(tx, limit, now);
      case 'sessionsForgotten':
        return forgetEndedSessions(tx, ago(SESSION_KEPT_MS), limit);
    }
  }
}

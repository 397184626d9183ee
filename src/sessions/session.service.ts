/** Sessions as administrators read them. */
import { permitRead } from '../access/readable-types.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import type { Session } from './session.entity.js';
import { findSession, newestSessions, type SessionOwner } from './session.store.js';

export class SessionService {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  find(context: RequestContext, key: SessionOwner): Promise<Session | null> {
    permitRead(context, 'Session');
    return this.#uow.read(scopeOf(context.actor), (tx) => findSession(tx, key));
  }

  /** The newest of many memberships, by membership. */
  newestOf(
    context: RequestContext,
    memberships: readonly SessionOwner[],
    first: number,
  ): Promise<ReadonlyMap<Uuid, readonly Session[]>> {
    permitRead(context, 'Session');
    return this.#uow.read(scopeOf(context.actor), (tx) => newestSessions(tx, memberships, first));
  }
}

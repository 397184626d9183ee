/** Logins as they are read: by operators and auditors all, by a partner or the owner of an application the own ones. */
import { permit } from '../access/permissions.js';
import { permitRead } from '../access/readable-types.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import type { OwnerKey } from '../persistence/ids-by-owner.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import {
  findLogins,
  type LoginFilter,
  type LoginKey,
  type LoginOwner,
  type LoginRow,
  newestLogins,
  pageOfLogins,
  tracesOf,
} from './login-list.store.js';
import type { LoginTrace } from './trace.js';
import { traceFor } from './trace-view.rules.js';

export class LoginService {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  /** One login; null when there is none that the caller may see. */
  async find(context: RequestContext, key: LoginKey): Promise<LoginRow | null> {
    permit(context, 'login');
    return (await this.findMany(context, [key])).get(key.id) ?? null;
  }

  async findMany(context: RequestContext, keys: readonly LoginKey[]): Promise<ReadonlyMap<Uuid, LoginRow>> {
    permitRead(context, 'Login');
    const rows = await this.#uow.read(scopeOf(context.actor), (tx) => findLogins(tx, keys));
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Newest first. */
  list(context: RequestContext, filter: LoginFilter, page: PageRequest): Promise<Page<LoginRow>> {
    permit(context, 'logins');
    return this.#uow.read(scopeOf(context.actor), (tx) => pageOfLogins(tx, filter, page));
  }

  /** The newest of many partners, applications, identity providers or memberships, by their id. */
  newestOf(
    context: RequestContext,
    kind: LoginOwner,
    owners: readonly OwnerKey[],
    first: number,
  ): Promise<ReadonlyMap<Uuid, readonly LoginRow[]>> {
    permitRead(context, 'Login');
    return this.#uow.read(scopeOf(context.actor), (tx) => newestLogins(tx, kind, owners, first));
  }

  /** The traces of many logins, by login, as far as the role of the caller sees them. */
  async traces(context: RequestContext, keys: readonly LoginKey[]): Promise<ReadonlyMap<Uuid, LoginTrace>> {
    permitRead(context, 'Login');
    const traces = await this.#uow.read(scopeOf(context.actor), (tx) => tracesOf(tx, keys));
    return new Map([...traces].map(([id, trace]) => [id, traceFor(context.actor.role, trace)]));
  }
}

/**
 * The only door to the database. Reads and writes run inside one transaction that carries the caller's scope for
 * row-level security; a write needs the branded `Tx`, so that a write outside a transaction does not compile. It
 * refuses to nest: a use case is one transaction (docs/architecture.md).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { MikroORM } from '@mikro-orm/postgresql';
import { type EntityManager, IsolationLevel } from '@mikro-orm/postgresql';
import type { Uuid } from '../shared/ids.js';

/** Whose rows a transaction may see. */
export type Scope =
  | { readonly kind: 'hub' }
  | { readonly kind: 'partner'; readonly partnerId: Uuid }
  | { readonly kind: 'applications'; readonly applicationIds: readonly Uuid[] };

export const hubScope: Scope = { kind: 'hub' };

export function partnerScope(partnerId: Uuid): Scope {
  return { kind: 'partner', partnerId };
}

declare const writing: unique symbol;
/** An open read: queries only. */
export interface ReadTx {
  readonly em: EntityManager;
}
/** An open write. */
export interface Tx extends ReadTx {
  readonly [writing]: true;
}

export interface Statement<T> {
  readonly rows: readonly T[];
  readonly affected: number;
}

const SET_SCOPE = 'set_config(?, ?, true), set_config(?, ?, true), set_config(?, ?, true)';

export class UnitOfWork {
  readonly #orm: MikroORM;
  readonly #inside = new AsyncLocalStorage<true>();

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  read<T>(scope: Scope, work: (tx: ReadTx) => Promise<T>): Promise<T> {
    return this.#run(scope, true, work);
  }

  write<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#run(scope, false, (tx) => work(tx as Tx));
  }

  /**
   * One statement as a unit of work of its own: scope and statement travel in one message, which PostgreSQL runs as one
   * implicit transaction. For the short reads and writes of protocol state, of which a login makes many.
   * @param sql one statement, with `?` for each parameter
   */
  async single<T>(scope: Scope, sql: string, parameters: readonly unknown[]): Promise<Statement<T>> {
    if (this.#inside.getStore()) throw new Error('a unit of work was opened inside another one');
    const platform = this.#orm.em.getPlatform();
    const settings = Object.entries(sessionVariables(scope)).flat();
    const message = `select ${SET_SCOPE}; ${sql}`;
    const pool = await this.#orm.em.getConnection().getNativeClient();
    const results: unknown = await pool.query(platform.formatQuery(message, [...settings, ...parameters]));
    const last = (Array.isArray(results) ? results.at(-1) : results) as { rows: T[]; rowCount: number | null };
    return { rows: last.rows, affected: last.rowCount ?? 0 };
  }

  #run<T>(scope: Scope, readOnly: boolean, work: (tx: ReadTx) => Promise<T>): Promise<T> {
    if (this.#inside.getStore()) throw new Error('a unit of work was opened inside another one');
    const em = this.#orm.em.fork({ clear: true });
    em.setSessionContext({ variables: sessionVariables(scope) });
    return this.#inside.run(true, () =>
      em.transactional((inner) => work({ em: inner as EntityManager }), {
        readOnly,
        isolationLevel: IsolationLevel.READ_COMMITTED,
      }),
    );
  }
}

function sessionVariables(scope: Scope): Record<string, string> {
  return {
    'entente.scope': scope.kind,
    'entente.partner': scope.kind === 'partner' ? scope.partnerId : '',
    'entente.applications': scope.kind === 'applications' ? scope.applicationIds.join(',') : '',
  };
}

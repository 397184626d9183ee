/**
 * The only door to the database. Reads and writes run inside one transaction that carries the caller's scope for
 * row-level security; a write needs the branded `Tx`, so that a write outside a transaction does not compile. It
 * refuses to nest: a use case is one transaction (docs/architecture.md).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { MikroORM } from '@mikro-orm/postgresql';
import { type EntityManager, IsolationLevel } from '@mikro-orm/postgresql';
import type { Pool, PoolClient } from 'pg';
import type { Uuid } from '../shared/ids.js';
import { type Sql, sql, textOf } from './sql.js';
import { type Answers, askIn, type Question, StatementTransaction } from './statement-transaction.js';

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
/** Takes writes whose result nobody needs. */
export interface Writes {
  readonly [writing]: true;
  /** Carried out before the transaction commits, in order with whatever else it does. */
  write(statement: Sql): Promise<void>;
}
/** An open write. */
export interface Tx extends ReadTx, Writes {}
/** An open write of plain statements: what is written travels with what is asked next, or with the commit. */
export interface StatementTx extends Writes {
  /** Sends the questions in one message, in this order. */
  ask<Q extends readonly Question<unknown>[]>(...questions: Q): Promise<Answers<Q>>;
  /** Takes everything back and ends the transaction. */
  undo(): Promise<void>;
}

interface Gathered {
  /** Statements that wait, each behind the one that sets its scope. */
  readonly waiting: string[];
  /** What comes after the end waits for nobody. */
  open: boolean;
}

export class UnitOfWork {
  readonly #orm: MikroORM;
  readonly #inside = new AsyncLocalStorage<true>();
  readonly #together = new AsyncLocalStorage<Gathered>();

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  read<T>(scope: Scope, work: (tx: ReadTx) => Promise<T>): Promise<T> {
    return this.#run(scope, true, work);
  }

  write<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#run(scope, false, ({ em }) => {
      const write = async (statement: Sql) => void (await em.execute(textOf(statement), [], 'run'));
      return work({ em, write } as unknown as Tx);
    });
  }

  /**
   * A write of plain statements, in as few messages as the work asks questions, and one more for the commit. A work that
   * asks nothing is one message, or within `together` part of one.
   */
  async statements<T>(scope: Scope, work: (tx: StatementTx) => Promise<T>): Promise<T> {
    this.#refuseNesting();
    let client: PoolClient | null = null;
    const transaction = new StatementTransaction(async (text) => {
      client ??= await this.#connect();
      return client.query(text);
    }, scopeText(scope));
    const release = (broken?: Error) => client?.release(broken);
    try {
      const value = await this.#inside.run(true, () => work(transaction as unknown as StatementTx));
      await this.#gather(await transaction.commit());
      release();
      return value;
    } catch (fault) {
      // A connection that cannot even roll back is given to nobody else.
      await transaction.undo().then(() => release(), release);
      throw fault;
    }
  }

  /**
   * Questions as a unit of work of their own: scope and statements travel in one message, which PostgreSQL runs as one
   * implicit transaction. For the short reads and writes of protocol state, of which a login makes many.
   */
  async ask<Q extends readonly Question<unknown>[]>(scope: Scope, ...questions: Q): Promise<Answers<Q>> {
    this.#refuseNesting();
    const before = this.#taken();
    const pool = await this.#pool();
    return askIn((text) => pool.query(text), [...before, scopeText(scope)], questions);
  }

  /** The rows of one statement, as a unit of work of its own. */
  async rows<T>(scope: Scope, statement: Sql): Promise<readonly T[]> {
    const [rows] = await this.ask(scope, { statements: [statement], read: ([answer]) => answer?.rows as readonly T[] });
    return rows;
  }

  /**
   * A write of one statement whose result nobody needs, as a unit of work of its own. Within `together` it waits for the
   * next unit of work, which goes after it, or for the end.
   */
  async later(scope: Scope, statement: Sql): Promise<void> {
    this.#refuseNesting();
    await this.#gather([scopeText(scope), textOf(statement)]);
  }

  /** Gathers what the work writes by `later`: what has not gone before goes in one message, all of it or nothing. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    const gathered: Gathered = { waiting: [], open: true };
    return this.#together.run(gathered, async () => {
      try {
        return await work();
      } finally {
        gathered.open = false;
        await this.#flush();
      }
    });
  }

  async #gather(texts: readonly string[]): Promise<void> {
    const gathered = this.#together.getStore();
    if (gathered?.open) gathered.waiting.push(...texts);
    else await this.#send(texts);
  }

  async #flush(): Promise<void> {
    await this.#send(this.#taken());
  }

  #taken(): string[] {
    return this.#together.getStore()?.waiting.splice(0) ?? [];
  }

  async #send(texts: readonly string[]): Promise<void> {
    if (texts.length > 0) await (await this.#pool()).query(texts.join(';\n'));
  }

  /** A connection of its own, after what was gathered. */
  async #connect(): Promise<PoolClient> {
    await this.#flush();
    return (await this.#pool()).connect();
  }

  async #pool(): Promise<Pool> {
    return (await this.#orm.em.getConnection().getNativeClient()) as Pool;
  }

  #refuseNesting(): void {
    if (this.#inside.getStore()) throw new Error('a unit of work was opened inside another one');
  }

  async #run<T>(scope: Scope, readOnly: boolean, work: (tx: ReadTx) => Promise<T>): Promise<T> {
    this.#refuseNesting();
    await this.#flush();
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

/** The statement that puts a transaction into its scope, in one column: what it gives is of no use to anybody. */
function scopeText(scope: Scope): string {
  return scope.kind === 'hub' ? HUB : settingText(scope);
}

function settingText(scope: Scope): string {
  const settings = Object.entries(sessionVariables(scope)).map(
    ([name, value]) => sql`set_config(${name}, ${value}, true)`,
  );
  return `select ${settings.map(textOf).join(' || ')}`;
}

function sessionVariables(scope: Scope): Record<string, string> {
  return {
    'entente.scope': scope.kind,
    'entente.partner': scope.kind === 'partner' ? scope.partnerId : '',
    'entente.applications': scope.kind === 'applications' ? scope.applicationIds.join(',') : '',
  };
}

const HUB = settingText(hubScope);

/**
 * A transaction on one connection that sends as few messages as it can: the first question opens it, writes wait for the
 * next question or the commit, and a transaction of writes alone is one message, which PostgreSQL runs as one implicit
 * transaction. Order, scope and atomicity are those of the statements one by one.
 */
import type { QueryResult } from 'pg';
import { type Sql, textOf } from './sql.js';

/** What one statement gave. */
export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: who wrote the statement knows its columns.
  readonly rows: readonly any[];
  readonly affected: number;
}

/** Statements that belong together, and how their answers read. */
export interface Question<T> {
  readonly statements: readonly Sql[];
  readonly read: (answers: readonly Answer[]) => T;
}

/** Whether a conditional write found its row: of any number that try, one does. */
export function changesOne(statement: Sql): Question<boolean> {
  return { statements: [statement], read: ([answer]) => answer?.affected === 1 };
}

export type Answers<Q extends readonly Question<unknown>[]> = {
  [K in keyof Q]: Q[K] extends Question<infer T> ? T : never;
};

const BEGIN = 'start transaction isolation level read committed';

/** @param send one message of one or more statements */
export async function askIn<Q extends readonly Question<unknown>[]>(
  send: (text: string) => Promise<unknown>,
  before: readonly string[],
  questions: Q,
): Promise<Answers<Q>> {
  const asked = questions.flatMap(({ statements }) => statements.map(textOf));
  const sent = await send([...before, ...asked].join(';\n'));
  const results = (Array.isArray(sent) ? sent : [sent]).slice(-asked.length) as QueryResult[];
  const answers = results.map(({ rows, rowCount }) => ({ rows, affected: rowCount ?? 0 }));
  let first = 0;
  return questions.map(({ statements, read }) => {
    const mine = answers.slice(first, first + statements.length);
    first += statements.length;
    return read(mine);
  }) as Answers<Q>;
}

export class StatementTransaction {
  readonly #send: (text: string) => Promise<unknown>;
  readonly #scope: string;
  #waiting: string[] = [];
  #state: 'NEW' | 'OPEN' | 'FAILED' | 'OVER' = 'NEW';

  /** @param scope the statement that puts the transaction into its scope */
  constructor(send: (text: string) => Promise<unknown>, scope: string) {
    this.#send = send;
    this.#scope = scope;
  }

  async write(statement: Sql): Promise<void> {
    this.#waiting.push(textOf(statement));
  }

  async ask<Q extends readonly Question<unknown>[]>(...questions: Q): Promise<Answers<Q>> {
    if (this.#state === 'FAILED' || this.#state === 'OVER') throw new Error('the transaction is over');
    const before = [...(this.#state === 'NEW' ? [BEGIN, this.#scope] : []), ...this.#waiting];
    this.#waiting = [];
    this.#state = 'FAILED';
    const answers = await askIn(this.#send, before, questions);
    this.#state = 'OPEN';
    return answers;
  }

  /**
   * @returns what a transaction that asked nothing leaves to be sent, as one message
   * @throws Error after a statement that failed: PostgreSQL would answer the commit with a silent rollback
   */
  async commit(): Promise<readonly string[]> {
    if (this.#state === 'FAILED') throw new Error('a statement of the transaction failed');
    if (this.#state === 'OVER') return [];
    const waiting = this.#waiting.splice(0);
    const wasOpen = this.#state === 'OPEN';
    this.#state = wasOpen ? 'FAILED' : 'OVER';
    if (!wasOpen) return waiting.length === 0 ? [] : [this.#scope, ...waiting];
    await this.#send([...waiting, 'commit'].join(';\n'));
    this.#state = 'OVER';
    return [];
  }

  async undo(): Promise<void> {
    this.#waiting = [];
    const wasOpen = this.#state === 'OPEN' || this.#state === 'FAILED';
    this.#state = 'OVER';
    if (wasOpen) await this.#send('rollback');
  }
}

/**
 * A connection that opens transactions lazily: `start transaction` and the scope's `set_config` wait for the first
 * statement and travel with it in one message, which saves two of the four round trips of a short transaction. All three
 * run in order in the same transaction, so row-level security sees the same; a transaction that asked nothing is never
 * opened at all.
 */
import { Client, type QueryResult } from 'pg';

const BEGINS = /^start transaction[^;]*$/;
const SETS_SCOPE = /^select set_config\(/;
const ENDS = /^(?:commit|rollback)$/;
const NOTHING = { command: '', rowCount: 0, oid: 0, fields: [], rows: [] } as const;

type Send = (text: unknown, values?: unknown, callback?: unknown) => Promise<QueryResult | QueryResult[]>;

export class DeferredBeginClient extends Client {
  #waiting: string[] = [];

  // biome-ignore lint/suspicious/noExplicitAny: the overloads of `pg` are one function of any shape.
  override query(text: any, values?: any, callback?: any): any {
    const send = super.query.bind(this) as Send;
    const isPlain = typeof text === 'string' && callback === undefined && typeof values !== 'function';
    if (!isPlain) return this.#flushed(send, () => send(text, values, callback));
    if (BEGINS.test(text) || (this.#waiting.length > 0 && SETS_SCOPE.test(text))) {
      this.#waiting.push(text);
      return Promise.resolve(NOTHING);
    }
    if (this.#waiting.length === 0) return send(text, values);
    if (ENDS.test(text)) {
      this.#waiting = [];
      return Promise.resolve(NOTHING);
    }
    if (Array.isArray(values) && values.length > 0) return this.#flushed(send, () => send(text, values));
    const message = [...this.#waiting, text].join(';\n');
    this.#waiting = [];
    return send(message).then((results) => (Array.isArray(results) ? (results.at(-1) ?? NOTHING) : results));
  }

  /** A statement that cannot share a message: what waits goes first. */
  #flushed(send: Send, next: () => unknown): unknown {
    if (this.#waiting.length === 0) return next();
    const message = this.#waiting.join(';\n');
    this.#waiting = [];
    return send(message).then(next);
  }
}

/** What one request has read already, so that it is read once: gone when the request is over, shared with no other one. */
import { AsyncLocalStorage } from 'node:async_hooks';

export class RequestMemory {
  readonly #store = new AsyncLocalStorage<Map<string, unknown>>();

  /** Everything that the work does remembers together. */
  run<T>(work: () => T): T {
    return this.#store.run(new Map(), work);
  }

  /** undefined: nothing is remembered; null: it is remembered that there is nothing. */
  get<T>(name: string): T | null | undefined {
    return this.#store.getStore()?.get(name) as T | null | undefined;
  }

  set(name: string, value: unknown): void {
    this.#store.getStore()?.set(name, value);
  }

  forget(name: string): void {
    this.#store.getStore()?.delete(name);
  }
}

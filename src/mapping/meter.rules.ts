/**
 * What an expression may spend (promise 11, H14). Cost is counted in steps: one for each node of the syntax
 * tree that is evaluated, and more where a value is large, so that a step has a bounded price. Steps stand in for time:
 * they need no clock, and a replay of an old login comes to the same end as the login did.
 */

/** Steps that all rules of one login may take together. */
export const MAX_STEPS = 150_000;
/** UTF-16 units of any text that an expression reads or makes. */
export const MAX_TEXT = 65_536;
/** Elements of any list that an expression reads or makes. */
export const MAX_LIST = 5_000;

/** An error costs the engine far more than a step does, and `exists` swallows errors by the thousand. */
const ERROR_STEPS = 50;
const TEXT_UNITS_PER_STEP = 64;
const ELEMENTS_PER_STEP = 8;

/** The name under which a run carries its meter; no expression can spell it. */
export const METER = '#meter';

export class BudgetSpent extends Error {
  constructor() {
    super('the budget of the rules is spent');
    this.name = 'BudgetSpent';
  }
}

/** One instance for all: a spent meter throws at every further step, and a stack trace each time would be the attack. */
const SPENT = new BudgetSpent();

export class Meter {
  #left: number;
  #why: string | null = null;
  readonly #weights = new WeakMap<object, number>();

  constructor(steps: number = MAX_STEPS) {
    this.#left = steps;
  }

  /** Why the budget is spent, or null. Asked after each run: `||` and `exists` swallow what is thrown inside them. */
  get why(): string | null {
    return this.#why;
  }

  spend(steps: number): void {
    if (this.#why !== null) throw SPENT;
    this.#left -= steps;
    if (this.#left < 0) this.stop('steps');
  }

  spendOnError(): void {
    this.spend(ERROR_STEPS);
  }

  /** Charges for a value that a node came to; `deep` where it is compared element by element. */
  weigh(value: unknown, deep: boolean): void {
    if (typeof value === 'string') {
      if (value.length > MAX_TEXT) this.stop('text');
      if (value.length >= TEXT_UNITS_PER_STEP) this.spend(value.length / TEXT_UNITS_PER_STEP);
    } else if (typeof value === 'object' && value !== null) {
      if (deep) this.spend(this.#weightOf(value));
      else if (Array.isArray(value)) this.#weighList(value);
    }
  }

  stop(why: 'steps' | 'text' | 'list'): never {
    this.#why ??= why;
    throw SPENT;
  }

  #weighList(list: readonly unknown[]): void {
    if (list.length > MAX_LIST) this.stop('list');
    this.spend(list.length / ELEMENTS_PER_STEP);
  }

  #weightOf(value: object): number {
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    let weight = 1;
    const parts = value instanceof Map ? value.values() : Object.values(value);
    for (const part of parts) {
      if (typeof part === 'string') weight += 1 / ELEMENTS_PER_STEP + part.length / TEXT_UNITS_PER_STEP;
      else weight += typeof part === 'object' && part !== null ? this.#weightOf(part) : 1 / ELEMENTS_PER_STEP;
    }
    this.#weights.set(value, weight);
    return weight;
  }
}

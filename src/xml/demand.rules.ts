/** A rule that is not met ends the work in this room: its refusal goes to the door, and leaves there as a value. */
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';

type Parts = Parameters<typeof refusal>;

class Unmet extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code);
  }
}

export function refuse(...parts: Parts): never {
  throw new Unmet(refusal(...parts));
}

export function demand(holds: boolean, ...parts: Parts): asserts holds {
  if (!holds) refuse(...parts);
}

/** Every door of the room: what is refused inside comes out as a value. */
export function attempt<T>(work: () => T): Result<T> {
  try {
    return ok(work());
  } catch (error) {
    if (error instanceof Unmet) return refused(error.refusal);
    throw error;
  }
}

/** A refusal in a login: a value with a stable code, and facts that are safe to record. */
import type { ErrorCode } from './error-catalogue.js';

export interface Refusal {
  readonly code: ErrorCode;
  /** What an operator needs to mend it; recorded, never shown to the end user, free of tokens, keys and assertion bytes. */
  readonly detail: string;
  /** Further facts for the trace: numbers, names and identifiers. Strings are cut before they are stored. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

export function refusal(code: ErrorCode, detail: string, facts?: Refusal['facts']): Refusal {
  return facts === undefined ? { code, detail } : { code, detail, facts };
}

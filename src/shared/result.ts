/** A decision that may fail in an expected way is a value, never an exception (docs/architecture.md). */
import type { Refusal } from './refusal.js';

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refused<T = never>(refusal: Refusal): Result<T> {
  return { ok: false, refusal };
}

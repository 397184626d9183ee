/**
 * JSON of other houses, read so that it can be read in one way only: bounded depth and number of values, no member
 * named twice, no number that JavaScript cannot hold (O08, O14; RFC 8259 section 4, RFC 7515 section 4).
 */
import type { ClaimValue } from '../../login/contracts.js';

export type JsonObject = Readonly<Record<string, ClaimValue>>;

const MAX_DEPTH = 16;
const MAX_VALUES = 20_000;
/** Names that mean something to JavaScript; no standard claim uses them. */
const RESERVED_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

/** The object that `text` is, or null when it is no object, is ambiguous or is beyond the bounds. Linear in the text. */
export function parseJsonObject(text: string): JsonObject | null {
  if (!withinBounds(text)) return null;
  try {
    const value: unknown = JSON.parse(text, refuseInfinity);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy without the members whose names JavaScript gives a meaning to, at any depth. */
export function withoutReservedNames(value: ClaimValue): ClaimValue {
  if (Array.isArray(value)) return value.map(withoutReservedNames);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).filter(([name]) => !RESERVED_NAMES.has(name));
  return Object.fromEntries(entries.map(([name, member]) => [name, withoutReservedNames(member)]));
}

function refuseInfinity(_name: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('number');
  return value;
}

/** Walks the tokens once, before JSON.parse builds anything. Nonsense passes here: JSON.parse refuses it afterwards. */
function withinBounds(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
      if (open.length > MAX_DEPTH) return false;
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === ',' || character === ':') {
      values += 1;
      if (values > MAX_VALUES) return false;
    } else if (character === '"') {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names && isMemberName(text, end)) {
        const name = memberName(text.slice(at, end));
        if (name === null || names.has(name)) return false;
        names.add(name);
      }
      at = end - 1;
    }
  }
  return true;
}

/** The index after the closing quote of the string that opens at `start`; the end of the text when it never closes. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function isMemberName(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return text[at] === ':';
}

function memberName(quoted: string): string | null {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return null;
  }
}

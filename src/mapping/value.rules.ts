/**
 * From what an expression yields to the values of an attribute, by the attribute's type. A value that does not fit is
 * a problem and never a guess: it is refused (ATTRIBUTE_INVALID), since half a profile is worse than none (C30).
 *
 * E-mail addresses are normalised: white space around them goes, Unicode takes form NFC, and the domain is lower-case
 * A-labels; the part before the @ keeps its case, which only its own mail system can judge (RFC 5321, section 2.4).
 */
import { Optional } from '@marcbachmann/cel-js';
import type { AttributeDefinitionFacts, AttributeType, AttributeValue } from '../login/facts.js';

/** Values of one attribute. */
export const MAX_ATTRIBUTE_VALUES = 200;
/** RFC 5321, section 4.5.3.1: octets of the local part, and of an address without its brackets. */
const MAX_LOCAL_PART = 64;
const MAX_EMAIL = 254;

type Scalar = string | bigint | number | boolean;
type Coerced = { readonly ok: true; readonly value: AttributeValue } | { readonly ok: false; readonly problem: string };
export type Values =
  | { readonly ok: true; readonly values: readonly AttributeValue[] }
  | { readonly ok: false; readonly problem: string };

const good = (value: AttributeValue): Coerced => ({ ok: true, value });
const bad = (problem: string): Coerced => ({ ok: false, problem });

/** The values of an attribute, without repetitions; none for null, an empty list and blank text. */
export function valuesOf(result: unknown, definition: AttributeDefinitionFacts): Values {
  const yielded = result instanceof Optional ? (result.hasValue() ? result.value() : null) : result;
  const values = new Set<AttributeValue>();
  for (const element of Array.isArray(yielded) ? yielded : [yielded]) {
    if (isNothing(element)) continue;
    if (!isScalar(element)) return { ok: false, problem: 'a value that is neither text, number nor true or false' };
    const coerced = coerce(element, definition);
    if (!coerced.ok) return coerced;
    values.add(coerced.value);
    if (values.size > MAX_ATTRIBUTE_VALUES) return { ok: false, problem: `more than ${MAX_ATTRIBUTE_VALUES} values` };
  }
  if (values.size > 1 && !definition.multiValued) {
    return { ok: false, problem: `${values.size} values for an attribute that has one` };
  }
  return { ok: true, values: [...values] };
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'bigint', 'number', 'boolean'].includes(typeof value);
}

function coerce(value: Scalar, definition: AttributeDefinitionFacts): Coerced {
  return coercions[definition.type](value, definition.maxLength);
}

const coercions: { readonly [T in AttributeType]: (value: Scalar, maxLength: number) => Coerced } = {
  STRING: (value, maxLength) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return bad('not a number');
    return text(String(value), maxLength);
  },
  EMAIL: (value, maxLength) => (typeof value === 'string' ? email(value, maxLength) : bad('not an e-mail address')),
  BOOLEAN: boolean,
  INTEGER: integer,
  DATE_TIME: dateTime,
};

function text(value: string, maxLength: number): Coerced {
  if (value.length > maxLength) return bad(`longer than ${maxLength} characters`);
  return isStorable(value) ? good(value) : bad('control characters or broken Unicode');
}

/** PostgreSQL refuses NUL and lone surrogates in JSON; the other control characters have no business in a profile. */
export function isStorable(value: string): boolean {
  if (!value.isWellFormed()) return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if ((code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) || code === 0x7f) return false;
  }
  return true;
}

function email(value: string, maxLength: number): Coerced {
  const trimmed = value.trim();
  if (trimmed.length > MAX_EMAIL) return bad(`longer than ${MAX_EMAIL} characters`);
  if (!isStorable(trimmed)) return bad('control characters or broken Unicode');
  const normal = trimmed.normalize('NFC');
  const at = normal.lastIndexOf('@');
  const local = normal.slice(0, Math.max(at, 0));
  const domain = domainName(normal.slice(at + 1));
  if (local === '' || local.length > MAX_LOCAL_PART || !/^[^\s@<>()[\],;:\\"]+$/u.test(local) || domain === null) {
    return bad('not an e-mail address');
  }
  const address = `${local}@${domain}`;
  return address.length > Math.min(maxLength, MAX_EMAIL) ? bad('longer than allowed') : good(address);
}

/** Lower-case A-labels, at least two of them, or null. */
function domainName(domain: string): string | null {
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return null;
  const ascii = /^[\x21-\x7e]+$/.test(domain) ? domain.toLowerCase() : toAscii(domain);
  if (ascii === null || ascii.length > 253) return null;
  const labels = ascii.split('.');
  if (labels.length < 2 || /^[0-9]+$/.test(labels.at(-1) ?? '')) return null;
  return labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) ? ascii : null;
}

function toAscii(domain: string): string | null {
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : null;
}

function boolean(value: Scalar): Coerced {
  if (typeof value === 'boolean') return good(value);
  const word = typeof value === 'string' ? value.trim().toLowerCase() : null;
  if (word === 'true' || word === '1') return good(true);
  if (word === 'false' || word === '0') return good(false);
  return bad('neither true nor false');
}

function integer(value: Scalar): Coerced {
  if (typeof value === 'boolean') return bad('not a whole number');
  if (typeof value === 'string' && !/^\s{0,8}-?[0-9]{1,16}\s{0,8}$/.test(value)) return bad('not a whole number');
  const number = Number(value);
  return Number.isSafeInteger(number) ? good(number) : bad('not a whole number');
}

/** RFC 3339 with an offset, or seconds since 1970 (RFC 7519, section 2); stored in UTC. */
function dateTime(value: Scalar): Coerced {
  if (typeof value === 'boolean') return bad('not a point in time');
  const shape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
  if (typeof value === 'string' && !shape.test(value)) return bad('not a point in time with its offset');
  const instant = new Date(typeof value === 'string' ? value : Number(value) * 1_000);
  const year = instant.getUTCFullYear();
  return year >= 1 && year <= 9999 ? good(instant.toISOString()) : bad('not a point in time');
}

/** Types of CEL that an attribute takes. `dyn` passes here and is looked at when the rule runs. */
const accepted: { readonly [T in AttributeType]: readonly string[] } = {
  STRING: ['string', 'int', 'double', 'bool'],
  EMAIL: ['string'],
  BOOLEAN: ['bool', 'string'],
  INTEGER: ['int', 'double', 'string'],
  DATE_TIME: ['string', 'int'],
};

/** Why an expression of this CEL type can never make the attribute, or null. */
export function typeProblem(celType: string, definition: AttributeDefinitionFacts): string | null {
  let element = celType;
  for (const wrapper of ['optional', 'list']) {
    if (element === wrapper) element = 'dyn';
    else if (element.startsWith(`${wrapper}<`)) element = element.slice(wrapper.length + 1, -1);
  }
  // A type parameter is what an empty list has.
  if (['dyn', 'null', 'T', 'A'].includes(element) || accepted[definition.type].includes(element)) return null;
  return `an expression of type ${celType} cannot make ${definition.name}, which is ${definition.type}`;
}

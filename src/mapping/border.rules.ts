/**
 * The border between JSON and the engine. In: integers become BigInt (CEL's int), objects become maps without a
 * prototype, and only claims that some rule reads are taken in, within limits. Out: see value.rules.ts.
 */
import type { ClaimValue } from '../login/contracts.js';
import type { MappingInput } from '../login/facts.js';
import type { CelInput, CelValue } from './expression.rules.js';
import { MAX_TEXT } from './meter.rules.js';
import { EVERY_CLAIM } from './syntax.rules.js';

/** Values of one claim, and of all claims that rules read. */
export const MAX_CLAIM_VALUES = 1_000;
const MAX_VALUES = 20_000;
const MAX_DEPTH = 8;

export type Admitted =
  | { readonly ok: true; readonly input: CelInput }
  /** The claim that is past a limit, and which limit. */
  | { readonly ok: false; readonly claim: string; readonly problem: string };

class PastLimit extends Error {}

/** `reads` as the rules together read: names, or EVERY_CLAIM. */
export function admit(input: MappingInput, reads: ReadonlySet<string>): Admitted {
  const claims = new Map<string, CelValue>();
  const names = reads.has(EVERY_CLAIM) ? Object.keys(input.claims) : [...reads];
  let left = MAX_VALUES;
  const take = () => {
    left -= 1;
    if (left < 0) throw new PastLimit(`more than ${MAX_VALUES} values in all`);
  };
  for (const name of names) {
    if (!Object.hasOwn(input.claims, name)) continue;
    try {
      claims.set(name, toCel(input.claims[name] as ClaimValue, MAX_DEPTH, take));
    } catch (error) {
      if (error instanceof PastLimit) return { ok: false, claim: name, problem: error.message };
      throw error;
    }
  }
  return { ok: true, input: { claims, ...surroundings(input) } };
}

function surroundings({ subject, idp, partner, authn }: MappingInput): Omit<CelInput, 'claims'> {
  return {
    subject: new Map(Object.entries(subject)),
    idp: new Map(Object.entries(idp)),
    partner: new Map<string, CelValue>([
      ['slug', partner.slug],
      ['domains', partner.domains],
    ]),
    authn: new Map<string, CelValue>([
      ['acr', authn.acr],
      ['amr', authn.amr],
      ['authenticatedAt', authn.authenticatedAt],
    ]),
  };
}

function toCel(value: ClaimValue, depth: number, take: () => void): CelValue {
  take();
  switch (typeof value) {
    case 'string':
      if (value.length > MAX_TEXT) throw new PastLimit(`a value of more than ${MAX_TEXT} characters`);
      return value;
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : containerToCel(value, depth - 1, take);
    default:
      return null;
  }
}

function containerToCel(value: object, depth: number, take: () => void): CelValue {
  if (depth < 0) throw new PastLimit(`values nested more than ${MAX_DEPTH} deep`);
  const entries = Array.isArray(value) ? (value as readonly ClaimValue[]) : Object.entries(value);
  if (entries.length > MAX_CLAIM_VALUES) throw new PastLimit(`more than ${MAX_CLAIM_VALUES} values in one list`);
  if (Array.isArray(value)) return value.map((element: ClaimValue) => toCel(element, depth, take));
  const map = new Map<string, CelValue>();
  for (const [key, element] of entries as [string, ClaimValue][]) map.set(key, toCel(element, depth, take));
  return map;
}

/** What terms must be before they are stored: every problem at once, each with the path of its field (C13, C17). */
import { isDeepStrictEqual } from 'node:util';
import type { Assurance, TrustTerms } from '../login/facts.js';
import type { FieldProblem } from '../shared/hub-error.js';

export const MAX_RELEASED_ATTRIBUTES = 200;
export const MAX_IDENTITY_PROVIDERS = 50;
/** A year: an authentication that is older is no evidence of anything. */
export const MAX_AUTHENTICATION_AGE_SECONDS = 31_536_000;

/** Terms as they were sent. */
export interface TermsDraft {
  /** `<owner's partner id> <id>`; whatever else was sent is no IdP. */
  readonly identityProviders: readonly string[];
  readonly releasedAttributes: readonly string[];
  readonly minimum: Assurance;
  readonly maxAuthenticationAgeSeconds: number | null;
  readonly provisioningMode: TrustTerms['provisioningMode'];
  readonly validFrom: Date | null;
  readonly validUntil: Date | null;
}

export interface TermsSurroundings {
  /** Names of the attributes that the catalogue has. */
  readonly attributes: ReadonlySet<string>;
  /** IdPs that the partner may use, as in the draft. */
  readonly identityProviders: ReadonlySet<string>;
  readonly now: Date;
}

export interface TermsRefusal {
  readonly code: 'TRUST_TERMS_INVALID' | 'ATTRIBUTE_UNKNOWN';
  readonly fields: readonly FieldProblem[];
}

/** null when the terms may be stored. ATTRIBUTE_UNKNOWN where that is all that is wrong. */
export function termsRefusal(draft: TermsDraft, around: TermsSurroundings): TermsRefusal | null {
  const unknown = unknownAttributes(draft, around);
  const others = [
    ...identityProviderProblems(draft, around),
    ...attributeProblems(draft),
    ...timeProblems(draft, around),
  ];
  if (others.length > 0) return { code: 'TRUST_TERMS_INVALID', fields: [...others, ...unknown] };
  return unknown.length > 0 ? { code: 'ATTRIBUTE_UNKNOWN', fields: unknown } : null;
}

/** The terms as they are stored: only for a draft without a problem. */
export function termsOf(draft: TermsDraft): TrustTerms {
  const { identityProviders, releasedAttributes, minimum, maxAuthenticationAgeSeconds, provisioningMode } = draft;
  return {
    identityProviderIds: identityProviders.map((key) => key.slice(key.indexOf(' ') + 1)),
    releasedAttributes,
    minimum,
    maxAuthenticationAgeSeconds,
    provisioningMode,
    validFrom: draft.validFrom?.toISOString() ?? null,
    validUntil: draft.validUntil?.toISOString() ?? null,
  };
}

/** Whether terms that were stored once may still be put in force. */
export function isOver({ validUntil }: Pick<TrustTerms, 'validUntil'>, now: Date): boolean {
  return validUntil !== null && Date.parse(validUntil) <= now.getTime();
}

/** Name of each term that differs, with both values: for the audit log. */
export function termChanges(
  before: TrustTerms,
  after: TrustTerms,
): Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>> {
  const names = Object.keys(after) as (keyof TrustTerms)[];
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, { before: before[name], after: after[name] }]));
}

function unknownAttributes({ releasedAttributes }: TermsDraft, { attributes }: TermsSurroundings): FieldProblem[] {
  return releasedAttributes.slice(0, MAX_RELEASED_ATTRIBUTES).flatMap((name, index) => {
    const path = `input.terms.releasedAttributes.${index}`;
    return attributes.has(name) ? [] : [{ path, message: 'There is no attribute of that name.' }];
  });
}

function attributeProblems({ releasedAttributes }: TermsDraft): FieldProblem[] {
  const path = 'input.terms.releasedAttributes';
  if (releasedAttributes.length > MAX_RELEASED_ATTRIBUTES) {
    return [{ path, message: `Name at most ${MAX_RELEASED_ATTRIBUTES}.` }];
  }
  return repetitions(releasedAttributes, path);
}

function identityProviderProblems(draft: TermsDraft, around: TermsSurroundings): FieldProblem[] {
  const { identityProviders } = draft;
  const path = 'input.terms.identityProviderIds';
  if (identityProviders.length > MAX_IDENTITY_PROVIDERS) {
    return [{ path, message: `Name at most ${MAX_IDENTITY_PROVIDERS}.` }];
  }
  const strangers = identityProviders.flatMap((key, index) => {
    const message = 'The partner has no such identity provider.';
    return around.identityProviders.has(key) ? [] : [{ path: `${path}.${index}`, message }];
  });
  return strangers.length > 0 ? strangers : repetitions(identityProviders, path);
}

function timeProblems(draft: TermsDraft, { now }: TermsSurroundings): FieldProblem[] {
  const { maxAuthenticationAgeSeconds: age, validFrom, validUntil } = draft;
  const problems: FieldProblem[] = [];
  if (age !== null && (!Number.isInteger(age) || age < 1 || age > MAX_AUTHENTICATION_AGE_SECONDS)) {
    const message = `Use 1 to ${MAX_AUTHENTICATION_AGE_SECONDS} seconds.`;
    problems.push({ path: 'input.terms.maxAuthenticationAgeSeconds', message });
  }
  if (validUntil !== null && validUntil <= now) {
    problems.push({ path: 'input.terms.validUntil', message: 'This is in the past.' });
  } else if (validUntil !== null && validFrom !== null && validUntil <= validFrom) {
    problems.push({ path: 'input.terms.validUntil', message: 'This is not after the beginning.' });
  }
  return problems;
}

function repetitions(names: readonly string[], path: string): FieldProblem[] {
  const seen = new Set<string>();
  return names.flatMap((name, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: `${path}.${index}`, message: 'This stands in the list already.' }];
  });
}

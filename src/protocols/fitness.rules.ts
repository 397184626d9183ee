/**
 * What an assertion may put into keys and records (H12): text of bounded length, without what a database refuses
 * or a reader is misled by. Looked at once, behind every protocol; claims are looked at by mapping, which types them.
 */
import type { AssertedSubject, AssertionFacts } from '../login/contracts.js';
import { type Refusal, refusal } from '../shared/refusal.js';
import { isFit } from '../shared/safe-text.js';

const MAX_SUBJECT = 1_024;
const MAX_NAME = 256;
const MAX_METHODS = 50;

/** Why an assertion cannot be taken in; null when it can. */
export function unfit({ protocol, subject, authentication }: Unproved): Refusal | null {
  if (!isFitSubject(subject)) {
    const code = protocol === 'SAML' ? 'SAML_NAMEID' : 'SUBJECT_MISSING';
    return refusal(code, 'the subject is too long, or holds characters that no identifier may hold');
  }
  const { acr, amr } = authentication;
  const isFitAuthentication =
    (acr === null || isFit(acr, MAX_NAME)) && amr.length <= MAX_METHODS && amr.every((one) => isFit(one, MAX_NAME));
  if (isFitAuthentication) return null;
  const code = protocol === 'SAML' ? 'SAML_AUTHN' : 'OIDC_CLAIM';
  return refusal(code, 'the authentication is stated in text that is too long or holds control characters');
}

type Unproved = Pick<AssertionFacts, 'protocol' | 'subject' | 'authentication'>;

function isFitSubject({ source, value, format, nameQualifier, spNameQualifier }: AssertedSubject): boolean {
  const names = [source, format ?? ''].every((text) => isFit(text, MAX_NAME));
  return names && [value, nameQualifier ?? '', spNameQualifier ?? ''].every((text) => isFit(text, MAX_SUBJECT));
}

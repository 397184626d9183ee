/**
 * The status of a Response (SAML 2.0 Core section 3.2.2; S54): the one thing that is read before a signature, and only
 * to refuse. A Success with another code below it is no success.
 */
import { type Refusal, refusal } from '../shared/refusal.js';
import type { XmlElement } from './contracts.js';
import { childrenNamed, PROTOCOL } from './vocabulary.rules.js';

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const MAX_CODES = 5;
const MAX_URI = 200;

export function refuseStatus(response: XmlElement): Refusal | null {
  const statuses = childrenNamed(response, PROTOCOL, 'Status');
  const codes = statuses.flatMap((status) => statusCodes(status));
  if (statuses.length === 1 && codes.length === 1 && codes[0] === SUCCESS) return null;
  return refusal('SAML_STATUS', 'The identity provider reports no success.', {
    status: codes.slice(0, MAX_CODES).map((code) => code.slice(0, MAX_URI)),
  });
}

/** Top code first, then what is nested in it. */
function statusCodes(parent: XmlElement): string[] {
  return childrenNamed(parent, PROTOCOL, 'StatusCode').flatMap((code) => [
    code.attribute('Value') ?? '',
    ...statusCodes(code),
  ]);
}

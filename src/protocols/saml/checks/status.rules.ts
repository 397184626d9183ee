/**
 * Stops a Response of failure that carries an assertion all the same, and one whose success hides a failure below it (S54). The
 * one thing that is read before a signature, and only to refuse; of a signed Response it is read again from the signed bytes.
 * @see SAML core section 3.2.2.1 and 3.2.2.2
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { XmlElement } from '../../../xml/contracts.js';
import { childrenOf } from '../elements.rules.js';
import { ns } from '../names.rules.js';

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const MAX_CODES = 5;
const MAX_URI = 200;

export function refuseStatus(response: XmlElement): Refusal | null {
  const statuses = childrenOf(response, ns.protocol, 'Status');
  const codes = statuses.flatMap((status) => statusCodes(status));
  if (statuses.length === 1 && codes.length === 1 && codes[0] === SUCCESS) return null;
  return refusal('SAML_STATUS', 'The identity provider reports no success.', {
    status: codes.slice(0, MAX_CODES).map((code) => code.slice(0, MAX_URI)),
  });
}

/** Top code first, then what is nested in it. */
function statusCodes(parent: XmlElement): string[] {
  return childrenOf(parent, ns.protocol, 'StatusCode').flatMap((code) => [
    code.attribute('Value') ?? '',
    ...statusCodes(code),
  ]);
}

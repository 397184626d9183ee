/**
 * Stops messages of an older SAML, whose signatures and subjects mean something else, and whatever is no SAML at all (S51).
 * Read before a signature, like the shape, and only to refuse.
 * @see SAML core sections 2.3.3, 3.2.2 and 4.1: an incompatible major version must not be processed
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { XmlElement } from '../../../xml/contracts.js';

export function refuseVersion(element: XmlElement): Refusal | null {
  if (element.attribute('Version') === '2.0') return null;
  return refusal('SAML_PROTOCOL', 'The message is not of SAML 2.0.', { where: element.localName });
}

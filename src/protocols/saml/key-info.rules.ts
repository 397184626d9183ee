/**
 * What KeyInfo of a signature may hold. It never gives a key: the check of the signature does not look at it. Certificates in it
 * must be pinned ones, so that a roll of the partner's key has a code of its own; names and key values are ignored, and whatever
 * points elsewhere is refused (L18; S22, S29).
 */
import { parseBase64Binary } from '../../shared/base64.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import type { XmlElement } from '../../xml/contracts.js';
import { childrenOf } from './elements.rules.js';
import { ns } from './names.rules.js';

const MAX_CERTIFICATES = 10;
const KNOWN = ['KeyName', 'KeyValue', 'X509Data'];

/**
 * @param signed the element that a Signature stands in
 * @param keys the pinned certificates
 */
export function refuseKeyInfo(signed: XmlElement, keys: readonly { readonly der: Buffer }[]): Refusal | null {
  const infos = childrenOf(signed, ns.xmldsig, 'Signature').flatMap((one) => childrenOf(one, ns.xmldsig, 'KeyInfo'));
  const children = infos.flatMap((info) => info.children);
  const foreign = children.find((child) => child.namespace !== ns.xmldsig || !KNOWN.includes(child.localName));
  if (foreign !== undefined) {
    return foreign.localName === 'RetrievalMethod' || foreign.localName === 'KeyInfoReference'
      ? refusal('SAML_SIG_TRANSFORM', 'KeyInfo refers to a key elsewhere.')
      : refusal('SAML_SIG_STRUCTURE', 'KeyInfo holds what the hub does not know.');
  }
  const certificates = children
    .filter((child) => child.localName === 'X509Data')
    .flatMap((data) => childrenOf(data, ns.xmldsig, 'X509Certificate'))
    .map((one) => (one.children.length === 0 ? parseBase64Binary(one.text) : null));
  if (certificates.length > MAX_CERTIFICATES || certificates.includes(null)) {
    return refusal('SAML_SIG_STRUCTURE', 'A certificate in KeyInfo is no base64, or there are too many.');
  }
  const isUnknown =
    keys.length > 0 && certificates.some((der) => der !== null && !keys.some((one) => one.der.equals(der)));
  return isUnknown ? refusal('SAML_CERT_UNKNOWN', 'The message carries a certificate that is not pinned.') : null;
}

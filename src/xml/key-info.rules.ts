/**
 * What KeyInfo may hold. It never gives a key: certificates in it are compared with the pinned ones, names and key values are
 * ignored, and whatever points elsewhere is refused (L18; S22, S29).
 */
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import type { XmlElement } from './contracts.js';
import { childrenNamed, DSIG, readBase64 } from './vocabulary.rules.js';

const MAX_CERTIFICATES = 10;
const IGNORED = ['KeyName', 'KeyValue', 'X509Data'];

export function readKeyInfo(keyInfo: XmlElement | undefined): Result<readonly Buffer[]> {
  if (keyInfo === undefined) return ok([]);
  for (const child of keyInfo.children) {
    if (child.namespace !== DSIG || !IGNORED.includes(child.localName)) {
      const refers = child.localName === 'RetrievalMethod' || child.localName === 'KeyInfoReference';
      return refused(
        refers
          ? refusal('SAML_SIG_TRANSFORM', 'KeyInfo refers to a key elsewhere.')
          : refusal('SAML_SIG_STRUCTURE', 'KeyInfo holds what the hub does not know.'),
      );
    }
  }
  const texts = childrenNamed(keyInfo, DSIG, 'X509Data')
    .flatMap((data) => childrenNamed(data, DSIG, 'X509Certificate'))
    .map((certificate) => (certificate.children.length === 0 ? certificate.text : ''));
  const certificates = texts.map(readBase64);
  if (certificates.length > MAX_CERTIFICATES || certificates.includes(null)) {
    return refused(refusal('SAML_SIG_STRUCTURE', 'A certificate in KeyInfo is no base64, or there are too many.'));
  }
  return ok(certificates.filter((one) => one !== null));
}

/**
 * One signature, checked: over SignedInfo with a pinned key, then the digest over the canonical bytes of the element. Those
 * bytes are the result; nothing else of the message is proved by it (XML Signature, section 3.2; SECURITY.md, promise 1).
 */
import { createHash, timingSafeEqual, verify } from 'node:crypto';
import { type Refusal, refusal } from '../shared/refusal.js';
import { type Result, refused } from '../shared/result.js';
import { type PinnedCertificate, pinnedCertificate, refuseCertificate } from './certificates.js';
import type { ResponsePolicy } from './contracts.js';
import type { ParsedDocument } from './document.js';
import type { LiveElement } from './elements.js';
import type { SignatureProfile } from './signature-profile.rules.js';

/**
 * The element without its signature, in the canonical form that was hashed. Takes the Signature out of the document on the
 * way: afterwards it cannot be read.
 */
export function checkSignature(
  document: ParsedDocument,
  signed: LiveElement,
  profile: SignatureProfile<LiveElement>,
  policy: ResponsePolicy,
): Result<Buffer> {
  const signedInfo = document.canonicalForm(profile.signedInfo, profile.signedInfoPrefixes);
  if (!signedInfo.ok) return signedInfo;
  const bad = refuseSignatureValue(signedInfo.value, profile, policy);
  if (bad !== null) return refused(bad);
  signed.remove(profile.signature);
  const { digest, digestValue, referencePrefixes } = profile;
  const canonical = document.canonicalForm(signed, referencePrefixes);
  if (!canonical.ok) return canonical;
  const computed = createHash(digest).update(canonical.value).digest();
  if (computed.length !== digestValue.length || !timingSafeEqual(computed, digestValue)) {
    return refused(refusal('SAML_SIG_INVALID', 'The digest is not that of the signed element.'));
  }
  return canonical;
}

function refuseSignatureValue(signedInfo: Buffer, profile: SignatureProfile, policy: ResponsePolicy): Refusal | null {
  const pinned = policy.signingCertificates.map(pinnedCertificate).filter((one) => one !== null);
  if (pinned.length === 0) return refusal('SAML_CERT_REFUSED', 'No pinned certificate can be read.');
  const unknown = profile.certificates.some((der) => !pinned.some((one) => one.der.equals(der)));
  if (unknown) return refusal('SAML_CERT_UNKNOWN', 'The message carries a certificate that is not pinned.');
  const signers = pinned.filter((one) => isSignedBy(one, signedInfo, profile));
  if (signers.length === 0) {
    return refusal('SAML_SIG_INVALID', 'No pinned key made this signature.', { keys: pinned.length });
  }
  // One key may be pinned in two certificates, the old one and its renewal.
  const refusals = signers.map((one) => refuseCertificate(one, policy.now));
  return refusals.includes(null) ? null : (refusals[0] ?? null);
}

/** ECDSA values are `r || s` (XML Signature 1.1, section 6.4.3), not the DER that OpenSSL expects by default. */
function isSignedBy(certificate: PinnedCertificate, signedInfo: Buffer, profile: SignatureProfile): boolean {
  const { algorithm, signatureValue } = profile;
  const { key, kind } = certificate;
  if (kind !== algorithm.kind) return false;
  try {
    const how = kind === 'ec' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
    return verify(algorithm.hash, signedInfo, how, signatureValue);
  } catch {
    return false;
  }
}

/**
 * One signature, checked: over SignedInfo with a pinned key, then the digest over the canonical bytes of the element. Those
 * bytes are the result; nothing else of the message is proved by it (XML Signature, section 3.2; DESIGN, promise 1).
 */
import { createHash, timingSafeEqual, verify } from 'node:crypto';
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { type PinnedCertificate, pinnedCertificate, refuseCertificate } from './certificates.js';
import type { ResponsePolicy } from './contracts.js';
import type { ParsedDocument } from './document.js';
import type { LiveElement } from './elements.js';
import { readSignatureProfile, type SignatureProfile } from './signature-profile.rules.js';

export interface SignedBytes {
  /** The element without its signature, in the canonical form that was hashed. */
  readonly canonical: Buffer;
  /** The inclusive prefixes that belong to that form. */
  readonly prefixes: readonly string[];
}

/** Takes the Signature out of the document on the way: afterwards it cannot be read. */
export function checkSignature(
  document: ParsedDocument,
  signed: LiveElement,
  signature: LiveElement,
  policy: ResponsePolicy,
): Result<SignedBytes> {
  const profile = readSignatureProfile(signature, signed);
  if (!profile.ok) return profile;
  const signedInfo = document.canonicalForm(profile.value.signedInfo, profile.value.signedInfoPrefixes);
  if (!signedInfo.ok) return signedInfo;
  const bad = refuseSignatureValue(signedInfo.value, profile.value, policy);
  if (bad !== null) return refused(bad);
  signed.remove(signature);
  const { digest, digestValue, referencePrefixes } = profile.value;
  const canonical = document.canonicalForm(signed, referencePrefixes);
  if (!canonical.ok) return canonical;
  const computed = createHash(digest).update(canonical.value).digest();
  if (computed.length !== digestValue.length || !timingSafeEqual(computed, digestValue)) {
    return refused(refusal('SAML_SIG_INVALID', 'The digest is not that of the signed element.'));
  }
  return ok({ canonical: canonical.value, prefixes: referencePrefixes });
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
  if (certificate.kind !== algorithm.kind) return false;
  try {
    return verify(algorithm.hash, signedInfo, { key: certificate.key, dsaEncoding: 'ieee-p1363' }, signatureValue);
  } catch {
    return false;
  }
}

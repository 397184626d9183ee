/**
 * Pinned certificates as keys that signatures are checked with, parsed once and kept within a bound. Trust comes from the pin;
 * of the certificate itself the key, its strength and its validity count (L18; S30).
 */
import { X509Certificate } from 'node:crypto';
import { BoundedCache } from '../shared/bounded-cache.js';
import { refusal } from '../shared/refusal.js';
import type { TrustedKey } from '../xml/contracts.js';
import { weaknessOf } from './pinned-certificate.js';

export interface PinnedKey extends TrustedKey {
  /** The certificate that carries it. */
  readonly der: Buffer;
}

/** null: the text is no certificate. */
const parsed = new BoundedCache<string, PinnedKey | null>(1_024);

/** @param pems certificates; what cannot be read is left out */
export function trustedKeys(pems: readonly string[]): readonly PinnedKey[] {
  return pems.map(trustedKey).filter((one) => one !== null);
}

function trustedKey(pem: string): PinnedKey | null {
  const known = parsed.get(pem);
  if (known !== undefined) return known;
  const key = parse(pem);
  parsed.set(pem, key);
  return key;
}

function parse(pem: string): PinnedKey | null {
  try {
    const certificate = new X509Certificate(pem);
    const isStrong = weaknessOf(certificate) === null;
    const [validFrom, validTo] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    const bad = (detail: string) => refusal('SAML_CERT_REFUSED', detail);
    const refuse = (now: Date) => {
      if (!isStrong) return bad('The pinned certificate has a key that is too weak or of an unknown kind.');
      // Written so that an unreadable date refuses.
      if (!(now.getTime() >= validFrom)) return bad('The pinned certificate is not valid yet.');
      return now.getTime() <= validTo ? null : bad('The pinned certificate has expired.');
    };
    return { key: certificate.publicKey, der: certificate.raw, refuse };
  } catch {
    return null;
  }
}

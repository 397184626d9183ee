/**
 * Pinned certificates as keys that signatures are checked with, parsed once and kept within a bound. Trust comes from the pin;
 * of the certificate itself the key, its strength and its validity count (L18; S30).
 */
import { X509Certificate } from 'node:crypto';
import { BoundedCache } from '../shared/bounded-cache.js';
import type { TrustedKey } from '../xml/contracts.js';
import { weaknessOf } from './pinned-certificate.js';

/** null: the text is no certificate. */
const parsed = new BoundedCache<string, TrustedKey | null>(1_024);

/** @param pems certificates; what cannot be read is left out */
export function trustedKeys(pems: readonly string[]): readonly TrustedKey[] {
  return pems.map(trustedKey).filter((one) => one !== null);
}

function trustedKey(pem: string): TrustedKey | null {
  const known = parsed.get(pem);
  if (known !== undefined) return known;
  const key = parse(pem);
  parsed.set(pem, key);
  return key;
}

function parse(pem: string): TrustedKey | null {
  try {
    const certificate = new X509Certificate(pem);
    return {
      key: certificate.publicKey,
      der: certificate.raw,
      isStrong: weaknessOf(certificate) === null,
      validFrom: Date.parse(certificate.validFrom),
      validTo: Date.parse(certificate.validTo),
    };
  } catch {
    return null;
  }
}

/**
 * Pinned certificates, parsed once and kept within a bound. Trust comes from the pin; of the certificate itself the key, its
 * strength and its validity count (L18; S30).
 */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { BoundedCache } from '../shared/bounded-cache.js';
import { type Refusal, refusal } from '../shared/refusal.js';

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

export interface PinnedCertificate {
  readonly der: Buffer;
  readonly key: KeyObject;
  /** `rsa`, `ec` or another that no algorithm of the list fits. */
  readonly kind: string | undefined;
  readonly isStrong: boolean;
  readonly validFrom: number;
  readonly validTo: number;
}

/** null: the text is no certificate. */
const parsed = new BoundedCache<string, PinnedCertificate | null>(1_024);

function parse(pem: string): PinnedCertificate | null {
  try {
    const certificate = new X509Certificate(pem);
    const key = certificate.publicKey;
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    const kind = key.asymmetricKeyType;
    const isStrong =
      kind === 'rsa'
        ? modulusLength !== undefined && modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS
        : kind === 'ec' && namedCurve !== undefined && CURVES.includes(namedCurve);
    const [validFrom, validTo] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    return { der: certificate.raw, key, kind, isStrong, validFrom, validTo };
  } catch {
    return null;
  }
}

export function pinnedCertificate(pem: string): PinnedCertificate | null {
  const known = parsed.get(pem);
  if (known !== undefined) return known;
  const certificate = parse(pem);
  parsed.set(pem, certificate);
  return certificate;
}

export function refuseCertificate(certificate: PinnedCertificate, now: Date): Refusal | null {
  const bad = (detail: string) => refusal('SAML_CERT_REFUSED', detail);
  if (!certificate.isStrong) return bad('The pinned certificate has a key that is too weak or of an unknown kind.');
  // Written so that an unreadable date refuses.
  if (!(now.getTime() >= certificate.validFrom)) return bad('The pinned certificate is not valid yet.');
  if (!(now.getTime() <= certificate.validTo)) return bad('The pinned certificate has expired.');
  return null;
}

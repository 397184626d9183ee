/**
 * Decides which certificate of an IdP may be pinned as a signing key (S30; SAML2int, section 4.1): X.509 of one
 * key that is RSA of 2048 bits or more, or ECDSA on a NIST curve, and not past its end. One that begins later is taken:
 * a partner announces its next key before it uses it.
 */
import { X509Certificate } from 'node:crypto';
import { parseBase64Binary } from '../shared/base64.js';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';

export interface PinnedCertificate {
  readonly certificatePem: string;
  /** SHA-256 of the DER certificate, lower-case hex. */
  readonly fingerprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
/** FIPS 186-5, appendix A.1.1: with 1 every message is its own signature, with 3 a lax check was forged more than once. */
const MIN_EXPONENT = 65_537n;
const MAX_EXPONENT = 2n ** 64n;
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
const MAX_BASE64 = 32_768;

/** @param text PEM, or the bare base64 of the DER as metadata carries it */
export function readPinnedCertificate(text: string, now: Date): Result<PinnedCertificate> {
  const certificate = parse(text);
  if (certificate === null) return refused(refusal('CERTIFICATE_INVALID', 'This is no X.509 certificate.'));
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
  const weakness = weaknessOf(certificate);
  if (weakness !== null) return refused(refusal('CERTIFICATE_WEAK', weakness, { fingerprint }));
  const [notBefore, notAfter] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (notAfter <= now) {
    const ended = notAfter.toISOString();
    return refused(refusal('CERTIFICATE_EXPIRED', `The certificate ended at ${ended}.`, { fingerprint }));
  }
  return ok({ certificatePem: pemOf(certificate), fingerprint, notBefore, notAfter });
}

function parse(text: string): X509Certificate | null {
  const body = text
    .trim()
    .replace(/^-----BEGIN CERTIFICATE-----/, '')
    .replace(/-----END CERTIFICATE-----$/, '');
  const der = body.length > MAX_BASE64 ? null : parseBase64Binary(body);
  if (der === null) return null;
  try {
    const certificate = new X509Certificate(der);
    // Read here: of a key that is broken, only reading it throws.
    if (certificate.publicKey.type !== 'public') return null;
    // Bytes after the certificate are no part of it, and no fingerprint would cover them.
    return certificate.raw.equals(der) ? certificate : null;
  } catch {
    return null;
  }
}

/** What is wrong with the key of a certificate; null: nothing. */
export function weaknessOf({ publicKey }: X509Certificate): string | null {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (type === 'rsa' || type === 'rsa-pss') {
    const { modulusLength: bits = 0, publicExponent: exponent = 0n } = details ?? {};
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) return `An RSA key of ${bits} bits is not acceptable.`;
    const isPlain = exponent >= MIN_EXPONENT && exponent < MAX_EXPONENT && exponent % 2n === 1n;
    return isPlain ? null : 'An RSA key with an exponent below 65537, even or huge is not acceptable.';
  }
  if (type === 'ec') {
    const curve = details?.namedCurve ?? 'unknown';
    return CURVES.includes(curve) ? null : `The curve ${curve} is not acceptable.`;
  }
  return `A key of type ${type ?? 'unknown'} is not acceptable.`;
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString().trim()}\n`;
}

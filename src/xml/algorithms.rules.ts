/**
 * The algorithms of signatures that count (RFC 9231 sections 2.3.2 to 2.3.10; L13, S23, S24): RSA (PKCS #1 v1.5 and PSS with MGF1
 * of the same hash) and ECDSA, with SHA-256 or more. SHA-1 is known only to be excepted by name; HMAC and the rest are not known.
 */
import { DSIG, DSIG_2007, DSIG_MORE, XMLENC } from './vocabulary.rules.js';

export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export interface SignatureAlgorithm {
  readonly kind: 'rsa' | 'rsa-pss' | 'ec';
  readonly hash: HashName;
}

const hashes = ['sha256', 'sha384', 'sha512'] as const;

const signatures: ReadonlyMap<string, SignatureAlgorithm> = new Map(
  hashes.flatMap((hash): [string, SignatureAlgorithm][] => [
    [`${DSIG_MORE}rsa-${hash}`, { kind: 'rsa', hash }],
    [`${DSIG_2007}${hash}-rsa-MGF1`, { kind: 'rsa-pss', hash }],
    [`${DSIG_MORE}ecdsa-${hash}`, { kind: 'ec', hash }],
  ]),
);

const digests: ReadonlyMap<string, HashName> = new Map([
  [`${XMLENC}sha256`, 'sha256'],
  [`${DSIG_MORE}sha384`, 'sha384'],
  [`${XMLENC}sha512`, 'sha512'],
]);

export function signatureAlgorithm(uri: string | null, allowSha1: boolean): SignatureAlgorithm | undefined {
  return allowSha1 && uri === `${DSIG}rsa-sha1` ? { kind: 'rsa', hash: 'sha1' } : signatures.get(uri ?? '');
}

export function digestAlgorithm(uri: string | null, allowSha1: boolean): HashName | undefined {
  return allowSha1 && uri === `${DSIG}sha1` ? 'sha1' : digests.get(uri ?? '');
}

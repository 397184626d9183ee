/**
 * The algorithms of signatures that count (RFC 9231 sections 2.3.2 to 2.3.10; L13, S23, S24): RSA (PKCS #1 v1.5 and PSS with MGF1
 * of the same hash) and ECDSA, with SHA-256 or more. SHA-1 is known only to be excepted by name; HMAC and the rest are not known.
 */
import { refuse } from './demand.rules.js';
import { DSIG, DSIG_2007, DSIG_MORE, XMLENC } from './vocabulary.rules.js';

export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512';
export type SignatureAlgorithm = readonly [kind: 'rsa' | 'rsa-pss' | 'ec', hash: HashName];

const signatures = new Map<string, SignatureAlgorithm>();
for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
  signatures.set(`${DSIG_MORE}rsa-${hash}`, ['rsa', hash]);
  signatures.set(`${DSIG_2007}${hash}-rsa-MGF1`, ['rsa-pss', hash]);
  signatures.set(`${DSIG_MORE}ecdsa-${hash}`, ['ec', hash]);
}
const digests = new Map<string, HashName>([
  [`${XMLENC}sha256`, 'sha256'],
  [`${DSIG_MORE}sha384`, 'sha384'],
  [`${XMLENC}sha512`, 'sha512'],
]);

export function signatureAlgorithm(uri: string, allowSha1: boolean): SignatureAlgorithm {
  if (allowSha1 && uri === `${DSIG}rsa-sha1`) return ['rsa', 'sha1'];
  return signatures.get(uri) ?? refuseAlgorithm('signature', uri);
}

export function digestAlgorithm(uri: string, allowSha1: boolean): HashName {
  if (allowSha1 && uri === `${DSIG}sha1`) return 'sha1';
  return digests.get(uri) ?? refuseAlgorithm('digest', uri);
}

function refuseAlgorithm(what: string, uri: string): never {
  const facts = { what, algorithm: uri.slice(0, 200) };
  return refuse('SAML_ALG_REFUSED', 'An algorithm of the signature is not on the list.', facts);
}

/**
 * One enveloped signature, checked, always in the same order: its form, the keys, SignatureValue over the canonical SignedInfo,
 * then the digest over the canonical element. The result is the element read afresh from the very octets that were hashed;
 * of the message as it was sent nothing is handed out (XML Signature, section 3.2; SECURITY.md, promise 1).
 */
import { constants, createHash, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import type { Result } from '../shared/result.js';
import { type SignatureAlgorithm, signatureAlgorithm } from './algorithms.rules.js';
import { canonicalForm } from './canonical.rules.js';
import { MESSAGE_LIMITS, type SignatureRules, type TrustedKey, type VerifiedElement } from './contracts.js';
import { attempt, demand, refuse } from './demand.rules.js';
import type { ParsedElement, Scope } from './element.rules.js';
import { readRoot } from './reader.rules.js';
import { readSignature, readSignedInfo } from './signature-profile.rules.js';

/** Characters. An honest canonical form is a little longer than what was sent; a hostile one repeats its namespaces (L1). */
const MAX_CANONICAL = 16 * 1024 * 1024;

export function verifySignature(
  element: ParsedElement,
  keys: readonly TrustedKey[],
  { now, allowSha1 }: SignatureRules,
): Result<VerifiedElement> {
  return attempt(() => {
    const { signature, signedInfo, stated, signatureValue } = readSignature(element, allowSha1);
    // From here on SignedInfo is what was read from the octets under SignatureValue, not what stood in the message.
    const octets = canonicalForm(signedInfo, stated.signedInfoPrefixes);
    const read = readCanonical(octets, stated.signedInfoPrefixes);
    const info = readSignedInfo(read, element.attribute('ID'), allowSha1);
    demandSigned(octets, info.algorithm, signatureValue, keys, now);
    const bare = element.with(element.content.filter((one) => one !== signature));
    const canonical = canonicalForm(bare, info.referencePrefixes);
    const computed = createHash(info.digest).update(canonical).digest();
    const isSame = computed.length === info.digestValue.length && timingSafeEqual(computed, info.digestValue);
    demand(isSame, 'SAML_SIG_INVALID', 'The digest is not that of the signed element.');
    return asVerified(readCanonical(canonical, info.referencePrefixes));
  });
}

/** A signature that stands beside a message, over octets that carry it (SAML bindings, section 3.4.4.1). */
export interface DetachedSignature {
  readonly octets: string;
  /** The URI of the algorithm. */
  readonly algorithm: string;
  readonly value: Buffer;
}

/**
 * The root of a message whose signature stands beside it.
 * @param messageIn takes the message out of the octets, so that no other than the signed one can be read
 */
export function verifyDetached(
  { octets, algorithm, value }: DetachedSignature,
  messageIn: (octets: string) => Result<Uint8Array>,
  keys: readonly TrustedKey[],
  { now, allowSha1 }: SignatureRules,
): Result<VerifiedElement> {
  const signed = attempt(() => demandSigned(octets, signatureAlgorithm(algorithm, allowSha1), value, keys, now));
  const message = signed.ok ? messageIn(octets) : signed;
  return message.ok ? attempt(() => readWhole(message.value, null)) : message;
}

/**
 * What a verified element held in encrypted form: the signature covers the ciphertext, and so what it opens to.
 * @param plaintext one element; prefixes that are declared around the ciphertext are its own too
 */
export function readCovered(around: VerifiedElement, plaintext: Uint8Array): Result<VerifiedElement> {
  return attempt(() => readWhole(plaintext, asParsed(around).scope));
}

/** A verified element with some of its descendants opened in place. */
export function withOpened(
  element: VerifiedElement,
  open: (element: VerifiedElement) => VerifiedElement | null,
): VerifiedElement {
  const { content } = asParsed(element);
  const opened = content.map((one) => {
    if (typeof one === 'string') return one;
    const child = asVerified(one);
    return asParsed(open(child) ?? withOpened(child, open));
  });
  return opened.every((one, index) => one === content[index]) ? element : asVerified(asParsed(element).with(opened));
}

/** SHA-256, hex, over the octets of the element as they were signed. */
export function digestOf(element: VerifiedElement): string {
  return createHash('sha256').update(asParsed(element).source).digest('hex');
}

/** The only place where an element becomes a verified one. */
function asVerified(element: ParsedElement): VerifiedElement {
  return element as unknown as VerifiedElement;
}

function asParsed(element: VerifiedElement): ParsedElement {
  return element as unknown as ParsedElement;
}

/** A message of which every octet is covered already. */
function readWhole(bytes: Uint8Array, scope: Scope | null): VerifiedElement {
  const root = readRoot(bytes, { limits: MESSAGE_LIMITS, comments: 'refuse', scope });
  return asVerified(readCanonical(canonicalForm(root, []), []));
}

/** Reads octets that we wrote, and makes sure that reading and writing agree about every one of them (S12, S15). */
function readCanonical(canonical: string, prefixes: readonly string[]): ParsedElement {
  const facts = { characters: canonical.length, allowed: MAX_CANONICAL };
  demand(canonical.length <= MAX_CANONICAL, 'SAML_XML_LIMIT', 'The canonical form is too long.', facts);
  const read = attempt(() => readRoot(Buffer.from(canonical, 'utf8'), { limits: null, comments: 'refuse' }));
  const isSame = read.ok && canonicalForm(read.value, prefixes) === canonical;
  demand(isSame, 'SAML_XML_AMBIGUOUS', 'The signed octets cannot be read in one way only.');
  return read.value;
}

function demandSigned(
  octets: string,
  algorithm: SignatureAlgorithm,
  value: Buffer,
  keys: readonly TrustedKey[],
  now: Date,
): void {
  const signed = Buffer.from(octets, 'utf8');
  demand(keys.length > 0, 'SAML_CERT_REFUSED', 'No pinned certificate can be read.');
  const signers = keys.filter(({ key }) => isSignedBy(key, signed, algorithm, value));
  demand(signers.length > 0, 'SAML_SIG_INVALID', 'No pinned key made this signature.', { keys: keys.length });
  // One key may be pinned in two certificates, the old one and its renewal.
  const [refusal, ...others] = signers.map((one) => one.refuse(now));
  if (refusal && !others.includes(null)) refuse(refusal.code, refusal.detail, refusal.facts);
}

function isSignedBy(key: KeyObject, signed: Buffer, [kind, hash]: SignatureAlgorithm, value: Buffer): boolean {
  const type = key.asymmetricKeyType;
  if (type !== kind && !(kind === 'rsa-pss' && type === 'rsa')) return false;
  try {
    if (kind === 'rsa') return verify(hash, signed, key, value);
    // `r || s` (XML Signature 1.1, section 6.4.3), not the DER that OpenSSL expects by default.
    if (kind === 'ec') return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, value);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return verify(hash, signed, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, value);
  } catch {
    return false;
  }
}

/**
 * One enveloped signature, checked, always in the same order: its form, the keys, SignatureValue over the canonical SignedInfo,
 * then the digest over the canonical element. The result is the element read afresh from the very octets that were hashed;
 * of the message as it was sent nothing is handed out (XML Signature, section 3.2; SECURITY.md, promise 1).
 */
import { constants, createHash, timingSafeEqual, verify } from 'node:crypto';
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { type SignatureAlgorithm, signatureAlgorithm } from './algorithms.rules.js';
import { canonicalForm } from './canonical.rules.js';
import {
  MESSAGE_LIMITS,
  type SignatureRules,
  type TrustedKey,
  type VerifiedElement,
  type XmlLimits,
} from './contracts.js';
import type { ParsedElement, Scope } from './element.rules.js';
import { readXml } from './reader.rules.js';
import { readSignedInfo, signatureOf } from './signature-profile.rules.js';

/** Canonical XML repeats namespaces and resolves references; an honest message grows by a few percent. */
const CANONICAL_LIMITS: XmlLimits = {
  bytes: 64 * 1024 * 1024,
  depth: 64,
  elements: 1_000_000,
  siblings: 1_000_000,
  attributes: 128,
  namespaces: 512,
  nameLength: 100,
  textLength: 64 * 1024 * 1024,
};

export function verifySignature(
  element: ParsedElement,
  keys: readonly TrustedKey[],
  rules: SignatureRules,
): Result<VerifiedElement> {
  const profile = signatureOf(element, rules);
  if (!profile.ok) return profile;
  // From here on SignedInfo is what was read from the octets under SignatureValue, not what stood in the message.
  const octets = canonicalForm(profile.value.signedInfo, profile.value.stated.signedInfoPrefixes);
  const signedInfo = readCanonical(octets, profile.value.stated.signedInfoPrefixes);
  if (!signedInfo.ok) return signedInfo;
  const info = readSignedInfo(signedInfo.value, element.attribute('ID'), rules.allowSha1);
  if (!info.ok) return info;
  const bad = refuseSignatureValue(octets, info.value.algorithm, profile.value.signatureValue, keys, rules.now);
  if (bad !== null) return refused(bad);
  const { digest, digestValue, referencePrefixes } = info.value;
  const canonical = canonicalForm(element, referencePrefixes, profile.value.signature);
  const computed = createHash(digest).update(canonical).digest();
  if (computed.length !== digestValue.length || !timingSafeEqual(computed, digestValue)) {
    return refused(refusal('SAML_SIG_INVALID', 'The digest is not that of the signed element.'));
  }
  const read = readCanonical(canonical, referencePrefixes);
  return read.ok ? ok(asVerified(read.value)) : read;
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
  rules: SignatureRules,
): Result<VerifiedElement> {
  const known = signatureAlgorithm(algorithm, rules.allowSha1);
  if (known === undefined) return refused(refusal('SAML_ALG_REFUSED', 'The SigAlg is unknown or too weak.'));
  const bad = refuseSignatureValue(octets, known, value, keys, rules.now);
  if (bad !== null) return refused(bad);
  const message = messageIn(octets);
  if (!message.ok) return message;
  const document = readXml(message.value, { limits: MESSAGE_LIMITS, comments: 'refuse' });
  if (!document.ok) return document;
  if (document.value.repeatsId) return refused(refusal('SAML_DUP_ID', 'Two elements have the same ID.'));
  const read = readCanonical(canonicalForm(document.value.root, []), []);
  return read.ok ? ok(asVerified(read.value)) : read;
}

/**
 * What a verified element held in encrypted form: the signature covers the ciphertext, and so what it opens to.
 * @param plaintext one element; prefixes that are declared around the ciphertext are its own too
 */
export function readCovered(
  around: VerifiedElement,
  plaintext: Uint8Array,
  limits: XmlLimits,
): Result<VerifiedElement> {
  const { scope } = around as unknown as { scope: Scope | null };
  const document = readXml(plaintext, { limits, comments: 'refuse', scope });
  if (!document.ok) return document;
  const read = readCanonical(canonicalForm(document.value.root, []), []);
  return read.ok ? ok(asVerified(read.value)) : read;
}

/** A verified element with some of its descendants opened in place. */
export function withOpened(
  element: VerifiedElement,
  open: (element: VerifiedElement) => VerifiedElement | null,
): VerifiedElement {
  const parsed = element as unknown as ParsedElement;
  const content = parsed.content.map((one) => {
    if (typeof one === 'string') return one;
    const child = asVerified(one);
    return (open(child) ?? withOpened(child, open)) as unknown as ParsedElement;
  });
  return content.every((one, index) => one === parsed.content[index]) ? element : asVerified(parsed.with(content));
}

/** SHA-256, hex, over the octets of the element as they were signed. */
export function digestOf(element: VerifiedElement): string {
  return createHash('sha256')
    .update((element as unknown as ParsedElement).source)
    .digest('hex');
}

/** The only place where an element becomes a verified one. */
function asVerified(element: ParsedElement): VerifiedElement {
  return element as unknown as VerifiedElement;
}

/** Reads octets that we wrote, and makes sure that reading and writing agree about every one of them (S12, S15). */
function readCanonical(canonical: string, prefixes: readonly string[]): Result<ParsedElement> {
  const document = readXml(Buffer.from(canonical, 'utf8'), { limits: CANONICAL_LIMITS, comments: 'refuse' });
  if (!document.ok || canonicalForm(document.value.root, prefixes) !== canonical) {
    return refused(refusal('SAML_XML_AMBIGUOUS', 'The signed octets cannot be read in one way only.'));
  }
  return ok(document.value.root);
}

function refuseSignatureValue(
  octets: string,
  algorithm: SignatureAlgorithm,
  value: Buffer,
  keys: readonly TrustedKey[],
  now: Date,
): Refusal | null {
  const signed = Buffer.from(octets, 'utf8');
  if (keys.length === 0) return refusal('SAML_CERT_REFUSED', 'No pinned certificate can be read.');
  const signers = keys.filter((one) => isSignedBy(one, signed, algorithm, value));
  if (signers.length === 0) {
    return refusal('SAML_SIG_INVALID', 'No pinned key made this signature.', { keys: keys.length });
  }
  // One key may be pinned in two certificates, the old one and its renewal.
  const refusals = signers.map((one) => one.refuse(now));
  return refusals.includes(null) ? null : (refusals[0] ?? null);
}

function isSignedBy({ key }: TrustedKey, signed: Buffer, { kind, hash }: SignatureAlgorithm, value: Buffer): boolean {
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

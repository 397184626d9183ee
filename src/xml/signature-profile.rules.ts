/**
 * Which XML signatures are considered at all (SAML 2.0 Core section 5.4, XML Signature; L13 to L15): one SignedInfo,
 * one Reference to the element that the Signature stands in, enveloped and exclusive C14N and nothing else, algorithms of a
 * short list. Wrapping attacks need more freedom than that (S01 to S06, S09, S22 to S24).
 */
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import type { XmlElement } from './contracts.js';
import { readKeyInfo } from './key-info.rules.js';
import {
  childrenNamed,
  DSIG,
  DSIG_MORE,
  ENVELOPED_SIGNATURE,
  EXCLUSIVE_C14N,
  isElement,
  readBase64,
  XMLENC,
} from './vocabulary.rules.js';

export type HashName = 'sha256' | 'sha384' | 'sha512';

export interface SignatureAlgorithm {
  readonly kind: 'rsa' | 'ec';
  readonly hash: HashName;
}

export interface SignatureProfile<E extends XmlElement = XmlElement> {
  readonly signature: E;
  readonly signedInfo: E;
  readonly algorithm: SignatureAlgorithm;
  /** InclusiveNamespaces of the CanonicalizationMethod. */
  readonly signedInfoPrefixes: readonly string[];
  /** InclusiveNamespaces of the Reference's transform. */
  readonly referencePrefixes: readonly string[];
  readonly digest: HashName;
  readonly digestValue: Buffer;
  readonly signatureValue: Buffer;
  /** Certificates that the message brings along; they must be pinned ones and choose between them, nothing more. */
  readonly certificates: readonly Buffer[];
}

const algorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  [`${DSIG_MORE}rsa-sha256`, { kind: 'rsa', hash: 'sha256' }],
  [`${DSIG_MORE}rsa-sha384`, { kind: 'rsa', hash: 'sha384' }],
  [`${DSIG_MORE}rsa-sha512`, { kind: 'rsa', hash: 'sha512' }],
  [`${DSIG_MORE}ecdsa-sha256`, { kind: 'ec', hash: 'sha256' }],
  [`${DSIG_MORE}ecdsa-sha384`, { kind: 'ec', hash: 'sha384' }],
  [`${DSIG_MORE}ecdsa-sha512`, { kind: 'ec', hash: 'sha512' }],
]);

const digests: ReadonlyMap<string, HashName> = new Map([
  [`${XMLENC}sha256`, 'sha256'],
  [`${DSIG_MORE}sha384`, 'sha384'],
  [`${XMLENC}sha512`, 'sha512'],
]);

const MAX_PREFIXES = 32;
const PREFIX = /^(?:[A-Za-z_][\w.-]{0,63}|#default)$/;
const structure = (detail: string) => refused(refusal('SAML_SIG_STRUCTURE', detail));

/** The element of that name when it is the only one. */
function only<E extends XmlElement>(parent: E, localName: string): E | undefined {
  const found = childrenNamed(parent, DSIG, localName);
  return found.length === 1 ? found[0] : undefined;
}

/** The order of checks matters for the code: first whether there is one signature, then what it is over, then its form. */
export function readSignatureProfile<E extends XmlElement>(signature: E, parent: E): Result<SignatureProfile<E>> {
  if (signature.children.length === 0) return refused(refusal('SAML_SIG_MISSING', 'The Signature is empty.'));
  const signedInfo = only(signature, 'SignedInfo');
  const value = only(signature, 'SignatureValue');
  if (signedInfo === undefined || value === undefined)
    return structure('There must be one SignedInfo and one SignatureValue.');
  const reference = only(signedInfo, 'Reference');
  if (reference === undefined) return structure('There must be exactly one Reference.');
  const scope = refuseScope(reference, parent);
  if (scope !== null) return refused(scope);
  const foreign = signature.children.find((child) => !isKnownChild(child));
  // Content that the Signature carries itself is what a wrapping attack signs instead of its parent (S03).
  if (foreign !== undefined && isElement(foreign, DSIG, 'Object') && foreign.children.length > 0) {
    return refused(refusal('SAML_SIG_SCOPE', 'The Signature carries content of its own.'));
  }
  if (foreign !== undefined || childrenNamed(signature, DSIG, 'KeyInfo').length > 1) {
    return structure('The Signature holds more than SignedInfo, SignatureValue and KeyInfo.');
  }
  return readParts(signature, signedInfo, reference, value);
}

function isKnownChild(child: XmlElement): boolean {
  return child.namespace === DSIG && ['SignedInfo', 'SignatureValue', 'KeyInfo'].includes(child.localName);
}

/** L14: the Reference is `#ID` of the Signature's own parent. */
function refuseScope(reference: XmlElement, parent: XmlElement): Refusal | null {
  const uri = reference.attribute('URI');
  if (uri !== null && uri !== '' && !uri.startsWith('#')) {
    return refusal('SAML_SIG_TRANSFORM', 'The Reference leaves the message.');
  }
  const id = parent.attribute('ID');
  if (uri === null || id === null || uri !== `#${id}`) {
    return refusal('SAML_SIG_SCOPE', 'The signature is not over the element that it stands in.');
  }
  return null;
}

function readParts<E extends XmlElement>(
  signature: E,
  signedInfo: E,
  reference: E,
  value: E,
): Result<SignatureProfile<E>> {
  const method = readMethods(signedInfo);
  if (!method.ok) return method;
  const covered = readReference(reference);
  if (!covered.ok) return covered;
  const signatureValue = value.children.length === 0 ? readBase64(value.text) : null;
  if (signatureValue === null) return structure('The SignatureValue is no base64.');
  const keyInfo = readKeyInfo(only(signature, 'KeyInfo'));
  if (!keyInfo.ok) return keyInfo;
  return ok({ signature, signedInfo, ...method.value, ...covered.value, signatureValue, certificates: keyInfo.value });
}

function readMethods(signedInfo: XmlElement): Result<Pick<SignatureProfile, 'algorithm' | 'signedInfoPrefixes'>> {
  const canonicalization = only(signedInfo, 'CanonicalizationMethod');
  const method = only(signedInfo, 'SignatureMethod');
  if (canonicalization === undefined || method === undefined || signedInfo.children.length !== 3) {
    return structure('SignedInfo must hold its three elements and nothing else.');
  }
  const algorithm = algorithms.get(method.attribute('Algorithm') ?? '');
  if (algorithm === undefined) return refused(refuseAlgorithm('signature', method));
  if (method.children.length > 0) return structure('The SignatureMethod has parameters.');
  if (canonicalization.attribute('Algorithm') !== EXCLUSIVE_C14N) {
    return refused(refusal('SAML_SIG_TRANSFORM', 'SignedInfo is not canonicalised by exclusive C14N.'));
  }
  const prefixes = readPrefixes(canonicalization);
  return prefixes.ok ? ok({ algorithm, signedInfoPrefixes: prefixes.value }) : prefixes;
}

function readReference(
  reference: XmlElement,
): Result<Pick<SignatureProfile, 'digest' | 'digestValue' | 'referencePrefixes'>> {
  const transforms = only(reference, 'Transforms');
  const method = only(reference, 'DigestMethod');
  const value = only(reference, 'DigestValue');
  if (method === undefined || value === undefined) return structure('The Reference must hold one digest.');
  const prefixes = readTransforms(transforms);
  if (!prefixes.ok) return prefixes;
  if (reference.children.length !== 3) return structure('The Reference holds more than its three elements.');
  const digest = digests.get(method.attribute('Algorithm') ?? '');
  if (digest === undefined) return refused(refuseAlgorithm('digest', method));
  const digestValue = value.children.length + method.children.length === 0 ? readBase64(value.text) : null;
  if (digestValue === null) return structure('The DigestValue is no base64.');
  return ok({ digest, digestValue, referencePrefixes: prefixes.value });
}

/** SAML 2.0 Core section 5.4.4 names the two transforms; both must be there, since without the second C14N is inclusive. */
function readTransforms(transforms: XmlElement | undefined): Result<readonly string[]> {
  const bad = (detail: string) => refused(refusal('SAML_SIG_TRANSFORM', detail));
  const [enveloped, exclusive, ...more] = transforms?.children ?? [];
  if (enveloped === undefined || exclusive === undefined || more.length > 0) {
    return bad('There must be two transforms: enveloped signature and exclusive C14N.');
  }
  const areTransforms = [enveloped, exclusive].every((one) => isElement(one, DSIG, 'Transform'));
  const areAllowed =
    enveloped.attribute('Algorithm') === ENVELOPED_SIGNATURE && exclusive.attribute('Algorithm') === EXCLUSIVE_C14N;
  if (!areTransforms || !areAllowed) return bad('A transform is not acceptable.');
  // xml-crypto writes the prefixes into the first transform too, where they mean nothing; nothing else may be there.
  const isBare = enveloped.children.every(
    (one) => one.localName === 'InclusiveNamespaces' && one.children.length === 0,
  );
  return isBare ? readPrefixes(exclusive) : bad('The enveloped signature transform takes no parameters.');
}

/** `<ec:InclusiveNamespaces PrefixList="…"/>` (Exclusive C14N, section 4), or nothing. */
function readPrefixes(method: XmlElement): Result<readonly string[]> {
  const [inclusive, ...more] = method.children;
  if (inclusive === undefined) return ok([]);
  const list = isElement(inclusive, EXCLUSIVE_C14N, 'InclusiveNamespaces') ? inclusive.attribute('PrefixList') : null;
  const prefixes = (list ?? '').split(/[ \t\r\n]+/).filter((one) => one !== '');
  const areGood = prefixes.length <= MAX_PREFIXES && prefixes.every((one) => PREFIX.test(one));
  if (more.length > 0 || list === null || !areGood || inclusive.children.length > 0) {
    return refused(refusal('SAML_SIG_TRANSFORM', 'The parameters of exclusive C14N are not acceptable.'));
  }
  return ok(prefixes);
}

function refuseAlgorithm(what: string, method: XmlElement): Refusal {
  const algorithm = (method.attribute('Algorithm') ?? '').slice(0, 200);
  return refusal('SAML_ALG_REFUSED', 'An algorithm of the signature is not on the list.', { what, algorithm });
}

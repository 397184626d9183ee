/**
 * The one form of XML Signature that counts (SAML 2.0 Core section 5.4, XML Signature; L13 to L15): one SignedInfo, one Reference
 * to the element that the Signature stands in, enveloped signature and exclusive C14N as transforms, algorithms of a short list.
 * Wrapping attacks need more freedom than that (S01 to S06, S09, S22 to S24). KeyInfo is never read here.
 */
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { digestAlgorithm, type HashName, type SignatureAlgorithm, signatureAlgorithm } from './algorithms.rules.js';
import type { SignatureRules, XmlElement } from './contracts.js';
import type { ParsedElement } from './element.rules.js';
import { childrenNamed, DSIG, ENVELOPED_SIGNATURE, EXCLUSIVE_C14N, isElement, readBase64 } from './vocabulary.rules.js';

/** What SignedInfo says. */
export interface SignedInfo {
  readonly algorithm: SignatureAlgorithm;
  /** InclusiveNamespaces of the CanonicalizationMethod. */
  readonly signedInfoPrefixes: readonly string[];
  /** InclusiveNamespaces of the Reference's transform. */
  readonly referencePrefixes: readonly string[];
  readonly digest: HashName;
  readonly digestValue: Buffer;
}

export interface SignatureProfile {
  readonly signature: ParsedElement;
  readonly signedInfo: ParsedElement;
  readonly stated: SignedInfo;
  readonly signatureValue: Buffer;
}

const MAX_PREFIXES = 16;
const PREFIX = /^(?:[A-Za-z_][\w.-]{0,63}|#default)$/;
const structure = (detail: string) => refused(refusal('SAML_SIG_STRUCTURE', detail));

/** The Signature of an element, if it has one and no other; its form is judged, nothing is checked yet. */
export function signatureOf(element: ParsedElement, rules: SignatureRules): Result<SignatureProfile> {
  const [signature, ...more] = childrenNamed(element, DSIG, 'Signature');
  if (signature === undefined) return refused(refusal('SAML_SIG_MISSING', 'The element carries no Signature.'));
  if (more.length > 0) return structure('One element carries several signatures.');
  const [signedInfo, value, keyInfo, ...others] = signature.children;
  if (signedInfo === undefined) return refused(refusal('SAML_SIG_MISSING', 'The Signature is empty.'));
  const stated = readSignedInfo(signedInfo, element.attribute('ID'), rules.allowSha1);
  if (!stated.ok) return stated;
  // Content that the Signature carries itself is what a wrapping attack signs instead of its parent (S03).
  if (signature.children.some((child) => isElement(child, DSIG, 'Object') && child.children.length > 0)) {
    return refused(refusal('SAML_SIG_SCOPE', 'The Signature carries content of its own.'));
  }
  const isKeyInfo = keyInfo === undefined || isElement(keyInfo, DSIG, 'KeyInfo');
  if (value === undefined || !isElement(value, DSIG, 'SignatureValue') || !isKeyInfo || others.length > 0) {
    return structure('A Signature holds SignedInfo, SignatureValue and perhaps KeyInfo, in this order.');
  }
  const signatureValue = value.children.length === 0 ? readBase64(value.text) : null;
  if (signatureValue === null) return structure('The SignatureValue is no base64.');
  return ok({ signature, signedInfo, stated: stated.value, signatureValue });
}

/** The order of checks matters for the code: what the signature is over comes before how it is made. */
export function readSignedInfo(signedInfo: XmlElement, id: string | null, allowSha1: boolean): Result<SignedInfo> {
  const scope = refuseScope(signedInfo, id);
  if (scope !== null) return refused(scope);
  const parts = exactly(signedInfo, 'CanonicalizationMethod', 'SignatureMethod', 'Reference');
  if (!isElement(signedInfo, DSIG, 'SignedInfo') || parts === null) {
    return structure('SignedInfo must hold its three elements and nothing else.');
  }
  const [canonicalization, method, reference] = parts as [XmlElement, XmlElement, XmlElement];
  const algorithm = signatureAlgorithm(method.attribute('Algorithm'), allowSha1);
  if (algorithm === undefined) return refused(refuseAlgorithm('signature', method));
  if (method.children.length > 0) return structure('The SignatureMethod has parameters.');
  if (canonicalization.attribute('Algorithm') !== EXCLUSIVE_C14N) {
    return refused(refusal('SAML_SIG_TRANSFORM', 'SignedInfo is not canonicalised by exclusive C14N.'));
  }
  const prefixes = readPrefixes(canonicalization);
  if (!prefixes.ok) return prefixes;
  const read = readReference(reference, allowSha1);
  return read.ok ? ok({ algorithm, signedInfoPrefixes: prefixes.value, ...read.value }) : read;
}

/** L14: the one Reference is `#ID` of the Signature's own parent. */
function refuseScope(signedInfo: XmlElement, id: string | null): Refusal | null {
  const [reference, ...more] = childrenNamed(signedInfo, DSIG, 'Reference');
  if (reference === undefined || more.length > 0) {
    return refusal('SAML_SIG_STRUCTURE', 'There must be exactly one Reference.');
  }
  const uri = reference.attribute('URI') ?? '';
  if (uri !== '' && !uri.startsWith('#')) return refusal('SAML_SIG_TRANSFORM', 'The Reference leaves the message.');
  return id !== null && uri === `#${id}`
    ? null
    : refusal('SAML_SIG_SCOPE', 'The signature is not over the element that it stands in.');
}

function readReference(
  reference: XmlElement,
  allowSha1: boolean,
): Result<Pick<SignedInfo, 'digest' | 'digestValue' | 'referencePrefixes'>> {
  const prefixes = readTransforms(childrenNamed(reference, DSIG, 'Transforms')[0]);
  if (!prefixes.ok) return prefixes;
  const parts = exactly(reference, 'Transforms', 'DigestMethod', 'DigestValue');
  if (parts === null) return structure('The Reference must hold its three elements and nothing else.');
  const [, method, value] = parts as [XmlElement, XmlElement, XmlElement];
  const digest = digestAlgorithm(method.attribute('Algorithm'), allowSha1);
  if (digest === undefined) return refused(refuseAlgorithm('digest', method));
  const digestValue = value.children.length + method.children.length === 0 ? readBase64(value.text) : null;
  if (digestValue === null) return structure('The DigestValue is no base64.');
  return ok({ digest, digestValue, referencePrefixes: prefixes.value });
}

/** SAML 2.0 Core section 5.4.4 names the two transforms; both must be there, since without the second C14N is inclusive. */
function readTransforms(transforms: XmlElement | undefined): Result<readonly string[]> {
  const [enveloped, exclusive] = (transforms && exactly(transforms, 'Transform', 'Transform')) ?? [];
  const areAllowed =
    enveloped?.attribute('Algorithm') === ENVELOPED_SIGNATURE && exclusive?.attribute('Algorithm') === EXCLUSIVE_C14N;
  // xml-crypto writes the prefixes into the first transform too, where they mean nothing; nothing else may be there.
  const isBare = enveloped?.children.every(
    (one) => one.localName === 'InclusiveNamespaces' && one.children.length === 0,
  );
  if (exclusive !== undefined && areAllowed && isBare) return readPrefixes(exclusive);
  return refused(refusal('SAML_SIG_TRANSFORM', 'The transforms must be enveloped signature and exclusive C14N.'));
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

/** The children, when they are exactly these of XML Signature, in this order. */
function exactly(parent: XmlElement, ...names: readonly string[]): readonly XmlElement[] | null {
  const { children } = parent;
  const isSo = children.length === names.length && children.every((one, at) => isElement(one, DSIG, names[at] ?? ''));
  return isSo ? children : null;
}

function refuseAlgorithm(what: string, method: XmlElement): Refusal {
  const algorithm = (method.attribute('Algorithm') ?? '').slice(0, 200);
  return refusal('SAML_ALG_REFUSED', 'An algorithm of the signature is not on the list.', { what, algorithm });
}

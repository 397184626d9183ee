/**
 * Which XML signatures are considered at all (SAML 2.0 Core section 5.4, XML Signature; L13 to L15): one SignedInfo,
 * one Reference to the element that the Signature stands in, enveloped and exclusive C14N and nothing else, algorithms of a
 * short list. Wrapping attacks need more freedom than that (S01 to S06, S09, S22 to S24).
 */
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { digestAlgorithm, type HashName, type SignatureAlgorithm, signatureAlgorithm } from './algorithms.rules.js';
import type { SignatureRules, XmlElement } from './contracts.js';
import type { ParsedElement } from './element.rules.js';
import { childrenNamed, DSIG, ENVELOPED_SIGNATURE, EXCLUSIVE_C14N, isElement, readBase64 } from './vocabulary.rules.js';

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
  /** Certificates that the message brings along: they never give a key, and must be among the trusted ones (L18; S29). */
  readonly certificates: readonly Buffer[];
}

const MAX_PREFIXES = 16;
const MAX_CERTIFICATES = 10;
const PREFIX = /^(?:[A-Za-z_][\w.-]{0,63}|#default)$/;
const KEY_INFO = ['KeyName', 'KeyValue', 'X509Data'];
const structure = (detail: string) => refused(refusal('SAML_SIG_STRUCTURE', detail));

/** The element of that name when it is the only one. */
function only<E extends XmlElement>(parent: E, localName: string): E | undefined {
  const found = childrenNamed(parent, DSIG, localName);
  return found.length === 1 ? found[0] : undefined;
}

/** The Signature of an element, if it has one and no other; its form is judged, nothing is checked yet. */
export function signatureOf(element: ParsedElement, rules: SignatureRules): Result<SignatureProfile> {
  const [signature, ...more] = childrenNamed(element, DSIG, 'Signature');
  if (signature === undefined) return refused(refusal('SAML_SIG_MISSING', 'The element carries no Signature.'));
  if (more.length > 0) return refused(refusal('SAML_SIG_STRUCTURE', 'One element carries several signatures.'));
  return readSignatureProfile(signature, element, rules.allowSha1);
}

/** The order of checks matters for the code: first whether there is one signature, then what it is over, then its form. */
function readSignatureProfile(
  signature: ParsedElement,
  parent: ParsedElement,
  allowSha1: boolean,
): Result<SignatureProfile> {
  if (signature.children.length === 0) return refused(refusal('SAML_SIG_MISSING', 'The Signature is empty.'));
  const signedInfo = only(signature, 'SignedInfo');
  const value = only(signature, 'SignatureValue');
  if (signedInfo === undefined || value === undefined) {
    return structure('There must be one SignedInfo and one SignatureValue.');
  }
  const scope = refuseScope(signedInfo, parent.attribute('ID'));
  if (scope !== null) return refused(scope);
  const foreign = signature.children.find((child) => !isKnownChild(child));
  // Content that the Signature carries itself is what a wrapping attack signs instead of its parent (S03).
  if (foreign !== undefined && isElement(foreign, DSIG, 'Object') && foreign.children.length > 0) {
    return refused(refusal('SAML_SIG_SCOPE', 'The Signature carries content of its own.'));
  }
  if (foreign !== undefined || childrenNamed(signature, DSIG, 'KeyInfo').length > 1) {
    return structure('The Signature holds more than SignedInfo, SignatureValue and KeyInfo.');
  }
  const stated = readSignedInfo(signedInfo, allowSha1);
  if (!stated.ok) return stated;
  const signatureValue = value.children.length === 0 ? readBase64(value.text) : null;
  if (signatureValue === null) return structure('The SignatureValue is no base64.');
  const certificates = readKeyInfo(only(signature, 'KeyInfo'));
  if (!certificates.ok) return certificates;
  return ok({ signature, signedInfo, stated: stated.value, signatureValue, certificates: certificates.value });
}

function isKnownChild(child: XmlElement): boolean {
  return child.namespace === DSIG && ['SignedInfo', 'SignatureValue', 'KeyInfo'].includes(child.localName);
}

/** L14: the one Reference is `#ID` of the Signature's own parent. */
export function refuseScope(signedInfo: XmlElement, id: string | null): Refusal | null {
  const reference = only(signedInfo, 'Reference');
  if (reference === undefined) return refusal('SAML_SIG_STRUCTURE', 'There must be exactly one Reference.');
  const uri = reference.attribute('URI');
  if (uri !== null && uri !== '' && !uri.startsWith('#')) {
    return refusal('SAML_SIG_TRANSFORM', 'The Reference leaves the message.');
  }
  if (uri === null || id === null || uri !== `#${id}`) {
    return refusal('SAML_SIG_SCOPE', 'The signature is not over the element that it stands in.');
  }
  return null;
}

export function readSignedInfo(signedInfo: XmlElement, allowSha1: boolean): Result<SignedInfo> {
  const canonicalization = only(signedInfo, 'CanonicalizationMethod');
  const method = only(signedInfo, 'SignatureMethod');
  const reference = only(signedInfo, 'Reference');
  const isWhole = canonicalization !== undefined && method !== undefined && reference !== undefined;
  if (!isWhole || signedInfo.children.length !== 3) {
    return structure('SignedInfo must hold its three elements and nothing else.');
  }
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

function readReference(
  reference: XmlElement,
  allowSha1: boolean,
): Result<Pick<SignedInfo, 'digest' | 'digestValue' | 'referencePrefixes'>> {
  const method = only(reference, 'DigestMethod');
  const value = only(reference, 'DigestValue');
  if (method === undefined || value === undefined) return structure('The Reference must hold one digest.');
  const prefixes = readTransforms(only(reference, 'Transforms'));
  if (!prefixes.ok) return prefixes;
  if (reference.children.length !== 3) return structure('The Reference holds more than its three elements.');
  const digest = digestAlgorithm(method.attribute('Algorithm'), allowSha1);
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

/** Names and key values are ignored; whatever points elsewhere is refused (S22). */
function readKeyInfo(keyInfo: XmlElement | undefined): Result<readonly Buffer[]> {
  for (const child of keyInfo?.children ?? []) {
    if (child.namespace === DSIG && KEY_INFO.includes(child.localName)) continue;
    return child.localName === 'RetrievalMethod' || child.localName === 'KeyInfoReference'
      ? refused(refusal('SAML_SIG_TRANSFORM', 'KeyInfo refers to a key elsewhere.'))
      : structure('KeyInfo holds what the hub does not know.');
  }
  const certificates = (keyInfo === undefined ? [] : childrenNamed(keyInfo, DSIG, 'X509Data'))
    .flatMap((data) => childrenNamed(data, DSIG, 'X509Certificate'))
    .map((one) => (one.children.length === 0 ? readBase64(one.text) : null));
  const readable = certificates.filter((one) => one !== null);
  if (readable.length > MAX_CERTIFICATES || readable.length < certificates.length) {
    return structure('A certificate in KeyInfo is no base64, or there are too many.');
  }
  return ok(readable);
}

function refuseAlgorithm(what: string, method: XmlElement): Refusal {
  const algorithm = (method.attribute('Algorithm') ?? '').slice(0, 200);
  return refusal('SAML_ALG_REFUSED', 'An algorithm of the signature is not on the list.', { what, algorithm });
}

/**
 * The one form of XML Signature that counts (SAML 2.0 Core section 5.4, XML Signature; L13 to L15): one SignedInfo, one Reference
 * to the element that the Signature stands in, enveloped signature and exclusive C14N as transforms, algorithms of a short list.
 * Wrapping attacks need more freedom than that (S01 to S06, S09, S22 to S24). KeyInfo is never read here.
 */
import { parseBase64Binary } from '../shared/base64.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { Result } from '../shared/result.js';
import { digestAlgorithm, type HashName, type SignatureAlgorithm, signatureAlgorithm } from './algorithms.rules.js';
import type { SignatureRules, XmlElement } from './contracts.js';
import { attempt, demand, refuse } from './demand.rules.js';
import type { ParsedElement } from './element.rules.js';
import { childrenNamed, DSIG, ENVELOPED_SIGNATURE, EXCLUSIVE_C14N, isElement } from './vocabulary.rules.js';

/** What SignedInfo says; the prefixes are the InclusiveNamespaces of its own canonical form and of the Reference's. */
export interface SignedInfo {
  readonly algorithm: SignatureAlgorithm;
  readonly signedInfoPrefixes: readonly string[];
  readonly referencePrefixes: readonly string[];
  readonly digest: HashName;
  readonly digestValue: Buffer;
}

const MAX_PREFIXES = 16;
const PREFIX = /^(?:[A-Za-z_][\w.-]{0,63}|#default)$/;

/** The Signature of an element, if it has one and no other; its form is judged, nothing is checked yet. */
export function readSignature(element: ParsedElement, allowSha1: boolean) {
  const [signature, ...more] = childrenNamed(element, DSIG, 'Signature');
  demand(signature !== undefined, 'SAML_SIG_MISSING', 'The element carries no Signature.');
  demand(more.length === 0, 'SAML_SIG_STRUCTURE', 'One element carries several signatures.');
  const [signedInfo, value, keyInfo, ...others] = signature.children;
  demand(signedInfo !== undefined, 'SAML_SIG_MISSING', 'The Signature is empty.');
  const stated = readSignedInfo(signedInfo, element.attribute('ID'), allowSha1);
  // Content that the Signature carries itself is what a wrapping attack signs instead of its parent (S03).
  const isFilled = signature.children.some((child) => isElement(child, DSIG, 'Object') && child.children.length > 0);
  demand(!isFilled, 'SAML_SIG_SCOPE', 'The Signature carries content of its own.');
  const isEnd = others.length === 0 && (keyInfo === undefined || isElement(keyInfo, DSIG, 'KeyInfo'));
  const isInOrder = value !== undefined && isElement(value, DSIG, 'SignatureValue') && isEnd;
  demand(
    isInOrder,
    'SAML_SIG_STRUCTURE',
    'A Signature holds SignedInfo, SignatureValue and perhaps KeyInfo, in order.',
  );
  return { signature, signedInfo, stated, signatureValue: readOctets(value) };
}

/** The same for those who only ask whether it could count. */
export function signatureOf(element: ParsedElement, { allowSha1 }: SignatureRules): Result<object> {
  return attempt(() => readSignature(element, allowSha1));
}

/** The order of checks matters for the code: what the signature is over (L14) comes before how it is made. */
export function readSignedInfo(signedInfo: XmlElement, id: string | null, allowSha1: boolean): SignedInfo {
  const [only, ...more] = childrenNamed(signedInfo, DSIG, 'Reference');
  demand(only !== undefined && more.length === 0, 'SAML_SIG_STRUCTURE', 'There must be exactly one Reference.');
  const uri = only.attribute('URI') ?? '';
  demand(uri === '' || uri.startsWith('#'), 'SAML_SIG_TRANSFORM', 'The Reference leaves the message.');
  demand(id !== null && uri === `#${id}`, 'SAML_SIG_SCOPE', 'The signature is not over the element that it stands in.');
  const names = ['CanonicalizationMethod', 'SignatureMethod', 'Reference'] as const;
  const [canonicalization, method, reference] = exactly(signedInfo, 'SignedInfo', names);
  const algorithm = signatureAlgorithm(algorithmOf(method), allowSha1);
  demand(method.children.length === 0, 'SAML_SIG_STRUCTURE', 'The SignatureMethod has parameters.');
  const signedInfoPrefixes = readPrefixes(canonicalization);
  return { algorithm, signedInfoPrefixes, ...readReference(reference, allowSha1) };
}

function readReference(reference: XmlElement, allowSha1: boolean) {
  const referencePrefixes = readTransforms(childrenNamed(reference, DSIG, 'Transforms')[0]);
  const [, method, value] = exactly(reference, 'Reference', ['Transforms', 'DigestMethod', 'DigestValue']);
  const digest = digestAlgorithm(algorithmOf(method), allowSha1);
  demand(method.children.length === 0, 'SAML_SIG_STRUCTURE', 'The DigestMethod has parameters.');
  return { referencePrefixes, digest, digestValue: readOctets(value) };
}

/** SAML 2.0 Core section 5.4.4 names the two transforms; both must be there, since without the second C14N is inclusive. */
function readTransforms(transforms: XmlElement | undefined): readonly string[] {
  const names = ['Transform', 'Transform'] as const;
  const [enveloped, exclusive] = exactly(transforms, 'Transforms', names, 'SAML_SIG_TRANSFORM');
  // xml-crypto writes the prefixes into the first transform too, where they mean nothing; nothing else may be there.
  const isBare = enveloped.children.every((one) => one.localName === 'InclusiveNamespaces' && !one.children.length);
  const isEnveloped = algorithmOf(enveloped) === ENVELOPED_SIGNATURE && isBare && enveloped.children.length <= 1;
  demand(isEnveloped, 'SAML_SIG_TRANSFORM', 'The first transform must be that of an enveloped signature.');
  return readPrefixes(exclusive);
}

/** Of a method that must be exclusive C14N: `<ec:InclusiveNamespaces PrefixList="…"/>` (section 4 of that), or nothing. */
function readPrefixes(method: XmlElement): readonly string[] {
  const isExclusive = algorithmOf(method) === EXCLUSIVE_C14N;
  demand(isExclusive, 'SAML_SIG_TRANSFORM', 'The canonical form must be that of exclusive C14N.');
  const [inclusive, ...more] = method.children;
  if (inclusive === undefined) return [];
  const list = isElement(inclusive, EXCLUSIVE_C14N, 'InclusiveNamespaces') ? inclusive.attribute('PrefixList') : null;
  const prefixes = (list ?? '').split(/[ \t\r\n]+/).filter((one) => one !== '');
  const areGood = list !== null && prefixes.length <= MAX_PREFIXES && prefixes.every((one) => PREFIX.test(one));
  const isAlone = more.length === 0 && inclusive.children.length === 0;
  demand(areGood && isAlone, 'SAML_SIG_TRANSFORM', 'The parameters of exclusive C14N are not acceptable.');
  return prefixes;
}

/** The children, when the element is of this name and they are exactly these, in this order. */
function exactly<const Names extends readonly string[]>(
  parent: XmlElement | undefined,
  name: string,
  names: Names,
  code: ErrorCode = 'SAML_SIG_STRUCTURE',
): { readonly [Index in keyof Names]: XmlElement } {
  const children = parent !== undefined && isElement(parent, DSIG, name) ? parent.children : [];
  const areThese =
    children.length === names.length && children.every((one, at) => isElement(one, DSIG, names[at] ?? ''));
  demand(areThese, code, `${name} must hold ${names.join(', ')} and nothing else.`);
  return children as { readonly [Index in keyof Names]: XmlElement };
}

function algorithmOf(method: XmlElement): string {
  return method.attribute('Algorithm') ?? '';
}

function readOctets(value: XmlElement): Buffer {
  const octets = value.children.length === 0 ? parseBase64Binary(value.text) : null;
  return octets ?? refuse('SAML_SIG_STRUCTURE', `The ${value.localName} is no base64.`);
}

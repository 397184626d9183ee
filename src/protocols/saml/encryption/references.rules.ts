/**
 * What an encrypted element may say of its keys, and what it may point at (XML Encryption 1.1, sections 3.5 to 3.7; S22, S25).
 * Nothing is ever followed or looked up: names, values and certificates are ignored, a pointer may only say what is so anyway, and
 * another way to a key, such as an agreement, is refused before a key of ours is touched.
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { XmlElement } from '../../../xml/contracts.js';
import { childrenOf, is } from '../elements.rules.js';
import { ns } from '../names.rules.js';

const ENCRYPTED_KEY = `${ns.xmlenc}EncryptedKey`;
const POINTERS = ['RetrievalMethod', 'KeyInfoReference'];
/** Whose key it is, as products say it: OpenSAML by a KeyValue where it has no certificate, AD FS by a serial number. */
const NAMES = ['KeyName', 'KeyValue', 'X509Data'].map((name) => `${ns.xmldsig} ${name}`);
const WAYS = [`${ns.xmldsig} RetrievalMethod`, `${ns.xmlenc} EncryptedKey`];

/**
 * @param data the EncryptedData
 * @param keys every EncryptedKey, in its KeyInfo and beside it
 * @param beside those of them that stand beside it
 */
export function refuseReferences(
  data: XmlElement,
  keys: readonly XmlElement[],
  beside: readonly XmlElement[],
): Refusal | null {
  const pointers = infoOf(data).filter((one) => is(one, ns.xmldsig, 'RetrievalMethod'));
  if (!pointers.every((one) => isOfKey(one, beside))) return refuseElsewhere();
  const referring = keys.flatMap((key) => childrenOf(key, ns.xmlenc, 'ReferenceList')).flatMap((one) => one.children);
  const areOfData = referring.every(
    (one) => is(one, ns.xmlenc, 'DataReference') && one.children.length === 0 && names(one, 'URI', data),
  );
  if (!areOfData) {
    return refusal('SAML_SIG_TRANSFORM', 'An encrypted key refers to other data than its own.');
  }
  const info = refuseInfo(data, [...NAMES, ...WAYS]) ?? firstOf(keys, (key) => refuseInfo(key, NAMES));
  return info ?? firstOf([data, ...keys], refuseProperties);
}

function infoOf(encrypted: XmlElement): readonly XmlElement[] {
  return childrenOf(encrypted, ns.xmldsig, 'KeyInfo').flatMap((info) => info.children);
}

/** Section 3.5.3: the schema fixes the Type, which may be left out. */
function isOfKey(pointer: XmlElement, beside: readonly XmlElement[]): boolean {
  const type = pointer.attribute('Type') ?? ENCRYPTED_KEY;
  return type === ENCRYPTED_KEY && pointer.children.length === 0 && beside.some((key) => names(pointer, 'URI', key));
}

/** Whether it is a plain `#Id` of the element, without a query in the fragment, which could lead anywhere. */
function names(pointer: XmlElement, attribute: 'URI' | 'Target', element: XmlElement): boolean {
  const id = element.attribute('Id') ?? '';
  return id !== '' && pointer.attribute(attribute) === `#${id}`;
}

function refuseInfo(encrypted: XmlElement, known: readonly string[]): Refusal | null {
  const foreign = infoOf(encrypted).find((one) => !known.includes(`${one.namespace} ${one.localName}`));
  if (foreign === undefined) return null;
  if (POINTERS.includes(foreign.localName)) return refuseElsewhere();
  return refusal('SAML_SCHEMA', 'KeyInfo of what is encrypted holds what the hub does not know.');
}

/** Section 3.7: a Target is the element that the property is of. What the property says is ignored. */
function refuseProperties(encrypted: XmlElement): Refusal | null {
  const properties = childrenOf(encrypted, ns.xmlenc, 'EncryptionProperties').flatMap((one) => one.children);
  const areOwn = properties.every((one) => one.attribute('Target') === null || names(one, 'Target', encrypted));
  if (areOwn) return null;
  return refusal('SAML_SIG_TRANSFORM', 'A property of what is encrypted is of something else.');
}

function refuseElsewhere(): Refusal {
  return refusal('SAML_SIG_TRANSFORM', 'KeyInfo refers to a key elsewhere.');
}

function firstOf(elements: readonly XmlElement[], refuse: (one: XmlElement) => Refusal | null): Refusal | null {
  for (const one of elements) {
    const found = refuse(one);
    if (found !== null) return found;
  }
  return null;
}

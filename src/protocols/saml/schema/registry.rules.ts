/** All tables in one: which element is of which type, which type has which name, and what is an extension. */

import { DSIG_2007, EXCLUSIVE_C14N, XML } from '../../../xml/vocabulary.rules.js';
import { ns } from '../names.rules.js';
import { assertionElements, assertionTypes } from './assertion.rules.js';
import type { ElementType, ElementTypes } from './element-type.rules.js';
import { encryption11Elements, encryptionElements } from './encryption.rules.js';
import { protocolElements } from './protocol.rules.js';
import { exclusiveC14nElements, pssElements, signatureElements } from './signature.rules.js';

const namespaces: ReadonlyMap<string, ElementTypes> = new Map([
  [ns.assertion, assertionElements],
  [ns.protocol, protocolElements],
  [ns.xmldsig, signatureElements],
  [ns.xmlenc, encryptionElements],
  [ns.xmlenc11, encryption11Elements],
  [EXCLUSIVE_C14N, exclusiveC14nElements],
  [DSIG_2007, pssElements],
]);

export const XS = 'http://www.w3.org/2001/XMLSchema';
const OLDER = ['1.0', '1.1'].flatMap((version) =>
  ['assertion', 'protocol'].map((part) => `urn:oasis:names:tc:SAML:${version}:${part}`),
);

/** Where a name that is in no table is an error, not somebody's extension. */
const CLOSED: ReadonlySet<string> = new Set([...namespaces.keys(), ...OLDER, XML, ns.xsi]);

/** Sections 2.4.1.2, 2.7.3.1, 3.2.1 and 3.2.2: an extension has a namespace, and it is none that SAML defines. */
const SAML_DEFINED: ReadonlySet<string> = new Set(['', ns.assertion, ns.protocol]);

/**
 * What the standard and its profiles define beside those. Profiles of attributes (`x500:Encoding`) have names for this very use, and
 * so has what OASIS published after SAML 2.0, whose names bear no version (`…SAML:protocol:ext:async-slo`).
 */
const OF_SAML = /^urn:oasis:names:tc:SAML:(?:1\.\d|2\.0):(?!profiles:attribute:)/;

/** What is signed, what is encrypted and what is a message of its own: no element becomes one by saying that it is of the type. */
const UNNAMED: ReadonlySet<string> = new Set([
  `${ns.assertion} AssertionType`,
  `${ns.assertion} EncryptedElementType`,
  `${ns.xmldsig} SignatureType`,
  ...[...protocolElements.values()]
    .filter(({ typeName }) => /Re(?:quest|sponse)Type$/.test(typeName))
    .map(({ typeName }) => `${ns.protocol} ${typeName}`),
]);

const types: ReadonlyMap<string, ElementType> = new Map(
  [...namespaces, [ns.assertion, assertionTypes] as const].flatMap(([namespace, elements]) =>
    [...elements.values()]
      .filter(({ typeName }) => typeName !== '')
      .map((type) => [`${namespace} ${type.typeName}`, type] as const),
  ),
);

export function typeOfElement(namespace: string, localName: string): ElementType | null {
  return namespaces.get(namespace)?.get(localName) ?? null;
}

/** A type by its own name, as `xsi:type` gives it. */
export function typeByName(namespace: string, name: string): ElementType | null {
  return types.get(`${namespace} ${name}`) ?? null;
}

/** The type of an element that may be of any, where it is one of these tables. */
export function typeOfFree(namespace: string, name: string): ElementType | null {
  const type = typeByName(namespace, name);
  return type === null || type.isAbstract || UNNAMED.has(`${namespace} ${name}`) ? null : type;
}

/** Whether a type or an attribute is somebody else's. Metadata has types, of which no message holds a value. */
export function isExtension(namespace: string): boolean {
  return namespace !== '' && namespace !== XS && namespace !== ns.metadata && !CLOSED.has(namespace);
}

export function isClosed(namespace: string): boolean {
  return CLOSED.has(namespace);
}

/** @param home the namespace of the element that would hold the extension */
export function isForeign(namespace: string, home: string): boolean {
  return namespace !== home && !SAML_DEFINED.has(namespace) && !OF_SAML.test(namespace);
}

/** All tables in one: which element is of which type, which type has which name, and what is an extension. */

import { DSIG_2007, EXCLUSIVE_C14N } from '../../../xml/vocabulary.rules.js';
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

/** Where a name that is in no table is an error, not somebody's extension. */
const CLOSED: ReadonlySet<string> = new Set([ns.assertion, ns.protocol, ns.xmldsig, ns.xmlenc]);

/** Sections 2.4.1.2, 2.7.3.1, 3.2.1 and 3.2.2: an extension has a namespace, and it is none that SAML defines. */
const SAML_DEFINED: ReadonlySet<string> = new Set([
  '',
  ns.assertion,
  ns.protocol,
  ns.metadata,
  'urn:oasis:names:tc:SAML:1.0:assertion',
  'urn:oasis:names:tc:SAML:1.0:protocol',
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

export function isClosed(namespace: string): boolean {
  return CLOSED.has(namespace);
}

/** @param home the namespace of the element that would hold the extension */
export function isForeign(namespace: string, home: string): boolean {
  return namespace !== home && !SAML_DEFINED.has(namespace);
}

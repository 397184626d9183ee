/**
 * A strict reader of the SAML schema: whether an element, with all below it, is what the schemas of SAML 2.0, XML Signature and XML
 * Encryption and the prose of SAML core demand (L5, L6; S51, N56). It is this and no XSD validation at run time because it is complete
 * where the schema is silent (absolute URIs, times in UTC, strings that say something, who a statement is about), stricter where the
 * schema lets anything in, faster by far, and reads the very elements that the checks read: no second parser has a say. A test holds
 * it against libxml2 and the original schemas: nothing passes here that they refuse.
 *
 * Repeated IDs, versions other than 2.0 and all that takes knowledge of the request are for others to refuse.
 */

import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { XmlAttribute, XmlElement } from '../../../xml/contracts.js';
import { XML } from '../../../xml/vocabulary.rules.js';
import { ns } from '../names.rules.js';
import { placeAmong } from './content-model.rules.js';
import { anything, type Content, type ElementType } from './element-type.rules.js';
import { isClosed, isExtension, isForeign, typeOfElement } from './registry.rules.js';
import { xmlAttributes } from './simple-types.rules.js';
import { instanceOfFixed, instanceOfFree } from './xsi.rules.js';

interface Problem {
  /** A name of the standard, never one of the message's own. */
  readonly element: string;
  readonly problem: string;
}

const BLANK = /^[ \t\r\n]*$/;
const XSI_NAMES = ['type', 'nil'];
const extension = anything();

/** null: nothing is against it. Total and linear: one look at each element. */
export function refuseSchema(element: XmlElement): Refusal | null {
  const type = typeOfElement(element.namespace, element.localName);
  const found = type === null ? { element: 'root', problem: 'is of no type that is known' } : problemOf(element, type);
  if (found === null) return null;
  const detail = `The message has not the shape that SAML demands: ${found.element} ${found.problem}.`;
  return refusal('SAML_SCHEMA', detail, { ...found });
}

function problemOf(element: XmlElement, declared: ElementType): Problem | null {
  if (declared.content.kind === 'any') return problemOfFree(element, declared);
  const instance = instanceOfFixed(element, declared);
  if (instance.kind === 'problem') return { element: element.localName, problem: instance.problem };
  return instance.kind === 'type' ? problemOfType(element, instance.type) : null;
}

function problemOfType(element: XmlElement, type: ElementType): Problem | null {
  const problem = attributesProblem(element, type);
  if (problem !== null) return { element: element.localName, problem };
  const below = contentProblem(element, type.content);
  if (below !== null || type.prose === null) return below;
  const said = type.prose(element);
  return said === null ? null : { element: element.localName, problem: said };
}

/** xs:anyType, or an element that is declared nowhere: its attributes and content are free, what is known in it is not. */
function problemOfFree(element: XmlElement, declared: ElementType | null): Problem | null {
  const name = declared === null ? 'extension' : element.localName;
  const problem = attributesProblem(element, declared ?? extension) ?? declared?.prose?.(element) ?? null;
  if (problem !== null) return { element: name, problem };
  const instance = instanceOfFree(element, declared);
  if (instance.kind === 'problem') return { element: name, problem: instance.problem };
  if (instance.kind === 'type') return problemOfType(element, instance.type);
  if (instance.kind === 'any') return childrenProblem(element);
  const without = instance.kind === 'nil' ? attributesProblem(element, instance.type) : null;
  return without === null ? null : { element: name, problem: without };
}

function attributesProblem(element: XmlElement, type: ElementType): string | null {
  let required = 0;
  for (const attribute of element.attributes) {
    const rule = attribute.namespace === '' ? type.attributes.get(attribute.localName) : undefined;
    if (rule !== undefined) {
      const problem = rule.type(attribute.value);
      if (problem !== null) return `has an attribute ${attribute.localName} that ${problem}`;
      if (rule.isRequired) required += 1;
    } else {
      const problem = otherProblem(attribute, element, type);
      if (problem !== null) return problem;
    }
  }
  return required === type.required ? null : `lacks the attribute ${missingAmong(element, type)}`;
}

function missingAmong(element: XmlElement, { attributes }: ElementType): string {
  const missing = [...attributes].filter(([name, { isRequired }]) => isRequired && element.attribute(name) === null);
  return missing.map(([name]) => name).join(' and ');
}

function otherProblem(attribute: XmlAttribute, element: XmlElement, { others }: ElementType): string | null {
  const { namespace, localName, value } = attribute;
  const type = namespace === XML && others !== 'none' ? xmlAttributes.get(localName) : undefined;
  if (type !== undefined) {
    const problem = type(value);
    return problem === null ? null : `has an attribute xml:${localName} that ${problem}`;
  }
  return isAllowed(attribute, element, others) ? null : 'has an attribute that is not known there';
}

function isAllowed({ namespace, localName }: XmlAttribute, element: XmlElement, others: ElementType['others']) {
  if (namespace === ns.xsi) return XSI_NAMES.includes(localName);
  // Those of SAML and of the W3C define no attribute for elements of others; what `xml` defines was asked for before.
  if (namespace !== '' && !isExtension(namespace)) return false;
  return others === 'all' || (others === 'foreign' && isForeign(namespace, element.namespace));
}

function contentProblem(element: XmlElement, content: Content): Problem | null {
  const { localName, children } = element;
  if (content.kind === 'any') return childrenProblem(element);
  if (content.kind === 'text') {
    const problem = children.length > 0 ? 'holds an element' : content.type(element.ownText);
    return problem === null ? null : { element: localName, problem };
  }
  const { start, mayBeEmpty } = content.model;
  if (!content.isMixed && !isBlank(element.ownText, start.length > 0))
    return { element: localName, problem: 'holds text' };
  let [places, mayEnd] = [start, mayBeEmpty];
  for (const child of children) {
    const place = placeAmong(places, child, isForeign(child.namespace, element.namespace));
    if (place === null) return { element: localName, problem: `holds ${nameOf(child)} where it may not stand` };
    const below = place.term.kind === 'element' ? knownProblem(child) : laxProblem(child);
    if (below !== null) return below;
    places = place.next;
    mayEnd = place.isEnd;
  }
  return mayEnd ? null : { element: localName, problem: 'lacks an element' };
}

/** A name of the standard, or none. */
function nameOf({ namespace, localName }: XmlElement): string {
  return typeOfElement(namespace, localName) === null ? 'an element' : localName;
}

/** White space may stand between elements. Where there can be none, nothing may (XML Schema, part 1, section 3.4.4). */
function isBlank(text: string, mayHoldElements: boolean): boolean {
  return text === '' || (mayHoldElements && BLANK.test(text));
}

/** Every element that a model names has its type in a table. */
function knownProblem(child: XmlElement): Problem | null {
  const type = typeOfElement(child.namespace, child.localName);
  return type === null ? { element: 'extension', problem: 'is of no type that is known' } : problemOf(child, type);
}

function childrenProblem(element: XmlElement): Problem | null {
  for (const child of element.children) {
    const problem = laxProblem(child);
    if (problem !== null) return problem;
  }
  return null;
}

/** What a wildcard lets in must be as it is declared, where it is declared. */
function laxProblem(child: XmlElement): Problem | null {
  const type = typeOfElement(child.namespace, child.localName);
  if (type !== null) return problemOf(child, type);
  if (isClosed(child.namespace)) return { element: 'extension', problem: 'holds an element that SAML does not have' };
  return problemOfFree(child, null);
}

/**
 * What an element says of its own type: `xsi:type` and `xsi:nil` (XML Schema, part 1, section 2.6). Where a type is fixed, the
 * message may repeat it and no more; where it is free, the type that is named must be one, and the value must be of it.
 */

import type { XmlElement } from '../../../xml/contracts.js';
import { ns } from '../names.rules.js';
import type { ElementType } from './element-type.rules.js';
import { qNameOf } from './q-name.rules.js';
import { isExtension, typeByName, typeOfFree, XS } from './registry.rules.js';
import { boolean } from './simple-types.rules.js';
import { xsTypes } from './xs-types.rules.js';

/** What is to be read an element by: a type of these tables, a simple type that was read already, or whatever it is. */
export type Instance =
  | { readonly kind: 'type'; readonly type: ElementType }
  /** Without content: its attributes are those of its type all the same (XML Schema, part 1, section 3.3.4). */
  | { readonly kind: 'nil'; readonly type: ElementType }
  | { readonly kind: 'value' }
  | { readonly kind: 'any' }
  | { readonly kind: 'problem'; readonly problem: string };

const any: Instance = { kind: 'any' };

/** An element whose type is fixed. */
export function instanceOfFixed(element: XmlElement, declared: ElementType): Instance {
  if (!element.attributes.some((one) => one.namespace === ns.xsi)) return { kind: 'type', type: declared };
  if (element.attribute('nil', ns.xsi) !== null) return problem('is not one that may be nil');
  const text = element.attribute('type', ns.xsi);
  if (text === null) return { kind: 'type', type: declared };
  const named = qNameOf(text, element);
  if (named === null) return problem('has an xsi:type that is no name');
  const type = typeByName(named.namespace, named.localName);
  const isKeyInfo =
    declared.typeName === 'SubjectConfirmationDataType' && named.localName === `KeyInfoConfirmationDataType`;
  const isItsOwn = type !== null && named.namespace === element.namespace && type.typeName === declared.typeName;
  return type !== null && (isItsOwn || isKeyInfo)
    ? { kind: 'type', type: isItsOwn ? declared : type }
    : problem('has another xsi:type than it may');
}

/** An element that may be anything, or that must say what it is. Its type is settled first: what is nil is still of it. */
export function instanceOfFree(element: XmlElement, declared: ElementType | null): Instance {
  const nil = element.attribute('nil', ns.xsi);
  const bad = nil === null ? null : nilProblem(nil, element, declared);
  if (bad !== null) return problem(bad);
  const text = element.attribute('type', ns.xsi);
  if (text === null) return declared?.isAbstract === true ? problem('does not say of which type it is') : any;
  const named = qNameOf(text, element);
  if (named === null) return problem('has an xsi:type that is no name');
  const { namespace, localName } = named;
  if (isExtension(namespace)) return any;
  if (declared?.isAbstract === true) return problem('has another xsi:type than it may');
  // What is declared nowhere is nowhere declared nillable: its content counts.
  const isEmptied = declared !== null && isNil(nil);
  if (namespace === XS) return typedValue(element, localName, isEmptied);
  const type = typeOfFree(namespace, localName);
  if (type === null) return problem('has an xsi:type that is not known');
  return { kind: isEmptied ? 'nil' : 'type', type };
}

function isNil(nil: string | null): boolean {
  return nil === 'true' || nil === '1';
}

/** Section 2.7.3.1.1: what is nil is empty. */
function nilProblem(nil: string, element: XmlElement, declared: ElementType | null): string | null {
  if (declared !== null && !declared.isNillable) return 'is not one that may be nil';
  if (boolean(nil) !== null) return 'has an xsi:nil that is no boolean';
  const isEmpty = element.children.length === 0 && element.text === '';
  return isNil(nil) && !isEmpty ? 'is nil and holds something' : null;
}

function typedValue(element: XmlElement, localName: string, isEmptied: boolean): Instance {
  if (localName === 'anyType') return any;
  const isQName = localName === 'QName';
  const type = xsTypes.get(localName);
  if (type === undefined && !isQName) return problem('has an xsi:type that is not known');
  const isValue = element.children.length === 0 && element.attributes.every((one) => one.namespace === ns.xsi);
  if (!isValue) return problem('is of a simple type and holds more than a value');
  if (isEmptied) return { kind: 'value' };
  const { text } = element;
  if (isQName) return qNameOf(text, element) === null ? problem('is no QName') : { kind: 'value' };
  const bad = type?.(text) ?? null;
  return bad === null ? { kind: 'value' } : problem(bad);
}

function problem(text: string): Instance {
  return { kind: 'problem', problem: text };
}

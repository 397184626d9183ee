/**
 * Exclusive XML Canonicalization 1.0 without comments, of one element with all below it: the octets that a signature is over.
 * @see https://www.w3.org/TR/xml-exc-c14n/ sections 3 and 4; Canonical XML 1.0 section 2.3 (order and escapes)
 */
import type { ParsedAttribute, ParsedElement } from './element.rules.js';

/** What is written around an element already. */
interface Rendered {
  readonly outer: Rendered | null;
  readonly prefix: string;
  readonly uri: string;
}

type Namespace = readonly [prefix: string, uri: string];

/** Prefixes of the InclusiveNamespaces list and what they mean where the walk stands. */
type Inclusive = readonly (readonly [prefix: string, uri: string | null])[];

/**
 * @param inclusivePrefixes the PrefixList; `#default` is the default namespace
 * @param leftOut a child of the element that is not written: its enveloped Signature
 */
export function canonicalForm(
  element: ParsedElement,
  inclusivePrefixes: readonly string[],
  leftOut: ParsedElement | null = null,
): string {
  const prefixes = [...new Set(inclusivePrefixes.map((one) => (one === '#default' ? '' : one)))];
  const inclusive = prefixes.map((prefix) => [prefix, element.namespaceOf(prefix)] as const);
  return written(element, null, inclusive, leftOut);
}

function written(
  element: ParsedElement,
  around: Rendered | null,
  inclusive: Inclusive,
  leftOut: ParsedElement | null,
): string {
  const name = element.prefix === '' ? element.localName : `${element.prefix}:${element.localName}`;
  let rendered = around;
  let text = `<${name}`;
  for (const [prefix, uri] of namespacesToWrite(element, inclusive)) {
    if (prefix === 'xml' || isRendered(around, prefix, uri)) continue;
    rendered = { outer: rendered, prefix, uri };
    text += ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapedValue(uri)}"`;
  }
  const attributes = element.attributes.length > 1 ? [...element.attributes].sort(byName) : element.attributes;
  for (const { prefix, localName, value } of attributes) {
    text += ` ${prefix === '' ? '' : `${prefix}:`}${localName}="${escapedValue(value)}"`;
  }
  text += '>';
  for (const one of element.content) {
    if (typeof one === 'string') text += escapedText(one);
    else if (one !== leftOut) text += written(one, rendered, entering(one, element, inclusive), null);
  }
  return `${text}</${name}>`;
}

/** Prefixes that the element or its attributes use, and those of the list, by prefix: the default namespace first. */
function namespacesToWrite(element: ParsedElement, inclusive: Inclusive): readonly Namespace[] {
  const used: Namespace[] = [[element.prefix, element.namespace]];
  const add = (prefix: string, uri: string | null) => {
    if (uri !== null && used.every(([one]) => one !== prefix)) used.push([prefix, uri]);
  };
  for (const { prefix, namespace } of element.attributes) if (prefix !== '') add(prefix, namespace);
  for (const [prefix, uri] of inclusive) add(prefix, uri);
  return used.length === 1 ? used : used.sort(([one], [other]) => compare(one, other));
}

/** Having no default namespace is what an element has that nothing was written for. */
function isRendered(around: Rendered | null, prefix: string, uri: string): boolean {
  for (let one = around; one !== null; one = one.outer) if (one.prefix === prefix) return one.uri === uri;
  return prefix === '' && uri === '';
}

/** The list as a child sees it; it changes only where the child declares something. */
function entering(child: ParsedElement, parent: ParsedElement, inclusive: Inclusive): Inclusive {
  if (inclusive.length === 0 || child.scope === parent.scope) return inclusive;
  return inclusive.map(([prefix]) => [prefix, child.namespaceOf(prefix)] as const);
}

function byName(one: ParsedAttribute, other: ParsedAttribute): number {
  return compare(one.namespace, other.namespace) || compare(one.localName, other.localName);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Text as canonical XML writes it (Canonical XML 1.0, section 2.3). */
export function escapedText(text: string): string {
  return /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, (one) => escapes[one] as string) : text;
}

/** The same for the value of an attribute. */
export function escapedValue(value: string): string {
  return /[&<"\t\n\r]/.test(value) ? value.replace(/[&<"\t\n\r]/g, (one) => escapes[one] as string) : value;
}

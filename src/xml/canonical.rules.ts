/**
 * Exclusive XML Canonicalization 1.0 without comments, of one element with all below it: the octets that a signature is over.
 * @see https://www.w3.org/TR/xml-exc-c14n/ sections 3 and 4; Canonical XML 1.0 section 2.3 (order and escapes)
 */
import { lookUp, type ParsedAttribute, type ParsedElement, type Scope } from './element.rules.js';

/**
 * @param inclusivePrefixes the PrefixList of InclusiveNamespaces; `#default` is the default namespace
 * @param around the namespaces that are written around the element already
 * @param outer what is declared around the element; undefined where nothing is written around it
 */
export function canonicalForm(
  element: ParsedElement,
  inclusivePrefixes: readonly string[],
  around: Scope | null = null,
  outer?: Scope | null,
): string {
  const name = element.prefix === '' ? element.localName : `${element.prefix}:${element.localName}`;
  let rendered = around;
  let text = `<${name}`;
  // Where the element declares nothing, those of the list are written around it already.
  const listed = element.scope === outer ? [] : inclusivePrefixes;
  for (const [prefix, uri] of namespacesToWrite(element, listed)) {
    if (lookUp(around, prefix) === uri) continue;
    rendered = { outer: rendered, prefix, uri };
    text += ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapedValue(uri)}"`;
  }
  const attributes = element.attributes.length > 1 ? [...element.attributes].sort(byName) : element.attributes;
  for (const { prefix, localName, value } of attributes) {
    text += ` ${prefix === '' ? '' : `${prefix}:`}${localName}="${escapedValue(value)}"`;
  }
  text += '>';
  for (const one of element.content) {
    text += typeof one === 'string' ? escapedText(one) : canonicalForm(one, inclusivePrefixes, rendered, element.scope);
  }
  return `${text}</${name}>`;
}

/** Prefixes that the element or its attributes use, and those of the list, by prefix: the default namespace first. */
function namespacesToWrite(element: ParsedElement, inclusivePrefixes: readonly string[]): Iterable<[string, string]> {
  const used = new Map([[element.prefix, element.namespace]]);
  for (const { prefix, namespace } of element.attributes) if (prefix !== '') used.set(prefix, namespace);
  for (const one of inclusivePrefixes) {
    const prefix = one === '#default' ? '' : one;
    const uri = element.namespaceOf(prefix);
    if (uri !== null) used.set(prefix, uri);
  }
  return used.size === 1 ? used : [...used].sort(([one], [other]) => compare(one, other));
}

function byName(one: ParsedAttribute, other: ParsedAttribute): number {
  return compare(one.namespace, other.namespace) || compare(one.localName, other.localName);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Text as canonical XML writes it (Canonical XML 1.0, section 2.3). */
export function escapedText(text: string): string {
  if (!/[&<>\r]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
}

/** The same for the value of an attribute. */
export function escapedValue(value: string): string {
  if (!/[&<"\t\n\r]/.test(value)) return value;
  const escaped = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  return escaped.replaceAll('\t', '&#x9;').replaceAll('\n', '&#xA;').replaceAll('\r', '&#xD;');
}

/** An element as it was read. It knows its place, its declarations and its own text, which canonicalisation needs. */
import type { XmlAttribute, XmlElement } from './contracts.js';
import { XML } from './vocabulary.rules.js';

/** One namespace declaration in front of those around it. */
export interface Scope {
  readonly outer: Scope | null;
  readonly prefix: string;
  readonly uri: string;
}

export interface ParsedAttribute extends XmlAttribute {
  readonly prefix: string;
}

/** Texts and elements in order. */
export type Content = readonly (string | ParsedElement)[];

export class ParsedElement implements XmlElement {
  readonly children: readonly ParsedElement[];

  /**
   * @param scope what is declared around the element, its own declarations first
   * @param source the element as it was written, where it was written
   */
  constructor(
    readonly prefix: string,
    readonly namespace: string,
    readonly localName: string,
    readonly attributes: readonly ParsedAttribute[],
    readonly content: Content,
    readonly scope: Scope | null,
    readonly source: string,
  ) {
    this.children = Object.freeze(content.filter((one) => typeof one !== 'string'));
    Object.freeze(attributes);
    Object.freeze(content);
    Object.freeze(this);
  }

  get text(): string {
    return onlyText(this.content) ?? this.content.map((one) => (typeof one === 'string' ? one : one.text)).join('');
  }

  get ownText(): string {
    return onlyText(this.content) ?? this.content.filter((one) => typeof one === 'string').join('');
  }

  attribute(localName: string, namespace = ''): string | null {
    return this.attributes.find((one) => one.localName === localName && one.namespace === namespace)?.value ?? null;
  }

  namespaceOf(prefix: string): string | null {
    return lookUp(this.scope, prefix);
  }

  /** The same element with other content: what is left out or put in is the caller's to answer for. */
  with(content: Content): ParsedElement {
    const { prefix, namespace, localName, attributes, scope } = this;
    return new ParsedElement(prefix, namespace, localName, attributes, content, scope, '');
  }
}

/** Most elements that are asked for their text hold one run of it, which is the answer as it is. */
function onlyText(content: Content): string | null {
  const first = content[0];
  return content.length === 1 && typeof first === 'string' ? first : null;
}

export function lookUp(scope: Scope | null, prefix: string): string | null {
  if (prefix === 'xml') return XML;
  for (let one = scope; one !== null; one = one.outer) if (one.prefix === prefix) return one.uri;
  return prefix === '' ? '' : null;
}

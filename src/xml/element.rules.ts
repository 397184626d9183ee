/** An element as it was read. It knows its place, its declarations and its own bytes, which canonicalisation needs. */
import type { XmlAttribute, XmlElement } from './contracts.js';
import { XML } from './vocabulary.rules.js';

/** One namespace declaration in front of those around it. */
export interface Scope {
  readonly outer: Scope | null;
  readonly prefix: string;
  readonly uri: string;
  /** How many there are up to this one. */
  readonly size: number;
}

export interface ParsedAttribute extends XmlAttribute {
  readonly prefix: string;
}

export interface ElementParts {
  readonly prefix: string;
  readonly namespace: string;
  readonly localName: string;
  readonly attributes: readonly ParsedAttribute[];
  /** What is declared around the element, its own declarations first. */
  readonly scope: Scope | null;
  /** The element as it was written, where it was written. */
  readonly source: string;
}

export type Content = readonly (string | ParsedElement)[];

const none: readonly never[] = Object.freeze([]);

export class ParsedElement implements XmlElement {
  readonly prefix: string;
  readonly namespace: string;
  readonly localName: string;
  readonly attributes: readonly ParsedAttribute[];
  readonly children: readonly ParsedElement[];
  /** Texts and elements in order. */
  readonly content: Content;
  readonly scope: Scope | null;
  readonly #source: string;

  constructor(parts: ElementParts, content: Content) {
    this.prefix = parts.prefix;
    this.namespace = parts.namespace;
    this.localName = parts.localName;
    this.attributes = parts.attributes.length === 0 ? none : Object.freeze(parts.attributes);
    this.scope = parts.scope;
    this.#source = parts.source;
    this.content = content.length === 0 ? none : Object.freeze(content);
    const children = content.filter((one) => typeof one !== 'string');
    this.children = children.length === 0 ? none : Object.freeze(children);
    Object.freeze(this);
  }

  get source(): string {
    return this.#source;
  }

  get text(): string {
    let text = '';
    for (const one of this.content) text += typeof one === 'string' ? one : one.text;
    return text;
  }

  get ownText(): string {
    let text = '';
    for (const one of this.content) if (typeof one === 'string') text += one;
    return text;
  }

  attribute(localName: string, namespace = ''): string | null {
    return this.attributes.find((one) => one.localName === localName && one.namespace === namespace)?.value ?? null;
  }

  namespaceOf(prefix: string): string | null {
    return lookUp(this.scope, prefix);
  }

  /** The same element with other content: what is left out or put in is the caller's to answer for. */
  with(content: Content): ParsedElement {
    return new ParsedElement({ ...this, source: '' }, content);
  }
}

export function lookUp(scope: Scope | null, prefix: string): string | null {
  if (prefix === 'xml') return XML;
  for (let one = scope; one !== null; one = one.outer) if (one.prefix === prefix) return one.uri;
  return prefix === '' ? '' : null;
}

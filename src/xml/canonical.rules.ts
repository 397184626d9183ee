/**
 * Reads what a signature covers: canonical XML (Exclusive C14N 1.0), the very bytes that were hashed, into elements that leave
 * the room. Canonical XML has one spelling for everything (no self-closing tags, one kind of quote, five escapes in text and
 * six in values), so the reader knows nothing else and refuses the rest: there is no second way to read these bytes
 * (SECURITY.md, promise 1; S11, S12, S15).
 */
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import type { XmlElement } from './contracts.js';

const START = /<([^\s<>"'=/&:?!]+)(?::([^\s<>"'=/&:?!]+))?/y;
const ATTRIBUTE = / ([^\s<>"'=/&:]+)(?::([^\s<>"'=/&:]+))?="([^"<]*)"/y;
const REFERENCE = /&[^;]*;?/g;
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const escapes: ReadonlyMap<string, string> = new Map([
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#x9;', '\t'],
  ['&#xA;', '\n'],
  ['&#xD;', '\r'],
]);

/** Declarations of one element in front of those around it. */
interface Scope {
  readonly outer: Scope | null;
  readonly prefix: string;
  readonly uri: string;
}

interface CanonicalAttribute {
  readonly namespace: string;
  readonly localName: string;
  readonly value: string;
}

class Unreadable extends Error {}

export class CanonicalElement implements XmlElement {
  readonly namespace: string;
  readonly localName: string;
  readonly children: readonly CanonicalElement[];
  readonly text: string;
  readonly #attributes: readonly CanonicalAttribute[];
  readonly #scope: Scope | null;
  readonly #source: string;

  constructor(
    name: Omit<CanonicalAttribute, 'value'>,
    attributes: readonly CanonicalAttribute[],
    content: { readonly children: readonly CanonicalElement[]; readonly text: string },
    origin: { readonly scope: Scope | null; readonly source: string },
  ) {
    this.namespace = name.namespace;
    this.localName = name.localName;
    this.children = Object.freeze(content.children);
    this.text = content.text;
    this.#attributes = attributes;
    this.#scope = origin.scope;
    this.#source = origin.source;
    Object.freeze(this);
  }

  attribute(localName: string, namespace = ''): string | null {
    return this.#attributes.find((one) => one.localName === localName && one.namespace === namespace)?.value ?? null;
  }

  /** The canonical text of this element alone, as it stands in the signed bytes. */
  get source(): string {
    return this.#source;
  }

  namespacesInScope(): Readonly<Record<string, string>> {
    const found = new Map<string, string>();
    for (let scope = this.#scope; scope !== null; scope = scope.outer) {
      if (!found.has(scope.prefix)) found.set(scope.prefix, scope.uri);
    }
    return Object.fromEntries([...found].filter(([, uri]) => uri !== ''));
  }

  /** The same element without some of its children. */
  without(left: readonly CanonicalElement[]): CanonicalElement {
    const children = this.children.filter((child) => !left.includes(child));
    const text = this.children.length === children.length ? this.text : children.map((child) => child.text).join('');
    const origin = { scope: this.#scope, source: '' };
    return new CanonicalElement(this, this.#attributes, { children, text }, origin);
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): CanonicalElement {
    const root = this.#element(null);
    if (this.#at !== this.#text.length) throw new Unreadable();
    return root;
  }

  #element(outer: Scope | null): CanonicalElement {
    const from = this.#at;
    const [name, first, second] = this.#match(START);
    let scope = outer;
    const raw: [prefix: string, localName: string, value: string][] = [];
    while (this.#text[this.#at] === ' ') {
      const [, one, two, escaped = ''] = this.#match(ATTRIBUTE);
      const value = resolveEscapes(escaped);
      if (one === 'xmlns') scope = { outer: scope, prefix: two ?? '', uri: value };
      else raw.push(two === undefined ? ['', one ?? '', value] : [one ?? '', two, value]);
    }
    this.#expect('>');
    const attributes = raw.map(([prefix, localName, value]) => ({
      namespace: prefix === '' ? '' : lookUp(scope, prefix),
      localName,
      value,
    }));
    refuseTwins(attributes);
    const content = this.#content(scope);
    this.#expect(`</${name.slice(1)}>`);
    const [prefix, localName] = second === undefined ? ['', first ?? ''] : [first ?? '', second];
    const source = this.#text.slice(from, this.#at);
    return new CanonicalElement({ namespace: lookUp(scope, prefix), localName }, attributes, content, {
      scope,
      source,
    });
  }

  #content(scope: Scope | null): { children: CanonicalElement[]; text: string } {
    const children: CanonicalElement[] = [];
    let text = '';
    for (;;) {
      const next = this.#text.indexOf('<', this.#at);
      if (next < 0) throw new Unreadable();
      if (next > this.#at) text += resolveEscapes(this.#text.slice(this.#at, next));
      this.#at = next;
      if (this.#text[next + 1] === '/') return { children, text };
      const child = this.#element(scope);
      children.push(child);
      text += child.text;
    }
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw new Unreadable();
    this.#at = pattern.lastIndex;
    return found;
  }

  #expect(text: string): void {
    if (!this.#text.startsWith(text, this.#at)) throw new Unreadable();
    this.#at += text.length;
  }
}

function lookUp(scope: Scope | null, prefix: string): string {
  if (prefix === 'xml') return XML_NAMESPACE;
  for (let one = scope; one !== null; one = one.outer) if (one.prefix === prefix) return one.uri;
  if (prefix !== '') throw new Unreadable();
  return '';
}

function refuseTwins(attributes: readonly CanonicalAttribute[]): void {
  const names = new Set(attributes.map((one) => `${one.namespace} ${one.localName}`));
  if (names.size !== attributes.length) throw new Unreadable();
}

function resolveEscapes(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (reference) => {
    const character = escapes.get(reference);
    if (character === undefined) throw new Unreadable();
    return character;
  });
}

export function readCanonical(canonical: Buffer): Result<CanonicalElement> {
  try {
    return ok(new Reader(canonical.toString('utf8')).document());
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return refused(refusal('SAML_XML_AMBIGUOUS', 'The signed bytes are not canonical.'));
  }
}

/**
 * Reads XML, and of XML what a SAML message needs and nothing else (L2 to L4; S12, S13, S17 to S20, S42): no document type,
 * entity, comment, CDATA section or processing instruction; caps on everything that an attacker could multiply; namespaces
 * that cannot be read in two ways. The one reader of the hub: a message and the canonical bytes that were signed in it go
 * through the same few lines, in one pass from left to right.
 * @see XML 1.0 (fifth edition) sections 2.2, 2.10, 2.11, 3.1 and 3.3.3; Namespaces in XML 1.0
 */
import { isUtf8 } from 'node:buffer';
import { ok, type Result, refused } from '../shared/result.js';
import type { XmlLimits } from './contracts.js';
import { lookUp, type ParsedAttribute, ParsedElement, type Scope } from './element.rules.js';
import {
  ATTRIBUTE,
  readDeclaration,
  refuseCharacters,
  refuseNamespace,
  resolveReferences,
  START_TAG,
  Unreadable,
  WHOLE_NAME,
} from './tokens.rules.js';

export interface ReadOptions {
  readonly limits: XmlLimits;
  /** Comments split text in two, so a message must have none. Where they may stand, they are as if they were not there. */
  readonly comments: 'refuse' | 'skip';
  /** What is declared around the text: for content that was encrypted inside an element. */
  readonly scope?: Scope | null;
}

export interface ParsedDocument {
  readonly root: ParsedElement;
  /** Values of all attributes named ID, Id, id or xml:id. */
  readonly ids: ReadonlySet<string>;
  /** Told rather than refused, because a wrapped message repeats IDs too and has a more telling code. */
  readonly repeatsId: boolean;
}

interface RawAttribute {
  readonly prefix: string;
  readonly localName: string;
  readonly value: string;
}

const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const SLASH = 0x2f;
const COLON = 0x3a;
const ID_NAMES = ['ID', 'Id', 'id'];
const ID_VALUE = /^[^\s"'<>&]+$/;

export function readXml(bytes: Uint8Array, options: ReadOptions): Result<ParsedDocument> {
  try {
    const { limits } = options;
    if (bytes.length > limits.bytes) {
      const facts = { bytes: bytes.length, allowed: limits.bytes };
      throw new Unreadable('SAML_TOO_LARGE', 'The message is too large.', facts);
    }
    if (!isUtf8(bytes)) throw malformed('The message is not UTF-8.');
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    refuseCharacters(text);
    // Line ends are one character before anything else is looked at (XML 1.0, section 2.11).
    return ok(new Reader(text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text, options).document());
  } catch (error) {
    if (error instanceof Unreadable) return refused(error.refusal);
    throw error;
  }
}

class Reader {
  readonly #text: string;
  readonly #options: ReadOptions;
  readonly #ids = new Set<string>();
  #at = 0;
  #elements = 0;
  #repeatsId = false;

  constructor(text: string, options: ReadOptions) {
    this.#text = text;
    this.#options = options;
  }

  document(): ParsedDocument {
    this.#at = readDeclaration(this.#text);
    this.#outside();
    const root = this.#element(this.#options.scope ?? null, 1);
    this.#outside();
    if (this.#at < this.#text.length) throw malformed('There is more than one root element.');
    return { root, ids: this.#ids, repeatsId: this.#repeatsId };
  }

  /** Before and after the root: white space, and comments where they are skipped. */
  #outside(): void {
    for (this.#space(); this.#text.startsWith('<!', this.#at) || this.#text.startsWith('<?', this.#at); this.#space()) {
      this.#skipComment();
    }
    if (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) !== LESS_THAN) {
      throw malformed('There is text outside the root element.');
    }
  }

  #element(outer: Scope | null, depth: number): ParsedElement {
    const from = this.#at;
    this.#count(depth);
    const tag = this.#match(START_TAG);
    const [prefix, localName] = [tag[1] ?? '', tag[2] ?? ''];
    const name = this.#text.slice(from + 1, this.#at);
    this.#cap('nameLength', name.length);
    const raw = this.#attributes();
    const scope = this.#declare(raw, outer);
    const attributes: ParsedAttribute[] = [];
    for (const one of raw) if (!isDeclaration(one)) attributes.push(this.#resolve(one, scope));
    refuseTwins(attributes);
    const namespace = namespaceOf(scope, prefix);
    const content = this.#isEmptyTag() ? [] : this.#content(scope, name, depth);
    const source = this.#text.slice(from, this.#at);
    return new ParsedElement({ prefix, namespace, localName, attributes, scope, source }, content);
  }

  /** All attributes of a start tag, declarations included, up to its end. */
  #attributes(): RawAttribute[] {
    const raw: RawAttribute[] = [];
    for (;;) {
      const isSpaced = this.#space();
      const next = this.#text.charCodeAt(this.#at);
      if (next === GREATER_THAN || next === SLASH) return raw;
      if (!isSpaced) throw next === COLON ? noQualifiedName() : malformed('A tag is not well formed.');
      this.#cap('attributes', raw.length + 1);
      const found = this.#match(ATTRIBUTE);
      const [prefix, localName, value] = [found[1] ?? '', found[2] ?? '', found[3] ?? found[4] ?? ''];
      this.#cap('nameLength', prefix.length + localName.length);
      this.#cap('textLength', value.length);
      // Tabs and line ends in a value are spaces, unless they are written as references (XML 1.0, section 3.3.3).
      raw.push({ prefix, localName, value: /[\t\n]/.test(value) ? value.replace(/[\t\n]/g, ' ') : value });
    }
  }

  #isEmptyTag(): boolean {
    const isEmpty = this.#text.charCodeAt(this.#at) === SLASH;
    this.#expect(isEmpty ? '/>' : '>', 'A tag is not well formed.');
    return isEmpty;
  }

  #content(scope: Scope | null, name: string, depth: number): (string | ParsedElement)[] {
    const content: (string | ParsedElement)[] = [];
    for (let siblings = 0; ; ) {
      const next = this.#text.indexOf('<', this.#at);
      if (next < 0) throw malformed('The document does not end.');
      if (next > this.#at) content.push(this.#characters(next));
      if (this.#text.startsWith('</', next)) break;
      if (this.#text.startsWith('<!', next) || this.#text.startsWith('<?', next)) this.#skipComment();
      else {
        siblings += 1;
        this.#cap('siblings', siblings);
        content.push(this.#element(scope, depth + 1));
      }
    }
    this.#expect(`</${name}`, 'An end tag does not match its start tag.');
    this.#space();
    this.#expect('>', 'An end tag does not match its start tag.');
    return content;
  }

  #characters(end: number): string {
    this.#cap('textLength', end - this.#at);
    const text = this.#text.slice(this.#at, end);
    if (text.includes(']]>')) throw malformed('Text holds the end of a CDATA section.');
    this.#at = end;
    return resolveReferences(text);
  }

  #skipComment(): void {
    const starts = (text: string) => this.#text.startsWith(text, this.#at);
    if (starts('<?')) throw new Unreadable('SAML_XML_COMMENT', 'The message carries a processing instruction.');
    if (starts('<![')) throw new Unreadable('SAML_XML_COMMENT', 'The message carries a CDATA section.');
    if (!starts('<!--')) {
      throw new Unreadable('SAML_XML_DTD', 'The message carries a document type or an entity declaration.');
    }
    if (this.#options.comments === 'refuse') {
      throw new Unreadable('SAML_XML_COMMENT', 'The message carries a comment.');
    }
    const end = this.#text.indexOf('--', this.#at + 4);
    if (end < 0 || this.#text[end + 2] !== '>') throw malformed('A comment does not end.');
    this.#at = end + 3;
  }

  #declare(raw: readonly RawAttribute[], outer: Scope | null): Scope | null {
    let scope = outer;
    const own: string[] = [];
    for (const one of raw) {
      if (!isDeclaration(one)) continue;
      const prefix = one.prefix === '' ? '' : one.localName;
      refuseNamespace(prefix, one.value);
      if (own.includes(prefix)) throw malformed('A tag has one attribute twice.');
      own.push(prefix);
      scope = { outer: scope, prefix, uri: one.value, size: (scope?.size ?? 0) + 1 };
      this.#cap('namespaces', scope.size);
    }
    return scope;
  }

  #resolve({ prefix, localName, value }: RawAttribute, scope: Scope | null): ParsedAttribute {
    if (ID_NAMES.includes(localName)) this.#note(value);
    // Parsers that know xml:id refuse another (xml:id 1.0, section 4).
    if (prefix === 'xml' && localName === 'id' && !WHOLE_NAME.test(value)) {
      throw new Unreadable('SAML_SCHEMA', 'An xml:id is no name.');
    }
    const namespace = prefix === '' ? '' : namespaceOf(scope, prefix);
    return { prefix, namespace, localName, value: resolveReferences(value) };
  }

  /** An ID as it is written: references in it would be a second spelling. */
  #note(id: string): void {
    if (!ID_VALUE.test(id)) {
      throw new Unreadable('SAML_SCHEMA', 'An ID is empty or carries quotes, spaces or references.');
    }
    if (this.#ids.has(id)) this.#repeatsId = true;
    this.#ids.add(id);
  }

  #count(depth: number): void {
    this.#elements += 1;
    this.#cap('elements', this.#elements);
    this.#cap('depth', depth);
  }

  #cap(limit: keyof XmlLimits, count: number): void {
    const allowed = this.#options.limits[limit];
    if (count > allowed) throw new Unreadable('SAML_XML_LIMIT', 'The message exceeds a limit.', { limit, allowed });
  }

  #space(): boolean {
    const from = this.#at;
    for (let code = this.#text.charCodeAt(this.#at); code === 0x20 || code === 0x0a || code === 0x09; ) {
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
    return this.#at > from;
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw this.#unmatched();
    this.#at = pattern.lastIndex;
    return found;
  }

  /** Says what is wrong with a tag or an attribute that is none. */
  #unmatched(): Unreadable {
    const rest = this.#text.slice(this.#at, this.#at + 256).split(/[\s=>]/, 1)[0] ?? '';
    if (rest.includes(':')) return noQualifiedName();
    return malformed('A tag is not well formed.');
  }

  #expect(text: string, detail: string): void {
    if (!this.#text.startsWith(text, this.#at)) throw malformed(detail);
    this.#at += text.length;
  }
}

const malformed = (detail: string) => new Unreadable('SAML_MALFORMED', detail);
const noQualifiedName = () => new Unreadable('SAML_XML_NAMESPACE', 'A name is no qualified name.');

function isDeclaration({ prefix, localName }: RawAttribute): boolean {
  return prefix === 'xmlns' || (prefix === '' && localName === 'xmlns');
}

function namespaceOf(scope: Scope | null, prefix: string): string {
  const uri = lookUp(scope, prefix);
  if (uri === null) throw new Unreadable('SAML_XML_NAMESPACE', 'The message uses a prefix that is not declared.');
  return uri;
}

function refuseTwins(attributes: readonly ParsedAttribute[]): void {
  if (attributes.length < 2) return;
  const written = new Set(attributes.map((one) => `${one.prefix}:${one.localName}`));
  if (written.size !== attributes.length) throw malformed('A tag has one attribute twice.');
  const read = new Set(attributes.map((one) => `${one.namespace} ${one.localName}`));
  if (read.size !== attributes.length) {
    throw new Unreadable('SAML_XML_NAMESPACE', 'A tag has one attribute twice, by two prefixes.');
  }
}

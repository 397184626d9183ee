/**
 * Reads XML, and of XML what a SAML message needs and nothing else (L2 to L4; S12, S13, S17 to S20, S42): no document type,
 * entity, comment, CDATA section or processing instruction; caps on everything that an attacker could multiply; namespaces
 * that cannot be read in two ways. The one reader of the hub: a message and the canonical bytes that were signed in it go
 * through the same few lines, in one pass from left to right.
 * @see XML 1.0 (fifth edition) sections 2.2, 2.10, 2.11, 3.1 and 3.3.3; Namespaces in XML 1.0
 */
import { isUtf8 } from 'node:buffer';
import type { XmlLimits } from './contracts.js';
import { demand, refuse } from './demand.rules.js';
import { lookUp, type ParsedAttribute, ParsedElement, type Scope } from './element.rules.js';
import * as tokens from './tokens.rules.js';

export interface ReadOptions {
  /** Null only for text that this room wrote itself. */
  readonly limits: XmlLimits | null;
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

type RawAttribute = Pick<ParsedAttribute, 'prefix' | 'localName' | 'value'>;

const ID_NAMES = ['ID', 'Id', 'id'];

export function readDocument(bytes: Uint8Array, options: ReadOptions): ParsedDocument {
  const allowed = options.limits?.bytes ?? Number.POSITIVE_INFINITY;
  demand(bytes.length <= allowed, 'SAML_TOO_LARGE', 'The message is too large.', { bytes: bytes.length, allowed });
  demand(isUtf8(bytes), 'SAML_MALFORMED', 'The message is not UTF-8.');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  tokens.demandCharacters(text);
  // Line ends are one character before anything else is looked at (XML 1.0, section 2.11).
  return new Reader(text.replace(/\r\n?/g, '\n'), options).document();
}

/** The root of a document in which no two elements have the same ID. */
export function readRoot(bytes: Uint8Array, options: ReadOptions): ParsedElement {
  const { root, repeatsId } = readDocument(bytes, options);
  demand(!repeatsId, 'SAML_DUP_ID', 'Two elements have the same ID.');
  return root;
}

class Reader {
  readonly #ids = new Set<string>();
  #at = 0;
  #elements = 0;
  #repeatsId = false;

  constructor(
    readonly text: string,
    readonly options: ReadOptions,
  ) {}

  document(): ParsedDocument {
    demand(!this.text.startsWith('\uFEFF'), 'SAML_MALFORMED', 'The message begins with a byte order mark.');
    const isDeclared = this.#find(tokens.DECLARATION) !== null || !/^<\?xml[ \t\n]/.test(this.text);
    demand(isDeclared, 'SAML_MALFORMED', 'The message is not XML 1.0 in UTF-8.');
    this.#outside();
    demand(this.#isAt('<'), 'SAML_MALFORMED', 'There is no root element, or text before it.');
    const root = this.#element(this.options.scope ?? null, 1);
    this.#outside();
    demand(this.#at === this.text.length, 'SAML_MALFORMED', 'There is something outside the root element.');
    return { root, ids: this.#ids, repeatsId: this.#repeatsId };
  }

  /** Before and after the root: white space, and comments where they are skipped. */
  #outside(): void {
    do this.#find(tokens.SPACE);
    while (this.#comment());
  }

  #element(outer: Scope | null, depth: number): ParsedElement {
    const from = this.#at;
    this.#elements += 1;
    this.#cap('elements', this.#elements);
    this.#cap('depth', depth);
    const [, prefix = '', localName = ''] = this.#take(tokens.START_TAG);
    const name = this.text.slice(from + 1, this.#at);
    this.#cap('nameLength', name.length);
    const raw = this.#attributes();
    const [, slash] = this.#take(tokens.START_TAG_END);
    const scope = this.#declare(raw, outer);
    const attributes = raw.filter((one) => !isDeclaration(one)).map((one) => this.#resolve(one, scope));
    const areDifferent = allDiffer(attributes, 'namespace');
    demand(areDifferent, 'SAML_XML_NAMESPACE', 'A tag has one attribute twice, by two prefixes.');
    const namespace = namespaceOf(scope, prefix);
    const content = slash === '' ? this.#content(scope, name, depth) : [];
    const source = this.text.slice(from, this.#at);
    return new ParsedElement(prefix, namespace, localName, attributes, content, scope, source);
  }

  /** All attributes of a start tag, declarations included. */
  #attributes(): RawAttribute[] {
    const raw: RawAttribute[] = [];
    for (let found = this.#find(tokens.ATTRIBUTE); found !== null; found = this.#find(tokens.ATTRIBUTE)) {
      const [, prefix = '', localName = '', quoted, value = quoted ?? ''] = found;
      // Tabs and line ends in a value are spaces, unless they are written as references (XML 1.0, section 3.3.3).
      raw.push({ prefix, localName, value: value.replace(/[\t\n]/g, ' ') });
      this.#cap('attributes', raw.length);
      this.#cap('nameLength', prefix.length + localName.length);
      this.#cap('textLength', value.length);
    }
    const areDifferent = allDiffer(raw, 'prefix');
    demand(areDifferent, 'SAML_MALFORMED', 'A tag has one attribute twice.');
    return raw;
  }

  #content(scope: Scope | null, name: string, depth: number): (string | ParsedElement)[] {
    const content: (string | ParsedElement)[] = [];
    for (let siblings = 0; ; ) {
      const next = this.text.indexOf('<', this.#at);
      demand(next >= 0, 'SAML_MALFORMED', 'The document does not end.');
      if (next > this.#at) content.push(this.#characters(next));
      if (this.#isAt('</')) break;
      if (this.#comment()) continue;
      siblings += 1;
      this.#cap('siblings', siblings);
      content.push(this.#element(scope, depth + 1));
    }
    demand(this.#take(tokens.END_TAG)[1] === name, 'SAML_MALFORMED', 'An end tag does not match its start tag.');
    return content;
  }

  #characters(end: number): string {
    this.#cap('textLength', end - this.#at);
    const text = this.text.slice(this.#at, end);
    demand(!text.includes(']]>'), 'SAML_MALFORMED', 'Text holds the end of a CDATA section.');
    this.#at = end;
    return tokens.resolveReferences(text);
  }

  /** Steps over a comment, if one stands here. */
  #comment(): boolean {
    if (!this.#isAt('<!') && !this.#isAt('<?')) return false;
    demand(!this.#isAt('<?'), 'SAML_XML_COMMENT', 'The message carries a processing instruction.');
    demand(!this.#isAt('<!['), 'SAML_XML_COMMENT', 'The message carries a CDATA section.');
    demand(this.#isAt('<!--'), 'SAML_XML_DTD', 'The message carries a document type or an entity declaration.');
    demand(this.options.comments === 'skip', 'SAML_XML_COMMENT', 'The message carries a comment.');
    const end = this.text.indexOf('--', this.#at + 4);
    demand(end >= 0 && this.text[end + 2] === '>', 'SAML_MALFORMED', 'A comment does not end.');
    this.#at = end + 3;
    return true;
  }

  #declare(raw: readonly RawAttribute[], outer: Scope | null): Scope | null {
    let scope = outer;
    for (const one of raw.filter(isDeclaration)) {
      const prefix = one.prefix === '' ? '' : one.localName;
      tokens.demandNamespace(prefix, one.value);
      scope = Object.freeze({ outer: scope, prefix, uri: one.value });
      this.#cap('namespaces', sizeOf(scope));
    }
    return scope;
  }

  #resolve({ prefix, localName, value }: RawAttribute, scope: Scope | null): ParsedAttribute {
    if (ID_NAMES.includes(localName)) {
      const isXmlId = prefix === 'xml' && localName === 'id';
      const isId = tokens.ID_VALUE.test(value) && (!isXmlId || tokens.XML_ID_VALUE.test(value));
      demand(isId, 'SAML_SCHEMA', 'An ID is empty, no name, or carries quotes, spaces or references.');
      if (this.#ids.has(value)) this.#repeatsId = true;
      this.#ids.add(value);
    }
    const namespace = prefix === '' ? '' : namespaceOf(scope, prefix);
    return Object.freeze({ prefix, namespace, localName, value: tokens.resolveReferences(value) });
  }

  #cap(limit: keyof XmlLimits, count: number): void {
    const allowed = this.options.limits?.[limit] ?? Number.POSITIVE_INFINITY;
    if (count > allowed) refuse('SAML_XML_LIMIT', 'The message exceeds a limit.', { limit, allowed });
  }

  #isAt(text: string): boolean {
    return this.text.startsWith(text, this.#at);
  }

  /** What stands here, if it is such a token; the reader then stands behind it. */
  #find(token: RegExp): RegExpExecArray | null {
    token.lastIndex = this.#at;
    const found = token.exec(this.text);
    if (found !== null) this.#at = token.lastIndex;
    return found;
  }

  #take(token: RegExp): RegExpExecArray {
    const found = this.#find(token);
    if (found !== null) return found;
    demand(
      this.#find(tokens.COLON_IN_NAME) === null,
      'SAML_XML_NAMESPACE',
      'A tag with a colon in a name is not well formed.',
    );
    return refuse('SAML_MALFORMED', 'A tag is not well formed.');
  }
}

function isDeclaration({ prefix, localName }: RawAttribute): boolean {
  return prefix === 'xmlns' || (prefix === '' && localName === 'xmlns');
}

function namespaceOf(scope: Scope | null, prefix: string): string {
  return lookUp(scope, prefix) ?? refuse('SAML_XML_NAMESPACE', 'The message uses a prefix that is not declared.');
}

function sizeOf(scope: Scope | null): number {
  return scope === null ? 0 : 1 + sizeOf(scope.outer);
}

function allDiffer<K extends string>(names: readonly Record<K | 'localName', string>[], by: K): boolean {
  return names.length < 2 || new Set(names.map((one) => `${one[by]} ${one.localName}`)).size === names.length;
}

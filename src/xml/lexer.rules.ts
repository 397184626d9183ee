/**
 * The gate before any DOM: one linear pass over the bytes that lets through what a SAML message needs and nothing else
 * (L2 to L4; S12, S13, S17 to S20, S42). No document type, entity, comment, CDATA section or processing
 * instruction; caps on everything that an attacker could multiply; namespaces and IDs that cannot be read in two ways.
 * What it lets through may still be malformed: the parser decides that.
 */
import { isUtf8 } from 'node:buffer';
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import type { XmlLimits } from './contracts.js';
import { isNameByte, readDeclaration, refuseCharacters, refuseNamespace, refuseQName } from './lexer-tokens.rules.js';

export const MESSAGE_LIMITS: XmlLimits = {
  bytes: 384 * 1024,
  depth: 32,
  elements: 8_000,
  siblings: 4_000,
  attributes: 40,
  nameLength: 100,
  textLength: 320 * 1024,
};

export interface ScanOptions {
  readonly limits: XmlLimits;
  /** Comments split text in two, so a message must have none; metadata, where nothing is signed or compared, may. */
  readonly comments: 'refuse' | 'skip';
}

export interface Scanned {
  /** Where the start tag of the root begins, after an XML declaration. */
  readonly rootOffset: number;
  /** Where the end tag of the root ends. */
  readonly rootEnd: number;
  /** Values of all attributes named ID, Id, id or xml:id. */
  readonly ids: ReadonlySet<string>;
  /** Told rather than refused, because a wrapped message repeats IDs too and has a more telling code. */
  readonly repeatsId: boolean;
  /** A hint that names the place of a schema: never followed, and not wanted in a message. */
  readonly namesSchema: boolean;
}

const LT = 0x3c;
const GT = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const ID_NAME = /^(?:.*:)?(?:ID|Id|id)$/;
const ID_VALUE = /^[^\s"'<>&]+$/;
const SCHEMA_HINT = /^(?:.*:)?(?:schemaLocation|noNamespaceSchemaLocation)$/;

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function starts(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

const malformed = (detail: string) => refusal('SAML_MALFORMED', detail);
const tooMany = (what: keyof XmlLimits, limit: number) =>
  refusal('SAML_XML_LIMIT', 'The message exceeds a limit.', { limit: what, allowed: limit });

/** Each method reads one token, moves on and answers the refusal, if there is one. */
class Scanner {
  readonly #bytes: Uint8Array;
  readonly #text: Buffer;
  readonly #options: ScanOptions;
  #at = 0;
  #elements = 0;
  #rootOffset = -1;
  #rootEnd = -1;
  #namesSchema = false;
  #repeatsId = false;
  readonly #ids = new Set<string>();
  readonly #open: string[] = [];
  readonly #childCounts: number[] = [];

  constructor(bytes: Uint8Array, options: ScanOptions) {
    this.#bytes = bytes;
    this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#options = options;
  }

  run(): Result<Scanned> {
    const start = readDeclaration(this.#text);
    if (!start.ok) return start;
    this.#at = start.value;
    while (this.#at < this.#bytes.length) {
      const refusedBy = this.#bytes[this.#at] === LT ? this.#markup() : this.#characters();
      if (refusedBy !== null) return refused(refusedBy);
    }
    if (this.#rootEnd < 0) return refused(malformed('The document does not end.'));
    return ok({
      rootOffset: this.#rootOffset,
      rootEnd: this.#rootEnd,
      ids: this.#ids,
      repeatsId: this.#repeatsId,
      namesSchema: this.#namesSchema,
    });
  }

  #markup(): Refusal | null {
    const next = this.#bytes[this.#at + 1];
    if (next === SLASH) return this.#endTag();
    if (next === QUESTION) return refusal('SAML_XML_COMMENT', 'The message carries a processing instruction.');
    if (next === BANG) return this.#declaration();
    return this.#startTag();
  }

  #declaration(): Refusal | null {
    if (starts(this.#bytes, this.#at, '<!--')) {
      if (this.#options.comments === 'refuse') return refusal('SAML_XML_COMMENT', 'The message carries a comment.');
      const end = this.#text.indexOf('-->', this.#at + 4);
      if (end < 0) return malformed('A comment does not end.');
      this.#at = end + 3;
      return null;
    }
    if (starts(this.#bytes, this.#at, '<!['))
      return refusal('SAML_XML_COMMENT', 'The message carries a CDATA section.');
    return refusal('SAML_XML_DTD', 'The message carries a document type or an entity declaration.');
  }

  #characters(): Refusal | null {
    const next = this.#bytes.indexOf(LT, this.#at);
    const end = next < 0 ? this.#bytes.length : next;
    if (this.#open.length === 0) {
      for (let index = this.#at; index < end; index += 1) {
        if (!isSpace(this.#bytes[index])) return malformed('There is text outside the root element.');
      }
    }
    const { textLength } = this.#options.limits;
    if (end - this.#at > textLength) return tooMany('textLength', textLength);
    const bad = refuseCharacters(this.#text, this.#at, end);
    this.#at = end;
    return bad;
  }

  #endTag(): Refusal | null {
    const end = this.#bytes.indexOf(GT, this.#at);
    if (end < 0) return malformed('A tag does not end.');
    const expected = this.#open.pop();
    this.#childCounts.pop();
    let last = end;
    while (isSpace(this.#bytes[last - 1])) last -= 1;
    if (
      expected === undefined ||
      last - this.#at - 2 !== expected.length ||
      !starts(this.#text, this.#at + 2, expected)
    ) {
      return malformed('An end tag does not match its start tag.');
    }
    this.#at = end + 1;
    if (this.#open.length === 0) this.#rootEnd = this.#at;
    return null;
  }

  #startTag(): Refusal | null {
    const from = this.#at;
    this.#at += 1;
    const name = this.#name();
    if (typeof name !== 'string') return name;
    const counted = this.#countElement(from);
    if (counted !== null) return counted;
    for (let attributes = 0; ; attributes += 1) {
      const spaced = this.#skipSpace();
      const byte = this.#bytes[this.#at];
      if (byte === GT || byte === SLASH) return this.#closeStartTag(name, byte);
      if (!spaced) return malformed('A tag is not well formed.');
      if (attributes >= this.#options.limits.attributes) return tooMany('attributes', this.#options.limits.attributes);
      const bad = this.#attribute();
      if (bad !== null) return bad;
    }
  }

  #closeStartTag(name: string, byte: number): Refusal | null {
    if (byte === SLASH) {
      if (this.#bytes[this.#at + 1] !== GT) return malformed('A tag is not well formed.');
      this.#at += 2;
      if (this.#open.length === 0) this.#rootEnd = this.#at;
      return null;
    }
    this.#at += 1;
    this.#open.push(name);
    this.#childCounts.push(0);
    return null;
  }

  #countElement(from: number): Refusal | null {
    const { limits } = this.#options;
    const depth = this.#open.length;
    if (depth === 0) {
      if (this.#rootOffset >= 0) return malformed('There is more than one root element.');
      this.#rootOffset = from;
    } else {
      const siblings = (this.#childCounts[depth - 1] ?? 0) + 1;
      if (siblings > limits.siblings) return tooMany('siblings', limits.siblings);
      this.#childCounts[depth - 1] = siblings;
    }
    this.#elements += 1;
    if (this.#elements > limits.elements) return tooMany('elements', limits.elements);
    return depth + 1 > limits.depth ? tooMany('depth', limits.depth) : null;
  }

  #name(): string | Refusal {
    const from = this.#at;
    while (isNameByte(this.#bytes[this.#at])) this.#at += 1;
    if (this.#at - from > this.#options.limits.nameLength)
      return tooMany('nameLength', this.#options.limits.nameLength);
    const name = this.#text.toString('latin1', from, this.#at);
    return refuseQName(name) ?? name;
  }

  #skipSpace(): boolean {
    const from = this.#at;
    while (isSpace(this.#bytes[this.#at])) this.#at += 1;
    return this.#at > from;
  }

  #attribute(): Refusal | null {
    const name = this.#name();
    if (typeof name !== 'string') return name;
    this.#skipSpace();
    if (this.#bytes[this.#at] !== EQUALS) return malformed('An attribute has no value.');
    this.#at += 1;
    this.#skipSpace();
    const quote = this.#bytes[this.#at];
    if (quote !== QUOTE && quote !== APOSTROPHE) return malformed('The value of an attribute is not quoted.');
    const from = this.#at + 1;
    const end = this.#bytes.indexOf(quote, from);
    if (end < 0) return malformed('The value of an attribute does not end.');
    const { textLength } = this.#options.limits;
    if (end - from > textLength) return tooMany('textLength', textLength);
    this.#at = end + 1;
    return refuseCharacters(this.#text, from, end) ?? this.#judgeAttribute(name, from, end);
  }

  #judgeAttribute(name: string, from: number, end: number): Refusal | null {
    if (name === 'xmlns' || name.startsWith('xmlns:')) {
      return refuseNamespace(name.slice(6), this.#text.toString('latin1', from, end));
    }
    if (ID_NAME.test(name)) {
      const id = this.#text.toString('utf8', from, end);
      if (!ID_VALUE.test(id)) return refusal('SAML_SCHEMA', 'An ID is empty or carries quotes, spaces or references.');
      if (this.#ids.has(id)) this.#repeatsId = true;
      this.#ids.add(id);
    }
    if (SCHEMA_HINT.test(name)) this.#namesSchema = true;
    return null;
  }
}

export function refuseRepeatedId(scanned: Scanned, taken: ReadonlySet<string> = new Set()): Refusal | null {
  const repeats = scanned.repeatsId || [...scanned.ids].some((id) => taken.has(id));
  return repeats ? refusal('SAML_DUP_ID', 'Two elements have the same ID.') : null;
}

export function scan(bytes: Uint8Array, options: ScanOptions): Result<Scanned> {
  if (bytes.length > options.limits.bytes) {
    return refused(
      refusal('SAML_TOO_LARGE', 'The message is too large.', { bytes: bytes.length, allowed: options.limits.bytes }),
    );
  }
  if (bytes.length === 0) return refused(malformed('The message is empty.'));
  if (!isUtf8(bytes) || bytes.includes(0)) return refused(malformed('The message is not UTF-8.'));
  return new Scanner(bytes, options).run();
}

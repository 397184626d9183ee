/**
 * The simple types that SAML uses, each as its schema has it, narrowed by the prose of SAML core, section 1.3: a string holds
 * something, a URI reference is absolute, a time is in UTC. null: the text is of the type; else what is wrong, in fixed words.
 */
import { parseInstant } from '../instant.rules.js';

export type SimpleType = (text: string) => string | null;

const NOT_BLANK = /[^ \t\r\n]/;
const ASCII_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const NAME_START =
  'A-Za-z_\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}'.concat(
    '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}',
  );
const NAME_REST = `${NAME_START}0-9.\\-\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}`;
const NCNAME = new RegExp(`^[${NAME_START}][${NAME_REST}]*$`, 'u');
const NAME = new RegExp(`^[:${NAME_START}][:${NAME_REST}]*$`, 'u');

/** Characters of a URI; those beyond ASCII stand for their escapes, as xs:anyURI allows. */
const URI_TEXT = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2}|[^\0-\x9F\s])*$/;
const SCHEME_NAME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:(?=[^#])/;
const AUTHORITY = /^(?:[^@[\]]*@)?(?:\[([0-9A-Fa-f:.]+)\]|[^@[\]:]+)(?::\d*)?$/;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Without the white space around it, which for XML Schema is not part of most values. In one pass: it may be long. */
export function collapsed(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && SPACES.has(text.charCodeAt(from))) from += 1;
  while (from < to && SPACES.has(text.charCodeAt(to - 1))) to -= 1;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

/** What XML Signature and XML Encryption call a string, which may be empty. */
export const anyString: SimpleType = () => null;

/** SAML core, section 1.3.1. */
export const string: SimpleType = (text) => (NOT_BLANK.test(text) ? null : 'is empty');

/**
 * SAML core, section 1.3.2. XML Schema would let white space stand around it, which is no part of the URI: a NameID of the Format
 * `…transient ` is a transient one to whoever reads by the schema, and to whoever compares the text it is not.
 */
export const uri: SimpleType = (text) => {
  if (text === '') return 'is empty';
  if (!SCHEME.test(text)) return 'is no absolute URI';
  return isUriReference(text) ? null : 'is no URI';
};

/** The same as the content of an element, where writers break lines. That nobody is taken for another by it is up to the checks. */
export const uriText: SimpleType = (text) => uri(collapsed(text));

export function isUriReference(value: string): boolean {
  if (!URI_TEXT.test(value) || value.indexOf('#') !== value.lastIndexOf('#')) return false;
  const [, scheme, authority, rest] = /^(?:([^:/?#]*):)?(?:\/\/([^/?#]*))?(.*)$/s.exec(value) ?? [];
  // What stands before a first colon is a scheme, even where a path was meant (RFC 3986, section 4.2).
  if (scheme !== undefined && !SCHEME_NAME.test(scheme)) return false;
  if (/[[\]]/.test(rest ?? '')) return false;
  if (authority === undefined) return true;
  const host = AUTHORITY.exec(authority);
  // What stands in brackets is an address of IP version 6 (RFC 3986, section 3.2.2).
  return host !== null && (host[1] === undefined || URL.canParse(`http://[${host[1]}]/`));
}

/** For XML Signature and XML Encryption, whose references may be relative or empty. */
export const uriReference: SimpleType = (text) => (isUriReference(collapsed(text)) ? null : 'is no URI');

/** SAML core, section 2.7.4: the start of the document that the assertion is in. */
export const uriOrEmpty: SimpleType = (text) => (text === '' ? null : uri(text));

/** xs:ID and xs:NCName. White space around one would be another name to whoever compares the text, so there may be none. */
export const ncName: SimpleType = (text) => (ASCII_NAME.test(text) || NCNAME.test(text) ? null : 'is no NCName');

/**
 * The ID of a request, as the one who answers repeats it. Requests of other products have IDs that begin with a digit, and are
 * answered with them; a check compares it with an ID of ours, which is an NCName.
 */
export const messageId: SimpleType = (text) => ncName(/^[0-9]/.test(text) ? `_${text}` : text);

export const name: SimpleType = (text) => (ASCII_NAME.test(text) || NAME.test(text) ? null : 'is no Name');

/** SAML core, section 1.3.3. */
export const instant: SimpleType = (text) => (parseInstant(text) === null ? 'is no instant in UTC' : null);

export const boolean: SimpleType = (text) =>
  text === 'true' || text === 'false' || text === '1' || text === '0' ? null : 'is no boolean';

export const unsignedShort: SimpleType = (text) =>
  /^0*\d{1,5}$/.test(text) && Number(text) <= 65_535 ? null : 'is no unsignedShort';

export const nonNegativeInteger: SimpleType = (text) => (/^\d+$/.test(text) ? null : 'is no nonNegativeInteger');

export const integer: SimpleType = (text) => (/^[+-]?\d+$/.test(collapsed(text)) ? null : 'is no integer');

const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/;

export const language: SimpleType = (text) => (LANGUAGE.test(text) ? null : 'is no language');

export function oneOf(...values: readonly string[]): SimpleType {
  return (text) => (values.includes(text) ? null : 'is none of the values that are defined');
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const WHITE_SPACE = /[ \t\r\n]+/g;
/** Last characters of which two, or four, bits stand for nothing and are zero. */
const TWO_SPARE = 'AEIMQUYcgkosw048';
const FOUR_SPARE = 'AQgw';

/** Base64 with white space between, and no bit in the last character that stands for nothing. */
export const base64: SimpleType = (text) => {
  const compact = BASE64.test(text) ? text : text.replace(WHITE_SPACE, '');
  const { length } = compact;
  if (length % 4 !== 0 || !BASE64.test(compact)) return 'is no base64';
  if (!compact.endsWith('=')) return null;
  const isDouble = compact.endsWith('==');
  const last = compact.charAt(length - (isDouble ? 3 : 2));
  return (isDouble ? FOUR_SPARE : TWO_SPARE).includes(last) ? null : 'is no base64';
};

/** All attributes that there are in the namespace `xml` (XML 1.0, sections 2.10 and 2.12; XML Base; xml:id). */
export const xmlAttributes: ReadonlyMap<string, SimpleType> = new Map([
  ['lang', (text: string) => (text === '' ? null : language(text))],
  ['space', oneOf('default', 'preserve')],
  ['base', uriReference],
  ['id', ncName],
]);

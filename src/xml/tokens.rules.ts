/** Single tokens of XML 1.0 and Namespaces in XML 1.0: the declaration, names, references, namespace names. */
import { refusal } from '../shared/refusal.js';
import { XML } from './vocabulary.rules.js';

/** Ends the reading: a refusal on its way out of the reader. */
export class Unreadable extends Error {
  readonly refusal: ReturnType<typeof refusal>;

  constructor(...parts: Parameters<typeof refusal>) {
    super(parts[0]);
    this.refusal = refusal(...parts);
  }
}

/** NCName of XML 1.0, fifth edition, without the characters beyond the Basic Multilingual Plane. */
const START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F';
const MORE = '\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD';
const NCNAME = `[${START}${MORE}][${START}${MORE}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*`;

/** A name without a colon, whole. */
export const WHOLE_NAME = new RegExp(`^${NCNAME}$`);
/** `<prefix:name` */
export const START_TAG = new RegExp(`<(?:(${NCNAME}):)?(${NCNAME})`, 'y');
/** `prefix:name="value"`; the value in the third group or, between apostrophes, in the fourth. */
export const ATTRIBUTE = new RegExp(`(?:(${NCNAME}):)?(${NCNAME})[ \\t\\n]*=[ \\t\\n]*(?:"([^<"]*)"|'([^<']*)')`, 'y');
const DECLARATION =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[Uu][Tt][Ff]-8"|'[Uu][Tt][Ff]-8'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"yes"|"no"|'yes'|'no'))?[ \t\n]*\?>/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NO_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
/** The five references that need no document type, and numbers. */
const REFERENCE = /&(?:(lt|gt|amp|apos|quot)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g;
const named = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
]);
const XMLNS = 'http://www.w3.org/2000/xmlns/';
const XINCLUDE = ['http://www.w3.org/2001/XInclude', 'http://www.w3.org/2003/XInclude'];
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:./;
const URI_CHARACTERS = /^[\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]*$/;
/** Scheme, perhaps a host with a port, and the rest with one fragment at most: what every parser takes for a URI (RFC 3986). */
const PLAIN_URI =
  /^[^:]+:(?:\/\/[\w.~-]+(?::[0-9]{1,5})?(?=[/?#]|$)|(?!\/\/))(?:[^%#[\]]|%[0-9A-Fa-f]{2})*(?:#(?:[^%#[\]]|%[0-9A-Fa-f]{2})*)?$/;
/** A canonical form repeats the name wherever its prefix is used, so that a long one would make a small message huge. */
const MAX_NAMESPACE = 128;

/** The offset after an XML declaration, 0 where there is none. Anything but XML 1.0 in UTF-8 is refused. */
export function readDeclaration(text: string): number {
  if (text.startsWith('\uFEFF')) throw new Unreadable('SAML_MALFORMED', 'The message begins with a byte order mark.');
  if (!/^<\?xml[ \t\n]/.test(text)) return 0;
  const found = DECLARATION.exec(text);
  if (found === null) throw new Unreadable('SAML_MALFORMED', 'The message is not XML 1.0 in UTF-8.');
  return found[0].length;
}

export function refuseCharacters(text: string): void {
  if (NO_CHARACTER.test(text)) throw new Unreadable('SAML_MALFORMED', 'The message holds what is no character of XML.');
}

/** Resolves references: only those that every parser resolves the same way. */
export function resolveReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (_, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return named.get(name) as string;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number.parseInt(decimal, 10);
    if (Number.isNaN(code)) {
      throw new Unreadable('SAML_XML_DTD', 'The message refers to an entity that only a document type could declare.');
    }
    const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    const character = isCharacter ? String.fromCodePoint(code) : '\u0000';
    refuseCharacters(character);
    return character;
  });
}

/**
 * A namespace must be an absolute URI, written plainly. Canonical XML is undefined for a relative one, and libraries that
 * then answer with nothing have taken the digest of nothing for the digest of the message (S14).
 */
export function refuseNamespace(prefix: string, uri: string): void {
  const bad = (detail: string) => new Unreadable('SAML_XML_NAMESPACE', detail);
  if (prefix === 'xml' || prefix === 'xmlns') throw bad('A reserved prefix is declared.');
  if (uri === XML || uri === XMLNS) throw bad('A reserved namespace is declared.');
  if (uri.length > MAX_NAMESPACE) {
    throw new Unreadable('SAML_XML_LIMIT', 'The name of a namespace is too long.', { allowed: MAX_NAMESPACE });
  }
  if (uri === '' && prefix === '') return;
  if (uri === '') throw bad('A prefix is declared for no namespace.');
  if (XINCLUDE.includes(uri)) throw new Unreadable('SAML_XML_DTD', 'The message includes other documents.');
  if (!URI_CHARACTERS.test(uri)) throw bad('The name of a namespace is no plain URI.');
  if (!ABSOLUTE_URI.test(uri)) {
    throw new Unreadable(
      'SAML_C14N_EMPTY',
      'The name of a namespace is relative, for which there is no canonical form.',
    );
  }
  if (!PLAIN_URI.test(uri)) throw bad('The name of a namespace is no plain URI.');
}

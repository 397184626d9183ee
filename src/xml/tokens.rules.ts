/** Single tokens of XML 1.0 and Namespaces in XML 1.0: what tags are made of, references, namespace names. */
import { demand } from './demand.rules.js';
import { XML } from './vocabulary.rules.js';

/** NCName of XML 1.0, fifth edition, without the characters beyond the Basic Multilingual Plane. */
const START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F' +
  '\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD';
const NCNAME = `[${START}][${START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*`;
const QNAME = `(?:(${NCNAME}):)?(${NCNAME})`;

/** What begins where the reader stands. */
export const SPACE = /[ \t\n]*/y;
export const START_TAG = new RegExp(`<${QNAME}`, 'y');
/** ` prefix:name="value"`; the value in the third group or, between apostrophes, in the fourth. */
export const ATTRIBUTE = new RegExp(`[ \\t\\n]+${QNAME}[ \\t\\n]*=[ \\t\\n]*(?:"([^<"]*)"|'([^<']*)')`, 'y');
export const START_TAG_END = /[ \t\n]*(\/?)>/y;
export const END_TAG = /<\/([^ \t\n>]*)[ \t\n]*>/y;
/** Only XML 1.0 in UTF-8. */
export const DECLARATION =
  /<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.0"|'1\.0')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[Uu][Tt][Ff]-8"|'[Uu][Tt][Ff]-8'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"yes"|"no"|'yes'|'no'))?[ \t\n]*\?>/y;
/** A colon in a name that is none: Namespaces in XML forbids what XML alone would allow. */
export const COLON_IN_NAME = /(?:(?:<|[ \t\n]+)[^ \t\n=<>/]*)?:/y;

/** An ID as it is written: references in it would be a second spelling. xml:id must be a name (xml:id 1.0, section 4). */
export const ID_VALUE = /^[^\s"'<>&]+$/;
export const XML_ID_VALUE = new RegExp(`^${NCNAME}$`);

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NO_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
/** The five references that need no document type, numbers, and what is none of these. */
const REFERENCE = /&(?:(lt|gt|amp|apos|quot)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));|&/g;
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

const RESERVED = [XML, 'http://www.w3.org/2000/xmlns/'];
const XINCLUDE = ['http://www.w3.org/2001/XInclude', 'http://www.w3.org/2003/XInclude'];
/** Characters of a URI; scheme, perhaps a host with a port, and the rest with one fragment at most (RFC 3986). */
const URI_CHARACTERS = /^[\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]*$/;
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:./;
const PLAIN_URI =
  /^[^:]+:(?:\/\/[\w.~-]+(?::[0-9]{1,5})?(?=[/?#]|$)|(?!\/\/))(?:[^%#[\]]|%[0-9A-Fa-f]{2})*(?:#(?:[^%#[\]]|%[0-9A-Fa-f]{2})*)?$/;
/** A canonical form repeats the name wherever its prefix is used, so that a long one would make a small message huge. */
const MAX_NAMESPACE = 128;
const NAMESPACE_LIMIT = { limit: 'namespaceLength', allowed: MAX_NAMESPACE };

export function demandCharacters(text: string): void {
  const isText = text.isWellFormed() && !NO_CHARACTER.test(text);
  demand(isText, 'SAML_MALFORMED', 'The message holds what is no character of XML.');
}

/** Resolves references: only those that every parser resolves the same way. */
export function resolveReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (reference, name?: string, decimal?: string, hex?: string) => {
    demand(reference !== '&', 'SAML_XML_DTD', 'The message refers to what only a document type could declare.');
    if (name !== undefined) return named[name] as string;
    const code = Number(decimal ?? `0x${hex}`);
    const character = code <= 0x10ffff ? String.fromCodePoint(code) : '\u0000';
    demandCharacters(character);
    return character;
  });
}

/**
 * A namespace must be an absolute URI, written plainly. Canonical XML is undefined for a relative one, and libraries that
 * then answer with nothing have taken the digest of nothing for the digest of the message (S14).
 */
export function demandNamespace(prefix: string, uri: string): void {
  const isReserved = prefix === 'xml' || prefix === 'xmlns' || RESERVED.includes(uri);
  demand(!isReserved, 'SAML_XML_NAMESPACE', 'A reserved prefix or namespace is declared.');
  demand(uri.length <= MAX_NAMESPACE, 'SAML_XML_LIMIT', 'The name of a namespace is too long.', NAMESPACE_LIMIT);
  if (uri === '' && prefix === '') return;
  demand(uri !== '', 'SAML_XML_NAMESPACE', 'A prefix is declared for no namespace.');
  demand(!XINCLUDE.includes(uri), 'SAML_XML_DTD', 'The message includes other documents.');
  demand(URI_CHARACTERS.test(uri), 'SAML_XML_NAMESPACE', 'The name of a namespace is no plain URI.');
  demand(ABSOLUTE_URI.test(uri), 'SAML_C14N_EMPTY', 'There is no canonical form for the relative name of a namespace.');
  demand(PLAIN_URI.test(uri), 'SAML_XML_NAMESPACE', 'The name of a namespace is no plain URI.');
}

/** Single tokens of the gate: the XML declaration, names, references and namespace declarations (XML 1.0, Namespaces in XML 1.0). */
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';
const XINCLUDE_NAMESPACES = ['http://www.w3.org/2001/XInclude', 'http://www.w3.org/2003/XInclude'];
const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"utf-8"|'utf-8'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"yes"|"no"|'yes'|'no'))?[ \t\r\n]*\?>/i;
const DECLARATION_BYTES = 200;
const QNAME = /^[A-Za-z_\x80-\xff][\w.\-\x80-\xff]*(?::[A-Za-z_\x80-\xff][\w.\-\x80-\xff]*)?$/;
/** The five references that need no document type, and numbers. */
const REFERENCE = /^&(?:lt|gt|amp|apos|quot|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});/;
const REFERENCE_BYTES = 10;
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:./;
const URI_CHARACTERS = /^[\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]*$/;
/** A canonical form repeats the name wherever its prefix is used, so that a long one would make a small message huge. */
const MAX_NAMESPACE = 256;
const AMPERSAND = 0x26;
const LESS_THAN = 0x3c;

/** Bytes of names in ASCII, and all of other scripts: whether those are letters is for the parser to say. */
const nameBytes = new Uint8Array(256).map((_, byte) =>
  byte >= 0x80 || /[A-Za-z0-9_.:-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

export function isNameByte(byte: number | undefined): boolean {
  return byte !== undefined && nameBytes[byte] === 1;
}

/** The offset after an XML declaration, 0 where there is none. Anything but XML 1.0 in UTF-8 is refused. */
export function readDeclaration(bytes: Buffer): Result<number> {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return refused(refusal('SAML_MALFORMED', 'The message begins with a byte order mark.'));
  }
  const head = bytes.toString('latin1', 0, DECLARATION_BYTES);
  if (!/^<\?xml[ \t\r\n]/i.test(head)) return ok(0);
  const found = DECLARATION.exec(head);
  if (found === null) return refused(refusal('SAML_MALFORMED', 'The message is not XML 1.0 in UTF-8.'));
  return ok(found[0].length);
}

/** The name comes as Latin-1, one character a byte. */
export function refuseQName(name: string): Refusal | null {
  if (QNAME.test(name)) return null;
  if (name.includes(':')) return refusal('SAML_XML_NAMESPACE', 'A name is no qualified name.');
  return refusal('SAML_MALFORMED', 'A name is not well formed.');
}

/** Text and attribute values alike: no `<`, and of references only those that every parser resolves the same way. */
export function refuseCharacters(text: Buffer, from: number, end: number): Refusal | null {
  for (let at = from; at < end; at += 1) {
    const byte = text[at];
    if (byte === LESS_THAN) return refusal('SAML_MALFORMED', 'The value of an attribute holds a tag.');
    if (byte === AMPERSAND && !REFERENCE.test(text.toString('latin1', at, Math.min(end, at + REFERENCE_BYTES)))) {
      return refusal('SAML_XML_DTD', 'The message refers to an entity that only a document type could declare.');
    }
  }
  return null;
}

/**
 * A namespace must be an absolute URI, written plainly. Canonical XML is undefined for a relative one, and libraries that
 * then answer with nothing have taken the digest of nothing for the digest of the message (S14).
 */
export function refuseNamespace(prefix: string, uri: string): Refusal | null {
  const bad = (detail: string) => refusal('SAML_XML_NAMESPACE', detail);
  if (prefix === 'xml' || prefix === 'xmlns') return bad('A reserved prefix is declared.');
  if (uri === XML_NAMESPACE || uri === XMLNS_NAMESPACE) return bad('A reserved namespace is declared.');
  if (uri.length > MAX_NAMESPACE) {
    return refusal('SAML_XML_LIMIT', 'The name of a namespace is too long.', { allowed: MAX_NAMESPACE });
  }
  if (uri === '') return prefix === '' ? null : bad('A prefix is declared for no namespace.');
  if (XINCLUDE_NAMESPACES.includes(uri)) return refusal('SAML_XML_DTD', 'The message includes other documents.');
  if (!URI_CHARACTERS.test(uri)) return bad('The name of a namespace is no plain URI.');
  if (!ABSOLUTE_URI.test(uri)) {
    return refusal('SAML_C14N_EMPTY', 'The name of a namespace is relative, for which there is no canonical form.');
  }
  return null;
}

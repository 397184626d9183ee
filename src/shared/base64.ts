/** Base64 in its one spelling (RFC 4648, section 4): what does not read back letter by letter is none, and neither is nothing. */
export function parseBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : null;
}

/** The same with white space between the letters, as XML has it (XML Schema part 2, base64Binary). */
export function parseBase64Binary(text: string): Buffer | null {
  return parseBase64(text.replace(/[ \t\r\n]+/g, ''));
}

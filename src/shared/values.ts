/**
 * Values that are parsed once, at the border. Each function takes what a stranger sent and returns the one canonical
 * spelling, or null: nothing further inside ever checks a shape again. GraphQL scalars wrap these same functions.
 */
import { domainToASCII } from 'node:url';

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** The parser of URLs ends a host at these, so that what follows would be dropped and not refused. */
const NO_PART_OF_A_NAME = /[\s/\\?#@:%[\]]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/** A short name for addresses: 1 to 63 of a-z, 0-9 and inner hyphens. */
export function parseSlug(text: string): string | null {
  return SLUG.test(text) ? text : null;
}

/** A domain name in lower-case A-labels (RFC 5890 section 2.3.2.1), at least two labels, 253 characters at most. */
export function parseDomainName(text: string): string | null {
  const name = text.trim().replace(/\.$/, '');
  if (name.length > 253 || UNPRINTABLE.test(name) || NO_PART_OF_A_NAME.test(name)) return null;
  const ascii = domainToASCII(name);
  const labels = ascii.split('.');
  const isName = ascii.length <= 253 && labels.length >= 2 && labels.every((label) => LABEL.test(label));
  return isName && !/^\d+$/.test(labels.at(-1) as string) ? ascii : null;
}

/** An absolute https URL without credentials or fragment, 2 048 characters at most, as WHATWG URL spells it. */
export function parseHttpsUrl(text: string): string | null {
  if (text.length > 2_048 || UNPRINTABLE.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  const isPlain = url.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === '';
  return isPlain ? url.href : null;
}

/** A name for people: 1 to 200 characters, trimmed, NFC, no control or direction-changing characters. */
export function parseDisplayName(text: string): string | null {
  const name = text.normalize('NFC').trim();
  return name.length >= 1 && name.length <= 200 && !UNPRINTABLE.test(name) ? name : null;
}

/** What another party chose and is compared to the letter: an issuer, a client id, a URI. 1 to 1 024 characters, no white space. */
export function parseIdentifier(text: string): string | null {
  return text.length >= 1 && text.length <= 1_024 && !/\s/.test(text) && !UNPRINTABLE.test(text) ? text : null;
}

/** A secret that another party made: 1 to 1 024 characters, kept to the letter, no control characters. */
export function parseSecret(text: string): string | null {
  return text.length >= 1 && text.length <= 1_024 && !UNPRINTABLE.test(text) ? text : null;
}

/** A sentence for people: 1 to 500 characters, trimmed, NFC, no control or direction-changing characters. */
export function parseSentence(text: string): string | null {
  const sentence = text.normalize('NFC').trim();
  return sentence.length >= 1 && sentence.length <= 500 && !UNPRINTABLE.test(sentence) ? sentence : null;
}

/** A level of assurance (NIST SP 800-63-4). Compared by order and never by string. */
export type AssuranceLevel = 1 | 2 | 3;

export function parseAssuranceLevel(value: unknown): AssuranceLevel | null {
  return value === 1 || value === 2 || value === 3 ? value : null;
}

/** An e-mail address in lower case: one `@`, a printable local part of 64 characters at most, a domain name. */
export function parseEmailAddress(text: string): string | null {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), parseDomainName(text.slice(at + 1))];
  const isLocal = at > 0 && local.length <= 64 && !/[\s@]/.test(local) && !UNPRINTABLE.test(local);
  return isLocal && domain !== null ? `${local}@${domain}`.toLowerCase() : null;
}

/** Changes to the text of a message, as an attacker with an editor makes them: well formed or not, no parser in between. */
import type { Random } from './random.js';

export type TextMutator = (text: string, random: Random) => string;

/** What readers of XML and of SAML have stumbled over. */
const SNIPPETS = [
  '<!---->',
  '<!-- x -->',
  '<![CDATA[x]]>',
  '<![CDATA[]]>',
  '<?x y?>',
  '<!DOCTYPE a [<!ENTITY e "x">]>',
  '&e;',
  '&amp;',
  '&#x0;',
  '&#13;',
  '&#xD;',
  '&#x61;',
  ']]>',
  '\r',
  '\r\n',
  '\t',
  ' ',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\u0085',
  ' xmlns=""',
  ' xmlns="urn:oasis:names:tc:SAML:2.0:assertion"',
  ' xmlns:saml="urn:evil:x"',
  ' xmlns:ds="urn:evil:x"',
  ' ID="_assertion-1"',
  ' Id="_evil"',
  ' xml:id="_evil"',
  ' xml:space="preserve"',
  ' xsi:nil="true"',
  '<saml:NameID>mallory@evil.example</saml:NameID>',
  '<saml:AttributeValue>mallory</saml:AttributeValue>',
  '<saml:Assertion/>',
  '<ds:Signature/>',
  '<ds:Object/>',
  '<ds:Reference URI=""/>',
  'mallory@evil.example',
  '__proto__',
];

function boundary(text: string, random: Random): number {
  const at = text.indexOf(random.chance(2) ? '<' : '>', random.below(text.length));
  return at < 0 ? random.below(text.length + 1) : at + random.below(2);
}

function insertAt(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

/** A quoted value or a run of text. */
function token(text: string, random: Random): readonly [from: number, to: number] {
  const found = [...text.matchAll(/"([^"<>]*)"|>([^<>]+)</g)];
  if (found.length === 0) return [0, 0];
  const one = random.pick(found);
  return [one.index + 1, one.index + one[0].length - 1];
}

/** An element from its start tag to its end tag, found by text alone. */
function elementOf(text: string, random: Random): readonly [from: number, to: number] {
  const starts = [...text.matchAll(/<([\w:.-]+)(?=[\s/>])/g)];
  if (starts.length === 0) return [0, 0];
  const one = random.pick(starts);
  const close = `</${one[1]}>`;
  const end = text.indexOf(close, one.index);
  return end < 0 ? [one.index, text.indexOf('>', one.index) + 1] : [one.index, end + close.length];
}

export const textMutators: readonly TextMutator[] = [
  (text, random) => insertAt(text, boundary(text, random), random.pick(SNIPPETS)),
  (text, random) => insertAt(text, random.below(text.length + 1), random.pick(SNIPPETS)),
  (text, random) => {
    const [from, to] = token(text, random);
    return insertAt(text, from + random.below(to - from + 1), random.pick(SNIPPETS));
  },
  (text, random) => {
    const [from, to] = token(text, random);
    return text.slice(0, from) + random.pick(SNIPPETS) + text.slice(to);
  },
  // The value of one place in another.
  (text, random) => {
    const [[from, to], [start, end]] = [token(text, random), token(text, random)];
    return text.slice(0, from) + text.slice(start, end) + text.slice(to);
  },
  // A character by its reference.
  (text, random) => {
    const [from, to] = token(text, random);
    if (from === to) return text;
    const at = from + random.below(to - from);
    return `${text.slice(0, at)}&#x${text.charCodeAt(at).toString(16)};${text.slice(at + 1)}`;
  },
  // An element copied, moved or put around another.
  (text, random) => {
    const [from, to] = elementOf(text, random);
    return insertAt(text, boundary(text, random), text.slice(from, to));
  },
  (text, random) => {
    const [from, to] = elementOf(text, random);
    return insertAt(text.slice(0, from) + text.slice(to), random.below(from + 1), text.slice(from, to));
  },
  (text, random) => {
    const [from, to] = elementOf(text, random);
    const [start, end] = random.pick([
      ['<x>', '</x>'],
      ['<ds:Object>', '</ds:Object>'],
      ['<samlp:Extensions>', '</samlp:Extensions>'],
      ['<saml:Advice>', '</saml:Advice>'],
    ] as const);
    return text.slice(0, from) + start + text.slice(from, to) + end + text.slice(to);
  },
  (text, random) => {
    const [from, to] = elementOf(text, random);
    return text.slice(0, from) + text.slice(to);
  },
  // Another prefix throughout, or in one place.
  (text, random) =>
    text.replaceAll(random.pick(['saml:', 'samlp:', 'ds:', 'xmlns:saml=']), random.pick(['s:', 'xmlns:s=', ''])),
  (text, random) => {
    const prefix = random.pick(['saml', 'samlp', 'ds', 'xs']);
    return text.replaceAll(`${prefix}:`, 'other:').replaceAll(`xmlns:${prefix}=`, 'xmlns:other=');
  },
  // Spellings that mean the same.
  (text) => text.replaceAll('><', '>\n<'),
  (text) => text.replaceAll('"', "'"),
  (text) => text.replaceAll('\n', '\r\n'),
  (text, random) =>
    insertAt(text, Math.max(0, text.indexOf('>', random.below(text.length))), random.pick([' ', '\n', '\t'])),
  (text, random) =>
    text.replaceAll(/<([\w:]+)((?:\s[^<>]*)?)\/>/g, (whole, name, rest) =>
      random.chance(2) ? whole : `<${name}${rest}></${name}>`,
    ),
  (text, random) => text.slice(0, random.below(text.length)),
  (text, random) => text.slice(random.below(40)),
  (text) => text + text,
];

/** Changes to single bytes. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  if (changed.length === 0) return changed;
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const at = random.below(changed.length);
    changed[at] = random.chance(2) ? (changed[at] ?? 0) ^ (1 << random.below(8)) : random.below(256);
  }
  if (!random.chance(4)) return changed;
  const at = random.below(changed.length);
  return Buffer.concat([changed.subarray(0, at), changed.subarray(Math.min(changed.length, at + 1 + random.below(8)))]);
}

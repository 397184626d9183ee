/** Random well-formed XML that the gate lets through: namespaces declared anywhere, prefixes rebound, every escape. */
import fc from 'fast-check';
import { escapeXml } from './saml-messages.js';

interface Tree {
  readonly name: number;
  readonly attributes: readonly (readonly [number, string])[];
  readonly declared: readonly (readonly [number, number])[];
  readonly children: readonly (Tree | string)[];
}

const PREFIXES = ['', 'a', 'b', 'saml'];
const URIS = ['urn:one', 'urn:two', 'http://three.example/#'];
const NAMES = ['x', 'y', 'Név', 'long-name.1'];
/** Char of XML 1.0: no control characters, lone surrogates or the two non-characters. */
function isXmlCharacter(one: string): boolean {
  const code = one.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}

/** Characters that XML allows, the awkward ones often. */
const character = fc.oneof(
  fc.constantFrom('<', '>', '&', '"', "'", '\t', '\n', '\r', ' ', ']', '\u00a0', 'é', '愛', '🚀', '\u2028'),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
);
const text = fc
  .array(character, { maxLength: 8 })
  .map((parts) => parts.join(''))
  .filter((value) => [...value].every(isXmlCharacter));

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name: fc.nat(100),
    attributes: fc.array(fc.tuple(fc.nat(100), text), { maxLength: 4 }),
    declared: fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { maxLength: 3 }),
    children: fc.array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, text, tie('tree')), { maxLength: 4 }),
  }),
}));

function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}

function write(node: Tree | string, scope: ReadonlyMap<string, string>): string {
  if (typeof node === 'string') return escapeXml(node);
  const inner = new Map(scope);
  // The default namespace may be taken back, a prefix may not (Namespaces in XML 1.0, section 6.2).
  const uris = (prefix: string) => (prefix === '' ? [...URIS, ''] : URIS);
  const declarations = new Map(
    node.declared.map(([prefix, uri]) => [at(PREFIXES, prefix), at(uris(at(PREFIXES, prefix)), uri)]),
  );
  for (const [prefix, uri] of declarations) inner.set(prefix, uri);
  const bound = ['', ...[...inner.keys()].filter((prefix) => prefix !== '')];
  const qualify = (index: number, prefixes: readonly string[]) => {
    const prefix = at(prefixes, index);
    const local = at(NAMES, Math.floor(index / prefixes.length));
    return {
      qname: prefix === '' ? local : `${prefix}:${local}`,
      key: `${inner.get(prefix === '' ? '-' : prefix)} ${local}`,
    };
  };
  const attributes = new Map<string, string>();
  for (const [index, value] of node.attributes) {
    const { qname, key } = qualify(index, bound);
    if (!attributes.has(key))
      attributes.set(key, ` ${qname}="${escapeXml(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`);
  }
  const { qname } = qualify(node.name, bound);
  const declared = [...declarations].map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${uri}"`);
  const content = node.children.map((child) => write(child, inner)).join('');
  const start = `<${qname}${declared.join('')}${[...attributes.values()].join('')}`;
  return content === '' ? `${start}/>` : `${start}>${content}</${qname}>`;
}

export const xmlDocument: fc.Arbitrary<string> = tree.map((root) => write(root, new Map()));

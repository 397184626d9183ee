/**
 * The reader beside libxml2 on XML that is broken in small ways: what libxml2 refuses is refused, and what is accepted is the
 * same tree to both, which the canonical forms show octet by octet (S12, S15). Seeds are fixed.
 */
import fc from 'fast-check';
import { ParseOption, XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import { canonicalForm } from '../../../src/xml/canonical.rules.js';
import { readMessage } from '../../../src/xml/index.js';
import { makeSamlKey } from '../../support/saml-keys.js';
import { samlShapes } from '../../support/saml-shapes.js';
import { xmlDocument } from '../../support/xml-generator.js';

const SEED = 20310506;
const PREFIXES = ['a', 'b', 'saml', '#default', 'ds'];

/** What a tag, a value or a text may be hurt with. */
const pieces = [
  ...['<', '>', '&', '"', "'", '/', '=', ':', ';', '#', '?', '!', '-', ']', ' ', '\t', '\n', '\r', '\r\n', '\u00a0'],
  ...['\u0000', '\u0001', '\u007f', '\u0085', '\u2028', '\ufeff', '\ufffe', '\ufffd', '\u00b7', '\u0300', '🚀', 'é'],
  ...[
    ']]>',
    '<!---->',
    '<!-- x -->',
    '<!-- -- -->',
    '<?x y?>',
    '<?xml?>',
    '<![CDATA[x]]>',
    '<!DOCTYPE a>',
    '<!ENTITY a "b">',
  ],
  ...['&amp;', '&lt;', '&apos;', '&quot;', '&amp', '&x;', '&#13;', '&#xD;', '&#x9;', '&#10;', '&#0;', '&#x1F680;'],
  ...['&#xD800;', '&#xFFFE;', '&#1114112;', '&#x110000;', '&#;', '&#x;', '&#xg;', '&#00000065;', '& amp;'],
  ...[
    ' xmlns=""',
    ' xmlns="urn:one"',
    ' xmlns:a="urn:two"',
    ' xmlns:a=""',
    ' xmlns:b="urn:one" b:x="1"',
    ' xmlns:xml="urn:x"',
  ],
  ...[
    ' xmlns:xmlns="urn:x"',
    ' xmlns="http://www.w3.org/XML/1998/namespace"',
    ' xml:lang="x"',
    ' xml:space="preserve"',
    ' xml:id="x"',
    ' xml:id="1"',
    ' xml:x="1"',
  ],
  ...[
    ' x="1"',
    " x='1'",
    ' x=" \t\n\r 1"',
    ' x = "1"',
    ' x="<"',
    ' x=">"',
    ' a:x="1"',
    ' x',
    ' x=1',
    ' ID="_1"',
    ' 1x="1"',
    ' -x="1"',
  ],
  ...[
    '<x/>',
    '<x>',
    '</x>',
    '<x />',
    '< x/>',
    '<a:x/>',
    '<:x/>',
    '<x:/>',
    '</>',
    '<>',
    '<x\n/>',
    '<x xmlns="" />',
    '<saml:x/>',
    '<Név/>',
  ],
  ...['<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-8"?>', "<?xml version='1.0' standalone='yes' ?>"],
] as const;

interface Hurt {
  readonly at: number;
  readonly cut: number;
  readonly piece: string;
}
const hurt: fc.Arbitrary<Hurt> = fc.record({
  at: fc.oneof(fc.nat(), fc.constantFrom(0, -1)),
  cut: fc.nat(3),
  piece: fc.constantFrom('', ...pieces),
});

function hurtBy(xml: string, hurts: readonly Hurt[]): string {
  return hurts.reduce((text, { at, cut, piece }) => {
    const where = at < 0 ? text.length : at % (text.length + 1);
    return text.slice(0, where) + piece + text.slice(where + cut);
  }, xml);
}

/** The canonical form with these prefixes; null where it is refused. */
function ours(bytes: Buffer, prefixes: readonly string[]): string | null {
  const result = readMessage(bytes);
  return result.ok ? canonicalForm(result.value.root, prefixes) : null;
}

function theirs(bytes: Buffer, prefixes: readonly string[]): string | null {
  let document: XmlDocument | undefined;
  try {
    const option = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;
    document = XmlDocument.fromBuffer(bytes, { option });
    return document.canonicalizeToString({
      mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
      ...(prefixes.length === 0 ? {} : { inclusiveNamespacePrefixes: [...prefixes] }),
    });
  } catch {
    return null;
  } finally {
    document?.dispose();
  }
}

it.each(['1', 'a:b', '-', '\u00b7'])('an xml:id that is %s is refused by both', (id) => {
  const bytes = Buffer.from(`<a xml:id="${id}"/>`);
  expect([ours(bytes, []), theirs(bytes, [])]).toEqual([null, null]);
});

it.each(['\u1680', 'a\ufeff'])('an ID with a space that only some know is refused [S42]', (id) => {
  for (const name of ['ID', 'Id', 'id', 'xml:id']) {
    expect(readMessage(Buffer.from(`<a ${name}="${id}"/>`))).toMatchObject({ refusal: { code: 'SAML_SCHEMA' } });
  }
});

it('says what is wrong before the root', () => {
  const detail = (text: string) => readMessage(Buffer.from(text));
  for (const [text, said] of [
    ['\ufeff<a/>', /byte order mark/],
    ['x:y<a/>', /text before/],
    ['', /no root/],
  ] as const) {
    expect(detail(text)).toMatchObject({ refusal: { code: 'SAML_MALFORMED', detail: expect.stringMatching(said) } });
  }
});

let shapes: string[];
beforeAll(async () => {
  const key = await makeSamlKey();
  shapes = samlShapes.map(({ make }) => make({ key }));
});

/** How many of the documents are accepted, when every one of them is held to the rule. */
function hold(documents: fc.Arbitrary<Buffer>, numRuns: number): number {
  let accepted = 0;
  fc.assert(
    fc.property(documents, fc.subarray(PREFIXES), (bytes, prefixes) => {
      const canonical = ours(bytes, prefixes);
      if (canonical === null) return;
      accepted += 1;
      expect(canonical).toBe(theirs(bytes, prefixes));
    }),
    { seed: SEED, numRuns },
  );
  return accepted;
}

it('reads generated XML that was hurt as libxml2 does, or refuses it [S12] [S15]', () => {
  const documents = fc
    .tuple(xmlDocument, fc.array(hurt, { minLength: 1, maxLength: 3 }))
    .map(([xml, hurts]) => Buffer.from(hurtBy(xml, hurts)));
  expect(hold(documents, 10_000)).toBeGreaterThan(200);
});

it('reads messages of products that were hurt as libxml2 does, or refuses them [S12] [S15]', () => {
  const documents = fc
    .tuple(fc.nat(), fc.array(hurt, { minLength: 1, maxLength: 2 }))
    .map(([which, hurts]) => Buffer.from(hurtBy(shapes[which % shapes.length] ?? '', hurts)));
  expect(hold(documents, 3_000)).toBeGreaterThan(300);
});

it('reads bytes that were changed one by one as libxml2 does, or refuses them [S12]', () => {
  const documents = fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 })).map(([which, at, delta]) => {
    const bytes = Buffer.from(shapes[which % shapes.length] ?? '');
    bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ delta;
    return bytes;
  });
  expect(hold(documents, 3_000)).toBeGreaterThan(300);
});

it('reads every piece alone, in an element, in a value and in a tag as libxml2 does, or refuses it [S12]', () => {
  const places = [
    'PIECE',
    '<r>PIECE</r>',
    '<r>xPIECEy</r>',
    '<r a="PIECE"/>',
    "<r a='PIECE'/>",
    '<r PIECE/>',
    '<rPIECE/>',
  ];
  const around = [
    '<r/>PIECE',
    'PIECE<r/>',
    '<r xmlns="urn:r" xmlns:a="urn:a"><x>PIECE</x></r>',
    '<r xmlns:a="urn:a"PIECE></r>',
  ];
  for (const place of [...places, ...around]) {
    for (const one of pieces) {
      for (const two of ['', ...pieces]) {
        const bytes = Buffer.from(place.replace('PIECE', () => one + two));
        const canonical = ours(bytes, []);
        if (canonical !== null) expect([bytes.toString(), canonical]).toEqual([bytes.toString(), theirs(bytes, [])]);
      }
    }
  }
});

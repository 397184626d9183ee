/**
 * The strict reader beside libxml2 and the schemas themselves (`test/fixtures/schemas`): honest documents pass both, and of a
 * great many that were changed at random, nothing passes the reader that the schemas refuse.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { XmlDocument, XmlValidateError, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';
import { refuseSchema } from '../../../src/protocols/saml/schema/index.js';
import { readUntrustedXml } from '../../../src/xml/index.js';
import { everything } from '../../support/saml-everything.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { samlResponse } from '../../support/saml-messages.js';
import { mutate, mutation } from '../../support/saml-mutations.js';
import { samlShapes } from '../../support/saml-shapes.js';

const folder = join(import.meta.dirname, '../../fixtures/schemas');
/** Written by IdPs that answer requests of other products; the reader says why it lets it be. */
const TOLERATED = [/attribute 'InResponseTo': '[0-9][^']*' is not a valid value of the atomic type 'xs:NCName'/];

let validator: XsdValidator;
let schema: XmlDocument;
let key: SamlTestKey;
beforeAll(async () => {
  xmlRegisterFsInputProviders();
  const url = join(folder, 'saml-schema-protocol-2.0.xsd');
  schema = XmlDocument.fromBuffer(readFileSync(url), { url });
  validator = XsdValidator.fromDoc(schema);
  key = await makeSamlKey();
});
afterAll(() => {
  validator.dispose();
  schema.dispose();
});

/** What libxml2 has against a document. */
function objections(xml: string): readonly string[] {
  const document = XmlDocument.fromString(xml);
  try {
    validator.validate(document);
    return [];
  } catch (error) {
    if (!(error instanceof XmlValidateError)) throw error;
    return error.details.map(({ message }) => message).filter((one) => !TOLERATED.some((known) => known.test(one)));
  } finally {
    document.dispose();
  }
}

/** null: the XML itself is refused, so that the schema has no say. */
function passes(xml: string): boolean | null {
  const document = readUntrustedXml(Buffer.from(xml));
  return document.ok ? refuseSchema(document.value) === null : null;
}

function honest(): readonly string[] {
  return [
    ...samlShapes.filter(({ policy }) => policy === undefined).map(({ make }) => make({ key })),
    samlResponse({ sign: 'both', signing: { key } }),
    samlResponse({ encryption: { certificatePem: key.certificatePem } }),
  ];
}

const INSTANCE = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema"';
const value = (attributes: string) =>
  `<saml:AttributeValue xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ${INSTANCE} ${attributes}/>`;

const snippets = [
  '<saml:Attribute xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Name="x"/>',
  '<saml:OneTimeUse xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
  '<saml:Advice xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>',
  '<saml:AuthnContextDecl xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><x xmlns="urn:x"/></saml:AuthnContextDecl>',
  '<samlp:StatusMessage xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">x</samlp:StatusMessage>',
  '<samlp:Extensions xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><x xmlns="urn:x"/></samlp:Extensions>',
  '<ds:KeyName xmlns:ds="http://www.w3.org/2000/09/xmldsig#">x</ds:KeyName>',
  '<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>',
  '<xenc:CarriedKeyName xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">x</xenc:CarriedKeyName>',
  '<x xmlns="urn:x">x</x>',
  value('xsi:type="xs:string" xsi:nil="1"'),
  value('xsi:type="xs:bogus" xsi:nil="1"'),
  value('xsi:type="saml:ActionType" xsi:nil="true"'),
  value('xsi:type="saml:NameIDType" xsi:nil="true" Foo="x"'),
  `<x xmlns="urn:x" ${INSTANCE} xsi:type="xs:integer" xsi:nil="true"/>`,
];

it('honest documents of every shape pass both [N56]', () => {
  for (const xml of honest()) {
    expect(objections(xml)).toEqual([]);
    expect(passes(xml)).toBe(true);
  }
});

/** What an attribute or a text is replaced by: one that is of each simple type, and ones that are nearly. */
const values = [
  '',
  ' ',
  'a',
  ' a ',
  '_id',
  '9id',
  'a:b',
  '1',
  '+5',
  '-1',
  '65536',
  'true',
  'TRUE',
  '2.0',
  'AAA=',
  'AAB=',
  'é',
].concat(
  ['urn:x:y', 'relative', 'https://a b', 'https://[::1', 'urn:x#a#b', '%zz', ':a', '//a', '#a', 'exact', 'Permit'],
  [
    '2031-05-06T07:08:09Z',
    '2031-05-06T07:08:09',
    '2031-02-29T07:08:09Z',
    '2031-05-06T24:00:00Z',
    '20310-05-06T07:08:09Z',
  ],
);
const types = ['string', 'integer', 'boolean', 'dateTime', 'date', 'time', 'duration', 'gYear', 'gMonthDay', 'anyURI']
  .concat(
    ['base64Binary', 'hexBinary', 'decimal', 'double', 'unsignedByte', 'positiveInteger', 'language', 'NCName', 'ID'],
    ['IDREF', 'NMTOKEN', 'QName', 'token', 'anyType', 'anySimpleType', 'nothing', 'gYearMonth', 'gMonth', 'gDay'],
  )
  .map((name) => `xs:${name}`)
  .concat(
    ['saml:NameIDType', 'saml:ActionType', 'saml:AttributeType', 'saml:SubjectLocalityType', 'saml:AssertionType'],
    ['saml:BaseIDAbstractType', 'samlp:StatusCodeType', 'ds:SignatureType', 'saml:nothing', 'nothing', 'no:thing'],
  );
/** Dates that are nearly one. */
const moments = ['0000', '-0000', '-0001', '0000-01', '2031-13', '--02-29', '--02-30', '--04-31', '--13', '---32'];
/** What stands beside `xsi:type`. */
const besides = ['', ' xsi:nil="true"', ' xsi:nil="1"', ' xsi:nil="false"', ' xsi:nil="maybe"'].flatMap((nil) =>
  ['', ' foo="1"', ' xsi:foo="1"', ' xml:lang="de"', ' Namespace="urn:x"', ' Name="x"', ' Value="urn:x"'].map(
    (more) => nil + more,
  ),
);

/** Every place where an attribute, a text, or an end of a tag is. */
const PLACES = / (?!xmlns)[\w:]+="[^"]*"|>[^<>]+(?=<\/)|\/>/g;

/** The document with one place of it filled otherwise; an attribute may also go. */
function refill(xml: string, place: number, value: string): string {
  const places = [...xml.matchAll(PLACES)];
  const { 0: found, index } = places[place % places.length] ?? { 0: '', index: 0 };
  const [, name = ''] = /<([\w:]+)[^<>]*$/.exec(xml.slice(0, index)) ?? [];
  let filled = `>${value}`;
  if (found === '/>') filled += `</${name}>`;
  if (found.startsWith(' ')) filled = value === 'a' ? '' : found.replace(/"[^"]*"/, () => `"${value}"`);
  return xml.slice(0, index) + filled + xml.slice(index + found.length);
}

interface Retyped {
  readonly type: string;
  readonly beside: string;
  readonly value: string;
}

/** Both values of one attribute, which say one type, and the extension. */
function retype(xml: string, { type, beside, value }: Retyped): string {
  return xml
    .replace(/xsi:type="xs:integer">5/g, () => `xsi:type="${type}"${beside}>${value}`)
    .replace(/(<samlp:Extensions><f:it [^>]*)>1/, (_all, start) => `${start} xsi:type="${type}"${beside}>${value}`);
}

it('one message of each kind with all that it may hold passes both [N56]', () => {
  for (const xml of everything) {
    expect(objections(xml)).toEqual([]);
    expect(passes(xml)).toBe(true);
  }
});

it('no value that the schemas refuse passes the reader, in any attribute and any element [L5] [L6] [S51] [N56]', () => {
  let accepted = 0;
  const [value, which] = [fc.constantFrom(...values), fc.constantFrom(...everything)];
  const changed = fc.tuple(which, fc.nat({ max: 300 }), value).map((change) => refill(...change));
  fc.assert(
    fc.property(changed, (xml) => {
      if (passes(xml) !== true) return;
      accepted += 1;
      expect(objections(xml)).toEqual([]);
    }),
    { numRuns: 3_000, seed: 20_261 },
  );
  expect(accepted).toBeGreaterThan(200);
});

it('no value that the schemas refuse passes for what it says of its own type, nil or not [L5] [L6] [S51] [N56]', () => {
  let accepted = 0;
  const retyped = fc.record({
    type: fc.constantFrom(...types),
    beside: fc.oneof(fc.constant(''), fc.constantFrom(...besides)),
    value: fc.oneof(fc.constant(''), fc.constantFrom(...values, ...moments)),
  });
  fc.assert(
    fc.property(fc.constantFrom(...everything), retyped, (xml, change) => {
      const changed = retype(xml, change);
      if (changed === xml || passes(changed) !== true) return;
      accepted += 1;
      expect(objections(changed)).toEqual([]);
    }),
    { numRuns: 8_000, seed: 20_262 },
  );
  expect(accepted).toBeGreaterThan(200);
});

it('nothing that the schemas refuse passes the reader, whatever is changed [L5] [L6] [S51] [N56]', () => {
  let accepted = 0;
  const shapes = honest();
  const changed = fc.tuple(fc.nat({ max: shapes.length - 1 }), fc.array(mutation, { minLength: 1, maxLength: 3 }));
  fc.assert(
    fc.property(changed, ([which, mutations]) => {
      const xml = mutate(shapes[which] ?? '', mutations, snippets);
      if (passes(xml) !== true) return;
      accepted += 1;
      expect(objections(xml)).toEqual([]);
    }),
    { numRuns: 3_000, seed: 20_260 },
  );
  // The property is about something: many changes are allowed.
  expect(accepted).toBeGreaterThan(200);
});

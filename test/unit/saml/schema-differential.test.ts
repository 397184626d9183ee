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
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { samlResponse } from '../../support/saml-messages.js';
import { mutate, mutation } from '../../support/saml-mutations.js';
import { samlShapes } from '../../support/saml-shapes.js';

const folder = join(import.meta.dirname, '../../fixtures/schemas');
/** Written by Oracle Access Manager and by IdPs that answer requests of other products; the reader says why it lets them be. */
const TOLERATED = [
  /\{http:\/\/www\.w3\.org\/2000\/09\/xmldsig#\}Signature': This element is not expected/,
  /attribute 'InResponseTo': '[0-9][^']*' is not a valid value of the atomic type 'xs:NCName'/,
];

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
    ...samlShapes.map(({ make }) => make({ key })),
    samlResponse({ sign: 'both', signing: { key } }),
    samlResponse({ encryption: { certificatePem: key.certificatePem } }),
  ];
}

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
];

it('honest documents of every shape pass both [N56]', () => {
  for (const xml of honest()) {
    expect(objections(xml)).toEqual([]);
    expect(passes(xml)).toBe(true);
  }
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

/** What an encrypted assertion says of its keys and points at: nothing is followed, and what leads elsewhere is refused. */
import type { SamlEncryption } from '../../support/saml-encryption.js';
import { Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { swap } from '../../support/xml-text.js';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const CERTIFICATE = '<ds:X509Data><ds:X509SubjectName>CN=hub</ds:X509SubjectName></ds:X509Data>';
const VALUE =
  '<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>';
const CIPHER = '<xenc:CipherData><xenc:CipherReference URI="http://127.0.0.1:1/k"/></xenc:CipherData>';
const retrieval = (uri: string, more = '') => `<ds:RetrievalMethod URI="${uri}"${more}/>`;
const list = (reference: string) => `<xenc:ReferenceList>${reference}</xenc:ReferenceList>`;
const property = (target: string) =>
  `<xenc:EncryptionProperties><xenc:EncryptionProperty${target}><x:made xmlns:x="urn:x"/></xenc:EncryptionProperty></xenc:EncryptionProperties>`;

/** What a message has in its EncryptedData with the Id `_data`, and in its EncryptedKey with the Id `_key`. */
interface Parts {
  readonly ofData?: string;
  readonly ofKey?: string;
  readonly afterData?: string;
  readonly afterKey?: string;
}

/** An honest message in which only the assertion is signed, so that anybody can add to the encryption around it. */
function message(parts: Parts, placement: SamlEncryption['placement'] = 'inside'): string {
  const info = (content = '') => (content === '' ? '' : `<ds:KeyInfo xmlns:ds="${DSIG}">${content}</ds:KeyInfo>`);
  const { ofData, ofKey, afterData = '', afterKey = '' } = parts;
  let xml = saml.encrypted('assertion', { encryption: { certificatePem: saml.keys.hub.certificatePem, placement } });
  xml = swap(xml, '<xenc:EncryptedData ', '<xenc:EncryptedData Id="_data" ');
  xml = swap(xml, '<xenc:EncryptedKey ', '<xenc:EncryptedKey Id="_key" ');
  xml = swap(xml, /(?<=-mgf1p"[^>]*>)<\/xenc:EncryptionMethod>/, `</xenc:EncryptionMethod>${info(ofKey)}`);
  xml = swap(xml, '</xenc:EncryptedKey>', `${afterKey}</xenc:EncryptedKey>`);
  xml = swap(xml, '</xenc:EncryptedData>', `${afterData}</xenc:EncryptedData>`);
  if (ofData === undefined) return xml;
  return placement === 'beside'
    ? swap(xml, '<xenc:CipherData>', `${info(ofData)}<xenc:CipherData>`)
    : swap(xml, `<ds:KeyInfo xmlns:ds="${DSIG}">`, `<ds:KeyInfo xmlns:ds="${DSIG}">${ofData}`);
}

function expectRefused(xml: string, code: string): void {
  expect(saml.code(xml)).toBe(code);
  // Before a key is touched: a hub without one says the same.
  expect(saml.code(xml, { decryptionKeys: [] })).toBe(code);
}

describe('KeyInfo of an encrypted key', () => {
  it.each([
    ['a key at a URL', retrieval('http://127.0.0.1:1/k'), 'SAML_SIG_TRANSFORM'],
    ['itself', retrieval('#_key', ` Type="${XMLENC}EncryptedKey"`), 'SAML_SIG_TRANSFORM'],
    [
      'a reference to another KeyInfo',
      '<x:KeyInfoReference xmlns:x="http://www.w3.org/2009/xmldsig11#" URI="#_x"/>',
      'SAML_SIG_TRANSFORM',
    ],
    [
      'an encrypted key at a URL',
      `<xenc:EncryptedKey xmlns:xenc="${XMLENC}">${CIPHER}</xenc:EncryptedKey>`,
      'SAML_SCHEMA',
    ],
    ['an agreement on a key', `<xenc:AgreementMethod xmlns:xenc="${XMLENC}" Algorithm="${XMLENC}dh"/>`, 'SAML_SCHEMA'],
    ['what nobody knows', '<x:way xmlns:x="urn:x"/>', 'SAML_SCHEMA'],
  ])('does not lead to %s [S22] [S25]', (_name, ofKey, code) => {
    expectRefused(message({ ofKey }), code);
    expectRefused(message({ ofKey }, 'beside'), code);
    // Nor after what may stand there.
    expectRefused(message({ ofKey: CERTIFICATE + ofKey }), code);
  });

  it('may name whose key it is, which is not looked at', () => {
    const ofKey = `<ds:KeyName>somebody</ds:KeyName>${CERTIFICATE}${VALUE}`;
    for (const placement of ['inside', 'beside'] as const) {
      expect(nameId(saml.accepted(message({ ofKey, ofData: '<ds:KeyName>k</ds:KeyName>' }, placement)).assertion)).toBe(
        PERSON,
      );
    }
  });
});

describe('KeyInfo of what is encrypted', () => {
  it.each([
    ['of another type', retrieval('#_key', ` Type="${DSIG}X509Data"`), 'SAML_SIG_TRANSFORM'],
    [
      'at a URL of the right type',
      retrieval('http://127.0.0.1:1/k', ` Type="${XMLENC}EncryptedKey"`),
      'SAML_SIG_TRANSFORM',
    ],
    ['of no name', retrieval('#'), 'SAML_SIG_TRANSFORM'],
    ['that is no key', retrieval('#_data'), 'SAML_SIG_TRANSFORM'],
    [
      'behind a transform',
      `<ds:RetrievalMethod URI="#_key"><ds:Transforms><ds:Transform Algorithm="${DSIG}base64"/></ds:Transforms></ds:RetrievalMethod>`,
      'SAML_SIG_TRANSFORM',
    ],
    ['by an agreement', `<xenc:AgreementMethod xmlns:xenc="${XMLENC}" Algorithm="${XMLENC}dh"/>`, 'SAML_SCHEMA'],
  ])('does not lead to a key %s [S22] [S25]', (_name, ofData, code) => {
    expectRefused(message({ ofData }, 'beside'), code);
  });

  it.each(['', ` Type="${XMLENC}EncryptedKey"`])('may point at the key beside it:%s', (type) => {
    expect(nameId(saml.accepted(message({ ofData: retrieval('#_key', type) }, 'beside')).assertion)).toBe(PERSON);
  });
});

describe('the data that an encrypted key is for (XML Encryption, section 3.6)', () => {
  it.each([
    ['elsewhere', '<xenc:DataReference URI="http://evil.example/"/>'],
    ['nowhere', '<xenc:DataReference URI="#nowhere"/>'],
    ['the key itself', '<xenc:DataReference URI="#_key"/>'],
    ['the right data and others', '<xenc:DataReference URI="#_data"/><xenc:DataReference URI="#_response-1"/>'],
    ['another key', '<xenc:KeyReference URI="#_data"/>'],
    [
      'the data behind a transform',
      `<xenc:DataReference URI="#_data"><ds:Transforms xmlns:ds="${DSIG}"><ds:Transform Algorithm="${DSIG}base64"/></ds:Transforms></xenc:DataReference>`,
    ],
  ])('is not %s [S22] [S25]', (_name, reference) => {
    expectRefused(message({ afterKey: list(reference) }), 'SAML_SIG_TRANSFORM');
    expectRefused(message({ afterKey: list(reference) }, 'beside'), 'SAML_SIG_TRANSFORM');
  });

  it('is not an element without an Id that nothing can name [S22] [S25]', () => {
    const xml = message({ afterKey: list('<xenc:DataReference URI="#"/>') });
    expectRefused(swap(xml, ' Id="_data"', ''), 'SAML_SIG_TRANSFORM');
  });

  it('is that which it came with', () => {
    const afterKey = `${list('<xenc:DataReference URI="#_data"/>')}<xenc:CarriedKeyName>k</xenc:CarriedKeyName>`;
    for (const placement of ['inside', 'beside'] as const) {
      expect(nameId(saml.accepted(message({ afterKey }, placement)).assertion)).toBe(PERSON);
    }
  });
});

describe('a property of what is encrypted (XML Encryption, section 3.7)', () => {
  it('is of nothing else [S22] [S25]', () => {
    for (const target of ['#nope', 'http://evil.example/', '', '#']) {
      expectRefused(message({ afterData: property(` Target="${target}"`) }), 'SAML_SIG_TRANSFORM');
    }
    expectRefused(message({ afterData: property(' Target="#_key"') }), 'SAML_SIG_TRANSFORM');
    expectRefused(message({ afterKey: property(' Target="#_data"') }), 'SAML_SIG_TRANSFORM');
  });

  it('is ignored', () => {
    const parts = { afterData: property(' Target="#_data"'), afterKey: property('') };
    expect(nameId(saml.accepted(message(parts)).assertion)).toBe(PERSON);
  });
});

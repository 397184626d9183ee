/** NameIDs and attributes that are encrypted one by one: opened after the signature was checked, or not at all. */
import { encryptElement, type SamlEncryption } from '../../support/saml-encryption.js';
import { assertionXml, responseXml } from '../../support/saml-messages.js';
import { descendants, FORGED, Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { after, swap, take } from '../../support/xml-text.js';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

const ATTRIBUTE =
  '<saml:Attribute Name="mail"><saml:AttributeValue>ada@aurora.example</saml:AttributeValue></saml:Attribute>';

function encryption(changes: Partial<SamlEncryption> = {}): SamlEncryption {
  return { certificatePem: saml.keys.hub.certificatePem, ...changes };
}

function encryptedId(xml: string, changes: Partial<SamlEncryption> = {}): string {
  return encryptElement('EncryptedID', xml, encryption(changes));
}

/** A genuine message whose NameID is encrypted before it is signed. */
function withEncryptedId(sign: 'assertion' | 'response' = 'assertion', changes: Partial<SamlEncryption> = {}): string {
  return saml.message(sign, {
    editAssertion: (xml) => swap(xml, take(xml, 'saml:NameID'), encryptedId(take(xml, 'saml:NameID'), changes)),
  });
}

function withEncryptedAttribute(content = ATTRIBUTE): string {
  return saml.message('assertion', {
    editAssertion: (xml) =>
      swap(
        xml,
        '</saml:AttributeStatement>',
        `${encryptElement('EncryptedAttribute', content, encryption())}</saml:AttributeStatement>`,
      ),
  });
}

it.each(['assertion', 'response'] as const)('opens an encrypted NameID of a signed %s', (sign) => {
  const { assertion } = saml.accepted(withEncryptedId(sign));
  expect(nameId(assertion)).toBe(PERSON);
  expect(descendants(assertion).filter((one) => one.localName.startsWith('Encrypted'))).toEqual([]);
  const subject = assertion.children.find((one) => one.localName === 'Subject');
  expect(subject?.children.map((one) => one.localName)).toEqual(['NameID', 'SubjectConfirmation']);
});

it('opens an encrypted attribute in its place', () => {
  const { assertion } = saml.accepted(withEncryptedAttribute());
  const attributes = descendants(assertion).filter((one) => one.localName === 'Attribute');
  expect(attributes.at(-1)?.attribute('Name')).toBe('mail');
  expect(attributes.at(-1)?.text).toBe(PERSON);
});

it('opens an attribute whose values say of which type they are', () => {
  const typed =
    '<saml:Attribute xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' +
    ' Name="mail"><saml:AttributeValue xsi:type="xs:string">ada@aurora.example</saml:AttributeValue></saml:Attribute>';
  const { assertion } = saml.accepted(withEncryptedAttribute(typed));
  expect(
    descendants(assertion)
      .filter((one) => one.localName === 'Attribute')
      .at(-1)?.text,
  ).toBe(PERSON);
});

it('opens both inside an assertion that is encrypted itself', () => {
  const message = saml.encrypted('assertion', {
    editAssertion: (xml) => swap(xml, take(xml, 'saml:NameID'), encryptedId(take(xml, 'saml:NameID'))),
  });
  expect(nameId(saml.accepted(message).assertion)).toBe(PERSON);
});

it('refuses an encrypted NameID that was put in place of the signed one [S11] [S28]', () => {
  const genuine = withEncryptedId();
  const forged = encryptedId(swap(take(saml.message('assertion'), 'saml:NameID'), PERSON, FORGED));
  expect(saml.code(swap(genuine, take(genuine, 'saml:EncryptedID'), forged))).toBe('SAML_SIG_INVALID');
});

it.each([
  ['an assertion', () => assertionXml({ nameId: FORGED })],
  ['an attribute', () => ATTRIBUTE],
  ['an element of another namespace', () => '<NameID>mallory@evil.example</NameID>'],
])('refuses %s in place of a NameID, though it is signed [S02]', (_name, make) => {
  const message = saml.message('assertion', {
    editAssertion: (xml) => swap(xml, take(xml, 'saml:NameID'), encryptedId(make())),
  });
  expect(saml.code(message)).toBe('SAML_SCHEMA');
});

it('refuses a NameID in place of an attribute', () => {
  expect(saml.code(withEncryptedAttribute('<saml:NameID>mallory@evil.example</saml:NameID>'))).toBe('SAML_SCHEMA');
});

it.each([
  ['another key', { certificatePem: undefined }],
  [
    'changed content',
    { editCipher: (bytes: Buffer) => Buffer.from(bytes.map((one, at) => (at === 20 ? one ^ 1 : one))) },
  ],
  [
    'a changed key',
    { editEncryptedKey: (bytes: Buffer) => Buffer.from(bytes.map((one, at) => (at === 20 ? one ^ 1 : one))) },
  ],
] as const)('gives one refusal for whatever goes wrong: %s [S25]', (_name, changes) => {
  const certificatePem = 'certificatePem' in changes ? saml.keys.attacker.certificatePem : saml.keys.hub.certificatePem;
  expect(saml.refusal(withEncryptedId('assertion', { ...changes, certificatePem }))).toEqual({
    code: 'SAML_DECRYPT',
    detail: 'What is encrypted could not be decrypted.',
  });
});

it('does not open what nobody signed: no key of the hub is touched [S28]', () => {
  const unsigned = responseXml(assertionXml({}), {});
  const forged = swap(unsigned, take(unsigned, 'saml:NameID'), encryptedId('<saml:NameID>x</saml:NameID>'));
  expect(saml.code(forged)).toBe('SAML_SIG_MISSING');
});

it('opens a bounded number, since each costs an operation with a private key [S20]', () => {
  const one = encryptElement('EncryptedAttribute', ATTRIBUTE, encryption());
  const many = saml.message('assertion', {
    editAssertion: (xml) => swap(xml, '</saml:AttributeStatement>', `${one.repeat(40)}</saml:AttributeStatement>`),
  });
  expect(saml.code(many)).toBe('SAML_XML_LIMIT');
});

it('counts the keys too: each is tried with each of ours [S20] [S25]', () => {
  const { hub, idp } = saml.keys;
  const others = [1, 2, 3].map(() => idp.certificatePem);
  const one = encryptElement('EncryptedAttribute', ATTRIBUTE, encryption({ otherRecipients: others }));
  const message = saml.message('assertion', {
    editAssertion: (xml) => swap(xml, '</saml:AttributeStatement>', `${one.repeat(16)}</saml:AttributeStatement>`),
  });
  expect(descendants(saml.accepted(message).assertion).filter((part) => part.attribute('Name') === 'mail').length).toBe(
    17,
  );
  const decryptionKeys = [hub.privateKeyPem, saml.keys.attacker.privateKeyPem];
  expect(saml.code(message, { decryptionKeys })).toBe('SAML_XML_LIMIT');
});

describe('what comes out is held to what the message is held to', () => {
  const attribute = (value: string) =>
    withEncryptedAttribute(
      `<saml:Attribute Name="x"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
    );
  const named = (id: string) => `<x:part xmlns:x="urn:x" ID="${id}"/>`;

  it('has no ID that the assertion, the Response or it itself has already [S16]', () => {
    expect(saml.code(attribute(named('_assertion-1')))).toBe('SAML_DUP_ID');
    expect(saml.code(attribute(named('_response-1')))).toBe('SAML_DUP_ID');
    expect(saml.code(attribute(named('_x') + named('_x')))).toBe('SAML_DUP_ID');
    expect(saml.accepted(attribute(named('_x') + named('_y'))).wasEncrypted).toBe(false);
  });

  it('has no ID of what was opened beside it, or of an assertion that was encrypted around it [S16]', () => {
    const one = () => encryptElement('EncryptedAttribute', swap(ATTRIBUTE, PERSON, named('_x')), encryption());
    const two = (xml: string) => swap(xml, '</saml:AttributeStatement>', `${one()}${one()}</saml:AttributeStatement>`);
    expect(saml.code(saml.message('assertion', { editAssertion: two }))).toBe('SAML_DUP_ID');
    const inside = encryptElement('EncryptedAttribute', swap(ATTRIBUTE, PERSON, named('_assertion-1')), encryption());
    const around = saml.encrypted('assertion', {
      editAssertion: (xml) => swap(xml, '</saml:AttributeStatement>', `${inside}</saml:AttributeStatement>`),
    });
    expect(saml.code(around)).toBe('SAML_DUP_ID');
  });

  it.each([
    ['an assertion', (): string => assertionXml({ nameId: FORGED, assertionId: '_b' }), 'SAML_SIG_SCOPE'],
    ['a Response', (): string => responseXml('', { responseId: '_b' }), 'SAML_SIG_SCOPE'],
    ['a Signature', (): string => take(saml.message('assertion'), 'ds:Signature'), 'SAML_SIG_SCOPE'],
    ['a lookalike', (): string => '<x:Assertion xmlns:x="urn:x"/>', 'SAML_XML_NAMESPACE'],
    [
      'the place of a schema',
      (): string =>
        '<x:part xmlns:x="urn:x" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:1/x"/>',
      'SAML_XML_DTD',
    ],
  ] as const)('holds nowhere %s [S02] [S03] [S19]', (_name, make, expected) => {
    expect(saml.code(attribute(make()))).toBe(expected);
  });
});

it('hands nothing out that stands beside an encrypted NameID unsigned [S11]', () => {
  const genuine = withEncryptedId();
  const added = after(genuine, 'saml:EncryptedID', '<saml:NameID>mallory@evil.example</saml:NameID>');
  expect(saml.code(added)).toBe('SAML_SCHEMA');
});

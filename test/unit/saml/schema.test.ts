/** The strict reader of the SAML schema: documents one change away from a valid one, each with what is wrong with it. */
import { refuseSchema } from '../../../src/protocols/saml/schema/index.js';
import { readUntrustedXml } from '../../../src/xml/index.js';
import { encryptElement } from '../../support/saml-encryption.js';
import { makeSamlKey } from '../../support/saml-keys.js';
import { ASSERTION, PROTOCOL, samlResponse } from '../../support/saml-messages.js';
import { samlShapes } from '../../support/saml-shapes.js';
import {
  action,
  attribute,
  condition,
  format,
  honest,
  NAME_ID,
  saml11,
  saml20,
  statement,
  swap,
  value,
  verdict,
} from './schema-verdict.js';

describe('what SAML sends is let through [N56]', () => {
  it.each(samlShapes.filter(({ policy }) => policy === undefined))(
    'a response in the manner of $name',
    async ({ make }) => {
      expect(verdict(make({ key: await makeSamlKey() }))).toBe('valid');
    },
  );

  it('an assertion, an identifier and an attribute that are encrypted', async () => {
    const { certificatePem } = await makeSamlKey();
    expect(
      verdict(samlResponse({ encryption: { certificatePem, transport: 'oaep11', mgf: 'sha256', digest: 'sha256' } })),
    ).toBe('valid');
    expect(
      verdict(
        encryptElement('EncryptedID', '<x/>', { certificatePem })
          .replace('<saml:EncryptedID', `$& xmlns:saml="${ASSERTION}"`)
          .replace(/( xmlns:saml="[^"]*")(.*?)\1/, '$1$2'),
      ),
    ).toBe('valid');
  });

  it.each([
    ['a value without a type', value('', 'x')],
    ['an empty value', value('', '')],
    ['a nil value', value('xsi:nil="true"', '')],
    ['a value of any type', value('xsi:type="xs:anyType"', '<NameID xmlns="urn:x">y</NameID>')],
    ['a number', value('xsi:type="xs:integer"', ' -12 ')],
    ['a time in another zone', value('xsi:type="xs:dateTime"', '2024-02-29T23:59:59.5+01:00')],
    ['a type of somebody else', value('xmlns:e="urn:eidas" xsi:type="e:PersonIdentifierType"', 'AT/DE/1')],
    ['a NameID as a value', value('', `<saml:NameID Format="${saml20('persistent')}">a</saml:NameID>`)],
    [
      'values of one type that is written by two prefixes',
      attribute(
        '<saml:Attribute Name="x" xmlns:o="http://www.w3.org/2001/XMLSchema"><saml:AttributeValue xsi:type="xs:string">1</saml:AttributeValue><saml:AttributeValue xsi:type="o:string">2</saml:AttributeValue></saml:Attribute>',
      ),
    ],
    ['an attribute without a value', attribute('<saml:Attribute Name="x"/>')],
    ['an extension of an attribute', attribute('<saml:Attribute Name="x" xmlns:x="urn:x" x:Source="y"/>')],
    ['a unspecified identifier of any text', format(saml11('unspecified'), 'CORP\\ada lovelace')],
    ['a Windows account', format(saml11('WindowsDomainQualifiedName'), 'CORP\\ada')],
    ['a Kerberos principal', format(saml20('kerberos'), 'host/aurora@AURORA.EXAMPLE')],
    ['a distinguished name', format(saml11('X509SubjectName'), 'CN=Ada \\, Countess,OU="A, B"+L=London, C=GB')],
    ['an address in quotes', format(saml11('emailAddress'), '"ada l"@[192.0.2.1]')],
    ['an issuer without a scheme', honest.replaceAll('>https://idp.example/saml<', '>PingFederate<')],
    ['the ID of a request that begins with a digit', swap(honest, 'InResponseTo="_request-1"', 'InResponseTo="6zmm"')],
    ['actions of the sets that SAML defines', action('rwedc-negation', 'Read', '~Write')],
    ['a persistent identifier of 256 characters', format(saml20('persistent'), '\u{1F511}'.repeat(256))],
    ['conditions of every kind', condition('<saml:OneTimeUse/><saml:ProxyRestriction Count="0"/>')],
  ])('%s', (_name, xml) => {
    expect(verdict(xml)).toBe('valid');
  });
});

describe('what the schema forbids is refused [L5] [L6] [S51]', () => {
  it.each<[string, string, string]>([
    [
      'an attribute that is missing',
      swap(honest, / IssueInstant="[^"]*"/, ''),
      'Response lacks the attribute IssueInstant',
    ],
    [
      'an ID that is no NCName',
      swap(honest, 'ID="_response-1"', 'ID="1"'),
      'Response has an attribute ID that is no NCName',
    ],
    [
      'an ID with a colon',
      swap(honest, 'ID="_assertion-1"', 'ID="a:b"'),
      'Assertion has an attribute ID that is no NCName',
    ],
    [
      'an attribute of nobody',
      swap(honest, '<saml:Subject>', '<saml:Subject Kind="x">'),
      'Subject has an attribute that is not known there',
    ],
    [
      'an attribute of another namespace',
      swap(honest, '<saml:Subject>', '<saml:Subject xml:lang="x">'),
      'Subject has an attribute that is not known there',
    ],
    [
      'no Status',
      swap(honest, /<samlp:Status>.*<\/samlp:Status>/, ''),
      'Response holds Assertion where it may not stand',
    ],
    ['nothing in Status', swap(honest, /<samlp:StatusCode [^>]*><\/samlp:StatusCode>/, ''), 'Status lacks an element'],
    [
      'two codes side by side',
      swap(honest, /<samlp:StatusCode [^>]*><\/samlp:StatusCode>/, '$&$&'),
      'Status holds StatusCode where it may not stand',
    ],
    [
      'no Issuer in the assertion',
      honest.replace(/(<saml:Assertion [^>]*>)<saml:Issuer>[^<]*<\/saml:Issuer>/, '$1'),
      'Assertion holds Subject where it may not stand',
    ],
    [
      'Conditions before the Subject',
      honest.replace(/(<saml:Subject>.*<\/saml:Subject>)(<saml:Conditions.*<\/saml:Conditions>)/, '$2$1'),
      'Assertion holds Subject where it may not stand',
    ],
    [
      'white space where there is no place for an element',
      condition('<saml:OneTimeUse> </saml:OneTimeUse>'),
      'OneTimeUse holds text',
    ],
    ['text between elements', swap(honest, '<saml:Subject>', '<saml:Subject>x'), 'Subject holds text'],
    [
      'an empty Subject',
      swap(honest, /<saml:Subject>.*<\/saml:Subject>/, '<saml:Subject/>'),
      'Subject lacks an element',
    ],
    [
      'two NameIDs',
      swap(honest, /<saml:NameID.*<\/saml:NameID>/, '$&$&'),
      'Subject holds NameID where it may not stand',
    ],
    ['an element in a NameID', swap(honest, NAME_ID, '>a<b xmlns="urn:x"/></saml:NameID>'), 'NameID holds an element'],
    [
      'an AudienceRestriction of nobody',
      condition('<saml:AudienceRestriction/>'),
      'AudienceRestriction lacks an element',
    ],
    ['a Condition of no type', condition('<saml:Condition/>'), 'Condition does not say of which type it is'],
    [
      'a Statement in disguise',
      statement('<saml:Statement xsi:type="saml:AuthnStatementType"/>'),
      'Statement has another xsi:type than it may',
    ],
    [
      'a negative Count',
      condition('<saml:ProxyRestriction Count="-1"/>'),
      'ProxyRestriction has an attribute Count that is no nonNegativeInteger',
    ],
    ['an empty AttributeStatement', statement('<saml:AttributeStatement/>'), 'AttributeStatement lacks an element'],
    ['an attribute without a name', attribute('<saml:Attribute/>'), 'Attribute lacks the attribute Name'],
    [
      'an AuthnStatement without a context',
      statement('<saml:AuthnStatement AuthnInstant="2031-05-06T07:08:09Z"/>'),
      'AuthnStatement lacks an element',
    ],
    [
      'a decision that is none',
      statement(
        '<saml:AuthzDecisionStatement Resource="" Decision="Perhaps"><saml:Action Namespace="urn:x">a</saml:Action></saml:AuthzDecisionStatement>',
      ),
      'AuthzDecisionStatement has an attribute Decision that is none of the values that are defined',
    ],
    ['a type that is unknown', value('xsi:type="xs:strang"', 'x'), 'AttributeValue has an xsi:type that is not known'],
    ['a type of no namespace', value('xsi:type="no:string"', 'x'), 'AttributeValue has an xsi:type that is no name'],
    ['a value that is not of its type', value('xsi:type="xs:boolean"', 'yes'), 'AttributeValue is no boolean'],
    [
      'a day that does not exist',
      value('xsi:type="xs:date"', '2023-02-29'),
      'AttributeValue has a value that is not of its xsi:type',
    ],
    [
      'a URI whose scheme is none',
      value('xsi:type="xs:anyURI"', '2031-05-06T07:08:09Z'),
      'AttributeValue has a value that is not of its xsi:type',
    ],
    [
      'elements in a string',
      value('xsi:type="xs:string"', '<x xmlns="urn:x"/>'),
      'AttributeValue is of a simple type and holds more than a value',
    ],
    ['a nil value that holds something', value('xsi:nil="true"', 'x'), 'AttributeValue is nil and holds something'],
    [
      'a nil Subject',
      swap(
        honest,
        '<saml:Subject>',
        '<saml:Subject xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="false">',
      ),
      'Subject is not one that may be nil',
    ],
    [
      'an Assertion deep in an extension that is none',
      value('', '<x xmlns="urn:x"><saml:Assertion/></x>'),
      'Assertion lacks the attribute Version and ID and IssueInstant',
    ],
    [
      'an element that SAML does not have',
      value('', '<saml:Nothing/>'),
      'extension holds an element that SAML does not have',
    ],
    ['a root that is no message', '<x xmlns="urn:x"/>', 'root is of no type that is known'],
  ])('%s', (_name, xml, problem) => {
    expect(verdict(xml)).toBe(problem);
  });

  it('signatures that are not as XML Signature has them [L5]', async () => {
    const signed = samlResponse({ sign: 'assertion', signing: { key: await makeSamlKey() } });
    expect(verdict(signed)).toBe('valid');
    expect(verdict(swap(signed, /<ds:DigestValue>[^<]*/, '<ds:DigestValue>AAB='))).toBe('DigestValue is no base64');
    expect(verdict(swap(signed, /<ds:DigestMethod [^>]*\/>/, ''))).toBe(
      'Reference holds DigestValue where it may not stand',
    );
    expect(verdict(swap(signed, /(<ds:SignatureMethod [^>]*)\/>/, '$1><x xmlns="urn:x"/></ds:SignatureMethod>'))).toBe(
      'SignatureMethod holds an element where it may not stand',
    );
    expect(verdict(swap(signed, '<ds:SignedInfo>', '<ds:SignedInfo>x'))).toBe('SignedInfo holds text');
  });
});

describe('requests and answers are held to it as well [L6]', () => {
  const request = (name: string, attributes: string, content = '') =>
    `<samlp:${name} xmlns:samlp="${PROTOCOL}" xmlns:saml="${ASSERTION}" ID="_1" Version="2.0"` +
    ` IssueInstant="2031-05-06T07:08:09Z" ${attributes}><saml:Issuer>urn:sp</saml:Issuer>${content}</samlp:${name}>`;
  const person = '<saml:NameID>ada</saml:NameID>';

  it.each([
    ['AuthnRequest', '', '', 'valid'],
    ['AuthnRequest', 'IsPassive="TRUE"', '', 'AuthnRequest has an attribute IsPassive that is no boolean'],
    [
      'AuthnRequest',
      'AssertionConsumerServiceIndex="65536"',
      '',
      'AuthnRequest has an attribute AssertionConsumerServiceIndex that is no unsignedShort',
    ],
    [
      'AuthnRequest',
      'AssertionConsumerServiceIndex="1" ProtocolBinding="urn:x"',
      '',
      'AuthnRequest names its consumer by index and otherwise',
    ],
    [
      'AuthnRequest',
      '',
      '<samlp:Scoping/><samlp:NameIDPolicy/>',
      'AuthnRequest holds NameIDPolicy where it may not stand',
    ],
    ['LogoutRequest', '', person, 'valid'],
    ['LogoutRequest', '', '', 'LogoutRequest lacks an element'],
    ['LogoutRequest', 'Reason="because"', person, 'LogoutRequest has an attribute Reason that is no absolute URI'],
    ['LogoutRequest', '', `${person}<samlp:SessionIndex/>`, 'SessionIndex is empty'],
    ['LogoutResponse', '', '', 'LogoutResponse lacks an element'],
  ])('in a request or an answer: %s %s %s', (name, attributes, content, problem) => {
    expect(verdict(request(name, attributes, content))).toBe(problem);
  });
});

it('says what is wrong without a word of the message [L5] [L43]', () => {
  const document = readUntrustedXml(Buffer.from(value('xsi:type="xs:int"', 'SECRET')));
  expect(JSON.stringify(document.ok && refuseSchema(document.value))).not.toContain('SECRET');
});

it('takes time in proportion to the message, however much of it could be read again [N56] [L7]', () => {
  const blank = ' '.repeat(300_000);
  for (const xml of [
    swap(honest, />[^<]*<\/saml:Audience>/, `>a${blank}b</saml:Audience>`),
    format(saml11('emailAddress'), `${'a.'.repeat(100_000)}@`),
    format(saml11('X509SubjectName'), `CN=${'"a"'.repeat(80_000)}"`),
    format(saml11('X509SubjectName'), `CN=a${', CN = \\20a'.repeat(20_000)}"`),
    format(saml11('X509SubjectName'), `CN=${blank}"`),
  ]) {
    const document = readUntrustedXml(Buffer.from(xml));
    if (!document.ok) throw new Error(document.refusal.code);
    const from = process.cpuUsage();
    expect(refuseSchema(document.value)).not.toBeNull();
    expect(process.cpuUsage(from).user).toBeLessThan(500_000);
  }
});

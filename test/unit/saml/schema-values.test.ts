/**
 * The strict reader of the SAML schema on what is free to be anything: values of attributes, extensions, and what either says of
 * its own type. Documents one change away from a valid one, each with what is wrong with it.
 */
import { signElement } from '../../support/saml-signing.js';
import { Harness, makeKeys } from '../../support/saml-verdict.js';
import { attribute, honest, swap, value, verdict } from './schema-verdict.js';

type Case = readonly [name: string, xml: string, problem: string];

const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"';
const extended = (xml: string) => swap(honest, '<samlp:Status>', `<samlp:Extensions>${xml}</samlp:Extensions>$&`);
const extension = (attributes: string, text = '') =>
  extended(`<x xmlns="urn:x" ${XSI} ${XS} ${attributes}>${text}</x>`);
const named = (attributes: string) =>
  attribute(`<saml:Attribute Name="x" ${attributes}><saml:AttributeValue>y</saml:AttributeValue></saml:Attribute>`);
const typed = (type: string, text: string) => value(`xsi:type="xs:${type}"`, text);
const typedIn = (namespace: string) => value(`xmlns:t="${namespace}" xsi:type="t:Any"`, 'x');

const UNKNOWN_TYPE = 'has an xsi:type that is not known';
const UNKNOWN_ATTRIBUTE = 'has an attribute that is not known there';
const MORE = 'is of a simple type and holds more than a value';
const NOT_OF_TYPE = 'AttributeValue has a value that is not of its xsi:type';

describe('what honest products send as a value or an extension is let through [N56]', () => {
  it.each([
    ['a nil value of a simple type', value('xsi:type="xs:integer" xsi:nil="true"', '')],
    ['a nil value of a type of SAML', value('xsi:type="saml:ActionType" xsi:nil="1" Namespace="urn:x"', '')],
    ['a nil value of any type', value('xsi:type="xs:anyType" xsi:nil="true" foo="1"', '')],
    ['a value that says that it is not nil', value('xsi:type="xs:integer" xsi:nil="false"', '5')],
    ['a NameID by its type', value(`xsi:type="saml:NameIDType" Format="urn:x"`, 'x')],
    ['an extension of a simple type', extension('xsi:type="xs:integer"', '5')],
    [
      'a type of a declaration of SAML itself',
      swap(
        honest,
        '</saml:AuthnContext>',
        '<saml:AuthnContextDecl xmlns:a="urn:oasis:names:tc:SAML:2.0:ac" xsi:type="a:AuthnContextDeclarationBaseType"/>$&',
      ),
    ],
    ['white space around elements of a value', value('', ' <x xmlns="urn:x"/> ')],
    ['a value with white space around it', value('xsi:type="xs:string"', ' x ')],
    ['attributes of XML itself', named('xml:lang="de-AT" xml:space="preserve" xml:base="a" xml:id="b"')],
    ['a value in no language', value('xml:lang=""', 'x')],
    ['the last day of February', typed('gMonthDay', '--02-29')],
    ['the last day of December', typed('gMonthDay', '--12-31Z')],
    ['a year before ours', typed('gYear', '-0001')],
    ['a URI of an address in brackets', typed('anyURI', 'http://[2001:db8::1]:80/')],
    ['the same of both versions of IP', typed('anyURI', 'http://[::ffff:192.0.2.1]/')],
    [
      'an attribute as the X.500 profile has it',
      named('xmlns:p="urn:oasis:names:tc:SAML:2.0:profiles:attribute:X500" p:Encoding="LDAP"'),
    ],
    [
      'an attribute as it came from another issuer',
      named('xmlns:e="urn:oasis:names:tc:SAML:attribute:ext" e:OriginalIssuer="urn:x"'),
    ],
    [
      'an extension that OASIS published after SAML 2.0',
      extended('<a:Asynchronous xmlns:a="urn:oasis:names:tc:SAML:protocol:ext:async-slo"/>'),
    ],
  ])('%s', (_name, xml) => {
    expect(verdict(xml)).toBe('valid');
  });
});

const nils: readonly Case[] = [
  ['a nil value of an unknown type', value('xsi:type="xs:bogus" xsi:nil="1"', ''), `AttributeValue ${UNKNOWN_TYPE}`],
  [
    'a nil value of a simple type with an attribute',
    value('xsi:type="xs:string" xsi:nil="true" foo="1"', ''),
    `AttributeValue ${MORE}`,
  ],
  [
    'a nil value without an attribute of its type',
    value('xsi:type="saml:ActionType" xsi:nil="1"', ''),
    'AttributeValue lacks the attribute Namespace',
  ],
  [
    'a nil value with an attribute that its type has not',
    value('xsi:type="saml:NameIDType" xsi:nil="true" Foo="x"', ''),
    `AttributeValue ${UNKNOWN_ATTRIBUTE}`,
  ],
  [
    'another attribute of schema instances on a value of a simple type',
    value('xsi:type="xs:string" xsi:foo="1"', 'x'),
    `AttributeValue ${UNKNOWN_ATTRIBUTE}`,
  ],
  ['another attribute of schema instances in an extension', extension('xsi:foo="1"'), `extension ${UNKNOWN_ATTRIBUTE}`],
  ['a nil extension of an unknown type', extension('xsi:type="xs:bogus" xsi:nil="1"'), `extension ${UNKNOWN_TYPE}`],
  [
    'a nil extension without a value of its type',
    extension('xsi:type="xs:boolean" xsi:nil="true"'),
    'extension is no boolean',
  ],
  [
    'a nil extension of a simple type with an attribute',
    extension('xsi:type="xs:string" xsi:nil="1" foo="1"'),
    `extension ${MORE}`,
  ],
];

const types: readonly Case[] = [
  ...[
    'urn:oasis:names:tc:SAML:2.0:metadata',
    'urn:oasis:names:tc:SAML:1.0:assertion',
    'urn:oasis:names:tc:SAML:1.0:protocol',
    'urn:oasis:names:tc:SAML:1.1:assertion',
    'urn:oasis:names:tc:SAML:1.1:protocol',
    'http://www.w3.org/2009/xmlenc11#',
    'http://www.w3.org/2001/10/xml-exc-c14n#',
    'http://www.w3.org/2001/XMLSchema-instance',
  ].map((namespace): Case => [`a type of ${namespace}`, typedIn(namespace), `AttributeValue ${UNKNOWN_TYPE}`]),
  ['a type of the namespace xml', value('xsi:type="xml:Any"', 'x'), `AttributeValue ${UNKNOWN_TYPE}`],
  ['an ID, which nobody would count', typed('ID', '_a'), `AttributeValue ${UNKNOWN_TYPE}`],
  ['an IDREF', typed('IDREF', '_response-1'), `AttributeValue ${UNKNOWN_TYPE}`],
  ...[
    'saml:AssertionType',
    'saml:EncryptedElementType',
    'samlp:ResponseType',
    'samlp:StatusResponseType',
    'samlp:AuthnRequestType',
    'samlp:LogoutRequestType',
    'samlp:ArtifactResolveType',
    'ds:SignatureType',
  ].map((type): Case => {
    const ds = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"';
    return [`a value that is ${type}`, value(`${ds} xsi:type="${type}"`, ''), `AttributeValue ${UNKNOWN_TYPE}`];
  }),
  [
    'a condition of a type of SAML 1.0',
    swap(
      honest,
      '</saml:Conditions>',
      '<saml:Condition xmlns:t="urn:oasis:names:tc:SAML:1.0:assertion" xsi:type="t:DoNotCacheConditionType"/>$&',
    ),
    'Condition has another xsi:type than it may',
  ],
];

const names: readonly Case[] = [
  ['an attribute that XML does not have', named('xml:foo="1"'), `Attribute ${UNKNOWN_ATTRIBUTE}`],
  ['the same on a value', value('xml:foo="1"', 'x'), `AttributeValue ${UNKNOWN_ATTRIBUTE}`],
  ['the same in an extension', extension('xml:foo="1"'), `extension ${UNKNOWN_ATTRIBUTE}`],
  [
    'a space that is neither kept nor not',
    named('xml:space="x"'),
    'Attribute has an attribute xml:space that is none of the values that are defined',
  ],
  [
    'a language that is none',
    value('xml:lang="de_AT"', 'x'),
    'AttributeValue has an attribute xml:lang that is no language',
  ],
  ...['profiles:SSO:ecp', 'ac', 'conditions:delegation'].map(
    (name): Case => [
      `an extension of the SAML namespace ${name} (3.2.2)`,
      extended(`<x xmlns="urn:oasis:names:tc:SAML:2.0:${name}"/>`),
      'Extensions holds an element where it may not stand',
    ],
  ),
  [
    'an extension of SAML 1.1 (3.2.2)',
    extended('<x xmlns="urn:oasis:names:tc:SAML:1.1:assertion"/>'),
    'Extensions holds an element where it may not stand',
  ],
  [
    'an attribute of a namespace of SAML (2.7.3.1)',
    named('xmlns:e="urn:oasis:names:tc:SAML:2.0:profiles:SSO:ecp" e:x="1"'),
    `Attribute ${UNKNOWN_ATTRIBUTE}`,
  ],
  ...['saml:Name', 'samlp:x', 'md:x', 'ds:Id'].map((name): Case => {
    const declared = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"';
    return [`a value with ${name}`, value(`${declared} ${name}="x"`, 'x'), `AttributeValue ${UNKNOWN_ATTRIBUTE}`];
  }),
  [
    'an attribute of XML Signature in an extension',
    extension('xmlns:ds="http://www.w3.org/2000/09/xmldsig#" ds:Id="x"'),
    `extension ${UNKNOWN_ATTRIBUTE}`,
  ],
  [
    'the same on the data of a confirmation (2.4.1.2)',
    swap(honest, '<saml:SubjectConfirmationData', '$& xmlns:a="urn:oasis:names:tc:SAML:2.0:ac" a:x="1"'),
    `SubjectConfirmationData ${UNKNOWN_ATTRIBUTE}`,
  ],
];

const values: readonly Case[] = [
  ['a value of white space (2.7.3.1.1)', value('', ' '), 'AttributeValue holds white space alone'],
  ['the same of a string', typed('string', '&#9;\n'), 'AttributeValue holds white space alone'],
  [
    'the same of a foreign type',
    value('xmlns:e="urn:e" xsi:type="e:T"', ' '),
    'AttributeValue holds white space alone',
  ],
  ['the 30th of February', typed('gMonthDay', '--02-30'), NOT_OF_TYPE],
  ['the 31st of April', typed('gMonthDay', '--04-31'), NOT_OF_TYPE],
  ['the year 0', typed('gYear', '0000'), NOT_OF_TYPE],
  ['the year 0 before ours', typed('gYear', '-0000'), NOT_OF_TYPE],
  ['a month of the year 0', typed('gYearMonth', '0000-01'), NOT_OF_TYPE],
  ['a day of the year 0', typed('date', '-0000-01-01'), NOT_OF_TYPE],
  ['a host of colons', typed('anyURI', 'http://[:::::]/'), NOT_OF_TYPE],
  ['a host of too many parts', typed('anyURI', 'http://[1:2:3:4:5:6:7:8:9]/'), NOT_OF_TYPE],
  ['a host of a part that is too long', typed('anyURI', 'http://[::12345]/'), NOT_OF_TYPE],
  ['a host of IP version 4 in brackets', typed('anyURI', 'http://[192.0.2.1]/'), NOT_OF_TYPE],
  [
    'the same as an address of ours',
    swap(honest, / Destination="[^"]*"/, ' Destination="https://[:::::]/"'),
    'Response has an attribute Destination that is no URI',
  ],
];

describe.each([
  ['what is nil is of its type all the same', nils],
  ['a type is one that there is, and that may stand there', types],
  ['an extension is in no namespace that SAML or XML defines', names],
  ['a value is one', values],
])('%s [L5] [L6] [S51]', (_rule, cases) => {
  it.each(cases)('%s', (_name, xml, problem) => {
    expect(verdict(xml)).toBe(problem);
  });

  it('and a signature makes no difference', async () => {
    const saml = new Harness(await makeKeys());
    for (const [, xml] of cases) {
      expect(saml.code(signElement(xml, 'Assertion', { key: saml.keys.idp }))).toBe('SAML_SCHEMA');
    }
    expect(saml.verify(signElement(honest, 'Assertion', { key: saml.keys.idp })).ok).toBe(true);
  });
});

/** The strict reader of the SAML schema on the prose of SAML core and of the profiles: what no schema can say. */
import {
  action,
  attribute,
  condition,
  EMAIL,
  format,
  honest,
  NAME_ID,
  saml11,
  saml20,
  swap,
  verdict,
} from './schema-verdict.js';

const authority = (name: string) =>
  swap(honest, '</saml:AuthnContext>', `<saml:AuthenticatingAuthority>${name}</saml:AuthenticatingAuthority>$&`);
const uriName = (name: string) =>
  attribute(`<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"/>`);

describe('what the prose allows is let through [N56]', () => {
  it.each<readonly [string, string]>([
    ['an authority besides the issuer', authority('https://home.example/saml')],
    ['an authority with a name of 1024 characters', authority(`https://${'x'.repeat(1_016)}`)],
    ['a name that is an OID', uriName('urn:oid:0.9.2342.19200300.100.1.3')],
    ['a name that is an address', uriName('http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name')],
    [
      'a confirmation by a key that is there',
      swap(
        honest,
        /cm:bearer"(.*?<saml:SubjectConfirmationData [^>]*?)\/?>(?:<\/saml:SubjectConfirmationData>)?/,
        'cm:holder-of-key"$1><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:KeyName>k</ds:KeyName></ds:KeyInfo></saml:SubjectConfirmationData>',
      ),
    ],
    ...[
      '2.5.4.3=Ada',
      'OID.2.5.4.3=Ada; C=GB',
      'CN=#04024869,C=GB',
      'CN=L\\C3\\A9a \\\\ Léa\\20',
      'CN=Before\\0DAfter,O=Test\\+',
      'O="a, \\"b\\"" , C = GB',
      'O=,E=a=b#c@d.example',
      "CN=O'Brien (Ada) / 7: x_y",
    ].map((name) => [`the distinguished name ${name}`, format(saml11('X509SubjectName'), name)] as const),
    ...["o'brien+x@aurora.example", '"a b\\"c"@aurora.example', 'a@[IPv6:2001:db8::1]', 'a@localhost'].map(
      (address) => [`the address ${address}`, format(saml11('emailAddress'), address)] as const,
    ),
  ])('%s', (_name, xml) => {
    expect(verdict(xml)).toBe('valid');
  });
});

describe('what the prose of SAML core forbids is refused [L6] [S51]', () => {
  it.each<[string, string, string]>([
    [
      'an empty string (1.3.1)',
      swap(honest, 'SessionIndex="_session-1"', 'SessionIndex=" "'),
      'AuthnStatement has an attribute SessionIndex that is empty',
    ],
    [
      'a relative URI (1.3.2)',
      swap(honest, />[^<]*<\/saml:Audience>/, '>hub</saml:Audience>'),
      'Audience is no absolute URI',
    ],
    [
      'an empty URI (1.3.2)',
      swap(honest, / Destination="[^"]*"/, ' Destination=""'),
      'Response has an attribute Destination that is empty',
    ],
    [
      'white space around the Format of a NameID, by which a transient one would pass for another',
      swap(honest, `Format="${EMAIL}"`, `Format="${saml20('transient')} "`),
      'NameID has an attribute Format that is no URI',
    ],
    [
      'white space before a URI',
      swap(honest, ' Destination="', ' Destination="&#10;'),
      'Response has an attribute Destination that is no absolute URI',
    ],
    [
      'white space in a URI',
      swap(honest, / Destination="[^"]*"/, ' Destination="https://a b"'),
      'Response has an attribute Destination that is no URI',
    ],
    [
      'a time with an offset (1.3.3)',
      swap(honest, /( IssueInstant="[^"]*)Z"/, '$1+00:00"'),
      'Response has an attribute IssueInstant that is no instant in UTC',
    ],
    [
      'a leap second (1.3.3)',
      swap(honest, /:09\.000Z"/, ':60Z"'),
      'Response has an attribute IssueInstant that is no instant in UTC',
    ],
    ['an empty NameID', swap(honest, NAME_ID, '></saml:NameID>'), 'NameID is empty'],
    ...(
      [
        ['an address that is none (8.3.2)', 'emailAddress', 'Ada &lt;ada@aurora.example&gt;'],
        ['a subject that is no distinguished name (8.3.3)', 'X509SubjectName', 'ada'],
        ['an address with a space beyond ASCII (8.3.2)', 'emailAddress', 'ada\u00A0l@aurora.example'],
        ['an address with a wide space, in quotes (8.3.2)', 'emailAddress', '"ada\u3000l"@aurora.example'],
        ['an address with a control character (8.3.2)', 'emailAddress', 'ada@aurora\u0085.example'],
        [
          'an address with a control character in its domain in brackets (8.3.2)',
          'emailAddress',
          'ada@[192.0.2.1&#x7F;]',
        ],
        ['an address with a letter beyond ASCII (8.3.2)', 'emailAddress', 'zoë@aurora.example'],
      ] as const
    ).map(([name, form, identifier]): [string, string, string] => [
      name,
      format(saml11(form), identifier),
      'NameID has not the form of its Format',
    ]),
    ...['CN=a\\zb', 'CN=#zz', 'CN=#123', '01.02=x', 'CN=a"b"', 'CN="a" b', 'C_N=a', 'CN=a&#10;b', 'CN="a', 'CN=a,'].map(
      (name): [string, string, string] => [
        `the distinguished name ${name} (8.3.3)`,
        format(saml11('X509SubjectName'), name),
        'NameID has not the form of its Format',
      ],
    ),
    [
      'a Windows account of two domains (8.3.4)',
      format(saml11('WindowsDomainQualifiedName'), 'A\\B\\c'),
      'NameID has not the form of its Format',
    ],
    [
      'a Kerberos principal without a realm (8.3.5)',
      format(saml20('kerberos'), 'ada'),
      'NameID has not the form of its Format',
    ],
    [
      'an entity that is too long (8.3.6)',
      format(saml20('entity'), `https://${'x'.repeat(1_017)}`),
      'NameID is longer than 1024 characters',
    ],
    [
      'an issuer that is qualified (8.3.6)',
      swap(honest, '<saml:Issuer>', '<saml:Issuer NameQualifier="urn:x">'),
      'Issuer qualifies an entity',
    ],
    [
      'a persistent identifier that is too long (8.3.7)',
      format(saml20('persistent'), 'x'.repeat(257)),
      'NameID is longer than 256 characters',
    ],
    [
      'a transient identifier that is too long (8.3.8)',
      format(saml20('transient'), 'x'.repeat(257)),
      'NameID is longer than 256 characters',
    ],
    ['an action that its namespace does not have (8.1.1)', action('rwedc', 'Fly'), 'Action is none of its Namespace'],
    ['a negation where there is none (8.1.1)', action('rwedc', '~Read'), 'Action is none of its Namespace'],
    ['a method that is not decided on (8.1.3)', action('ghpp', 'DELETE'), 'Action is none of its Namespace'],
    ['permissions of five digits (8.1.4)', action('unix', '00755'), 'Action is none of its Namespace'],
    [
      'an action and its negation (8.1.2)',
      action('rwedc-negation', 'Read', '~Read'),
      'AuthzDecisionStatement names an action and its negation',
    ],
    [
      'conditions that end before they begin (2.5.1.2)',
      swap(
        honest,
        /<saml:Conditions [^>]*>/,
        '<saml:Conditions NotBefore="2031-01-02T00:00:00Z" NotOnOrAfter="2031-01-02T00:00:00Z">',
      ),
      'Conditions ends before it begins',
    ],
    [
      'a confirmation that ends before it begins (2.4.1.2)',
      swap(honest, '<saml:SubjectConfirmationData', '<saml:SubjectConfirmationData NotBefore="2032-01-02T00:00:00Z"'),
      'SubjectConfirmationData ends before it begins',
    ],
    [
      'OneTimeUse twice (2.5.1.5)',
      condition('<saml:OneTimeUse/><saml:OneTimeUse/>'),
      'Conditions repeats a condition that may be there once',
    ],
    [
      'a statement about nobody (2.7.2)',
      swap(honest, /<saml:Subject>.*<\/saml:Subject>/, ''),
      'Assertion makes a statement about no Subject',
    ],
    [
      'an assertion of nothing (2.3.3)',
      swap(honest, /<saml:Subject>.*<\/saml:AttributeStatement>/, ''),
      'Assertion has neither Subject nor statement',
    ],
    [
      'a topmost code of the second level (3.2.2.2)',
      swap(honest, 'status:Success', 'status:AuthnFailed'),
      'Status has a topmost StatusCode that SAML does not have there',
    ],
    [
      'a basic name that is none (8.2.3)',
      attribute('<saml:Attribute Name="a b" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic"/>'),
      'Attribute has a Name that is not of its NameFormat',
    ],
    [
      'a confirmation by a key that is not there (profiles, 3.1)',
      swap(honest, 'cm:bearer', 'cm:holder-of-key'),
      'SubjectConfirmation demands a key and names none',
    ],
    [
      'a confirmation by a key without data (profiles, 3.1)',
      swap(
        swap(honest, 'cm:bearer', 'cm:holder-of-key'),
        /<saml:SubjectConfirmationData [^>]*\/?>(?:<\/saml:SubjectConfirmationData>)?/,
        '',
      ),
      'SubjectConfirmation demands a key and names none',
    ],
    [
      'an authority whose name is too long (8.3.6)',
      authority(`https://${'x'.repeat(1_017)}`),
      'AuthenticatingAuthority is longer than 1024 characters',
    ],
    [
      'a name of the URI format that is no absolute URI (8.2.2, 1.3.2)',
      attribute('<saml:Attribute Name="mail" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"/>'),
      'Attribute has a Name that is not of its NameFormat',
    ],
    [
      'values of two types in one attribute (2.7.3.1)',
      attribute(
        '<saml:Attribute Name="x"><saml:AttributeValue xsi:type="xs:string">1</saml:AttributeValue><saml:AttributeValue xsi:type="xs:integer">1</saml:AttributeValue></saml:Attribute>',
      ),
      'Attribute has values of several types',
    ],
    [
      'a value without a type beside one with a type (2.7.3.1)',
      attribute(
        '<saml:Attribute Name="x"><saml:AttributeValue xsi:type="xs:string">1</saml:AttributeValue><saml:AttributeValue>1</saml:AttributeValue></saml:Attribute>',
      ),
      'Attribute has values of several types',
    ],
    [
      'an extension in no namespace (3.2.2)',
      swap(honest, '<samlp:Status>', '<samlp:Extensions><x xmlns=""/></samlp:Extensions>$&'),
      'Extensions holds an element where it may not stand',
    ],
    [
      'an extension of SAML itself (3.2.2)',
      swap(honest, '<samlp:Status>', '<samlp:Extensions><saml:Audience>urn:x</saml:Audience></samlp:Extensions>$&'),
      'Extensions holds Audience where it may not stand',
    ],
  ])('%s', (_name, xml, problem) => {
    expect(verdict(xml)).toBe(problem);
  });
});

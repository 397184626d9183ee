/** What reaches the hub as XML before any signature matters: document types, comments, floods, namespaces, IDs. */
import { FORGED, PERSON } from '../../../support/saml-verdict.js';
import { after, into, swap, take } from '../../../support/xml-text.js';
import { type AttackDocument, attack, everySign, replacing, signedAs } from './contracts.js';

const LAUGHS = Array.from({ length: 9 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join(
  '',
);
const INCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>';
const XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const SCHEMA_HINTS = [
  ['the place of a schema', ' xsi:schemaLocation="urn:x http://127.0.0.1:1/x.xsd"'],
  ['the place of a schema for names without a namespace', ' xsi:noNamespaceSchemaLocation="http://127.0.0.1:1/x.xsd"'],
] as const;

const documentTypes: readonly AttackDocument[] = [
  ...(
    [
      ['an empty document type', '<!DOCTYPE Response>'],
      ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
      ['an external entity over HTTP', '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]>'],
      ['an external subset', '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/evil.dtd">'],
      ['a parameter entity', '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]>'],
      ['a billion laughs', `<!DOCTYPE r [<!ENTITY l0 "ha">${LAUGHS}]>`],
      ['default attributes', '<!DOCTYPE r [<!ATTLIST Assertion ID CDATA "_evil">]>'],
      ['a document type in lower case, which is none at all', '<!doctype Response>'],
    ] as const
  ).map(([name, doctype]) => attack('S19 S12 L3', name, 'SAML_XML_DTD', (honest) => doctype + honest)),
  attack(
    'S19 L3',
    'a document type after an XML declaration',
    'SAML_XML_DTD',
    (honest) => `<?xml version="1.0"?>\n<!DOCTYPE r>${honest}`,
  ),
  attack('S19 L3', 'an entity declared inside an element', 'SAML_XML_DTD', (honest) =>
    into(honest, 'saml:Subject', '<!ENTITY x "y">'),
  ),
  attack('S19 L3', 'an entity that nobody declared, in text', 'SAML_XML_DTD', replacing(PERSON, '&x;')),
  attack(
    'S19 L3',
    'an entity that nobody declared, in a value',
    'SAML_XML_DTD',
    replacing('Version="2.0"', 'Version="&x;"'),
  ),
  attack('S19 L3', 'XInclude', 'SAML_XML_DTD', (honest) => into(honest, 'saml:AttributeValue', INCLUDE)),
  ...SCHEMA_HINTS.map(([name, hint]) =>
    attack('S19 L3', name, 'SAML_XML_DTD', replacing('<samlp:Response ', `<samlp:Response${XSI}${hint} `)),
  ),
];

/** Every value that the hub reads from a response, by a text that leads to it. */
const readValues: readonly (readonly [where: string, text: string])[] = [
  ['the NameID', `>${PERSON}</saml:NameID>`],
  ['an attribute', `>${PERSON}</saml:AttributeValue>`],
  ['the Audience', '</saml:Audience>'],
  ['the Issuer of the assertion', '</saml:Issuer><ds:Signature'],
  ['the class of the authentication', '</saml:AuthnContextClassRef>'],
  ['the DigestValue', '</ds:DigestValue>'],
  ['the SignatureValue', '</ds:SignatureValue>'],
];
const cuts: readonly (readonly [name: string, cut: string])[] = [
  ['a comment', '<!-- -->'],
  ['a processing instruction', '<?php evil ?>'],
  ['a CDATA section', '<![CDATA[.evil]]>'],
];

const comments: readonly AttackDocument[] = [
  ...cuts.flatMap(([name, cut]) =>
    readValues.map(([where, text]) =>
      attack('S17 S18 S16 L3', `${name} in ${where}`, 'SAML_XML_COMMENT', (honest) =>
        swap(honest, text, text.startsWith('>') ? text.replace('</', `${cut}.evil.example</`) : cut + text),
      ),
    ),
  ),
  ...cuts.map(([name, cut]) =>
    attack('S17 S18 L3', `${name} that the IdP signed itself`, 'SAML_XML_COMMENT', (_honest, saml) =>
      saml.message('assertion', {
        editAssertion: (xml) =>
          swap(xml, `>${PERSON}</saml:AttributeValue>`, `>${PERSON}${cut}.evil</saml:AttributeValue>`),
      }),
    ),
  ),
  attack('S18 L3', 'a comment after the root', 'SAML_XML_COMMENT', (honest) => `${honest}<!-- -->`),
  attack(
    'S18 L3',
    'an XML declaration that is not at the start',
    'SAML_XML_COMMENT',
    (honest) => ` <?xml version="1.0"?>${honest}`,
  ),
];

const flood = (content: string) => (honest: string) => into(honest, 'saml:AttributeStatement', content);

const floods: readonly AttackDocument[] = [
  ...(
    [
      ['siblings', '<saml:Attribute/>'.repeat(16_000)],
      ['elements', `<x xmlns="urn:x">${`<y>${'<z/>'.repeat(50)}</y>`.repeat(400)}</x>`],
      ['depth', `${'<x>'.repeat(1_000)}${'</x>'.repeat(1_000)}`],
      ['open depth', '<x>'.repeat(90_000)],
      ['attributes', `<x ${Array.from({ length: 5_000 }, (_, index) => `a${index}=""`).join(' ')}/>`],
      ['namespaces', `<x ${Array.from({ length: 5_000 }, (_, index) => `xmlns:a${index}="urn:${index}"`).join(' ')}/>`],
      ['namespaces one in the other', nested(20, 30)],
      ['long names', `<${'x'.repeat(50_000)}/>`],
      ['long text', 'x'.repeat(350_000)],
      ['long namespaces', `<x xmlns="urn:${'x'.repeat(10_000)}"/>`],
    ] as const
  ).map(([name, content]) => attack('S20 L4', `a flood of ${name}`, 'SAML_XML_LIMIT', flood(content))),
  attack('S21 L1', 'more bytes than any message', 'SAML_TOO_LARGE', (honest) => honest + ' '.repeat(400_000)),
];

/** Elements in each other, each with declarations that the next ones inherit. */
export function nested(depth: number, each: number): string {
  const start = (level: number) =>
    `<x ${Array.from({ length: each }, (_, index) => `xmlns:a${level}_${index}="urn:x"`).join(' ')}>`;
  return Array.from({ length: depth }, (_, level) => start(level)).join('') + '</x>'.repeat(depth);
}

const namespaces: readonly AttackDocument[] = [
  ...(
    [
      ['the xml prefix bound anew', 'xmlns:xml="urn:evil"'],
      ['the xmlns prefix', 'xmlns:xmlns="urn:evil"'],
      ['the xml namespace by another prefix', 'xmlns:x="http://www.w3.org/XML/1998/namespace"'],
      ['the xmlns namespace', 'xmlns="http://www.w3.org/2000/xmlns/"'],
      ['a prefix bound to nothing', 'xmlns:x=""'],
      ['a namespace with a space', 'xmlns:x="urn:a b"'],
      ['a namespace with a reference', 'xmlns:x="urn:a&#98;"'],
      ['a namespace with a quote', `xmlns:x='urn:"'`],
      ['a prefix that nobody declared', 'evil:a="b"'],
      ['one attribute twice by two prefixes', 'xmlns:x="urn:x" xmlns:y="urn:x" x:a="1" y:a="2"'],
      ['two colons', 'a:b:c="d"'],
      ['a colon at the start', ':a="b"'],
    ] as const
  ).map(([name, attributes]) =>
    attack(
      'S12 S13 L5',
      name,
      'SAML_XML_NAMESPACE',
      replacing('<saml:AttributeValue ', `<saml:AttributeValue ${attributes} `),
    ),
  ),
  ...['1', 'relative/path', '../x', '//host/x', '?x', '#x', ':x'].map((uri) =>
    attack(
      'S14 L5',
      `the relative namespace ${uri}`,
      'SAML_C14N_EMPTY',
      replacing('<saml:Assertion ', `<saml:Assertion xmlns:v="${uri}" `),
    ),
  ),
  ...['Assertion', 'EncryptedAssertion', 'Response'].flatMap((name) => [
    attack('S13 L5', `an element called ${name} in another namespace, in a value`, 'SAML_XML_NAMESPACE', (honest) =>
      into(honest, 'saml:AttributeValue', `<e:${name} xmlns:e="urn:evil"/>`),
    ),
    attack('S13 L5', `an element called ${name} in no namespace, in the Response`, 'SAML_XML_NAMESPACE', (honest) =>
      after(honest, 'samlp:Status', `<${name}/>`),
    ),
  ]),
  attack('S13 L5', 'an assertion of SAML 1.0 under the same prefix', 'SAML_SIG_SCOPE', (honest) => {
    const assertion = take(honest, 'saml:Assertion');
    return swap(
      honest,
      assertion,
      swap(assertion, 'urn:oasis:names:tc:SAML:2.0:assertion', 'urn:oasis:names:tc:SAML:1.0:assertion'),
    );
  }),
  attack(
    'S13 S11',
    'another person in attributes of a foreign namespace, which a NameID does not have',
    'SAML_SCHEMA',
    replacing('<saml:NameID ', `<saml:NameID xmlns:e="urn:evil" e:value="${FORGED}" `),
  ),
  attack(
    'S13 S11',
    'another person in attributes of a foreign namespace, where they may stand',
    'SAML_SIG_INVALID',
    replacing(
      '<saml:SubjectConfirmationData ',
      `<saml:SubjectConfirmationData xmlns:e="urn:evil" e:value="${FORGED}" `,
    ),
  ),
];

const ids: readonly AttackDocument[] = [
  ...['ID', 'Id', 'id', 'xml:id', 'x:ID'].flatMap((name) =>
    everySign(
      'S42 L14',
      `the ID of the assertion a second time, as ${name}`,
      'SAML_DUP_ID',
      replacing(
        '<saml:AttributeValue ',
        `<saml:AttributeValue ${name === 'x:ID' ? 'xmlns:x="urn:x" ' : ''}${name}="_assertion-1" `,
      ),
    ),
  ),
  attack(
    'S42',
    'one ID for Response and assertion',
    'SAML_DUP_ID',
    (_honest, saml) => saml.message('response', { responseId: '_same', assertionId: '_same' }),
    signedAs.response,
  ),
  ...[`ID='_a"b'`, `ID="_a'b"`, 'ID="_a&quot;b"', 'ID=""', 'ID="_a b"', 'ID="_a&#x5F;"'].map((id) =>
    attack('S42', `an ID that a query could trip over: ${id}`, 'SAML_SCHEMA', replacing('ID="_response-1"', id)),
  ),
];

const malformed: readonly AttackDocument[] = (
  [
    ['a byte order mark', (xml) => `\uFEFF${xml}`],
    ['a second root', (xml) => `${xml}<x/>`],
    ['text after the root', (xml) => `${xml}x`],
    ['text before the root', (xml) => `x${xml}`],
    ['an end tag of another name', replacing('</saml:Subject>', '</saml:subject>')],
    ['an end tag too many', (xml) => `${xml}</samlp:Response>`],
    ['a missing end tag', (xml) => xml.slice(0, -5)],
    ['a tag in a value', replacing('Version="2.0"', 'Version="2.0<x/>"')],
    ['a value without quotes', replacing('Version="2.0"', 'Version=2.0')],
    ['an attribute without value', replacing('Version="2.0"', 'Version')],
    ['the same attribute twice', replacing('Version="2.0"', 'Version="2.0" Version="2.0"')],
    ['no space between attributes', replacing('Version="2.0" ', 'Version="2.0"')],
    ['NUL', replacing(PERSON, 'ada\0@aurora.example')],
    ['a reference to NUL', replacing(PERSON, 'ada&#0;@aurora.example')],
    ['a control character', replacing(PERSON, 'ada\u0008@aurora.example')],
    ['the end of a CDATA section in text', replacing(PERSON, 'ada]]>@aurora.example')],
    ['XML 1.1', (xml) => `<?xml version="1.1"?>${xml}`],
    ['another encoding', (xml) => `<?xml version="1.0" encoding="UTF-7"?>${xml}`],
    ['a declaration of ISO 8859-1', (xml) => `<?xml version="1.0" encoding="ISO-8859-1"?>${xml}`],
  ] as readonly (readonly [string, (xml: string) => string])[]
).map(([name, edit]) => attack('S12 L2 L5', name, 'SAML_MALFORMED', edit));

const encodings: readonly AttackDocument[] = [
  attack('S12 L2', 'UTF-16', 'SAML_MALFORMED', (honest) => Buffer.from(`\uFEFF${honest}`, 'utf16le')),
  attack('S12 L2', 'an overlong sequence', 'SAML_MALFORMED', (honest) =>
    Buffer.concat([Buffer.from(honest.slice(0, -18)), Buffer.from([0xc0, 0xbc]), Buffer.from(honest.slice(-18))]),
  ),
];

export const xml: readonly AttackDocument[] = [
  ...documentTypes,
  ...comments,
  ...floods,
  ...namespaces,
  ...ids,
  ...malformed,
  ...encodings,
];

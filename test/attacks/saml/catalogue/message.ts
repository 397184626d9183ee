/** Messages of another kind, with another status, without what they need, or changed where the signature looks. */
import { FORGED, PERSON } from '../../../support/saml-verdict.js';
import { after, into, swap, take } from '../../../support/xml-text.js';
import { type AttackDocument, attack, everySign, replacing, signedAs } from './contracts.js';

const kinds: readonly AttackDocument[] = [
  ...(
    [
      [
        'SAML 1.1',
        (xml) => xml.replaceAll('urn:oasis:names:tc:SAML:2.0:protocol', 'urn:oasis:names:tc:SAML:1.0:protocol'),
      ],
      ['a LogoutResponse', (xml) => xml.replaceAll('samlp:Response', 'samlp:LogoutResponse')],
      ['an AuthnRequest', (xml) => xml.replaceAll('samlp:Response', 'samlp:AuthnRequest')],
      [
        'an ArtifactResponse around it',
        (xml) =>
          `<samlp:ArtifactResponse xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_a" Version="2.0">${xml}</samlp:ArtifactResponse>`,
      ],
      [
        'SOAP around it',
        (xml) => `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${xml}</s:Body></s:Envelope>`,
      ],
      ['another version', (xml) => xml.replaceAll(' Version="2.0"', ' Version="1.1"')],
      ['no version', (xml) => xml.replaceAll(' Version="2.0"', '')],
      ['a Response without namespace', (xml) => xml.replaceAll('samlp:Response', 'Response')],
    ] as readonly (readonly [string, (xml: string) => string])[]
  ).map(([name, edit]) => attack('S51 L5 L9', name, 'SAML_PROTOCOL', edit)),
  attack('S51', 'an assertion of another version', 'SAML_PROTOCOL', (_honest, saml) =>
    saml.message('assertion', { editAssertion: (xml) => swap(xml, ' Version="2.0"', ' Version="1.1"') }),
  ),
];

const statuses: readonly AttackDocument[] = [
  ...(
    [
      ['a failure with an assertion', ['Responder']],
      ['a success that hides a failure', ['Success', 'AuthnFailed']],
      ['no status', []],
      ['a status that nobody knows', ['urn:evil:Success']],
    ] as const
  ).map(([name, status]) =>
    attack('S54', name, 'SAML_STATUS', (_honest, saml) => saml.message('response', { status }), signedAs.response),
  ),
  attack('S54', 'a second status of success after one of failure', 'SAML_STATUS', (honest) =>
    after(swap(honest, ':status:Success', ':status:Requester'), 'samlp:Status', take(honest, 'samlp:Status')),
  ),
];

/** Each is a fact that the hub acts on; none can be changed under the signature. */
const facts: readonly (readonly [name: string, from: string | RegExp, to: string])[] = [
  ['another person', `>${PERSON}</saml:NameID>`, `>${FORGED}</saml:NameID>`],
  ['another attribute', `>${PERSON}</saml:AttributeValue>`, `>${FORGED}</saml:AttributeValue>`],
  ['another name of an attribute', 'Name="mail"', 'Name="admin"'],
  ['another audience', /<saml:Audience>[^<]*/, '<saml:Audience>https://other.example'],
  ['another recipient', / Recipient="[^"]*"/, ' Recipient="https://other.example/acs"'],
  ['another end', / NotOnOrAfter="[^"]*"(?=\/><\/saml:SubjectConfirmation>)/, ' NotOnOrAfter="2039-01-01T00:00:00Z"'],
  ['another request', / InResponseTo="[^"]*"(?= Recipient)/, ' InResponseTo="_request-2"'],
  ['another assertion ID, referred to as well', /_assertion-1/g, '_assertion-9'],
  ['another time of authentication', / AuthnInstant="[^"]*"/, ' AuthnInstant="2031-05-06T07:08:08Z"'],
  ['one more space in a value', `>${PERSON}</saml:AttributeValue>`, `> ${PERSON}</saml:AttributeValue>`],
  [
    'one more element',
    '</saml:AttributeStatement>',
    '<saml:Attribute Name="role"><saml:AttributeValue>admin</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>',
  ],
  ['one attribute left out', /<saml:Attribute Name="groups".*?<\/saml:Attribute>/, ''],
  ['one more xsi:nil', '<saml:AttributeValue ', '<saml:AttributeValue xsi:nil="false" '],
];

const changed: readonly AttackDocument[] = facts.flatMap(([name, from, to]) =>
  everySign('S11 L14', `${name} under the signature`, 'SAML_SIG_INVALID', (honest) =>
    from instanceof RegExp && from.global ? honest.replaceAll(from, to) : swap(honest, from, to),
  ),
);

const unsignedParts: readonly AttackDocument[] = [
  attack(
    'S11',
    'a message whose unsigned Response names another Issuer, which is read as no fact',
    'accept',
    replacing('<saml:Issuer>https://idp.example/saml</saml:Issuer>', '<saml:Issuer>https://evil.example</saml:Issuer>'),
  ),
  attack('S15 S18', 'a message with line ends around it', 'accept', (honest) => `\r\n${honest}\r\n`.trimStart()),
  attack('S15', 'a message with apostrophes for quotes, which canonical XML writes as quotes', 'accept', (honest) =>
    honest.replaceAll('"', "'"),
  ),
];

const shapes: readonly AttackDocument[] = [
  ...everySign('S13 L6', 'an element of another namespace in the Response', 'SAML_SCHEMA', (honest) =>
    after(honest, 'samlp:Status', '<x xmlns="urn:x"/>'),
  ),
  attack('S13 L6', 'an element of another namespace in the assertion, signed', 'SAML_SCHEMA', (_honest, saml) =>
    saml.message('assertion', { editAssertion: (xml) => into(xml, 'saml:Assertion', '<x xmlns="urn:x"/>') }),
  ),
  attack('S44 L37', '10,000 values', 'SAML_XML_LIMIT', (_honest, saml) =>
    saml.message('assertion', {
      editAssertion: (xml) =>
        into(
          xml,
          'saml:AttributeStatement',
          `<saml:Attribute Name="n">${'<saml:AttributeValue/>'.repeat(10_000)}</saml:Attribute>`,
        ),
    }),
  ),
];

export const message: readonly AttackDocument[] = [...kinds, ...statuses, ...changed, ...unsignedParts, ...shapes];

/** Messages whose signatures are all right, and which mean something that this hub must not act on. */
import { SAML_NOW, type SamlResponseOptions } from '../saml-messages.js';
import { PERSON } from '../saml-verdict.js';
import { after, before, into, swap, take, without } from '../xml-text.js';
import type { VerdictDocument } from './documents.js';

const minutes = (count: number) => new Date(SAML_NOW.getTime() + count * 60_000);

const said: readonly (readonly [name: string, ids: readonly string[], options: SamlResponseOptions])[] = [
  ['a status of failure', ['S54'], { status: ['Responder'] }],
  ['no Status', ['S54'], { status: [] }],
  ['success with a failure below it', ['S54'], { status: ['Success', 'AuthnFailed'] }],
  ['another issuer', ['S41'], { issuer: 'https://idp.borealis.example/saml' }],
  [
    'another issuer of the Response than of the assertion',
    ['S41'],
    { responseIssuer: 'https://idp.borealis.example/saml' },
  ],
  ['no issuer', ['S41'], { issuer: null }],
  ['another Destination', ['S33'], { destination: 'https://hub.example/federation/saml/borealis.main/acs' }],
  ['another Recipient', ['S33'], { recipient: 'https://hub.example/federation/saml/borealis.main/acs' }],
  ['no Recipient', ['S33'], { recipient: null }],
  ['the answer to another request', ['S34'], { inResponseTo: '_request-2' }],
  ['the answer to no request', ['S34', 'S39'], { inResponseTo: null }],
  ['another audience', ['S32'], { audience: 'https://borealis.example/sp' }],
  [
    'an audience that begins like the hub',
    ['S32'],
    { audience: 'https://hub.example/federation/saml/aurora.main.evil' },
  ],
  ['no audience', ['S32'], { audience: null }],
  [
    'two audiences, one of them the hub',
    ['S32'],
    { audience: ['https://borealis.example/sp', 'https://hub.example/federation/saml/aurora.main'] },
  ],
  ['conditions that are over', ['S35'], { notOnOrAfter: minutes(-60) }],
  ['conditions that are to come', ['S35'], { notBefore: minutes(60), notOnOrAfter: minutes(120) }],
  ['a confirmation that is over', ['S36'], { confirmationNotOnOrAfter: minutes(-60) }],
  ['a confirmation without end', ['S36'], { confirmationNotOnOrAfter: null }],
  ['a session that is over', ['S35'], { sessionNotOnOrAfter: minutes(-60) }],
  ['valid for a year', ['S35'], { notOnOrAfter: minutes(525_600), confirmationNotOnOrAfter: minutes(525_600) }],
  ['no NameID', ['S43'], { nameId: null }],
  ['an empty NameID', ['S43'], { nameId: '' }],
  ['SAML 1.1 in the version', ['S51'], { version: '1.1' }],
];

const edited: readonly (readonly [name: string, ids: readonly string[], edit: (xml: string) => string])[] = [
  ['another method of confirmation', ['S36'], (xml) => swap(xml, 'cm:bearer', 'cm:sender-vouches')],
  [
    'two confirmations, the second one good',
    ['S36'],
    (xml) =>
      before(
        xml,
        'saml:SubjectConfirmation',
        swap(take(xml, 'saml:SubjectConfirmation'), 'cm:bearer', 'cm:sender-vouches'),
      ),
  ],
  ['no Subject', ['S43'], (xml) => without(xml, 'saml:Subject')],
  ['no AuthnStatement', ['S36'], (xml) => without(xml, 'saml:AuthnStatement')],
  ['no Conditions', ['S35'], (xml) => without(xml, 'saml:Conditions')],
  ['two Conditions', ['S35'], (xml) => after(xml, 'saml:Conditions', take(xml, 'saml:Conditions'))],
  [
    'a condition that nobody knows',
    ['S35'],
    (xml) => into(xml, 'saml:Conditions', '<saml:Condition xmlns:e="urn:e" xsi:type="e:OnTuesdays"/>'),
  ],
  [
    'a restriction of audiences that leaves the hub out beside one that does not',
    ['S32'],
    (xml) =>
      into(
        xml,
        'saml:Conditions',
        '<saml:AudienceRestriction><saml:Audience>https://borealis.example/sp</saml:Audience></saml:AudienceRestriction>',
      ),
  ],
  ['an instant that is none', ['S35'], (xml) => swap(xml, / NotOnOrAfter="[^"]*"/, ' NotOnOrAfter="tomorrow"')],
  ['an instant of another zone', ['S35'], (xml) => xml.replaceAll(/(?<= NotOnOrAfter="[^"]*)\.000Z/g, '+05:00')],
  [
    'two NameIDs',
    ['S43'],
    (xml) => after(xml, 'saml:NameID', swap(take(xml, 'saml:NameID'), PERSON, 'second@aurora.example')),
  ],
  ['an element that SAML does not have there', ['S13'], (xml) => into(xml, 'saml:Assertion', '<x xmlns="urn:x"/>')],
  [
    'an assertion in Advice',
    ['S03'],
    (xml) => before(xml, 'saml:AuthnStatement', `<saml:Advice>${swap(xml, '_assertion-1', '_advice-1')}</saml:Advice>`),
  ],
];

export const meanings: readonly VerdictDocument[] = [
  ...said.map(
    ([name, ids, options]) => ({ name, ids, make: (saml) => saml.message('both', options) }) satisfies VerdictDocument,
  ),
  ...edited.map(
    ([name, ids, edit]) =>
      ({ name, ids, make: (saml) => saml.message('both', { editAssertion: edit }) }) satisfies VerdictDocument,
  ),
  {
    name: 'no assertion',
    ids: ['S05'],
    make: (saml) => saml.message('response', { withoutAssertion: true }),
  },
  {
    name: 'the assertion alone signed, where the Response must be',
    ids: ['S27'],
    make: (saml) => saml.message('assertion'),
    policy: () => ({ requireSigned: 'RESPONSE' }),
  },
  {
    name: 'the Response alone signed, where the assertion must be',
    ids: ['S27'],
    make: (saml) => saml.message('response'),
    policy: () => ({ requireSigned: 'ASSERTION' }),
  },
  {
    name: 'in clear, where it must be encrypted',
    ids: ['S27'],
    make: (saml) => saml.message('both'),
    policy: () => ({ requireEncrypted: true }),
  },
];

/** What an identity provider of ours makes of AuthnRequests, by both bindings, one change away from an honest one each. */
import type { InboundMessage } from '../../../src/login/contracts.js';
import { Markup } from '../../../src/protocols/saml/producing/markup.rules.js';
import {
  type RegisteredServiceProvider,
  readAuthnRequest,
} from '../../../src/protocols/saml/receiving/authn-request.js';
import { openMessage } from '../../../src/protocols/saml/receiving/receive.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import {
  ACS,
  aLogoutRequest,
  anAuthnRequest,
  NOW,
  posted,
  postedSigned,
  redirected,
  SP,
  SSO,
  serviceProvider,
} from '../../support/saml-received.js';

let sp: SamlTestKey;
let other: SamlTestKey;

beforeAll(async () => {
  [sp, other] = await Promise.all([makeSamlKey(), makeSamlKey()]);
});

function read(inbound: InboundMessage, over: Partial<RegisteredServiceProvider> = {}) {
  const opened = openMessage(inbound);
  if (!opened.ok) return { ...opened, answerTo: null };
  const registered: readonly RegisteredServiceProvider[] = [
    serviceProvider(sp, over),
    serviceProvider(other, { entityId: 'https://other.example/saml' }),
  ];
  return readAuthnRequest(opened.value, (id) => registered.find((one) => one.entityId === id) ?? null, SSO, NOW);
}

/** The code, and whether a registered address is told. */
function refusedWith(inbound: InboundMessage, over: Partial<RegisteredServiceProvider> = {}): readonly unknown[] {
  const result = read(inbound, over);
  if (result.ok) throw new Error('accepted');
  return [result.refusal.code, result.answerTo?.acsUrl ?? null];
}

const ways = [
  ['POST', (message: Markup, key: SamlTestKey) => postedSigned('SAMLRequest', message, key)],
  ['Redirect', (message: Markup, key: SamlTestKey) => redirected('SAMLRequest', message, key)],
] as const;
const policy = (attributes: Readonly<Record<string, string>>) => Markup.element('samlp:NameIDPolicy', attributes);
const context = (attributes: Readonly<Record<string, string>>, ...names: readonly string[]) =>
  Markup.element(
    'samlp:RequestedAuthnContext',
    attributes,
    names.map((name) => Markup.element('saml:AuthnContextClassRef', {}, name)),
  );

describe.each(ways)('an AuthnRequest by %s', (_way, send) => {
  const sent = (attributes: Readonly<Record<string, string | null>> = {}, children: readonly Markup[] = []) =>
    send(anAuthnRequest(attributes, children), sp);

  it('says all that it demands', () => {
    const wish = { Format: 'urn:x', AllowCreate: 'true', SPNameQualifier: SP };
    const children = [policy(wish), context({ Comparison: 'minimum' }, 'urn:a', 'urn:b')];
    expect(read(sent({ ForceAuthn: 'true', IsPassive: '0', AssertionConsumerServiceURL: ACS }, children))).toEqual({
      ok: true,
      value: {
        id: '_ask-1',
        issuer: SP,
        acsUrl: ACS,
        forceAuthn: true,
        isPassive: false,
        nameId: { format: 'urn:x', allowCreate: true, spNameQualifier: SP },
        context: { comparison: 'minimum', classes: ['urn:a', 'urn:b'] },
        replayUntil: new Date('2031-05-06T07:19:09.000Z'),
      },
    });
  });

  it('is answered at the address or the index that it names, else at the default [S49] [L39]', () => {
    const acsOf = (attributes: Readonly<Record<string, string>>) => {
      const result = read(sent(attributes));
      return result.ok ? result.value.acsUrl : result.refusal.code;
    };
    expect([
      acsOf({}),
      acsOf({ AssertionConsumerServiceURL: `${ACS}/first` }),
      acsOf({ AssertionConsumerServiceIndex: '0' }),
      acsOf({ AssertionConsumerServiceIndex: '7' }),
    ]).toEqual([ACS, `${ACS}/first`, `${ACS}/first`, ACS]);
  });

  it.each([
    ['an address that nobody registered', { AssertionConsumerServiceURL: 'https://evil.example/acs' }],
    ['an address below a registered one', { AssertionConsumerServiceURL: `${ACS}/../evil` }],
    ['a registered address in another spelling', { AssertionConsumerServiceURL: ACS.toUpperCase() }],
    ['a registered address with a query', { AssertionConsumerServiceURL: `${ACS}?x=1` }],
    ['an index that nobody registered', { AssertionConsumerServiceIndex: '1' }],
    ['an index that is no number', { AssertionConsumerServiceIndex: '07' }],
  ])('with %s is refused, and nobody there is told [S49] [L39]', (_what, attributes) => {
    expect(refusedWith(sent(attributes))).toEqual(['SAML_ACS', null]);
  });

  it('of an issuer that is not registered, or of another one, is refused [S49] [L39]', () => {
    expect(refusedWith(send(anAuthnRequest({}, [], 'https://evil.example'), sp))).toEqual(['SAML_ISSUER', null]);
    const foreign = refusedWith(send(anAuthnRequest({}, [], 'https://other.example/saml'), sp));
    expect(foreign).toEqual([expect.stringMatching(/^SAML_(CERT_UNKNOWN|SIG_INVALID)$/), null]);
  });

  it.each([
    ['for another address', { Destination: 'https://hub.example/saml/slo' }, 'SAML_DESTINATION'],
    ['signed, without its Destination', { Destination: null }, 'SAML_DESTINATION'],
    ['of another version', { Version: '1.1' }, 'SAML_PROTOCOL'],
    ['from long ago', { IssueInstant: '2031-05-06T06:00:00Z' }, 'SAML_TIME'],
    ['from the future', { IssueInstant: '2031-05-06T08:00:00Z' }, 'SAML_TIME'],
  ])('%s is refused, and nobody is told [S49] [L39]', (_what, attributes, code) => {
    expect(refusedWith(sent(attributes))).toEqual([code, null]);
  });

  it.each([
    [
      'another binding for its answer',
      { ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact' },
      [],
      'SAML_BINDING',
    ],
    [
      'a person of its choice',
      {},
      [Markup.element('saml:Subject', {}, [Markup.element('saml:NameID', {}, 'ada')])],
      'SAML_NAMEID',
    ],
    ['conditions of its own', {}, [Markup.element('saml:Conditions')], 'SAML_CONDITION'],
  ])('with %s is refused, and its registered address is told [S49]', (_what, attributes, children, code) => {
    expect(refusedWith(sent(attributes, children))).toEqual([code, ACS]);
  });

  it.each([
    ['an address and an index', { AssertionConsumerServiceURL: ACS, AssertionConsumerServiceIndex: '7' }, []],
    ['a ForceAuthn that is no boolean', { ForceAuthn: 'yes' }, []],
    ['an unknown comparison', {}, [context({ Comparison: 'about' }, 'urn:a')]],
    ['a context without a class', {}, [context({})]],
  ])('with %s has not the shape of a request, and nobody is told [S49]', (_what, attributes, children) => {
    expect(refusedWith(sent(attributes, children))).toEqual(['SAML_SCHEMA', null]);
  });

  it('that is another message, or holds more than it may, is refused [S08]', () => {
    const named = aLogoutRequest({ issuer: SP, destination: SSO });
    expect(refusedWith(send(named, sp))).toEqual(['SAML_PROTOCOL', null]);
    const twice = [policy({}), policy({ Format: 'urn:x' })];
    expect(refusedWith(sent({}, twice))).toEqual(['SAML_SCHEMA', null]);
  });
});

it('an AuthnRequest without an ID, or with one that is no name, is refused [S49]', () => {
  for (const ID of [null, '', '1', 'a b', 'x'.repeat(257)]) {
    expect(refusedWith(redirected('SAMLRequest', anAuthnRequest({ ID }), sp))).toEqual(['SAML_SCHEMA', null]);
  }
});

describe('an AuthnRequest without a signature', () => {
  const plain = [posted('SAMLRequest', anAuthnRequest().text), redirected('SAMLRequest', anAuthnRequest(), null)];

  it('is refused where the service provider signs [S49] [L17]', () => {
    for (const inbound of plain) expect(refusedWith(inbound)).toEqual(['SAML_SIG_MISSING', null]);
  });

  it('is read where it does not sign; one that it signs badly is refused all the same [S49]', () => {
    for (const inbound of plain) expect(read(inbound, { signsRequests: false }).ok).toBe(true);
    const bad = [
      postedSigned('SAMLRequest', anAuthnRequest(), other),
      redirected('SAMLRequest', anAuthnRequest(), other),
    ];
    for (const inbound of bad) {
      expect(refusedWith(inbound, { signsRequests: false })[0]).toMatch(/^SAML_(CERT_UNKNOWN|SIG_INVALID)$/);
    }
  });

  it('wrapped around a captured one is refused [S08] [L17]', () => {
    const [, [, field = ''] = []] = [null, postedSigned('SAMLRequest', anAuthnRequest(), sp).form[0] ?? []];
    const captured = Buffer.from(field, 'base64').toString('utf8');
    const evil = anAuthnRequest({ ID: '_evil', AssertionConsumerServiceURL: `${ACS}/first` }).text;
    const wrapped = evil.replace('</saml:Issuer>', `</saml:Issuer><samlp:Extensions>${captured}</samlp:Extensions>`);
    for (const signsRequests of [true, false]) {
      expect(refusedWith(posted('SAMLRequest', wrapped), { signsRequests })).toEqual(['SAML_SIG_SCOPE', null]);
    }
  });

  it('is no answer: a SAMLResponse is refused [S49]', () => {
    const inbound = redirected('SAMLResponse', anAuthnRequest(), sp);
    expect(refusedWith(inbound)).toEqual(['SAML_BINDING', null]);
  });
});

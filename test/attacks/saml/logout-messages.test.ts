/** What the hub makes of messages of single logout that nobody should act on, one change away from an honest one each. */
import { constants, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { InboundMessage } from '../../../src/login/contracts.js';
import { Markup } from '../../../src/protocols/saml/producing/markup.rules.js';
import { signed } from '../../../src/protocols/saml/producing/signing.js';
import { readLogoutRequest, readLogoutResponse } from '../../../src/protocols/saml/receiving/logout.js';
import { openMessage } from '../../../src/protocols/saml/receiving/receive.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { samlResponse } from '../../support/saml-messages.js';
import { keyPair } from '../../support/saml-produced.js';
import {
  ada,
  aLogoutRequest,
  aLogoutResponse,
  connection,
  getOf,
  NOW,
  posted,
  postedSigned,
  redirected,
  requeried,
} from '../../support/saml-received.js';

let idp: SamlTestKey;
let curve: SamlTestKey;
let attacker: SamlTestKey;

beforeAll(async () => {
  [idp, curve, attacker] = await Promise.all([makeSamlKey(), makeSamlKey({ kind: 'EC' }), makeSamlKey()]);
});

function read(inbound: InboundMessage, key = idp, now = NOW) {
  const opened = openMessage(inbound);
  return opened.ok ? readLogoutRequest(opened.value, connection(key), now) : opened;
}

function code(inbound: InboundMessage, now = NOW): string {
  const result = read(inbound, idp, now);
  if (result.ok) throw new Error(`accepted for ${result.value.subject.value}`);
  // Nothing of the message is in what is recorded.
  expect(JSON.stringify(result.refusal)).not.toMatch(/a7c1-ada|PD94|<|_s1/);
  return result.refusal.code;
}

/** The same message by both ways that it may come. */
const ways = [
  ['POST', (message: Markup, key: SamlTestKey) => postedSigned('SAMLRequest', message, key)],
  ['Redirect', (message: Markup, key: SamlTestKey) => redirected('SAMLRequest', message, key)],
] as const;

describe.each(ways)('a LogoutRequest by %s', (_way, send) => {
  it('names the person and the sessions, and comes with its state', () => {
    expect(read(send(aLogoutRequest({ sessionIndexes: ['_s1', '_s2', '_s1'] }), idp))).toEqual({
      ok: true,
      value: {
        id: expect.stringMatching(/^_[0-9a-f]{40}$/),
        subject: { value: ada.value, format: ada.format, nameQualifier: null },
        sessionIndexes: ['_s1', '_s2'],
        relayState: expect.stringMatching(/^their/),
        replayUntil: new Date('2031-05-06T07:19:09.000Z'),
      },
    });
    const none = read(send(aLogoutRequest({ sessionIndexes: [] }), idp));
    expect(none).toMatchObject({ ok: true, value: { sessionIndexes: [] } });
    expect(read(send(aLogoutRequest(), curve), curve).ok).toBe(true);
  });

  it.each([
    ['another issuer [S47] [L40]', { issuer: 'https://idp.borealis.example' }, 'SAML_ISSUER'],
    [
      'another destination [S47] [L40]',
      { destination: 'https://hub.example/federation/saml/borealis.main/slo' },
      'SAML_DESTINATION',
    ],
    ['an end that is over [S47] [L40]', { validSeconds: -181 }, 'SAML_TIME'],
    ['a making long ago [S47] [L40]', { now: new Date(NOW.getTime() - 481_000), validSeconds: 3_600 }, 'SAML_TIME'],
    ['a making in the future [S47] [L40]', { now: new Date(NOW.getTime() + 181_000) }, 'SAML_TIME'],
    ['an empty NameID [S47]', { nameId: { ...ada, value: ' ' } }, 'SAML_SCHEMA'],
    [
      'a NameID for another service [S47]',
      { nameId: { ...ada, spNameQualifier: 'https://other.example' } },
      'SAML_NAMEID',
    ],
    ['an empty SessionIndex, which must not mean all [S47]', { sessionIndexes: [''] }, 'SAML_SCHEMA'],
  ] as const)('with %s is refused', (_what, over, expected) => {
    expect(code(send(aLogoutRequest(over), idp))).toBe(expected);
  });

  it('of another key is refused [S47]', () => {
    expect(code(send(aLogoutRequest(), attacker))).toMatch(/^SAML_(CERT_UNKNOWN|SIG_INVALID)$/);
  });

  it('counts up to the edges of its time and not on them [S47]', () => {
    const message = send(aLogoutRequest({ validSeconds: 60 }), idp);
    expect(read(message, idp, new Date(NOW.getTime() + 239_999)).ok).toBe(true);
    expect(code(message, new Date(NOW.getTime() + 240_000))).toBe('SAML_TIME');
  });

  it('keeps the qualifier that is not its own, and forgets one that is', () => {
    const qualified = (nameQualifier: string) => read(send(aLogoutRequest({ nameId: { ...ada, nameQualifier } }), idp));
    expect(qualified('urn:other')).toMatchObject({ value: { subject: { nameQualifier: 'urn:other' } } });
    expect(qualified('https://idp.aurora.example/entity')).toMatchObject({
      value: { subject: { nameQualifier: null } },
    });
  });
});

describe('a LogoutRequest by POST', () => {
  const text = () => signed(aLogoutRequest(), keyPair(idp)).text;

  it('without a signature is refused [S47] [L17]', () => {
    expect(code(posted('SAMLRequest', aLogoutRequest().text))).toBe('SAML_SIG_MISSING');
  });

  it('whose NameID was changed or cut by a comment is refused [S47]', () => {
    expect(code(posted('SAMLRequest', text().replace('a7c1-ada', 'b8d2-bob')))).toBe('SAML_SIG_INVALID');
    expect(code(posted('SAMLRequest', text().replace('a7c1-ada', 'a7c1<!-- -->-ada')))).toBe('SAML_XML_COMMENT');
  });

  it('wrapped around a captured assertion is refused [S08] [L17]', () => {
    const captured = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(
      samlResponse({ sign: 'assertion', signing: { key: idp } }),
    )?.[0];
    const wrapped = aLogoutRequest().text.replace(
      '</saml:Issuer>',
      `</saml:Issuer><samlp:Extensions>${captured}</samlp:Extensions>`,
    );
    expect(code(posted('SAMLRequest', wrapped))).toBe('SAML_SIG_SCOPE');
  });

  it('wrapped around a captured LogoutRequest is refused, wherever its signature goes [S08] [L17]', () => {
    const signature = /<ds:Signature[\s\S]*<\/ds:Signature>/.exec(text())?.[0] ?? '';
    const evil = aLogoutRequest({ nameId: { ...ada, value: 'b8d2-bob' } }).text;
    const inside = (content: string) => `</saml:Issuer><samlp:Extensions>${content}</samlp:Extensions>`;
    const original = text();
    const documents = [
      evil.replace('</saml:Issuer>', inside(original)),
      evil.replace(
        '</saml:Issuer>',
        `</saml:Issuer>${signature}<samlp:Extensions>${original.replace(signature, '')}</samlp:Extensions>`,
      ),
      evil.replace('</saml:Issuer>', `</saml:Issuer>${signature}`),
      original.replace('</samlp:LogoutRequest>', `${evil}</samlp:LogoutRequest>`),
    ];
    const codes = documents.map((xml) => code(posted('SAMLRequest', xml)));
    expect(codes).toEqual(['SAML_SIG_SCOPE', 'SAML_SIG_SCOPE', 'SAML_SIG_SCOPE', 'SAML_SCHEMA']);
  });

  it('is refused when its signed form is another message [S08]', () => {
    expect(code(postedSigned('SAMLRequest', aLogoutResponse(), idp))).toBe('SAML_PROTOCOL');
    expect(code(posted('SAMLRequest', samlResponse({ sign: 'response', signing: { key: idp } })))).toBe(
      'SAML_PROTOCOL',
    );
  });

  it.each([
    ['a second message', { SAMLResponse: 'PHg+' }],
    ['a signature of SimpleSign', { Signature: 'AA==', SigAlg: 'x' }],
    ['a state that is too long', { RelayState: 's'.repeat(81) }],
  ])('with %s in the form is refused [S48] [L10]', (_what, extra) => {
    const honest = postedSigned('SAMLRequest', aLogoutRequest(), idp);
    const form = [...new Map([...honest.form, ...Object.entries(extra)])];
    expect(code({ ...honest, form })).toBe('SAML_BINDING');
  });

  it('twice in the form, or in the query too, is refused [S48] [L10]', () => {
    const honest = postedSigned('SAMLRequest', aLogoutRequest(), idp);
    expect(code({ ...honest, form: [...honest.form, ...honest.form] })).toBe('SAML_BINDING');
    expect(code({ ...honest, query: [['RelayState', 'x']] })).toBe('SAML_BINDING');
  });
});

describe('a LogoutRequest by Redirect', () => {
  const honest = (relayState: string | null = 'their+state /=%') =>
    redirected('SAMLRequest', aLogoutRequest(), idp, relayState);
  const edited = (edit: (query: string) => string) => code(requeried(honest(), edit));
  const pairs = (query: string) => query.split('&');
  const signedQuery = (message: string) => {
    const octets = `SAMLRequest=${message}&SigAlg=${encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}`;
    const signature = sign('sha256', Buffer.from(octets), idp.privateKeyPem).toString('base64');
    return getOf(`${octets}&Signature=${encodeURIComponent(signature)}`);
  };

  it('comes with its state, or without one', () => {
    const opened = openMessage(honest());
    expect(opened).toMatchObject({ ok: true, value: { relayState: 'their+state /=%', binding: 'REDIRECT' } });
    expect(read(honest(null)).ok).toBe(true);
  });

  it('without a signature is refused [S47] [L17]', () => {
    expect(code(redirected('SAMLRequest', aLogoutRequest(), null))).toBe('SAML_SIG_MISSING');
  });

  it('in another order is refused [S48] [L11]', () => {
    expect(edited((query) => pairs(query).reverse().join('&'))).toBe('SAML_BINDING');
    expect(edited((query) => [...pairs(query).slice(1), pairs(query)[0]].join('&'))).toBe('SAML_BINDING');
  });

  it.each([0, 1, 2, 3])('that repeats parameter %i is refused [S48] [L10]', (index) => {
    expect(edited((query) => `${query}&${pairs(query)[index]}`)).toBe('SAML_BINDING');
    expect(edited((query) => `${pairs(query)[index]}&${query}`)).toBe('SAML_BINDING');
  });

  it('that hides a name behind an escape is refused [S48] [L11]', () => {
    expect(edited((query) => query.replace('SAMLRequest', '%53AMLRequest'))).toBe('SAML_BINDING');
    expect(edited((query) => query.replace('&SigAlg', '&%53igAlg'))).toBe('SAML_BINDING');
    expect(edited((query) => `${query}&%53AMLRequest=x`)).toBe('SAML_BINDING');
  });

  it('encoded anew on its way is refused [S48] [L11]', () => {
    expect(edited((query) => query.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()))).toBe('SAML_BINDING');
    expect(edited((query) => query.replace('their%2Bstate%20', 'their%2Bstate+'))).toBe('SAML_BINDING');
    expect(edited((query) => query.replace('RelayState=t', 'RelayState=%74'))).toBe('SAML_BINDING');
    expect(edited((query) => query.replace('%2', '%zz'))).toBe('SAML_BINDING');
  });

  it('that was signed over lower-case escapes, as AD FS signs, is read from those octets [S48] [L11]', () => {
    const message = encodeURIComponent(deflateRawSync(aLogoutRequest().text).toString('base64'));
    const algorithm = encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
    const octets = `SAMLRequest=${message}&SigAlg=${algorithm}`.replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase());
    const signature = encodeURIComponent(sign('sha256', Buffer.from(octets), idp.privateKeyPem).toString('base64'));
    expect(read(getOf(`${octets}&Signature=${signature}`)).ok).toBe(true);
  });

  it('with more behind the deflated message than it, though it is signed, is refused [S48] [S21]', () => {
    const deflated = deflateRawSync(aLogoutRequest().text);
    for (const more of [Buffer.from('more'), deflated, Buffer.alloc(1)]) {
      const message = encodeURIComponent(Buffer.concat([deflated, more]).toString('base64'));
      expect(code(signedQuery(message))).toBe('SAML_MALFORMED');
    }
    expect(read(signedQuery(encodeURIComponent(deflated.toString('base64')))).ok).toBe(true);
  });

  it('with line breaks in its base64, though it is signed, is refused (bindings, section 3.4.4.1) [S48]', () => {
    const text = deflateRawSync(aLogoutRequest().text).toString('base64');
    expect(code(signedQuery(encodeURIComponent(`${text.slice(0, 76)}\r\n${text.slice(76)}`)))).toBe('SAML_MALFORMED');
    expect(edited((query) => `${query}%0A`)).toBe('SAML_MALFORMED');
  });

  it('that holds half a character is refused, not thrown [S48] [L8]', () => {
    expect(edited((query) => `${query}&x=\ud800`)).toBe('SAML_BINDING');
  });

  it('without SigAlg, or without Signature, is refused [S48]', () => {
    expect(edited((query) => query.replace(/&SigAlg=[^&]*/, ''))).toBe('SAML_BINDING');
    expect(edited((query) => query.replace(/&Signature=[^&]*/, ''))).toBe('SAML_BINDING');
  });

  it.each([
    'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
    'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
    'urn:unknown',
    '',
  ])('with the SigAlg %j is refused [S48] [L13]', (algorithm) => {
    const encoded = encodeURIComponent(algorithm);
    expect(edited((query) => query.replace(/SigAlg=[^&]*/, `SigAlg=${encoded}`))).toBe('SAML_ALG_REFUSED');
  });

  it('whose SigAlg was changed for another good one is refused [S48]', () => {
    const other = encodeURIComponent('http://www.w3.org/2001/04/xmldsig-more#rsa-sha512');
    expect(edited((query) => query.replace(/SigAlg=[^&]*/, `SigAlg=${other}`))).toBe('SAML_SIG_INVALID');
  });

  it('with another state than was signed, or without it, is refused [S48]', () => {
    expect(edited((query) => query.replace('RelayState=t', 'RelayState=T'))).toBe('SAML_SIG_INVALID');
    expect(edited((query) => query.replace(/&RelayState=[^&]*/, ''))).toBe('SAML_SIG_INVALID');
  });

  it('beside a second message is refused [S48] [L10]', () => {
    expect(edited((query) => `${query}&SAMLResponse=x`)).toBe('SAML_BINDING');
    expect(edited((query) => `${query}&SAMLart=x`)).toBe('SAML_BINDING');
    expect(edited((query) => `${query}&SAMLEncoding=urn%3Aother`)).toBe('SAML_BINDING');
  });

  it('with a signature inside, which nobody checks there, is refused [S08] [L17]', () => {
    const inside = signed(aLogoutRequest(), keyPair(attacker)).text;
    expect(code(redirected('SAMLRequest', inside, idp))).toBe('SAML_SIG_SCOPE');
  });

  it('that inflates to more than a message may be is refused at the bound [S21] [L1]', () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024, 'a'))
      .subarray(0, 12_000)
      .toString('base64');
    const before = process.memoryUsage().arrayBuffers;
    expect(code(getOf(`SAMLRequest=${encodeURIComponent(bomb)}`))).toBe('SAML_TOO_LARGE');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  });

  it('that is not deflated, or longer than a query, is refused [S21]', () => {
    expect(code(getOf(`SAMLRequest=${encodeURIComponent(Buffer.from('<x/>').toString('base64'))}`))).toBe(
      'SAML_MALFORMED',
    );
    expect(code(getOf(`SAMLRequest=${'A'.repeat(24_000)}`))).toBe('SAML_TOO_LARGE');
  });

  it('signed with RSA-PSS is read', () => {
    const message = encodeURIComponent(deflateRawSync(aLogoutRequest().text).toString('base64'));
    const algorithm = encodeURIComponent('http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1');
    const octets = `SAMLRequest=${message}&SigAlg=${algorithm}`;
    const key = { key: idp.privateKeyPem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    const signature = encodeURIComponent(sign('sha256', Buffer.from(octets), key).toString('base64'));
    expect(read(getOf(`${octets}&Signature=${signature}`)).ok).toBe(true);
  });
});

describe('a LogoutResponse', () => {
  const answer = (inbound: InboundMessage, requestId: string | null = '_ours') => {
    const opened = openMessage(inbound);
    const result = opened.ok ? readLogoutResponse(opened.value, connection(idp), requestId, NOW) : opened;
    return result.ok ? result.value.status : result.refusal.code;
  };

  it('says how it went', () => {
    for (const inbound of [
      postedSigned('SAMLResponse', aLogoutResponse(), idp),
      redirected('SAMLResponse', aLogoutResponse(), idp),
    ]) {
      expect(answer(inbound)).toEqual(['urn:oasis:names:tc:SAML:2.0:status:Success']);
    }
  });

  it('that is forged, for another request, or asked for by nobody is refused [S47] [L40]', () => {
    const send = (over: Parameters<typeof aLogoutResponse>[0] = {}) =>
      postedSigned('SAMLResponse', aLogoutResponse(over), idp);
    expect([
      answer(posted('SAMLResponse', aLogoutResponse().text)),
      answer(postedSigned('SAMLResponse', aLogoutResponse(), attacker)),
      answer(send({ inResponseTo: '_theirs' })),
      answer(send(), null),
      answer(send({ issuer: 'https://idp.borealis.example' })),
      answer(send({ destination: 'https://hub.example/other' })),
      answer(send({ now: new Date(NOW.getTime() - 3_600_000) })),
      answer(postedSigned('SAMLResponse', aLogoutRequest(), idp)),
    ]).toEqual([
      'SAML_SIG_MISSING',
      'SAML_CERT_UNKNOWN',
      'SAML_IRT',
      'SAML_UNSOLICITED',
      'SAML_ISSUER',
      'SAML_DESTINATION',
      'SAML_TIME',
      'SAML_PROTOCOL',
    ]);
  });
});

it('a message with elements that the schema does not know, or in another order, is refused [S08]', () => {
  const [first, second] = [aLogoutRequest(), aLogoutRequest({ sessionIndexes: [] })];
  const moved = Markup.element('samlp:SessionIndex', {}, '_s1');
  for (const message of [
    first.withChild(3, Markup.element('saml:NameID', {}, 'b8d2-bob')),
    second.withChild(1, moved),
    first.withChild(0, Markup.element('saml:Issuer', {}, 'https://idp.aurora.example/entity')),
  ]) {
    expect(code(redirected('SAMLRequest', message, idp))).toBe('SAML_SCHEMA');
  }
});

/**
 * Single logout at a running hub: an IdP ends the sessions of its own people and no others. Each attack is one change away
 * from the honest request that is shown first; after each, the victim is still signed in.
 */

import { verify } from 'node:crypto';
import { trustedKeys } from '../../../src/keys/trusted-keys.js';
import type { InboundMessage } from '../../../src/login/contracts.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import type { Markup } from '../../../src/protocols/saml/producing/markup.rules.js';
import { signed } from '../../../src/protocols/saml/producing/signing.js';
import { Session } from '../../../src/sessions/session.entity.js';
import type { ErrorCode } from '../../../src/shared/error-catalogue.js';
import { verifySignedXml } from '../../../src/xml/index.js';
import { startTestHub } from '../../support/hub.js';
import { setIdentityProviderState } from '../../support/policy-change.js';
import { expectOneEvent, expectRejected, takeCensus } from '../../support/reject-invariant.js';
import { readRedirect } from '../../support/saml-identity-provider.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { keyPair } from '../../support/saml-produced.js';
import {
  aLogoutRequest,
  aLogoutResponse,
  ada as named,
  posted,
  postedSigned,
  redirected,
} from '../../support/saml-received.js';
import { formOf, UserAgent, type Visit } from '../../support/user-agent.js';
import { type Harness, startHarness } from './harness.js';

const ANSWERS = 'http://127.0.0.1:1/idp/slo-answers?tenant=a';
const UNKNOWN = 'urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal';
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
let harness: Harness;
let attacker: SamlTestKey;

beforeAll(async () => {
  harness = await startHarness({ settings: { sloResponseUrl: ANSWERS, sloBinding: 'REDIRECT' } });
  attacker = await makeSamlKey();
});
afterAll(() => harness.close());

let people = 0;

/** Somebody new at Aurora who is signed in, with a session index of an own there. */
async function victim(over: { readonly nameId?: string; readonly sessionIndex?: string } = {}) {
  people += 1;
  const nameId = over.nameId ?? `person-${people}`;
  const sessionIndex = over.sessionIndex ?? `_index-${people}`;
  const mail = `${nameId}@aurora.example`;
  harness.idp.set({
    nameId,
    attributes: { 'urn:oid:0.9.2342.19200300.100.1.3': [mail], givenName: ['Ada'], sn: ['Lindqvist'] },
    response: () => ({ sessionIndex }),
  });
  const agent = new UserAgent();
  await harness.party.signIn(agent, { idp_hint: harness.aurora.address }).finally(() => harness.idp.reset());
  return { agent, nameId, sessionIndex };
}

type Victim = Awaited<ReturnType<typeof victim>>;

async function isSignedIn({ agent }: Victim): Promise<boolean> {
  const { visit } = await harness.party.visit(agent, { prompt: 'none' });
  return new URL(visit.url).searchParams.get('error') === null;
}

const sloUrl = (partner = 'aurora') => `${harness.hub.url}/federation/saml/${partner}.main/slo`;

/** What Aurora's IdP asks for one person. */
function requestFor({ nameId, sessionIndex }: Victim, over: Parameters<typeof aLogoutRequest>[0] = {}): Markup {
  return aLogoutRequest({
    issuer: harness.idp.entityId,
    destination: sloUrl(),
    now: new Date(),
    nameId: { ...named, value: nameId },
    sessionIndexes: [sessionIndex],
    ...over,
  });
}

/** The message on its way through a browser that knows nothing of the hub. */
function send(inbound: InboundMessage, url = sloUrl()): Promise<Visit> {
  const agent = new UserAgent();
  if (inbound.method === 'GET') return agent.get(`${url}?${inbound.rawQuery}`);
  return agent.post(url, Object.fromEntries(inbound.form), true);
}

const byPost = (message: Markup, key = harness.idp.key) => postedSigned('SAMLRequest', message, key);
const byRedirect = (message: Markup, key = harness.idp.key) => redirected('SAMLRequest', message, key, 'their-state');

/** The answer as the IdP reads it from the address that the browser was sent to. */
function answerOf(visit: Visit) {
  const url = visit.headers.get('location') ?? '';
  expect([visit.status, url.startsWith(`${ANSWERS}&SAMLResponse=`)]).toEqual([303, true]);
  const query = url.slice(url.indexOf('SAMLResponse=')).replace('SAMLResponse=', 'SAMLRequest=');
  const read = readRedirect(query, null);
  const [octets = '', signature = ''] = url.slice(url.indexOf('SAMLResponse=')).split('&Signature=');
  const value = Buffer.from(decodeURIComponent(signature), 'base64');
  return { ...read, isSigned: verify('sha256', Buffer.from(octets), harness.aurora.signingCertificate, value) };
}

const sessionsOf = () => harness.db.uow.read(hubScope, ({ em }) => em.find(Session, {}, { orderBy: { id: 'asc' } }));

async function refuses(code: ErrorCode, target: Victim, act: () => Promise<Visit>, sent: readonly string[] = []) {
  const { event } = await expectRejected(harness.db, { code, sent: [target.nameId, ...sent] }, act);
  expect(event.action).toBe('logout.denied');
  expect(await isSignedIn(target)).toBe(true);
}

describe('an honest LogoutRequest', () => {
  it.each([
    ['POST', byPost],
    ['Redirect', byRedirect],
  ] as const)('by %s ends the session, everywhere, and is answered with a signed message', async (_way, how) => {
    const target = await victim();
    const tokens = await harness.party.signIn(target.agent, { prompt: 'none' });
    const before = await takeCensus(harness.db);
    const message = requestFor(target);
    const visit = await send(how(message));
    const known = new Set(before.audit.map(({ id }) => id));
    const events = (await takeCensus(harness.db)).audit.filter(({ id }) => !known.has(id));
    expect(events).toMatchObject([{ action: 'session.ended', code: null, data: { reason: 'UPSTREAM_LOGOUT' } }]);
    const answer = answerOf(visit);
    expect(answer.xml).toContain(`Value="${SUCCESS}"`);
    expect(answer.element.attribute('InResponseTo')).toBe(message.attribute('ID'));
    expect(answer.element.attribute('Destination')).toBe(ANSWERS);
    expect([answer.relayState, answer.issuer]).toEqual([
      'their-state',
      `${harness.hub.url}/federation/saml/aurora.main/metadata`,
    ]);
    expect(answer.isSigned).toBe(true);
    expect(await isSignedIn(target)).toBe(false);
    await expect(harness.party.userInfo(tokens.access_token, tokens.claims()?.sub ?? '')).rejects.toThrow();
  });

  it('ends every session of the person where it names none, and one where it names one', async () => {
    const [first, second, third] = [
      await victim({ nameId: 'many', sessionIndex: '_one' }),
      await victim({ nameId: 'many', sessionIndex: '_two' }),
      await victim({ nameId: 'many', sessionIndex: '_three' }),
    ];
    await send(byPost(requestFor(first)));
    expect([await isSignedIn(first), await isSignedIn(second), await isSignedIn(third)]).toEqual([false, true, true]);
    await send(byPost(requestFor(first, { sessionIndexes: [] })));
    expect([await isSignedIn(second), await isSignedIn(third)]).toEqual([false, false]);
  });

  it('for a session that has ended already is answered with success, and told to nobody twice', async () => {
    const target = await victim();
    await send(byPost(requestFor(target)));
    const before = await takeCensus(harness.db);
    expect(answerOf(await send(byPost(requestFor(target)))).xml).toContain(`Value="${SUCCESS}"`);
    expect((await takeCensus(harness.db)).audit).toEqual(before.audit);
  });

  it('is answered by a form where the IdP takes answers by POST, and by a page where it names no place', async () => {
    const target = await victim();
    const other = await startHarness({ settings: { sloResponseUrl: ANSWERS, sloBinding: 'POST' } });
    try {
      const issuer = other.idp.entityId;
      const destination = `${other.hub.url}/federation/saml/aurora.main/slo`;
      const request = requestFor(target, { issuer, destination });
      const visit = await send(postedSigned('SAMLRequest', request, other.idp.key), destination);
      const form = formOf(visit);
      expect([visit.status, form?.url]).toEqual([200, ANSWERS]);
      const bytes = Buffer.from(form?.fields.SAMLResponse ?? '', 'base64');
      const keys = trustedKeys([other.aurora.signingCertificate]);
      const read = verifySignedXml(bytes, keys, { now: new Date(), allowSha1: false });
      expect(read.ok && read.value.attribute('InResponseTo')).toBe(request.attribute('ID'));
      expect(bytes.toString('utf8')).toContain(UNKNOWN);
      await other.db.uow.write(hubScope, ({ em }) =>
        em.execute(`update control.identity_provider set settings = settings || '{"sloResponseUrl": null}'`, [], 'run'),
      );
      const silent = requestFor(target, { issuer, destination });
      expect((await send(postedSigned('SAMLRequest', silent, other.idp.key), destination)).status).toBe(403);
    } finally {
      await other.close();
    }
  });

  it('leaves the people of other IdPs signed in, whatever they are called', async () => {
    const target = await victim({ nameId: 'namesake' });
    harness.otherIdp.set({ nameId: 'namesake', attributes: { mail: ['bo@borealis.example'] } });
    const agent = new UserAgent();
    await harness.party.signIn(agent, { idp_hint: harness.borealis.address }).finally(() => harness.otherIdp.reset());
    await send(byPost(requestFor(target, { sessionIndexes: [] })));
    expect(await isSignedIn(target)).toBe(false);
    expect(await isSignedIn({ ...target, agent })).toBe(true);
  });

  it('is remembered for the session by digests alone', async () => {
    const { nameId, sessionIndex } = await victim();
    const rows = JSON.stringify(await sessionsOf());
    expect([rows.includes(nameId), rows.includes(sessionIndex)]).toEqual([false, false]);
  });
});

describe('a LogoutRequest that ends nobody', () => {
  let target: Victim;
  beforeEach(async () => {
    target = await victim();
  });

  it('is one without a signature, by either binding [S47] [L40]', async () => {
    const message = requestFor(target);
    await refuses('SAML_SIG_MISSING', target, () => send(posted('SAMLRequest', message.text)), [message.text]);
    await refuses('SAML_SIG_MISSING', target, () => send(redirected('SAMLRequest', message, null)));
  });

  it('is one that another key signed, the IdP of another partner included [S47]', async () => {
    await refuses('SAML_CERT_UNKNOWN', target, () => send(byPost(requestFor(target), attacker)));
    await refuses('SAML_SIG_INVALID', target, () => send(byRedirect(requestFor(target), harness.otherIdp.key)));
  });

  it('is one of another issuer, or made for another address [S47] [L40]', async () => {
    const foreign = requestFor(target, { issuer: harness.otherIdp.entityId });
    await refuses('SAML_ISSUER', target, () => send(byPost(foreign)));
    const elsewhere = requestFor(target, { destination: sloUrl('borealis') });
    await refuses('SAML_DESTINATION', target, () => send(byPost(elsewhere)));
  });

  it('is one of another IdP at its own address that names a person of this one [S47]', async () => {
    const before = await takeCensus(harness.db);
    const message = requestFor(target, {
      issuer: harness.otherIdp.entityId,
      destination: sloUrl('borealis'),
      sessionIndexes: [],
    });
    const answer = answerOf(await send(byPost(message, harness.otherIdp.key), sloUrl('borealis')));
    expect(answer.xml).toContain(UNKNOWN);
    expectOneEvent(before, await takeCensus(harness.db), 'SAML_SLO_SUBJECT');
    expect(await isSignedIn(target)).toBe(true);
  });

  it('is one that names a session that is not of this person [S47] [L40]', async () => {
    const other = await victim();
    const before = await takeCensus(harness.db);
    const answer = answerOf(await send(byPost(requestFor(target, { sessionIndexes: [other.sessionIndex, '_none'] }))));
    expect(answer.xml).toContain(UNKNOWN);
    expectOneEvent(before, await takeCensus(harness.db), 'SAML_SLO_SESSION');
    expect([await isSignedIn(target), await isSignedIn(other)]).toEqual([true, true]);
  });

  it.each([
    ['another format', () => ({ format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' })],
    ['no format', () => ({ format: null })],
    ['another qualifier', () => ({ nameQualifier: 'urn:other' })],
    ['another case', () => ({ value: target.nameId.toUpperCase() })],
    ['white space around it', () => ({ value: `${target.nameId} ` })],
  ])('is one whose NameID has %s: it is another name [S47] [L36]', async (_what, over) => {
    const before = await takeCensus(harness.db);
    const nameId = { ...named, value: target.nameId, ...over() };
    const answer = answerOf(await send(byPost(requestFor(target, { nameId }))));
    expect(answer.xml).toContain(UNKNOWN);
    expectOneEvent(before, await takeCensus(harness.db), 'SAML_SLO_SUBJECT');
    expect(await isSignedIn(target)).toBe(true);
  });

  it('is one that has expired, or was made long ago or too early [S47] [L40]', async () => {
    const at = (seconds: number) => new Date(Date.now() + seconds * 1_000);
    for (const over of [{ validSeconds: -200 }, { now: at(-600), validSeconds: 7_200 }, { now: at(600) }]) {
      await refuses('SAML_TIME', target, () => send(byPost(requestFor(target, over))));
    }
  });

  it('is one whose NameID a comment cuts in two [S47]', async () => {
    const xml = signed(requestFor(target), keyPair(harness.idp.key)).text;
    const cut = xml.replace(target.nameId, `${target.nameId.slice(0, 3)}<!-- -->${target.nameId.slice(3)}`);
    await refuses('SAML_XML_COMMENT', target, () => send(posted('SAMLRequest', cut)));
  });

  it('is one wrapped around a message or an assertion that the IdP signed [S08]', async () => {
    const { answer } = await harness.begin();
    const assertion = /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(
      Buffer.from(answer.fields.SAMLResponse ?? '', 'base64').toString('utf8'),
    )?.[0];
    const honest = signed(requestFor(await victim()), keyPair(harness.idp.key)).text;
    for (const captured of [assertion, honest]) {
      const wrapped = requestFor(target).text.replace(
        '</saml:Issuer>',
        `</saml:Issuer><samlp:Extensions>${captured}</samlp:Extensions>`,
      );
      await refuses('SAML_SIG_SCOPE', target, () => send(posted('SAMLRequest', wrapped)));
    }
  });

  it('is one whose query was put together anew [S48]', async () => {
    const { rawQuery } = byRedirect(requestFor(target));
    const reordered = rawQuery.split('&').reverse().join('&');
    const repeated = `${rawQuery}&SigAlg=x`;
    for (const query of [reordered, repeated]) {
      await refuses('SAML_BINDING', target, () => new UserAgent().get(`${sloUrl()}?${query}`));
    }
  });

  it('is a copy, by the other binding, on another hub, and of one that named nobody [S47]', async () => {
    const second = await startTestHub({ db: harness.db, publicUrl: harness.hub.url });
    try {
      const ended = await victim();
      const message = requestFor(ended);
      expect(answerOf(await send(byPost(message))).xml).toContain(SUCCESS);
      // The person signs in again, and the copy must not end that.
      const again = await victim({ nameId: ended.nameId, sessionIndex: ended.sessionIndex });
      await refuses('SAML_REPLAY', again, () => send(byPost(message)));
      await refuses('SAML_REPLAY', again, () => send(byRedirect(message)));
      const elsewhere = `${second.url}/federation/saml/aurora.main/slo`;
      await refuses('SAML_REPLAY', again, () => send(byPost(message), elsewhere));
      const early = requestFor({ ...target, nameId: 'nobody-yet' });
      await send(byPost(early));
      await refuses('SAML_REPLAY', target, () => send(byPost(early)));
    } finally {
      await second.close();
    }
  });

  it('is taken once of twenty that come at once [S47]', async () => {
    const message = byPost(requestFor(target));
    const visits = await Promise.all(Array.from({ length: 20 }, () => send(message)));
    expect(visits.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(visits.filter(({ status }) => status === 403)).toHaveLength(19);
    expect(await isSignedIn(target)).toBe(false);
  });

  it('is an answer that nobody asked for, forged or signed [S47] [L40]', async () => {
    const message = aLogoutResponse({ issuer: harness.idp.entityId, destination: sloUrl(), now: new Date() });
    await refuses('SAML_SIG_MISSING', target, () => send(posted('SAMLResponse', message.text)));
    await refuses('SAML_UNSOLICITED', target, () => send(postedSigned('SAMLResponse', message, harness.idp.key)));
  });

  it('is one of an IdP that is disabled, since its key may be why [S47]', async () => {
    await setIdentityProviderState(harness.db, harness.aurora, 'DISABLED');
    const { event } = await expectRejected(harness.db, { code: 'IDP_DISABLED' }, () =>
      send(byPost(requestFor(target))),
    );
    expect(event.action).toBe('logout.denied');
    await setIdentityProviderState(harness.db, harness.aurora, 'ACTIVE');
    expect(await isSignedIn(target)).toBe(true);
  });
});

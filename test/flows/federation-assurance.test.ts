/**
 * The federation assurance of a sign-in: claimed by the IdP, bounded by what the hub saw, and held to the terms at the sign-in, at
 * the next application, and in every token.
 */
import { globalId } from '../../src/graphql/global-id.js';
import { IdentityProvider } from '../../src/identity-providers/identity-provider.entity.js';
import { raisePartnerEpoch } from '../../src/persistence/policy-epoch.js';
import { hubScope } from '../../src/persistence/unit-of-work.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  anApplication,
  aPartnerWithSamlIdentityProvider,
  aTrust,
  type SamlPartnerOptions,
  type TestApplication,
  type TestSamlPartner,
} from '../support/federation.js';
import { graphqlClient } from '../support/graphql-client.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { aPerson, hint, startEstate } from '../support/login-estate.js';
import { expectRejected } from '../support/reject-invariant.js';
import { RelyingParty } from '../support/relying-party.js';
import {
  type SamlIdentityProvider,
  type SamlIdentityProviderSettings,
  startSamlIdentityProvider,
} from '../support/saml-identity-provider.js';
import { UserAgent } from '../support/user-agent.js';

const redirectUri = 'http://127.0.0.1:1/callback';
const MAIL = 'urn:oid:0.9.2342.19200300.100.1.3';
const EMAIL_FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const classes = 'urn:oasis:names:tc:SAML:2.0:ac:classes:';
const worth = (fal: 1 | 2 | 3) => ({ ial: null, aal: 2, fal }) as const;
const assuranceMap = {
  [`${classes}PasswordProtectedTransport`]: worth(2),
  [`${classes}SmartcardPKI`]: worth(3),
};

let db: TestDatabase;
let hub: TestHub;
const applications: Record<string, { application: TestApplication; party: RelyingParty }> = {};
const idps: SamlIdentityProvider[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  hub = await startTestHub({ db });
  for (const slug of ['any', 'two', 'three']) {
    const application = await anApplication(db, slug, redirectUri);
    applications[slug] = { application, party: await RelyingParty.discover(hub.url, application) };
  }
});
afterAll(async () => {
  await hub.close();
  for (const idp of idps) await idp.close();
  await db.close();
});

/** A partner with terms that demand nothing, FAL2 and FAL3 of its three applications. */
async function aPartner(slug: string, said: Partial<SamlIdentityProviderSettings>, options: SamlPartnerOptions = {}) {
  const idp = await startSamlIdentityProvider({
    attributes: { [MAIL]: [`ada@${slug}.example`], givenName: ['Ada'], sn: ['Lindqvist'] },
  });
  idps.push(idp);
  idp.set(said);
  const partner = await aPartnerWithSamlIdentityProvider(db, slug, idp, { assuranceMap, ...options });
  for (const [name, fal] of [
    ['any', null],
    ['two', 2],
    ['three', 3],
  ] as const) {
    await aTrust(db, partner, of(name).application, { minimum: { ial: null, aal: null, fal } });
  }
  return { idp, partner };
}

function of(name: string) {
  const found = applications[name];
  if (found === undefined) throw new Error(`no application ${name}`);
  return found;
}

const at = (partner: TestSamlPartner) => ({ idp_hint: partner.address });

/** Facts of the trust stage of the newest login, and what came in. */
async function newestTrace(partner: TestSamlPartner) {
  const client = await graphqlClient(hub, partner.id);
  const { logins } = await client.ask(
    `query ($partner: ID!) { logins(first: 1, filter: { partnerId: $partner }) { edges { node { id code trace {
      received { falShortfalls } assurance { fal } stages { stage facts { name values } } } } } } }`,
    { partner: globalId('Partner', { id: partner.id }) },
  );
  const { id, code, trace } = logins.edges[0].node;
  const stage = trace.stages.find(({ stage }: { stage: string }) => stage === 'TRUST');
  const facts = Object.fromEntries(
    stage.facts.map(({ name, values }: { name: string; values: unknown[] }) => [name, values]),
  );
  const { explainLogin } = await client.ask('query ($id: ID!) { explainLogin(id: $id) { sentences today { code } } }', {
    id,
  });
  return { code, facts, received: trace.received, assurance: trace.assurance, ...explainLogin };
}

describe('an assertion that an IdP says to be of FAL2', () => {
  it('is refused under terms of FAL2 where its NameID is an e-mail address, and the trace says why [N6] [N11] [C73]', async () => {
    const said = { nameId: 'ada@aurora.example', nameIdFormat: EMAIL_FORMAT };
    const { partner } = await aPartner('aurora', said);
    const act = async () => (await of('two').party.visit(new UserAgent(), at(partner))).visit;
    await expectRejected(db, { code: 'TRUST_ASSURANCE', sent: ['ada@aurora.example'] }, act);
    const { code, facts, received, sentences, today } = await newestTrace(partner);
    expect(code).toBe('TRUST_ASSURANCE');
    expect(facts).toMatchObject({
      code: ['TRUST_ASSURANCE'],
      fal: [1],
      falClaimed: [2],
      falCeiling: [1],
      falShortfalls: ['READABLE_IDENTIFIER'],
    });
    expect(received).toEqual({ falShortfalls: ['READABLE_IDENTIFIER'] });
    expect(sentences).toContain(
      'No more than FAL1 is believed, whatever was claimed: the identifier tells who the person is.',
    );
    expect(today).toEqual({ code: 'TRUST_ASSURANCE' });
  });

  it('is taken for FAL1 where the terms let it, in the token and at the next application [N6] [N3] [N11]', async () => {
    const { partner } = await aPartner('boreas', { nameId: 'ada@boreas.example', nameIdFormat: EMAIL_FORMAT });
    const agent = new UserAgent();
    const tokens = await of('any').party.signIn(agent, at(partner));
    expect(tokens.claims()).toMatchObject({ aal: 2, fal: 1 });
    expect((await newestTrace(partner)).facts).toMatchObject({ fal: [1], falClaimed: [2], falCeiling: [1] });
    // Single sign-on brings no assertion: the session remembers what its own was worth.
    const { visit } = await of('two').party.visit(agent, { prompt: 'none' });
    expect(new URL(visit.url).searchParams.get('error')).toBeTruthy();
  });

  it('is believed where it is for the hub alone and its identifier is opaque [N6] [N3]', async () => {
    const { partner } = await aPartner('calais', {});
    const agent = new UserAgent();
    expect((await of('two').party.signIn(agent, at(partner))).claims()).toMatchObject({ aal: 2, fal: 2 });
    expect((await of('any').party.signIn(agent, { prompt: 'none' })).claims()).toMatchObject({ fal: 2 });
    const { facts, received, assurance } = await newestTrace(partner);
    expect(facts).toMatchObject({ fal: [2], falClaimed: [2], falCeiling: [2], falShortfalls: [] });
    expect({ received, assurance }).toEqual({ received: { falShortfalls: [] }, assurance: { fal: 2 } });
  });

  it('is taken for FAL1 where it was made for another service too [N6]', async () => {
    const { idp, partner } = await aPartner('dione', {});
    idp.set({ response: ({ issuer }) => ({ audience: [issuer, 'https://elsewhere.example'] }) });
    const act = async () => (await of('two').party.visit(new UserAgent(), at(partner))).visit;
    await expectRejected(db, { code: 'TRUST_ASSURANCE' }, act);
    expect((await newestTrace(partner)).received).toEqual({ falShortfalls: ['SHARED_AUDIENCE'] });
    expect((await of('any').party.signIn(new UserAgent(), at(partner))).claims()).toMatchObject({ fal: 1 });
  });
});

describe('an assertion that came while old algorithms were excepted', () => {
  it('has no FAL, also after the exception is taken back, for as long as its session lives [N5] [N11]', async () => {
    const { partner } = await aPartner('faro', {}, { settings: { algorithmExceptions: ['SHA1_SIGNATURE'] } });
    const agent = new UserAgent();
    expect((await of('any').party.signIn(agent, at(partner))).claims()).not.toHaveProperty('fal');
    const { facts, sentences } = await newestTrace(partner);
    expect(facts).toMatchObject({ fal: [], falClaimed: [2], falCeiling: [], falShortfalls: ['OLD_ALGORITHMS'] });
    expect(sentences.join(' ')).toContain('No FAL is believed, whatever was claimed');
    await db.uow.write(hubScope, async (tx) => {
      await raisePartnerEpoch(tx, partner.id);
      const row = await tx.em.findOneOrFail(IdentityProvider, { id: partner.identityProviderId });
      if (row.settings.kind === 'SAML') row.settings = { ...row.settings, algorithmExceptions: [] };
    });
    const { visit } = await of('two').party.visit(agent, { prompt: 'none' });
    expect(new URL(visit.url).searchParams.get('error')).toBeTruthy();
    expect((await of('any').party.signIn(agent, { prompt: 'none' })).claims()).not.toHaveProperty('fal');
    expect((await of('two').party.signIn(new UserAgent(), at(partner))).claims()).toMatchObject({ fal: 2 });
  });
});

describe('an assertion that an IdP says to be of FAL3', () => {
  it('is taken for FAL2, and refused under terms of FAL3 [N7] [N11]', async () => {
    const { idp, partner } = await aPartner('eos', {});
    idp.set({ response: () => ({ authnContextClassRef: `${classes}SmartcardPKI` }) });
    expect((await of('two').party.signIn(new UserAgent(), at(partner))).claims()).toMatchObject({ fal: 2 });
    const act = async () => (await of('three').party.visit(new UserAgent(), at(partner))).visit;
    await expectRejected(db, { code: 'TRUST_ASSURANCE' }, act);
    expect((await newestTrace(partner)).facts).toMatchObject({ falClaimed: [3], falCeiling: [2] });
  });
});

describe('an ID token that an OpenID Provider says to be of FAL2', () => {
  it('is believed by its opaque subject, and no further where the subject is an e-mail address [N6] [N3]', async () => {
    const registration = { assuranceMap: { 'urn:fal2': { ial: null, aal: null, fal: 2 } } } as const;
    const estate = await startEstate({ registration, terms: { minimum: { ial: null, aal: null, fal: 1 } } });
    try {
      const falOf = async (subject: string, email: string) =>
        (await estate.party.signIn(aPerson(estate.upstream, subject, { acr: 'urn:fal2', email }), hint)).claims()?.fal;
      expect(await falOf('248289761001', 'bo@borealis.example')).toBe(2);
      expect(await falOf('ada@borealis.example', 'ada@borealis.example')).toBe(1);
    } finally {
      await estate.close();
    }
  });
});

import { globalId } from '../../src/graphql/global-id.js';
import { anOperatorOf } from '../support/graphql-http.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import { expectRejected } from '../support/reject-invariant.js';
import { TokenClient } from '../support/token-client.js';
import type { UserAgent } from '../support/user-agent.js';

let estate: LoginEstate;
/** A second replica on the same database. */
let other: TestHub;
let operator: Awaited<ReturnType<typeof anOperatorOf>>;
let partnerId: string;

beforeAll(async () => {
  estate = await startEstate({ registration: { assuranceMap: { 'urn:strong': { ial: null, aal: 2, fal: null } } } });
  other = await startTestHub({ db: estate.db, publicUrl: estate.hub.url, egressAllow: [estate.upstream.hostPort] });
  operator = await anOperatorOf(estate.hub);
  partnerId = globalId('Partner', { id: estate.partner.id });
});
afterAll(async () => {
  await other.close();
  await estate.close();
});

const all = { releasedAttributes: ['email', 'givenName', 'familyName'], provisioningMode: 'CREATE_AND_UPDATE' };

const mutations = {
  activate: `mutation ($id: ID!, $version: Int!) { activateTrustRelationship(input: { id: $id, version: $version }) { trustRelationship { state } } }`,
  suspend: 'mutation ($id: ID!) { suspendTrustRelationship(input: { id: $id }) { trustRelationship { state } } }',
  end: 'mutation ($id: ID!) { endTrustRelationship(input: { id: $id }) { trustRelationship { state } } }',
  change: `mutation ($input: ChangeTrustTermsInput!) { changeTrustTerms(input: $input) { trustRelationship { latestVersion } } }`,
  create: `mutation ($input: CreateTrustRelationshipInput!) { createTrustRelationship(input: $input) { trustRelationship { id } } }`,
};

/** An application with a trust relationship of its own, made through the API and in force. */
async function trusted(slug: string, terms: Record<string, unknown> = {}) {
  const added = await estate.addApplication(slug);
  const applicationId = globalId('Application', { id: added.application.id });
  const found = await operator(
    'query ($id: ID!) { trustRelationships(filter: { applicationId: $id }) { edges { node { id } } } }',
    { id: applicationId },
  );
  await operator(mutations.end, { id: found.trustRelationships.edges[0].node.id });
  const common = { partnerId, applicationId, purpose: 'Sign in.', owner: 'test' };
  const made = await operator(mutations.create, { input: { ...common, terms: { ...all, ...terms } } });
  const { id } = made.createTrustRelationship.trustRelationship;
  await operator(mutations.activate, { id, version: 1 });
  const inForce = async (version: number, changed: Record<string, unknown>) => {
    await operator(mutations.change, { input: { id, expectedVersion: version - 1, terms: { ...all, ...changed } } });
    await operator(mutations.activate, { id, version });
  };
  return { ...added, id, inForce };
}

type Trusted = Awaited<ReturnType<typeof trusted>>;

async function signIn({ party }: Trusted, subject: string, claims: Record<string, unknown> = {}) {
  const agent = aPerson(estate.upstream, subject, claims);
  const tokens = await party.signIn(agent, hint);
  return { agent, tokens };
}

async function refusedWith(
  { party }: Trusted,
  code: Parameters<typeof expectRejected>[1]['code'],
  subject: string,
  claims = {},
) {
  await expectRejected(estate.db, { code }, async () => {
    const { url } = await party.request(hint);
    return aPerson(estate.upstream, subject, claims).follow(url);
  });
}

/** What single sign-on without a page answers: a code, or its error. */
async function silent(agent: UserAgent, { party }: Trusted) {
  const { visit } = await party.visit(agent, { ...hint, prompt: 'none' });
  const { searchParams } = new URL(visit.url);
  return searchParams.has('code') ? 'code' : searchParams.get('error');
}

describe('a trust relationship, changed through the API', () => {
  it('admits nobody as a draft, and everybody of its partner once it is in force [C14]', async () => {
    const added = await estate.addApplication('drafts');
    const applicationId = globalId('Application', { id: added.application.id });
    const found = await operator(
      'query ($id: ID!) { trustRelationships(filter: { applicationId: $id }) { edges { node { id } } } }',
      { id: applicationId },
    );
    await operator(mutations.end, { id: found.trustRelationships.edges[0].node.id });
    const common = { partnerId, applicationId, purpose: 'Sign in.', owner: 'test' };
    const made = await operator(mutations.create, { input: { ...common, terms: all } });
    const { id } = made.createTrustRelationship.trustRelationship;
    const { url } = await added.party.request(hint);
    const refused = await aPerson(estate.upstream, 'drafted').follow(url, added.application.redirectUri);
    expect(refused.url).not.toContain('code=');
    await operator(mutations.activate, { id, version: 1 });
    const tokens = await added.party.signIn(aPerson(estate.upstream, 'drafted'), hint);
    expect(tokens.claims()?.partner).toBe('borealis');
  });

  it.each(['suspend', 'end'] as const)(
    'refuses sign-ins, sessions and tokens from then on, on every replica: %s [C26]',
    async (verb) => {
      const trust = await trusted(`withdrawn-${verb}`);
      const { agent, tokens } = await signIn(trust, `person-${verb}`);
      const elsewhere = new TokenClient(other.url, trust.application);
      expect((await elsewhere.userInfo(tokens.access_token)).status).toBe(200);
      await operator(mutations[verb], { id: trust.id });
      for (const client of [trust.client, elsewhere]) {
        expect((await client.userInfo(tokens.access_token)).status).toBe(401);
        expect((await client.introspect(tokens.access_token)).body).toEqual({ active: false });
      }
      expect((await trust.client.refresh(tokens.refresh_token ?? '')).status).toBe(400);
      const { url } = await trust.party.request(hint);
      const again = await agent.follow(url, trust.application.redirectUri);
      expect(again.url).not.toContain('code=');
      expect(again.status).toBeGreaterThanOrEqual(400);
    },
  );

  it('lets people in again once it is put in force again', async () => {
    const trust = await trusted('resumed');
    await operator(mutations.suspend, { id: trust.id });
    await operator(mutations.activate, { id: trust.id, version: 1 });
    expect((await signIn(trust, 'resumed')).tokens.claims()?.aud).toBe('resumed');
  });

  it('releases the profile ∩ the terms in force, from the next look on, in both directions [C40]', async () => {
    const trust = await trusted('released', { releasedAttributes: ['email'] });
    const { tokens } = await signIn(trust, 'released');
    const subject = tokens.claims()?.sub ?? '';
    const released = async () => {
      const { email, given_name, family_name } = await trust.party.userInfo(tokens.access_token, subject);
      return { email, given_name, family_name };
    };
    expect(await released()).toEqual({ email: 'released@borealis.example' });
    await trust.inForce(2, { releasedAttributes: ['givenName', 'costCenter'] });
    expect(await released()).toEqual({ given_name: 'Ada' });
    await operator(mutations.activate, { id: trust.id, version: 1 });
    expect(await released()).toEqual({ email: 'released@borealis.example' });
  });

  it('counts within its dates alone [C13]', async () => {
    const trust = await trusted('dated', { validFrom: new Date(Date.now() + 3_600_000).toISOString() });
    const { url } = await trust.party.request(hint);
    const early = await aPerson(estate.upstream, 'dated').follow(url, trust.application.redirectUri);
    expect([early.status >= 400, early.url.includes('code=')]).toEqual([true, false]);
    await trust.inForce(2, {
      validFrom: new Date(Date.now() - 60_000).toISOString(),
      validUntil: new Date(Date.now() + 3_600_000).toISOString(),
    });
    expect((await signIn(trust, 'dated')).tokens.claims()?.aud).toBe('dated');
  });

  it('demands the levels of its terms: less than that, or no claim at all, is refused [C51] [C73]', async () => {
    const trust = await trusted('strong', { minimumAssurance: { aal: 2 } });
    await refusedWith(trust, 'TRUST_ASSURANCE', 'silent');
    await refusedWith(trust, 'TRUST_ASSURANCE', 'weak', { acr: 'urn:weak' });
    const { tokens } = await signIn(trust, 'strong', { acr: 'urn:strong' });
    expect(tokens.claims()).toMatchObject({ aal: 2 });
  });

  it('bounds the age of the authentication, for a session as for a sign-in: a time not stated meets no bound [C51]', async () => {
    const trust = await trusted('aged', { maxAuthenticationAgeSeconds: 600 });
    const unbounded = await trusted('ageless');
    const unstated = { auth_time: undefined };
    await refusedWith(trust, 'TRUST_AUTHN_AGE', 'unstated', unstated);
    const { agent, tokens } = await signIn(unbounded, 'unstated', unstated);
    // Towards applications it is the moment of the sign-in.
    expect(Math.abs(Number(tokens.claims()?.auth_time) - Date.now() / 1_000)).toBeLessThan(60);
    expect(await silent(agent, trust)).toBe('login_required');
    expect(await silent(agent, unbounded)).toBe('code');

    const now = Math.floor(Date.now() / 1_000);
    const stated = await signIn(unbounded, 'stated', { auth_time: now });
    expect(await silent(stated.agent, trust)).toBe('code');
    const stale = await signIn(unbounded, 'stale', { auth_time: now - 601 });
    expect(await silent(stale.agent, trust)).toBe('login_required');
  });

  it('takes what a session is renewed with for its time, stated or not [C51]', async () => {
    const trust = await trusted('aged-again', { maxAuthenticationAgeSeconds: 600 });
    const strong = await trusted('strong-again', { minimumAssurance: { aal: 2 } });
    const { agent } = await signIn(trust, 'renewed');
    expect(await silent(agent, trust)).toBe('code');
    const claims = { email: 'renewed@borealis.example', acr: 'urn:strong', auth_time: undefined };
    estate.upstream.set({ claims });
    expect((await strong.party.signIn(agent, hint)).claims()).toMatchObject({ aal: 2 });
    expect(await silent(agent, trust)).toBe('login_required');
  });

  it('names which of the partner’s identity providers may assert', async () => {
    const identityProviderIds = [
      globalId('IdentityProvider', { partnerId: estate.partner.id, id: estate.partner.identityProviderId }),
    ];
    const trust = await trusted('named', { identityProviderIds });
    expect((await signIn(trust, 'named')).tokens.claims()?.idp).toBe('borealis.main');
  });
});

describe('what terms let a sign-in do to accounts', () => {
  it('OFF creates none and leaves those that are there as they are [C28]', async () => {
    const trust = await trusted('off');
    await signIn(trust, 'off-known', { given_name: 'Before' });
    await trust.inForce(2, { provisioningMode: 'OFF' });
    await refusedWith(trust, 'PROVISION_OFF', 'off-unknown');
    const { tokens } = await signIn(trust, 'off-known', { given_name: 'After' });
    const claims = await trust.party.userInfo(tokens.access_token, tokens.claims()?.sub ?? '');
    expect(claims.given_name).toBe('Before');
  });

  it('UPDATE_ONLY creates none and brings those that are there up to date [C28]', async () => {
    const trust = await trusted('update');
    await signIn(trust, 'update-known', { given_name: 'Before' });
    await trust.inForce(2, { provisioningMode: 'UPDATE_ONLY' });
    await refusedWith(trust, 'PROVISION_CREATE_OFF', 'update-unknown');
    const { tokens } = await signIn(trust, 'update-known', { given_name: 'After' });
    const claims = await trust.party.userInfo(tokens.access_token, tokens.claims()?.sub ?? '');
    expect(claims.given_name).toBe('After');
  });

  it('CREATE_AND_UPDATE creates an account at the first sign-in [C28]', async () => {
    const trust = await trusted('create');
    const { tokens } = await signIn(trust, 'create-unknown');
    expect(tokens.claims()?.sub).toBeTruthy();
  });
});

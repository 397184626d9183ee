import { Application } from '../../../src/applications/application.entity.js';
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { decodeGlobalId } from '../../../src/graphql/global-id.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { TrustVersion } from '../../../src/trust/trust.entity.js';
import { fixedNow, type TestApi } from '../../support/api.js';
import { statementsOf } from '../../support/statements.js';
import * as estate from './estate.js';
import { ACTIVATE, CHANGE, CREATE, END, SUSPEND, terms } from './estate.js';

let api: TestApi;
beforeAll(async () => {
  api = await estate.createTrustApi();
});
afterAll(() => api.close());

const READ = `query ($id: ID!) { trustRelationship(id: $id) {
  purpose owner state activeVersion latestVersion
  activeTerms { releasedAttributes provisioningMode maxAuthenticationAgeSeconds validFrom validUntil minimumAssurance { ial aal fal } }
  versions { edges { node { version createdBy activatedBy terms { releasedAttributes } } } pageInfo { hasNextPage endCursor } }
  partner { slug } application { slug } } }`;

async function both(slug: string, over = {}) {
  const [partner, application] = [await estate.aPartner(api, slug), await estate.anApplication(api, slug)];
  return { partner, application, id: await estate.aTrust(api, partner, application, over) };
}

function rowOf(id: string): string {
  return decodeGlobalId(id)?.key.at(-1) ?? '';
}

function events(id: string) {
  const options = { orderBy: { transactionId: 'asc' } } as const;
  return api.db.uow.read(hubScope, ({ em }) => em.find(AuditEvent, { targetId: rowOf(id) }, options));
}

async function epochs(partner: estate.Party, application: string) {
  return api.db.uow.read(hubScope, async ({ em }) => [
    (await em.findOneOrFail(Partner, { id: partner.key })).policyEpoch,
    (await em.findOneOrFail(Application, { id: rowOf(application) })).policyEpoch,
  ]);
}

async function codeOf(document: string, variables: Record<string, unknown>) {
  return (await api.query(document, variables)).errors[0]?.extensions.code;
}

describe('a trust relationship', () => {
  it('is written as a draft with version 1 of its terms [C13]', async () => {
    const { id } = await both('drafted');
    const { data } = await api.query(READ, { id });
    expect(data.trustRelationship).toMatchObject({
      ...{ purpose: 'Sign in.', owner: 'Purchasing', state: 'DRAFT', activeVersion: null, latestVersion: 1 },
      activeTerms: null,
      versions: { edges: [{ node: { version: 1, createdBy: 'test', activatedBy: null } }] },
      ...{ partner: { slug: 'drafted' }, application: { slug: 'drafted' } },
    });
    expect(await events(id)).toMatchObject([
      { action: 'trust.created', data: { version: 1, purpose: 'Sign in.', terms: { releasedAttributes: ['email'] } } },
    ]);
  });

  it('is put in force by its version, suspended, put in force again and ended, raising both epochs [C13] [C14]', async () => {
    const { id, partner, application } = await both('lived');
    const before = await epochs(partner, application);
    const input = { id, expectedVersion: 1, terms: { ...terms, releasedAttributes: ['email', 'roles'] } };
    expect((await api.query(CHANGE, { input })).data.changeTrustTerms.trustRelationship).toEqual({
      ...{ state: 'DRAFT', activeVersion: null, latestVersion: 2 },
    });
    expect((await api.query(ACTIVATE, { id, version: 1 })).errors).toEqual([]);
    expect((await api.query(READ, { id })).data.trustRelationship.activeTerms.releasedAttributes).toEqual(['email']);
    expect((await api.query(ACTIVATE, { id, version: 2 })).data.activateTrustRelationship.trustRelationship).toEqual({
      ...{ state: 'ACTIVE', activeVersion: 2 },
    });
    expect((await api.query(SUSPEND, { id })).errors).toEqual([]);
    expect((await api.query(ACTIVATE, { id, version: 2 })).errors).toEqual([]);
    expect((await api.query(END, { id })).data.endTrustRelationship.trustRelationship.state).toBe('ENDED');
    expect(await epochs(partner, application)).toEqual(before.map((epoch) => epoch + 6));
    expect((await events(id)).map(({ action, code }) => [action, code])).toEqual(
      ['created', 'terms-changed', 'activated', 'activated', 'suspended', 'activated', 'ended'].map((verb) => [
        `trust.${verb}`,
        null,
      ]),
    );
    expect((await events(id))[1]?.data).toEqual({
      version: 2,
      releasedAttributes: { before: ['email'], after: ['email', 'roles'] },
    });
  });

  it('goes no way that its life does not know, and nothing moves [C13]', async () => {
    const { id, partner, application } = await both('stuck');
    const before = await epochs(partner, application);
    expect(await codeOf(SUSPEND, { id })).toBe('STATE_TRANSITION');
    expect((await api.query(ACTIVATE, { id, version: 7 })).errors[0]?.extensions).toMatchObject({
      ...{ code: 'NOT_FOUND', fields: [{ path: 'input.version' }] },
    });
    expect(await epochs(partner, application)).toEqual(before);
    await api.query(ACTIVATE, { id, version: 1 });
    expect(await codeOf(ACTIVATE, { id, version: 1 })).toBe('STATE_TRANSITION');
    await api.query(END, { id });
    expect(await codeOf(ACTIVATE, { id, version: 1 })).toBe('STATE_TRANSITION');
    expect(await codeOf(CHANGE, { input: { id, expectedVersion: 1, terms } })).toBe('STATE_TRANSITION');
    expect((await events(id)).map(({ action }) => action)).toEqual(['trust.created', 'trust.activated', 'trust.ended']);
  });

  it('has versions that never change, and each change names the one before [C13]', async () => {
    const { id } = await both('versioned');
    const change = () => api.query(CHANGE, { input: { id, expectedVersion: 1, terms } });
    const answers = await Promise.all([change(), change()]);
    expect(answers.map(({ errors }) => errors[0]?.extensions.code ?? 'done').sort()).toEqual(['STALE_VERSION', 'done']);
    const where = { trustRelationshipId: rowOf(id), version: 1 };
    await expect(
      api.db.uow.write(hubScope, ({ em }) => em.nativeUpdate(TrustVersion, where, { createdBy: 'somebody' })),
    ).rejects.toThrow(/permission denied/);
    await expect(api.db.uow.write(hubScope, ({ em }) => em.nativeDelete(TrustVersion, where))).rejects.toThrow(
      /permission denied/,
    );
  });

  it('exists once between two parties, and again after its end', async () => {
    const { id, partner, application } = await both('single');
    const common = { partnerId: partner.id, applicationId: application, purpose: 'Again.', owner: 'x', terms };
    expect((await api.query(CREATE, { input: common })).errors[0]?.extensions).toMatchObject({
      ...{ code: 'CONFLICT', fields: [{ path: 'input.applicationId' }] },
    });
    await api.query(END, { id });
    const next = await estate.aTrust(api, partner, application);
    expect((await api.query(ACTIVATE, { id: next, version: 1 })).errors).toEqual([]);
    const LIST = `query ($filter: TrustRelationshipFilter) { trustRelationships(filter: $filter) { edges { node { id } } } }`;
    const list = async (filter: object) =>
      (await api.query(LIST, { filter })).data.trustRelationships.edges.map(
        (edge: { node: { id: string } }) => edge.node.id,
      );
    expect((await list({ partnerId: partner.id })).sort()).toEqual([id, next].sort());
    expect(await list({ applicationId: application, state: 'ACTIVE' })).toEqual([next]);
    expect(await list({ applicationId: partner.id })).toEqual([]);
  });

  it('shows its versions newest first, page by page', async () => {
    const { id } = await both('paged');
    for (const expectedVersion of [1, 2]) await api.query(CHANGE, { input: { id, expectedVersion, terms } });
    const PAGE = `query ($id: ID!, $after: String) { trustRelationship(id: $id) { versions(first: 2, after: $after) {
      edges { node { version } } pageInfo { hasNextPage endCursor } } } }`;
    const first = (await api.query(PAGE, { id })).data.trustRelationship.versions;
    expect([
      first.edges.map(({ node }: { node: { version: number } }) => node.version),
      first.pageInfo.hasNextPage,
    ]).toEqual([[3, 2], true]);
    const second = await api.query(PAGE, { id, after: first.pageInfo.endCursor });
    expect(second.data.trustRelationship.versions).toMatchObject({
      ...{ edges: [{ node: { version: 1 } }], pageInfo: { hasNextPage: false } },
    });
    for (const after of ['djA', 'dg', 'AAAA', Buffer.from('v1 or 1=1').toString('base64url')]) {
      expect(await codeOf(PAGE, { id, after })).toBe('INPUT_INVALID');
    }
  });
});

describe('the terms of a trust relationship', () => {
  it('keep everything that was agreed [C13] [C17]', async () => {
    const partner = await estate.aPartner(api, 'full');
    const full = {
      identityProviderIds: [partner.identityProvider],
      releasedAttributes: ['email', 'roles'],
      minimumAssurance: { aal: 2 },
      maxAuthenticationAgeSeconds: 3_600,
      provisioningMode: 'UPDATE_ONLY',
      validFrom: '2026-01-01T00:00:00+01:00',
      validUntil: '2027-01-01T00:00:00Z',
    };
    const id = await estate.aTrust(api, partner, await estate.anApplication(api, 'full'), full);
    await api.query(ACTIVATE, { id, version: 1 });
    const WHO = 'query ($id: ID!) { trustRelationship(id: $id) { activeTerms { identityProviders { id slug } } } }';
    expect((await api.query(WHO, { id })).data.trustRelationship.activeTerms.identityProviders).toEqual([
      { id: partner.identityProvider, slug: 'full-idp' },
    ]);
    expect((await api.query(READ, { id })).data.trustRelationship.activeTerms).toEqual({
      releasedAttributes: ['email', 'roles'],
      minimumAssurance: { ial: null, aal: 2, fal: null },
      maxAuthenticationAgeSeconds: 3_600,
      provisioningMode: 'UPDATE_ONLY',
      validFrom: '2025-12-31T23:00:00.000Z',
      validUntil: '2027-01-01T00:00:00.000Z',
    });
  });

  it.each([
    [{ validUntil: '2026-01-01T00:00:00Z' }, 'TRUST_TERMS_INVALID', 'input.terms.validUntil'],
    [{ maxAuthenticationAgeSeconds: -1 }, 'TRUST_TERMS_INVALID', 'input.terms.maxAuthenticationAgeSeconds'],
    [{ releasedAttributes: ['email', 'hubAdmin'] }, 'ATTRIBUTE_UNKNOWN', 'input.terms.releasedAttributes.1'],
    [{ identityProviderIds: ['FOREIGN'] }, 'TRUST_TERMS_INVALID', 'input.terms.identityProviderIds.0'],
    [{ minimumAssurance: { aal: 4 } }, 'INPUT_INVALID', 'input.terms.minimumAssurance.aal'],
    [{ provisioningMode: 'ALL' }, 'INPUT_INVALID', 'input.terms.provisioningMode'],
  ])('with %j are refused with %s at %s, when written and when changed', async (over, code, path) => {
    const slug = `bad-${Math.abs(
      JSON.stringify(over)
        .split('')
        .reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) % 1e9,
    )}`;
    const { id, partner } = await both(slug);
    const foreign = (await estate.aPartner(api, `${slug}-other`)).identityProvider;
    const wrong = JSON.parse(JSON.stringify({ ...terms, ...over }).replace('FOREIGN', foreign));
    const changed = await api.query(CHANGE, { input: { id, expectedVersion: 1, terms: wrong } });
    expect(changed.errors[0]?.extensions).toMatchObject({ code, fields: [{ path }] });
    const applicationId = await estate.anApplication(api, `${slug}-new`);
    const common = { partnerId: partner.id, applicationId, purpose: 'x', owner: 'x' };
    const created = await api.query(CREATE, { input: { ...common, terms: wrong } });
    expect(created.errors[0]?.extensions).toMatchObject({ code, fields: [{ path }] });
    expect(
      await api.db.uow.read(hubScope, ({ em }) => em.count(TrustVersion, { trustRelationshipId: rowOf(id) })),
    ).toBe(1);
    expect(await events(id)).toHaveLength(1);
  });

  it('are not put in force once they are over [C13]', async () => {
    const { id } = await both('over', { validUntil: '2026-03-01T10:00:00Z' });
    api.clock.set(new Date('2026-03-01T10:00:00Z'));
    const as = await api.tokenFor({ role: 'OPERATOR' });
    const { errors } = await api.query(ACTIVATE, { id, version: 1 }, { as });
    api.clock.set(fixedNow);
    expect(errors[0]?.extensions).toMatchObject({ code: 'TRUST_TERMS_INVALID', fields: [{ path: 'input.version' }] });
  });
});

describe('trust relationships, from their parties', () => {
  it('are read with parties, terms and versions in as many statements for twenty as for two [G13]', async () => {
    for (let index = 0; index < 20; index += 1) {
      const { id } = await both(`many-${index}`);
      await api.query(ACTIVATE, { id, version: 1 });
    }
    const LIST = `query ($first: Int!) {
      partners(first: $first, filter: { search: "many-" }) { edges { node { slug trustRelationships(first: 2) { edges { node {
        state activeTerms { releasedAttributes } versions(first: 1) { edges { node { version } } } application { slug } } } } } } }
      applications(first: $first, filter: { search: "many-" }) { edges { node { slug trustRelationships(first: 2) { edges { node {
        partner { slug } } } } } } } }`;
    const ask = async (first: number) => {
      let answer: Awaited<ReturnType<TestApi['query']>> | undefined;
      const statements = await statementsOf(api.db, async () => {
        answer = await api.query(LIST, { first });
      });
      expect(answer?.errors).toEqual([]);
      return { statements, data: answer?.data };
    };
    const [two, twenty] = [await ask(2), await ask(20)];
    expect(twenty.data.partners.edges).toHaveLength(20);
    for (const { node } of twenty.data.partners.edges) {
      expect(node.trustRelationships.edges).toEqual([
        {
          node: {
            state: 'ACTIVE',
            activeTerms: { releasedAttributes: ['email'] },
            versions: { edges: [{ node: { version: 1 } }] },
            application: { slug: node.slug },
          },
        },
      ]);
    }
    for (const { node } of twenty.data.applications.edges) {
      expect(node.trustRelationships.edges).toEqual([{ node: { partner: { slug: node.slug } } }]);
    }
    expect(twenty.statements.length).toBe(two.statements.length);
    expect(twenty.statements.length).toBeLessThanOrEqual(10);
  });
});

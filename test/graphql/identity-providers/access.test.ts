import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { globalId } from '../../../src/graphql/global-id.js';
import { IdentityProvider, IdentityProviderKey } from '../../../src/identity-providers/identity-provider.entity.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { RESERVED_PARTNER_ID, type Uuid } from '../../../src/shared/ids.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { insertIdentityProvider, insertPartner } from '../../support/estate.js';
import {
  aTenant,
  done,
  type IdentityProviderOperation,
  identityProviderOperations,
  refusal,
  send,
} from '../../support/identity-providers.js';
import { statementsOf } from '../../support/statements.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

async function anIdentityProvider(partnerId: Uuid, slug: string): Promise<string> {
  const id = await api.db.uow.write(hubScope, (tx) => insertIdentityProvider(tx, partnerId, slug));
  return globalId('IdentityProvider', { partnerId, id });
}

/** Input of each operation that is well formed, so that permission alone decides. */
function inputOf(operation: IdentityProviderOperation, partnerId: string, id: string): Record<string, unknown> {
  const fresh = { partnerId, slug: 'fresh', name: 'Fresh' };
  if (operation === 'createSamlIdentityProvider') return { ...fresh, metadataXml: '<x/>' };
  if (operation === 'createOidcIdentityProvider') {
    return { ...fresh, issuer: 'https://op.example', clientId: 'hub', clientSecret: 'x' };
  }
  return operation === 'replaceSamlMetadata' ? { id, metadataXml: '<x/>' } : { id };
}

const READ = 'query ($id: ID!) { identityProvider(id: $id) { slug } node(id: $id) { id } }';
const LIST =
  'query ($filter: IdentityProviderFilter) { identityProviders(filter: $filter) { edges { node { slug } } } }';

async function slugsOf(filter: Record<string, unknown>, as?: string): Promise<string[]> {
  const { data, errors } = await api.query(LIST, { filter }, as === undefined ? {} : { as });
  expect(errors).toEqual([]);
  return data.identityProviders.edges.map(({ node }: { node: { slug: string } }) => node.slug);
}

describe('identity providers, by role', () => {
  it.each(identityProviderOperations)(
    '%s is for operators and the own administrators [C25] [G12]',
    async (operation) => {
      const mine = await aTenant(api, `mine-${operation.toLowerCase()}`);
      const theirs = await aTenant(api, `theirs-${operation.toLowerCase()}`);
      const id = await anIdentityProvider(theirs.id, 'theirs');
      const input = inputOf(operation, theirs.node, id);
      const auditor = await api.tokenFor({ role: 'AUDITOR' });
      const owner = await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [RESERVED_PARTNER_ID] });
      const reader = await api.tokenFor({ role: 'OPERATOR', scopes: ['identity-providers:read'] });
      for (const as of [auditor, owner, reader]) {
        expect((await refusal(send(api, operation, input, as))).code).toBe('FORBIDDEN');
      }
      expect((await refusal(send(api, operation, input, mine.administrator))).code).toBe('NOT_FOUND');
      const state = await api.query('query ($id: ID!) { identityProvider(id: $id) { state } }', { id });
      expect(state.data.identityProvider.state).toBe('ACTIVE');
    },
  );

  it('show a partner administrator nothing of another partner, by any way [C25] [G10] [G11]', async () => {
    const [mine, theirs] = [await aTenant(api, 'wall-mine'), await aTenant(api, 'wall-theirs')];
    const own = await anIdentityProvider(mine.id, 'wall-own');
    const foreign = await anIdentityProvider(theirs.id, 'wall-foreign');
    const as = mine.administrator;
    expect((await api.query(READ, { id: foreign }, { as })).data).toEqual({ identityProvider: null, node: null });
    expect((await api.query(READ, { id: own }, { as })).data).toMatchObject({ identityProvider: { slug: 'wall-own' } });
    expect(await slugsOf({}, as)).toEqual(['wall-own']);
    expect(await slugsOf({ partnerId: theirs.node }, as)).toEqual([]);
    expect(await slugsOf({ search: 'wall-' }, as)).toEqual(['wall-own']);
    // An id that puts the own partner before a foreign row.
    const [, id = ''] = keyOf(foreign);
    const mixed = globalId('IdentityProvider', { partnerId: mine.id, id });
    expect((await refusal(send(api, 'disableIdentityProvider', { id: mixed }, as))).code).toBe('NOT_FOUND');
  });

  it('are activated again by their partner where its own side disabled them, not where an operator did [H25]', async () => {
    const { id: partnerId, administrator } = await aTenant(api, 'reopened');
    const id = await anIdentityProvider(partnerId, 'reopened');
    const activate = (as?: string) => send(api, 'activateIdentityProvider', { id }, as);
    const disable = (as?: string) => send(api, 'disableIdentityProvider', { id }, as);
    const rows = () =>
      api.db.uow.read(hubScope, async ({ em }) => ({
        identityProviders: await em.find(IdentityProvider, { partnerId }),
        events: await em.count(AuditEvent, { partnerId }),
        epoch: (await em.findOneOrFail(Partner, { id: partnerId })).policyEpoch,
      }));
    await done(disable(administrator));
    expect((await done(activate(administrator))).state).toBe('ACTIVE');

    await done(disable());
    const before = await rows();
    const sentence = 'An operator disabled this identity provider: only an operator activates it again.';
    expect(await refusal(activate(administrator))).toMatchObject({ code: 'FORBIDDEN', path: 'input.id', sentence });
    // Nor does it become the partner's own stop.
    expect((await refusal(disable(administrator))).code).toBe('STATE_TRANSITION');
    expect((await refusal(activate(administrator))).code).toBe('FORBIDDEN');
    expect(await rows()).toEqual(before);
    expect((await done(activate())).state).toBe('ACTIVE');

    // A stop is forgotten once it is lifted, and an operator lifts one of the partner as well.
    await done(disable(administrator));
    expect((await done(activate())).state).toBe('ACTIVE');
    await done(disable(administrator));
    expect((await done(activate(administrator))).state).toBe('ACTIVE');
  });

  it('are read by auditors, and not by application owners', async () => {
    const tenant = await aTenant(api, 'readers');
    const id = await anIdentityProvider(tenant.id, 'readers');
    const auditor = await api.tokenFor({ role: 'AUDITOR' });
    const owner = await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [RESERVED_PARTNER_ID] });
    expect((await api.query(READ, { id }, { as: auditor })).data.identityProvider).toEqual({ slug: 'readers' });
    expect((await api.query(READ, { id }, { as: owner })).errors[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await api.query(LIST, {}, { as: owner })).errors[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('answer NOT_FOUND for ids that are forged, of another type or gone', async () => {
    const { id: partnerId, node } = await aTenant(api, 'forged');
    const gone = globalId('IdentityProvider', { partnerId, id: partnerId });
    for (const id of [gone, node, 'AAAA', '']) {
      for (const operation of identityProviderOperations.filter((name) => !name.startsWith('create'))) {
        expect((await refusal(send(api, operation, inputOf(operation, node, id)))).code).toBe('NOT_FOUND');
      }
      for (const operation of identityProviderOperations.filter((name) => name.startsWith('create'))) {
        const partner = id === node ? gone : id;
        expect((await refusal(send(api, operation, inputOf(operation, partner, id)))).code).toBe('NOT_FOUND');
      }
    }
  });
});

describe('the list of identity providers', () => {
  it('is narrowed by partner, protocol, state and text', async () => {
    const [one, two] = [await aTenant(api, 'filter-one'), await aTenant(api, 'filter-two')];
    const first = await anIdentityProvider(one.id, 'filter-a');
    await anIdentityProvider(one.id, 'filter-b');
    await anIdentityProvider(two.id, 'filter-c');
    await done(send(api, 'disableIdentityProvider', { id: first }));
    expect((await slugsOf({ partnerId: one.node })).sort()).toEqual(['filter-a', 'filter-b']);
    expect(await slugsOf({ partnerId: one.node, state: 'DISABLED' })).toEqual(['filter-a']);
    expect(await slugsOf({ partnerId: one.node, protocol: 'SAML' })).toEqual([]);
    expect((await slugsOf({ search: 'FILTER-', protocol: 'OIDC' })).sort()).toEqual([
      'filter-a',
      'filter-b',
      'filter-c',
    ]);
    expect(await slugsOf({ search: 'https://filter-c' })).toEqual(['filter-c']);
    expect(await slugsOf({ partnerId: 'AAAA' })).toEqual([]);
    const unknown = await api.query(LIST, { filter: { protocol: 'KERBEROS' } });
    expect(unknown.errors[0]?.extensions).toMatchObject({
      code: 'INPUT_INVALID',
      fields: [{ path: 'filter.protocol' }],
    });
  });

  it('costs a bounded number of statements however many rows it has, with every edge and address [G13]', async () => {
    await api.db.uow.write(hubScope, async (tx) => {
      for (let index = 0; index < 40; index += 1) {
        const partnerId = await insertPartner(tx, `bulk-${index}`);
        const identityProviderId = await insertIdentityProvider(tx, partnerId, `bulk-${index}`);
        await tx.em.insert(IdentityProviderKey, {
          partnerId,
          id: identityProviderId,
          identityProviderId,
          certificatePem: 'x',
          fingerprint: `f-${index}`,
          notBefore: new Date(),
          notAfter: new Date(),
          state: 'ACTIVE',
          createdAt: new Date(),
        });
      }
    });
    const SHOWN = 'slug spEntityId redirectUri partner { slug } signingCertificates { fingerprint } saml { ssoUrl }';
    const document = `query ($first: Int!) {
      identityProviders(first: $first, filter: { search: "bulk-" }) { edges { node { ${SHOWN} } } }
      partners(first: $first, filter: { search: "bulk-" }) { edges { node {
        slug identityProviders(first: 3) { edges { node { ${SHOWN} } } } domains(first: 3) { edges { node { name } } } } } } }`;
    const ask = async (first: number) => {
      let answer: Awaited<ReturnType<TestApi['query']>> | undefined;
      const statements = await statementsOf(api.db, async () => {
        answer = await api.query(document, { first });
      });
      expect(answer?.errors).toEqual([]);
      return { statements, data: answer?.data };
    };
    const [two, forty] = [await ask(2), await ask(40)];
    expect(forty.data.identityProviders.edges).toHaveLength(40);
    for (const { node } of forty.data.identityProviders.edges) {
      const index = node.slug.slice('bulk-'.length);
      expect(node).toMatchObject({
        partner: { slug: node.slug },
        signingCertificates: [{ fingerprint: `f-${index}` }],
      });
      expect(node.redirectUri).toBe(`http://hub.test/federation/oidc/${node.slug}.${node.slug}/callback`);
    }
    for (const { node } of forty.data.partners.edges) {
      expect(node.identityProviders.edges).toMatchObject([{ node: { slug: node.slug, partner: { slug: node.slug } } }]);
    }
    // Edges of the two lists fall into the same batch or the next one: twelve at most, for two rows as for forty.
    expect(two.statements.length).toBeLessThanOrEqual(12);
    expect(forty.statements.length).toBeLessThanOrEqual(12);
  });
});

function keyOf(node: string): string[] {
  const hex = Buffer.from(node, 'base64url').subarray('IdentityProvider:'.length).toString('hex');
  return (hex.match(/.{32}/g) ?? []).map((one) => one.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}

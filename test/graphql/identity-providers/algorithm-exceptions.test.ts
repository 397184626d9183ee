/** Old algorithms of one SAML IdP: who may let them through, and what is kept of it. */
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { lookupTenantKey } from '../../../src/graphql/global-id.js';
import { IdentityProvider } from '../../../src/identity-providers/identity-provider.entity.js';
import { loadUpstreamConfig } from '../../../src/identity-providers/upstream-config.store.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { aTenant, done, refusal, send, type TestTenant } from '../../support/identity-providers.js';
import { makeSamlKey } from '../../support/saml-keys.js';
import { samlMetadata } from '../../support/saml-metadata.js';

const SENTENCE = 'Only an operator lets an identity provider use old algorithms.';
const refusedField = { code: 'FORBIDDEN', path: 'input.algorithmExceptions', sentence: SENTENCE };

let api: TestApi;
let metadataXml: string;
let count = 0;
beforeAll(async () => {
  api = await createTestApi();
  metadataXml = samlMetadata({ certificates: [(await makeSamlKey()).certificateBase64] });
});
afterAll(() => api.close());

function newTenant(): Promise<TestTenant> {
  count += 1;
  return aTenant(api, `exceptions-${count}`);
}

function create(tenant: TestTenant, over: Record<string, unknown> = {}, as?: string) {
  const input = { partnerId: tenant.node, slug: 'main', name: 'Main', metadataXml, ...over };
  return send(api, 'createSamlIdentityProvider', input, as);
}

function update(id: string, algorithmExceptions: unknown, as?: string) {
  return send(api, 'updateIdentityProvider', { id, algorithmExceptions }, as);
}

function rowsOf({ id: partnerId }: TestTenant) {
  return api.db.uow.read(hubScope, async ({ em }) => ({
    identityProviders: await em.find(IdentityProvider, { partnerId }),
    events: await em.find(AuditEvent, { partnerId, action: { $like: 'identity-provider.%' } }),
    epoch: (await em.findOneOrFail(Partner, { id: partnerId })).policyEpoch,
  }));
}

async function configured(tenant: TestTenant, node: string) {
  const { id } = lookupTenantKey('IdentityProvider', node) ?? { id: '' };
  const parts = { box: api.db.box, baseUrl: 'http://hub.test' };
  const config = await api.db.uow.read(hubScope, (tx) => loadUpstreamConfig(tx, tenant.id, id, parts));
  return config?.kind === 'SAML' ? config.algorithmExceptions : null;
}

describe('old algorithms of a SAML identity provider', () => {
  it('are let through by an operator alone; the change is audited and old decisions end [S23] [S25] [H25]', async () => {
    const tenant = await newTenant();
    const { id, saml } = await done(create(tenant));
    expect(saml.algorithmExceptions).toEqual([]);
    expect(await configured(tenant, id)).toEqual([]);
    const before = await rowsOf(tenant);
    const changed = await done(update(id, ['AES_CBC', 'SHA1_SIGNATURE', 'AES_CBC']));
    expect(changed.saml.algorithmExceptions).toEqual(['SHA1_SIGNATURE', 'AES_CBC']);
    expect(await configured(tenant, id)).toEqual(['SHA1_SIGNATURE', 'AES_CBC']);
    const { events, epoch } = await rowsOf(tenant);
    expect(epoch).toBe(before.epoch + 1);
    const told = events.find(({ action }) => action === 'identity-provider.updated')?.data;
    expect(told).toEqual({ changes: { algorithmExceptions: { before: [], after: ['SHA1_SIGNATURE', 'AES_CBC'] } } });
  });

  it('are not let through by the partner, who may give them up [S23] [S25] [H25] [C25]', async () => {
    const tenant = await newTenant();
    const as = tenant.administrator;
    expect(await refusal(create(tenant, { algorithmExceptions: ['AES_CBC'] }, as))).toMatchObject(refusedField);
    expect((await rowsOf(tenant)).identityProviders).toEqual([]);
    const { id } = await done(create(tenant, { algorithmExceptions: [] }, as));
    await done(update(id, ['SHA1_SIGNATURE']));
    const before = await rowsOf(tenant);
    for (const wanted of [['AES_CBC'], ['SHA1_SIGNATURE', 'AES_CBC']]) {
      expect(await refusal(update(id, wanted, as))).toMatchObject(refusedField);
    }
    expect(await rowsOf(tenant)).toEqual(before);
    expect((await done(update(id, ['SHA1_SIGNATURE'], as))).saml.algorithmExceptions).toEqual(['SHA1_SIGNATURE']);
    expect((await done(update(id, [], as))).saml.algorithmExceptions).toEqual([]);
    expect(await refusal(update(id, ['SHA1_SIGNATURE'], as))).toMatchObject(refusedField);
  });

  it('are for whoever may change identity providers, and for nobody else [C25] [G12]', async () => {
    const tenant = await newTenant();
    const stranger = await newTenant();
    const { id } = await done(create(tenant, { algorithmExceptions: ['SHA1_SIGNATURE'] }));
    const auditor = await api.tokenFor({ role: 'AUDITOR' });
    const reader = await api.tokenFor({ role: 'OPERATOR', scopes: ['identity-providers:read'] });
    for (const as of [auditor, reader]) expect((await refusal(update(id, [], as))).code).toBe('FORBIDDEN');
    expect((await refusal(update(id, [], stranger.administrator))).code).toBe('NOT_FOUND');
    expect(await configured(tenant, id)).toEqual(['SHA1_SIGNATURE']);
    expect((await rowsOf(tenant)).events).toMatchObject([{ data: { algorithmExceptions: ['SHA1_SIGNATURE'] } }]);
  });

  it.each(['RSA_1_5', 'TRIPLE_DES', 'MD5_SIGNATURE'])('never are %s [S25] [G09]', async (name) => {
    const { id } = await done(create(await newTenant()));
    expect((await refusal(update(id, [name]))).code).toBe('INPUT_INVALID');
  });
});

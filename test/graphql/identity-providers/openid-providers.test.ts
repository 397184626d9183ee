import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { MAX_IDENTITY_PROVIDERS } from '../../../src/identity-providers/creation.service.js';
import {
  IdentityProvider,
  IdentityProviderAssociation,
  ServiceProviderProfile,
} from '../../../src/identity-providers/identity-provider.entity.js';
import { clientSecretPlace } from '../../../src/identity-providers/upstream-config.store.js';
import { AttributeMapping } from '../../../src/mapping/mapping.entity.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { insertIdentityProvider } from '../../support/estate.js';
import { aTenant, done, refusal, send, type TestTenant } from '../../support/identity-providers.js';
import { type OpenIdProvider, startOpenIdProvider } from '../../support/openid-provider.js';

const SECRET = 'a secret: of 100% + the hub';

let provider: OpenIdProvider;
let other: OpenIdProvider;
let api: TestApi;
let count = 0;
beforeAll(async () => {
  provider = await startOpenIdProvider();
  other = await startOpenIdProvider();
  api = await createTestApi({ egressAllow: [provider.hostPort, other.hostPort] });
});
afterAll(async () => {
  await api.close();
  await provider.close();
  await other.close();
});
beforeEach(() => provider.set({ discovery: {}, onDiscovery: null }));

function newTenant(): Promise<TestTenant> {
  count += 1;
  return aTenant(api, `tenant-${count}`);
}

function inputFor(tenant: TestTenant, over: Record<string, unknown> = {}) {
  const common = { partnerId: tenant.node, slug: 'main', name: 'Main' };
  return { ...common, issuer: provider.issuer, clientId: 'hub', clientSecret: SECRET, ...over };
}

function create(tenant: TestTenant, over: Record<string, unknown> = {}) {
  return send(api, 'createOidcIdentityProvider', inputFor(tenant, over));
}

function rowsOf(tenant: TestTenant) {
  return api.db.uow.read(hubScope, async ({ em }) => ({
    identityProviders: await em.find(IdentityProvider, { partnerId: tenant.id }),
    profiles: await em.count(ServiceProviderProfile, { partnerId: tenant.id }),
    associations: await em.count(IdentityProviderAssociation, { partnerId: tenant.id }),
    mappings: await em.count(AttributeMapping, { partnerId: tenant.id }),
    events: await em.find(AuditEvent, { partnerId: tenant.id, action: { $like: 'identity-provider.%' } }),
    epoch: (await em.findOneOrFail(Partner, { id: tenant.id })).policyEpoch,
  }));
}

const nothing = { identityProviders: [], profiles: 0, associations: 0, mappings: 0, events: [], epoch: 1 };

describe('an OpenID Provider', () => {
  it('is connected as a draft by discovery, with all that goes with it, in one transaction [N25] [N29]', async () => {
    const tenant = await newTenant();
    const created = await done(send(api, 'createOidcIdentityProvider', inputFor(tenant), tenant.administrator));
    expect(created).toMatchObject({
      slug: 'main',
      protocol: 'OIDC',
      state: 'DRAFT',
      issuer: provider.issuer,
      redirectUri: `http://hub.test/federation/oidc/tenant-${count}.main/callback`,
      spEntityId: null,
      acsUrl: null,
      spMetadataUrl: null,
      saml: null,
      oidc: {
        clientId: 'hub',
        tokenEndpointAuthMethod: 'client_secret_basic',
        scopes: ['openid', 'email', 'profile'],
        idTokenAlgorithms: ['ES256'],
        allowedTenants: [],
        fetchUserInfo: true,
      },
      subjectSource: { kind: 'SUB', name: null },
      assuranceMap: [],
      clockSkewSeconds: 180,
      signingCertificates: [],
      partner: { slug: `tenant-${count}` },
    });
    const rows = await rowsOf(tenant);
    expect(rows).toMatchObject({ profiles: 1, associations: 1, mappings: 1 });
    const [stored] = rows.identityProviders;
    expect(stored?.settings).toMatchObject({ metadata: { jwks_uri: `${provider.origin}/jwks` } });
    expect(api.db.box.open(stored?.clientSecretEncrypted ?? '', clientSecretPlace(tenant.id, stored?.id ?? ''))).toBe(
      SECRET,
    );
    expect(rows.events).toMatchObject([
      { action: 'identity-provider.created', actorKind: 'PARTNER_ADMINISTRATOR', data: { clientId: 'hub' } },
    ]);
    expect(JSON.stringify(rows.events)).not.toContain(SECRET);
  });

  it('shows its secret nowhere: there is no field for it [G12]', async () => {
    const { errors } = await api.query('{ identityProviders { edges { node { oidc { clientSecret } } } } }');
    expect(errors[0]?.extensions.code).toBe('QUERY_INVALID');
  });

  it.each([
    ['another issuer', { issuer: 'https://evil.example' }, /another issuer/],
    ['no token endpoint', { token_endpoint: undefined }, /token_endpoint/],
    [
      'an endpoint that no browser may be sent to',
      { authorization_endpoint: 'javascript:alert(1)' },
      /authorization_e/,
    ],
    ['an endpoint on a private address', { jwks_uri: 'https://169.254.169.254/keys' }, /jwks_uri/],
    ['no code flow', { response_types_supported: ['id_token'] }, /code flow/],
    ['symmetric signatures only', { id_token_signing_alg_values_supported: ['HS256', 'none'] }, /id_token_signing/],
    [
      'no authentication with a secret',
      { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
      /token_endpoint_a/,
    ],
  ])('is refused when its document names %s [O09] [N25]', async (_, discovery, message) => {
    const tenant = await newTenant();
    provider.set({ discovery });
    const refused = await refusal(create(tenant));
    expect(refused).toMatchObject({ code: 'OIDC_DISCOVERY', path: 'input.issuer' });
    expect(refused.message).toMatch(message);
    expect(await rowsOf(tenant)).toEqual(nothing);
  });

  it.each([
    ['an error status', { status: 500 }],
    ['another media type', { headers: { 'content-type': 'text/html' }, body: '<html></html>' }],
    ['no JSON', { headers: { 'content-type': 'application/json' }, body: '{' }],
    ['a member twice', { headers: { 'content-type': 'application/json' }, body: '{"issuer":"a","issuer":"b"}' }],
  ])('is refused when its document comes with %s [O09]', async (_, answer) => {
    const tenant = await newTenant();
    provider.set({ onDiscovery: () => answer });
    expect(await refusal(create(tenant))).toMatchObject({ code: 'OIDC_DISCOVERY', path: 'input.issuer' });
    expect(await rowsOf(tenant)).toEqual(nothing);
  });

  it.each(['http://127.0.0.1/?x', 'https://op.example/#y', 'not a url', 'https://user:pw@op.example'])(
    'is refused by the issuer %s before anything is fetched [O09]',
    async (issuer) => {
      const tenant = await newTenant();
      const code = issuer.includes(' ') ? 'INPUT_INVALID' : 'OIDC_DISCOVERY';
      expect(await refusal(create(tenant, { issuer }))).toMatchObject({ code, path: 'input.issuer' });
    },
  );

  it('is connected once per partner by its issuer and its slug, and once more by another partner [C16]', async () => {
    const [tenant, stranger] = [await newTenant(), await newTenant()];
    await done(create(tenant));
    expect(await refusal(create(tenant, { slug: 'again' }))).toMatchObject({
      code: 'ENTITY_ID_TAKEN',
      path: 'input.issuer',
    });
    expect(await refusal(create(tenant, { issuer: other.issuer }))).toMatchObject({
      code: 'SLUG_TAKEN',
      path: 'input.slug',
    });
    const { identityProviders, profiles, associations, mappings, events } = await rowsOf(tenant);
    expect([identityProviders.length, profiles, associations, mappings, events.length]).toEqual([1, 1, 1, 1, 1]);
    expect(await done(create(stranger))).toMatchObject({ issuer: provider.issuer });
  });

  it('is changed setting by setting, audited without its secret, and decided anew at once', async () => {
    const tenant = await newTenant();
    const { id } = await done(create(tenant));
    const changed = await done(
      send(
        api,
        'updateIdentityProvider',
        {
          id,
          name: 'Renamed',
          scopes: ['openid', 'groups'],
          fetchUserInfo: false,
          clockSkewSeconds: 0,
          subjectSource: { kind: 'CLAIM', name: 'oid' },
          clientSecret: 'the next secret',
        },
        tenant.administrator,
      ),
    );
    expect(changed).toMatchObject({
      name: 'Renamed',
      clockSkewSeconds: 0,
      subjectSource: { kind: 'CLAIM', name: 'oid' },
      oidc: { scopes: ['openid', 'groups'], fetchUserInfo: false, clientId: 'hub' },
    });
    const { identityProviders, events, epoch } = await rowsOf(tenant);
    expect(epoch).toBe(2);
    const [stored] = identityProviders;
    expect(api.db.box.open(stored?.clientSecretEncrypted ?? '', clientSecretPlace(tenant.id, stored?.id ?? ''))).toBe(
      'the next secret',
    );
    const updated = events.find(({ action }) => action === 'identity-provider.updated');
    expect(updated?.data).toMatchObject({
      changes: { name: { before: 'Main', after: 'Renamed' }, clockSkewSeconds: { before: 180, after: 0 } },
      clientSecretReplaced: true,
    });
    expect(JSON.stringify(events)).not.toMatch(/secret: of|next secret/);
  });

  it.each([
    ['clockSkewSeconds', { clockSkewSeconds: 301 }, 'input.clockSkewSeconds'],
    ['a setting of SAML', { requireEncrypted: true }, 'input.requireEncrypted'],
    ['a subject source of SAML', { subjectSource: { kind: 'NAME_ID' } }, 'input.subjectSource'],
    ['a claim without a name', { subjectSource: { kind: 'CLAIM' } }, 'input.subjectSource.name'],
    ['a scope with a quote', { scopes: ['a"b'] }, 'input.scopes'],
    ['a context twice', { assuranceMap: [entry('x'), entry('x')] }, 'input.assuranceMap.1.context'],
    [
      'a level that is none',
      { assuranceMap: [{ context: 'x', levels: { aal: 4 } }] },
      'input.assuranceMap.0.levels.aal',
    ],
    ['an unknown method', { tokenEndpointAuthMethod: 'private_key_jwt' }, 'input.tokenEndpointAuthMethod'],
    ['a secret of nothing', { clientSecret: '' }, 'input.clientSecret'],
  ])('refuses %s, naming the field, and stays as it is [G09]', async (_, change, path) => {
    const tenant = await newTenant();
    const { id } = await done(create(tenant));
    const before = await rowsOf(tenant);
    const refused = await refusal(send(api, 'updateIdentityProvider', { id, ...change }));
    expect(refused).toMatchObject({ code: 'INPUT_INVALID', path });
    expect(await rowsOf(tenant)).toEqual(before);
  });

  it('has what its statements are worth from an operator: its partner can only make them worth less [H25]', async () => {
    const tenant = await newTenant();
    const worth = (aal: number | null) => [{ context: 'urn:mfa', levels: { aal } }];
    const change = (id: string, assuranceMap: unknown, as?: string) =>
      send(api, 'updateIdentityProvider', { id, assuranceMap }, as);
    const { administrator } = tenant;
    const forbidden = { code: 'FORBIDDEN', path: 'input.assuranceMap' };

    const claimed = inputFor(tenant, { assuranceMap: worth(1) });
    expect(await refusal(send(api, 'createOidcIdentityProvider', claimed, administrator))).toMatchObject(forbidden);
    const { id } = await done(send(api, 'createOidcIdentityProvider', inputFor(tenant), administrator));
    expect(await refusal(change(id, worth(2), administrator))).toMatchObject(forbidden);
    const levels = { ial: null, aal: 2, fal: null };
    expect((await done(change(id, worth(2)))).assuranceMap).toEqual([{ context: 'urn:mfa', levels }]);

    const before = await rowsOf(tenant);
    expect(await refusal(change(id, worth(3), administrator))).toMatchObject(forbidden);
    const other = [...worth(2), { context: 'urn:password', levels: { ial: 1 } }];
    expect(await refusal(change(id, other, administrator))).toMatchObject(forbidden);
    expect(await rowsOf(tenant)).toEqual(before);
    expect((await done(change(id, worth(2), administrator))).assuranceMap).toEqual([{ context: 'urn:mfa', levels }]);
    expect((await done(change(id, [], administrator))).assuranceMap).toEqual([]);
    expect(await refusal(change(id, worth(2), administrator))).toMatchObject(forbidden);
  });

  it('goes from draft to active to disabled and back, and raises the epoch each time', async () => {
    const tenant = await newTenant();
    const { id } = await done(create(tenant));
    expect((await refusal(send(api, 'disableIdentityProvider', { id }))).code).toBe('STATE_TRANSITION');
    expect((await done(send(api, 'activateIdentityProvider', { id }, tenant.administrator))).state).toBe('ACTIVE');
    expect((await refusal(send(api, 'activateIdentityProvider', { id }))).code).toBe('STATE_TRANSITION');
    expect((await done(send(api, 'disableIdentityProvider', { id }))).state).toBe('DISABLED');
    expect((await done(send(api, 'activateIdentityProvider', { id }))).state).toBe('ACTIVE');
    const { epoch, events } = await rowsOf(tenant);
    expect(epoch).toBe(4);
    expect(events.map(({ action }) => action).sort()).toEqual([
      'identity-provider.activated',
      'identity-provider.activated',
      'identity-provider.created',
      'identity-provider.disabled',
    ]);
  });

  it('of many tenants is connected with the tenants of the partner, and not without them [O11]', async () => {
    const tenant = await newTenant();
    provider.set({ discovery: { issuer: `${provider.origin}/{tenantid}/v2.0` } });
    const issuer = `${provider.origin}/common/v2.0`;
    expect(await refusal(create(tenant, { issuer }))).toMatchObject({
      code: 'INPUT_INVALID',
      path: 'input.allowedTenants',
    });
    expect(await rowsOf(tenant)).toEqual(nothing);
    const { id, oidc } = await done(create(tenant, { issuer, allowedTenants: ['7f7c1d'] }));
    expect(oidc.allowedTenants).toEqual(['7f7c1d']);
    const emptied = await refusal(send(api, 'updateIdentityProvider', { id, allowedTenants: [] }));
    expect(emptied).toMatchObject({ code: 'INPUT_INVALID', path: 'input.allowedTenants' });
  });

  it('is one of fifty at most in one partner', async () => {
    const tenant = await newTenant();
    await api.db.uow.write(hubScope, async (tx) => {
      for (let index = 0; index < MAX_IDENTITY_PROVIDERS; index += 1) {
        await insertIdentityProvider(tx, tenant.id, `bound-${count}-${index}`);
      }
    });
    expect((await refusal(create(tenant))).code).toBe('CONFLICT');
  });

  it('has no metadata of SAML to replace', async () => {
    const { id } = await done(create(await newTenant()));
    const refused = await refusal(send(api, 'replaceSamlMetadata', { id, metadataXml: '<x/>' }));
    expect(refused).toMatchObject({ code: 'INPUT_INVALID', path: 'input.id' });
  });

  it('is not connected for a retired partner', async () => {
    const tenant = await newTenant();
    await api.query('mutation ($id: ID!) { retirePartner(input: { id: $id }) { partner { id } } }', {
      id: tenant.node,
    });
    expect((await refusal(create(tenant))).code).toBe('STATE_TRANSITION');
  });
});

function entry(context: string) {
  return { context, levels: { aal: 2 } };
}

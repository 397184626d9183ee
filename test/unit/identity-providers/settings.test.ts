import fc from 'fast-check';
import { nextIdentityProviderState, planKeys } from '../../../src/identity-providers/identity-provider.rules.js';
import {
  defaultCommonSettings,
  newOidcSettings,
  newSamlSettings,
  type SettingsEdit,
  settingsProblems,
} from '../../../src/identity-providers/settings.rules.js';
import type { OpenIdProviderMetadata } from '../../../src/protocols/oidc/upstream-metadata.rules.js';

const issuer = 'https://op.example';
const metadata: OpenIdProviderMetadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
};
const endpoint = {
  ssoUrl: 'https://idp.example/sso',
  ssoBinding: 'REDIRECT',
  sloResponseUrl: null,
  sloBinding: null,
  metadataUrl: null,
  metadataSigner: null,
} as const;
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';

function oidc(edit: SettingsEdit = {}, over: Partial<OpenIdProviderMetadata> = {}) {
  return newOidcSettings({ ...metadata, ...over }, 'hub', edit);
}

function oidcPaths(edit: SettingsEdit, over: Partial<OpenIdProviderMetadata> = {}): readonly string[] {
  const settings = oidc(edit, over);
  if (!settings.ok) throw new Error(settings.member);
  return settingsProblems(issuer, settings.value, defaultCommonSettings('OIDC'), edit).map(({ path }) => path);
}

describe('settings of an OpenID Provider', () => {
  it('follow what it says of itself, and the defaults of Discovery 1.0 where it is silent', () => {
    expect(oidc()).toMatchObject({
      ok: true,
      value: { tokenEndpointAuthMethod: 'client_secret_basic', idTokenAlgorithms: ['RS256'], fetchUserInfo: false },
    });
    const post = { token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'] };
    expect(oidc({}, { ...post, userinfo_endpoint: `${issuer}/me` })).toMatchObject({
      value: { tokenEndpointAuthMethod: 'client_secret_post', fetchUserInfo: true },
    });
  });

  it('never take `none` or a symmetric algorithm, and refuse a provider that has nothing else [O06]', () => {
    const listed = { id_token_signing_alg_values_supported: ['none', 'HS256', 'ES256'] };
    expect(oidc({}, listed)).toMatchObject({ value: { idTokenAlgorithms: ['ES256'] } });
    expect(oidc({}, { id_token_signing_alg_values_supported: ['none', 'HS256'] })).toEqual({
      ok: false,
      member: 'id_token_signing_alg_values_supported',
    });
    expect(oidc({}, { token_endpoint_auth_methods_supported: ['none'] })).toMatchObject({ ok: false });
  });

  it('demand the tenants of an issuer that stands for many [O11]', () => {
    const template = { issuer: 'https://op.example/{tenantid}/v2.0' };
    expect(oidcPaths({}, template)).toEqual(['input.allowedTenants']);
    expect(oidcPaths({ allowedTenants: ['7f7c1d'] }, template)).toEqual([]);
    expect(oidcPaths({ allowedTenants: ['../other'] }, template)).toEqual(['input.allowedTenants']);
  });

  it('name every field that cannot work', () => {
    const edit = { scopes: ['openid "x"'], fetchUserInfo: true, requireEncrypted: true };
    expect(oidcPaths(edit)).toEqual(['input.requireEncrypted', 'input.scopes', 'input.fetchUserInfo']);
  });
});

describe('settings of a SAML IdP', () => {
  const problems = (edit: SettingsEdit, common = {}) =>
    settingsProblems('x', newSamlSettings(endpoint, edit), { ...defaultCommonSettings('SAML'), ...common }, edit);

  it('demand a signature whatever is chosen, and take what was chosen', () => {
    expect(newSamlSettings(endpoint, {})).toMatchObject({ requireSigned: 'EITHER', signRequests: true });
    expect(newSamlSettings(endpoint, { requireSigned: 'BOTH', requireEncrypted: true })).toMatchObject({
      requireSigned: 'BOTH',
      requireEncrypted: true,
    });
  });

  it('refuse a transient NameID as the key of a person, and take it beside a claim', () => {
    expect(problems({ nameIdFormat: TRANSIENT })).toMatchObject([{ path: 'input.nameIdFormat' }]);
    expect(problems({ nameIdFormat: TRANSIENT }, { subjectSource: { kind: 'CLAIM', name: 'uid' } })).toEqual([]);
  });

  it('refuse what belongs to the other protocol', () => {
    expect(problems({ scopes: ['openid'] })).toMatchObject([{ path: 'input.scopes' }]);
    expect(problems({}, { subjectSource: { kind: 'SUB' } })).toMatchObject([{ path: 'input.subjectSource' }]);
  });

  it.each([-1, 301, 1.5, Number.NaN])('refuse %p seconds of clock difference', (clockSkewSeconds) => {
    expect(problems({}, { clockSkewSeconds })).toMatchObject([{ path: 'input.clockSkewSeconds' }]);
  });
});

describe('the life of an identity provider', () => {
  it('leads from draft to active and disabled, and never back to a draft', () => {
    expect(nextIdentityProviderState('DRAFT', 'activate')).toBe('ACTIVE');
    expect(nextIdentityProviderState('ACTIVE', 'disable')).toBe('DISABLED');
    expect(nextIdentityProviderState('DISABLED', 'activate')).toBe('ACTIVE');
    expect(nextIdentityProviderState('DRAFT', 'disable')).toBeNull();
    expect(nextIdentityProviderState('ACTIVE', 'activate')).toBeNull();
  });
});

describe('a change of keys', () => {
  it('leaves exactly the keys of the new metadata active', () => {
    const name: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const pinned = fc.uniqueArray(
      fc.record({ fingerprint: name, state: fc.constantFrom('ACTIVE' as const, 'RETIRED' as const) }),
      { selector: ({ fingerprint }) => fingerprint },
    );
    fc.assert(
      fc.property(pinned, fc.uniqueArray(name, { minLength: 1 }), (before, given) => {
        const { added, restored, retired } = planKeys(before, given);
        const active = new Set(before.filter(({ state }) => state === 'ACTIVE').map(({ fingerprint }) => fingerprint));
        for (const fingerprint of [...added, ...restored]) active.add(fingerprint);
        for (const fingerprint of retired) active.delete(fingerprint);
        expect([...active].sort()).toEqual([...given].sort());
        expect(added.filter((one) => before.some(({ fingerprint }) => fingerprint === one))).toEqual([]);
      }),
      { seed: 45 },
    );
  });
});

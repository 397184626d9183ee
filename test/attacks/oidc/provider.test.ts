import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../../src/shared/error-catalogue.js';
import { type Harness, NOW, plainAsk, startHarness } from './harness.js';

const bomb = gzipSync(Buffer.alloc(50_000_000));
let hub: Harness;
beforeEach(async () => {
  hub = await startHarness({}, 1_500);
});
afterEach(() => hub.close());

const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);

describe('metadata of a provider that lies [O09]', () => {
  it('of another issuer than the connection is not used', async () => {
    const config = hub.config({ metadata: { ...hub.op.discovery(), issuer: 'https://other.example' } });
    await expect(hub.upstream.begin(config, plainAsk, NOW)).rejects.toMatchObject({ code: 'OIDC_DISCOVERY' });
  });

  it.each([
    ['authorization_endpoint', 'javascript:alert(1)'],
    ['token_endpoint', 'http://169.254.169.254/latest/meta-data'],
    ['token_endpoint', 'file:///etc/passwd'],
    ['jwks_uri', 'http://10.0.0.1/keys'],
    ['jwks_uri', 'http://[::1]:22/'],
    ['userinfo_endpoint', 'gopher://127.0.0.1/'],
    ['authorization_endpoint', undefined],
  ])('with %s = %p is not used [O13]', async (member, value) => {
    const config = hub.config({ metadata: { ...hub.op.discovery(), [member]: value } });
    await expect(hub.upstream.begin(config, plainAsk, NOW)).rejects.toMatchObject({ code: 'OIDC_DISCOVERY' });
    expect(hub.op.requests).toEqual([]);
  });

  it('that redirects the token call is not followed [O13]', async () => {
    hub.op.set({ onToken: () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/internal' } }) });
    expect(['EGRESS_DENIED', 'IDP_ERROR']).toContain((await hub.refused()).code);
  });

  it('that redirects to its keys is not followed [O13]', async () => {
    hub.op.set({ onJwks: () => ({ status: 302, headers: { location: `${hub.op.origin}/other` } }) });
    expect(['EGRESS_DENIED', 'IDP_UNAVAILABLE', 'OIDC_KEY']).toContain((await hub.refused()).code);
    expect(hub.op.requests).not.toContain('GET /other');
  });
});

describe('answers that cost [O14]', () => {
  const floods: [string, ErrorCode[], () => Parameters<typeof hub.op.set>[0]][] = [
    [
      'a key set of 10 000 keys',
      ['EGRESS_LIMIT', 'OIDC_KEY'],
      () => ({ jwks: () => ({ keys: Array(10_000).fill({ kty: 'EC' }) }) }),
    ],
    ['a key set of 101 keys', ['EGRESS_LIMIT'], () => ({ jwks: () => ({ keys: Array(101).fill({ kty: 'EC' }) }) })],
    [
      'JSON of 100 000 levels',
      ['OIDC_CALLBACK', 'EGRESS_LIMIT'],
      () => ({ onToken: () => ({ headers: { 'content-type': 'application/json' }, body: '['.repeat(100_000) }) }),
    ],
    [
      'a gzip bomb',
      ['EGRESS_LIMIT'],
      () => ({
        onToken: () => ({
          headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
          body: bomb,
        }),
      }),
    ],
    [
      'keys as a page',
      ['OIDC_KEY', 'IDP_UNAVAILABLE'],
      () => ({ onJwks: () => ({ headers: { 'content-type': 'text/html' }, body: '<p>keys</p>' }) }),
    ],
    [
      'a slow drip',
      ['IDP_UNAVAILABLE'],
      () => ({
        onToken: () => ({
          raw: (response) => {
            response.writeHead(200, { 'content-type': 'application/json' });
            response.write('{');
          },
        }),
      }),
    ],
    ['silence', ['IDP_UNAVAILABLE'], () => ({ onToken: () => ({ raw: () => undefined }) })],
    ['silence of the key set', ['IDP_UNAVAILABLE'], () => ({ onJwks: () => ({ raw: () => undefined }) })],
  ];

  it.each(floods)('%s ends the login within its bound', async (_name, codes, settings) => {
    hub.op.set(settings());
    const started = performance.now();
    expect(codes).toContain((await hub.refused()).code);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('keys that roll at the provider [O29]', () => {
  it('a new key works at once, between the request and the token', async () => {
    expect((await hub.login()).ok).toBe(true);
    await hub.op.rotateKey({ keepOld: true });
    expect((await hub.login()).ok).toBe(true);
  });

  it('a token of the old key is accepted while that key is published', async () => {
    const before = hub.op.currentKey();
    await hub.op.rotateKey({ keepOld: true });
    hub.op.set({ idToken: (claims) => hub.op.sign(claims, { kid: before.jwk.kid }, before.privateKey) });
    expect((await hub.login()).ok).toBe(true);
  });

  it('a retired key is refused once the key set has been read again', async () => {
    expect((await hub.login()).ok).toBe(true);
    const retired = hub.op.currentKey();
    await hub.op.rotateKey();
    hub.op.set({ idToken: (claims) => hub.op.sign(claims, { kid: retired.jwk.kid }, retired.privateKey) });
    expect((await hub.refused({ now: later(301_000) })).code).toBe('OIDC_KEY');
  });
});

describe('issuers of many tenants [O11]', () => {
  const tenant = '11111111-2222-3333-4444-555555555555';
  const template = 'https://login.example/{tenantid}/v2.0';

  function shared(changes: Parameters<Harness['config']>[0] = {}) {
    const metadata = { ...hub.op.discovery(), issuer: template, authorization_response_iss_parameter_supported: false };
    return hub.config({ issuer: template, metadata, allowedTenants: [tenant], ...changes });
  }
  const token = (tid: unknown, iss = template.replace('{tenantid}', String(tid))) =>
    hub.op.set({ callback: { iss: null }, idTokenClaims: (claims) => ({ ...claims, tid, iss }) });

  it('accept a listed tenant (positive control)', async () => {
    token(tenant);
    expect(await hub.login({ config: shared() })).toMatchObject({ ok: true });
  });

  it.each(['99999999-2222-3333-4444-555555555555', 'common', 'organizations', undefined, 7])(
    'refuse tenant %p',
    async (tid) => {
      token(tid);
      expect((await hub.refused({ config: shared() })).code).toBe('OIDC_TENANT');
    },
  );

  it('refuse a listed tenant id under the issuer of another tenant', async () => {
    token(tenant, template.replace('{tenantid}', '99999999-2222-3333-4444-555555555555'));
    expect(['OIDC_ISS_MISMATCH', 'OIDC_TENANT']).toContain((await hub.refused({ config: shared() })).code);
  });

  it('refuse everybody when no tenant is listed', async () => {
    token(tenant);
    expect((await hub.refused({ config: shared({ allowedTenants: [] }) })).code).toBe('OIDC_TENANT');
  });
});

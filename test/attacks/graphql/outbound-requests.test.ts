/**
 * An administrator of a partner makes the hub call out: the address of metadata and the issuer of a discovery are theirs
 * to choose. Nothing may reach what the operator has not allowed, and no answer may tie the hub up.
 */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { IdentityProvider } from '../../../src/identity-providers/identity-provider.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { type DocumentServer, type ServedDocument, startDocumentServer } from '../../support/document-server.js';
import { aTenant, refusal, send, type TestTenant } from '../../support/identity-providers.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const XML_TYPE = { 'content-type': 'application/samlmetadata+xml' };
const DISCOVERY = '/.well-known/openid-configuration';

let allowed: DocumentServer;
let inside: DocumentServer;
let api: TestApi;
let tenant: TestTenant;
beforeAll(async () => {
  allowed = await startDocumentServer();
  inside = await startDocumentServer();
  api = await createTestApi({ egressAllow: [allowed.hostPort] });
  tenant = await aTenant(api, 'attacker');
});
afterAll(async () => {
  await api.close();
  await allowed.close();
  await inside.close();
});

function bySaml(metadataUrl: string) {
  const input = { partnerId: tenant.node, slug: 'main', name: 'Main', metadataUrl };
  return refusal(send(api, 'createSamlIdentityProvider', input, tenant.administrator));
}

function byOidc(issuer: string) {
  const client = { clientId: 'hub', clientSecret: 'secret' };
  const input = { partnerId: tenant.node, slug: 'main', name: 'Main', issuer, ...client };
  return refusal(send(api, 'createOidcIdentityProvider', input, tenant.administrator));
}

async function nothingWasWritten(): Promise<void> {
  await api.db.uow.read(hubScope, async ({ em }) => {
    expect(await em.count(IdentityProvider, { partnerId: tenant.id })).toBe(0);
    const events = await em.find(AuditEvent, { partnerId: tenant.id, action: { $like: 'identity-provider.%' } });
    expect(events).toEqual([]);
  });
}

describe('requests that an administrator makes the hub send', () => {
  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/',
    'https://192.168.1.1/',
    'https://[fd00::1]/',
    'https://0/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://localhost/',
    'https://hub.internal/',
    'https://idp.example:22/',
    'http://idp.example/',
  ])('never reach %s [S46] [O13] [H20]', async (url) => {
    expect(await bySaml(url)).toMatchObject({ code: 'EGRESS_DENIED', path: 'input.metadataUrl' });
    const issuer = url.endsWith('/') ? url.slice(0, -1) : url;
    expect(await byOidc(issuer)).toMatchObject({ code: 'EGRESS_DENIED', path: 'input.issuer' });
    await nothingWasWritten();
  });

  it.each(['file:///etc/passwd', 'gopher://idp.example/', 'data:text/xml,x', 'https://user:password@idp.example/'])(
    'never follow the address %s [S46] [H20]',
    async (url) => {
      expect(await bySaml(url)).toMatchObject({ code: 'EGRESS_DENIED', path: 'input.metadataUrl' });
      await nothingWasWritten();
    },
  );

  it('send no packet to a port of this machine that is not allowed, by itself or by a redirect [S46] [O13]', async () => {
    const redirect = { status: 302, headers: { location: `${inside.origin}/metadata` } };
    allowed.set('/redirect', redirect);
    allowed.set(`/op${DISCOVERY}`, redirect);
    expect((await bySaml(`${inside.origin}/metadata`)).code).toBe('EGRESS_DENIED');
    expect((await byOidc(inside.origin)).code).toBe('EGRESS_DENIED');
    expect((await bySaml(`${allowed.origin}/redirect`)).code).toBe('EGRESS_DENIED');
    expect((await byOidc(`${allowed.origin}/op`)).code).toBe('EGRESS_DENIED');
    expect(inside.requests).toEqual([]);
    expect(allowed.requests).toEqual(['/redirect', `/op${DISCOVERY}`]);
    await nothingWasWritten();
  });

  it('tell nothing of what stands at an address that is not allowed [S46]', async () => {
    const [open, closed] = [await bySaml(`${inside.origin}/x`), await bySaml('http://127.0.0.1:1/x')];
    expect(open).toEqual(closed);
  });

  it.each<[string, (headers: Headers) => ServedDocument]>([
    ['too large', (headers) => ({ headers, body: 'x'.repeat(2_000_000) })],
    ['without end', (headers) => ({ raw: (response) => void response.writeHead(200, headers).write('x') })],
    ['silent', () => ({ raw: () => undefined })],
    ['a bomb under gzip', (headers) => ({ raw: (response) => bomb(response, headers) })],
  ])('end within their bounds when the answer is %s [O14] [S46]', async (_, document) => {
    allowed.set('/hostile', document(XML_TYPE));
    allowed.set(`/hostile${DISCOVERY}`, document(JSON_TYPE));
    const begun = performance.now();
    expect(await bySaml(`${allowed.origin}/hostile`)).toMatchObject({
      code: 'EGRESS_LIMIT',
      path: 'input.metadataUrl',
    });
    expect(await byOidc(`${allowed.origin}/hostile`)).toMatchObject({ code: 'EGRESS_LIMIT', path: 'input.issuer' });
    expect(performance.now() - begun).toBeLessThan(10_000);
    await nothingWasWritten();
  });

  it.each([
    ['nested too deep', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['a list', '[]'],
    ['nothing', ''],
  ])('refuse a discovery document that is %s [O14] [O09]', async (_, body) => {
    allowed.set(`/json${DISCOVERY}`, { headers: JSON_TYPE, body });
    const { code, path } = await byOidc(`${allowed.origin}/json`);
    expect([code, path]).toEqual(['OIDC_DISCOVERY', 'input.issuer']);
    await nothingWasWritten();
  });

  it('are not sent for a partner that the caller cannot see [H20] [G11]', async () => {
    const stranger = await aTenant(api, 'stranger');
    const before = allowed.requests.length;
    const saml = { partnerId: stranger.node, slug: 'main', name: 'Main', metadataUrl: `${allowed.origin}/x` };
    const refused = await refusal(send(api, 'createSamlIdentityProvider', saml, tenant.administrator));
    expect(refused.code).toBe('NOT_FOUND');
    expect(allowed.requests).toHaveLength(before);
  });
});

type Headers = Record<string, string>;

function bomb(response: ServerResponse, headers: Headers): void {
  response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(20_000_000)));
}

import { asOwner, createTestDatabase, type TestDatabase } from '../../support/database.js';
import { anApplication, aPartnerWithOpenIdProvider, aTrust, type TestApplication } from '../../support/federation.js';
import { aPerson, hint, redirectUri } from '../../support/login-estate.js';
import { type OpenIdProvider, startOpenIdProvider } from '../../support/openid-provider.js';
import { RelyingParty } from '../../support/relying-party.js';
import { aRestartableHub, type RestartableHub } from '../../support/restartable-hub.js';
import { TokenClient } from '../../support/token-client.js';

let db: TestDatabase;
let upstream: OpenIdProvider;
let hub: RestartableHub;
let application: TestApplication;
let log = '';
/** By name: what must rest nowhere in the clear. */
const canaries = new Map<string, string>();

beforeAll(async () => {
  upstream = await startOpenIdProvider({ clientSecret: 'canary-upstream-client-secret' });
  db = await createTestDatabase();
  application = await anApplication(db, 'orders', redirectUri);
  await aTrust(db, await aPartnerWithOpenIdProvider(db, 'borealis', upstream), application);
  hub = await aRestartableHub(db, [upstream.hostPort], { LOG_LEVEL: 'debug', NODE_ENV: 'development' });
  await hub.start();
  await useEverything();
  log = hub.output();
}, 60_000);
afterAll(async () => {
  await hub.stop();
  await upstream.close();
  await db.close();
});

/** A sign-in and every use of what it gives, then requests that are meant to break the log. */
async function useEverything(): Promise<void> {
  const party = await RelyingParty.discover(hub.url, application);
  const client = new TokenClient(hub.url, application);
  const agent = aPerson(upstream, 'canary-subject', { unmapped: 'canary-unmapped-claim' });
  const { request, visit } = await party.visit(agent, hint);
  const code = new URL(visit.url).searchParams.get('code') ?? '';
  const { body } = await client.redeem(code, request.codeVerifier);
  await client.userInfo(String(body.access_token));
  await client.introspect(String(body.access_token));
  const rotated = await client.refresh(String(body.refresh_token));
  await client.refresh(String(body.refresh_token));
  await forgeLines();
  const host = new URL(hub.url).host;
  const callback = new URL(agent.trail.find((line) => line.includes('/federation/'))?.slice(4) ?? '');
  for (const [name, value] of Object.entries({
    'client secret of the hub at the IdP': upstream.clientSecret,
    'client secret of the application': application.clientSecret,
    'code of the hub': code,
    'verifier of the application': request.codeVerifier,
    'access token': body.access_token,
    'refresh token': body.refresh_token,
    'rotated refresh token': rotated.body.refresh_token,
    'ID token': body.id_token,
    'code of the IdP': callback.searchParams.get('code'),
    'state of the hub': callback.searchParams.get('state'),
    'session cookie': agent.cookie(host, 'entente-session'),
    'browser cookie': agent.cookie(host, 'entente-browser'),
    'claim that no rule reads': 'canary-unmapped-claim',
  })) {
    canaries.set(name, String(value));
  }
}

const evil = 'line\r\n{"level":60,"msg":"forged"}\u001b[31m\u202E"\\';

async function forgeLines(): Promise<void> {
  const state = encodeURIComponent(evil);
  const headers = { 'user-agent': 'forged {"level":60}', 'x-request-id': 'forged', accept: 'text/html' };
  await fetch(`${hub.url}/federation/oidc/borealis.main/callback?state=${state}&code=x`, { headers });
  await fetch(`${hub.url}/oidc/auth?client_id=${state}`, { headers });
  await asOwner(db.ownerUrl, (owner) => owner.query('alter table regional.pending_login rename to away'));
  const broken = await fetch(`${hub.url}/federation/oidc/borealis.main/callback?state=${state}&code=x`, { headers });
  expect(broken.status).toBe(500);
  expect(await broken.text()).toContain('Sign-in is not available right now');
  await asOwner(db.ownerUrl, (owner) => owner.query('alter table regional.away rename to pending_login'));
}

describe('secrets and tokens', () => {
  it('rest in no table in the clear [H02]', async () => {
    const dump = await asOwner(db.ownerUrl, async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('control', 'regional')`,
      );
      const texts: string[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query(`select row_to_json(t)::text as row from ${name} t`);
        texts.push(...rows.map(({ row }) => row as string));
      }
      return texts;
    });
    expect(dump.length).toBeGreaterThan(40);
    for (const [name, secret] of canaries) {
      expect(secret.length).toBeGreaterThan(12);
      expect([name, dump.filter((row) => row.includes(secret))]).toEqual([name, []]);
    }
    expect(dump.join('\n')).not.toMatch(/"d":"|BEGIN (RSA |EC )?PRIVATE KEY/);
  });

  it('stand in no line of the log [H02] [H12]', () => {
    expect(log).toContain('"msg":"fault"');
    for (const [name, secret] of canaries) expect([name, log.includes(secret)]).toEqual([name, false]);
    expect(log).not.toContain('canary-subject@borealis.example');
  });
});

describe('the log', () => {
  it('has one event a line, and nobody outside can add one [H12]', () => {
    const lines = log.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    const outside = log.split('\n').filter((line) => /"msg":"forged"/.test(line) && !line.includes('fault'));
    expect(outside).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal escape is what is looked for
    expect(log).not.toMatch(/\u001b\[31m|\u202E/);
  });
});

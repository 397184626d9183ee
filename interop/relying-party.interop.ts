/** The hub as OpenID Provider of an application that Authlib signs in. */
import { createTestDatabase, type TestDatabase } from '../test/support/database.js';
import { anApplication, aPartnerWithOpenIdProvider, aTrust } from '../test/support/federation.js';
import { freePort, startTestHub, type TestHub } from '../test/support/hub.js';
import { type OpenIdProvider, startOpenIdProvider } from '../test/support/openid-provider.js';
import { UserAgent } from '../test/support/user-agent.js';
import { type ForeignProgram, startPython } from './python.js';

let upstream: OpenIdProvider;
let db: TestDatabase;
let hub: TestHub;
let application: ForeignProgram<{ readonly origin: string }>;

beforeAll(async () => {
  upstream = await startOpenIdProvider({
    claims: { email: 'ada@borealis.example', email_verified: true, given_name: 'Ada', family_name: 'Lindqvist' },
  });
  db = await createTestDatabase();
  hub = await startTestHub({ egressAllow: [upstream.hostPort], db });
  const port = await freePort();
  const registered = await anApplication(db, 'orders', `http://127.0.0.1:${port}/callback`);
  await aTrust(db, await aPartnerWithOpenIdProvider(db, 'borealis', upstream), registered);
  const { clientId, clientSecret } = registered;
  application = await startPython('relying_party.py', [hub.url, clientId, clientSecret, String(port)]);
}, 60_000);
afterAll(async () => {
  await application?.stop();
  await hub?.close();
  await upstream?.close();
  await db?.close();
});

describe('an application of somebody else (Authlib)', () => {
  it('signs a person in through the hub: discovery, PKCE, nonce, ID token, userinfo', async () => {
    const visit = await new UserAgent().follow(`${application.ready.origin}/sign-in?idp_hint=borealis.main`);
    expect(visit).toMatchObject({ status: 200 });
    const shown = JSON.parse(visit.body);
    expect(shown.claims).toMatchObject({ iss: hub.url, aud: 'orders', partner: 'borealis', idp: 'borealis.main' });
    expect(shown.userinfo).toMatchObject({
      sub: shown.claims.sub,
      email: 'ada@borealis.example',
      given_name: 'Ada',
      family_name: 'Lindqvist',
    });
  });
});

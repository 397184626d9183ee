/** The hub as OpenID Provider of an application that Authlib signs in. */
import { freePort } from '../test/support/hub.js';
import { type OpenIdProvider, startOpenIdProvider } from '../test/support/openid-provider.js';
import { UserAgent } from '../test/support/user-agent.js';
import { type InteropHub, startInteropHub } from './estate.js';
import { type ForeignProgram, startPython } from './python.js';

let upstream: OpenIdProvider;
let estate: InteropHub;
let application: ForeignProgram<{ readonly origin: string }>;

beforeAll(async () => {
  upstream = await startOpenIdProvider({
    claims: { email: 'ada@borealis.example', email_verified: true, given_name: 'Ada', family_name: 'Lindqvist' },
  });
  const port = await freePort();
  estate = await startInteropHub(await freePort(), [upstream.hostPort], `http://127.0.0.1:${port}/callback`);
  const { issuer, clientId, clientSecret } = upstream;
  await estate.connect('Oidc', await estate.addPartner('borealis'), { issuer, clientId, clientSecret });
  const registered = estate.application;
  const credentials = [registered.clientId, registered.clientSecret];
  application = await startPython('relying_party.py', [estate.hub.url, ...credentials, String(port)]);
}, 60_000);
afterAll(async () => {
  await application?.stop();
  await estate?.hub.close();
  await upstream?.close();
});

describe('an application of somebody else (Authlib)', () => {
  it('signs a person in through the hub: discovery, PKCE, nonce, ID token, userinfo', async () => {
    const visit = await new UserAgent().follow(`${application.ready.origin}/sign-in?idp_hint=borealis.main`);
    expect(visit).toMatchObject({ status: 200 });
    const shown = JSON.parse(visit.body);
    const { url } = estate.hub;
    const { clientId } = estate.application;
    expect(shown.claims).toMatchObject({ iss: url, aud: clientId, partner: 'borealis', idp: 'borealis.main' });
    expect(shown.userinfo).toMatchObject({
      sub: shown.claims.sub,
      email: 'ada@borealis.example',
      given_name: 'Ada',
      family_name: 'Lindqvist',
    });
  });
});

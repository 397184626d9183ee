/** The hub as relying party of Django OAuth Toolkit. */
import { freePort } from '../test/support/hub.js';
import { RelyingParty } from '../test/support/relying-party.js';
import { formOf, UserAgent } from '../test/support/user-agent.js';
import { type InteropHub, startInteropHub } from './estate.js';
import { type ForeignProgram, startPython } from './python.js';

interface ForeignProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
}

const redirectUri = 'http://127.0.0.1:1/callback';
let provider: ForeignProgram<ForeignProvider>;
let estate: InteropHub;
let party: RelyingParty;

beforeAll(async () => {
  const port = await freePort();
  provider = await startPython('openid_provider.py', [
    `http://127.0.0.1:${port}/federation/oidc/borealis.main/callback`,
  ]);
  const { issuer, clientId, clientSecret } = provider.ready;
  estate = await startInteropHub(port, [new URL(issuer).host], redirectUri);
  await estate.connect('Oidc', await estate.addPartner('borealis'), { issuer, clientId, clientSecret });
  party = await RelyingParty.discover(estate.hub.url, { ...estate.application, redirectUri });
}, 60_000);
afterAll(async () => {
  await estate?.hub.close();
  await provider?.stop();
});

describe('an OpenID Provider of somebody else (Django OAuth Toolkit)', () => {
  it('signs a person in: discovery, PKCE, nonce, RS256, its own sign-in page, back to the application', async () => {
    const agent = new UserAgent();
    const { request, visit: page } = await party.visit(agent, { idp_hint: 'borealis.main' });
    expect(new URL(page.url).origin).toBe(new URL(provider.ready.issuer).origin);
    const form = formOf(page);
    if (form === null) throw new Error(`no sign-in form at ${page.url}: ${page.status}\n${page.body}`);
    const { username, password } = provider.ready;
    const answer = await agent.post(form.url, { ...form.fields, username, password });
    const back = await agent.follow(answer, redirectUri);
    const tokens = await party.redeem(request, back);
    expect(await party.userInfo(tokens.access_token, tokens.claims()?.sub ?? '')).toMatchObject({
      email: 'ada@borealis.example',
      given_name: 'Ada',
      family_name: 'Lindqvist',
    });
    expect(await estate.emailsOf('borealis')).toEqual(['ada@borealis.example']);
  });
});

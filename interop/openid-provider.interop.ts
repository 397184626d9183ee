/** The hub as relying party of Django OAuth Toolkit. */

import { hubScope } from '../src/persistence/unit-of-work.js';
import { Membership } from '../src/users/user.entity.js';
import { createTestDatabase, type TestDatabase } from '../test/support/database.js';
import { anApplication, aTrust } from '../test/support/federation.js';
import { freePort, startTestHub, type TestHub } from '../test/support/hub.js';
import { RelyingParty } from '../test/support/relying-party.js';
import { formOf, UserAgent } from '../test/support/user-agent.js';
import { aPartnerWith } from './estate.js';
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
let db: TestDatabase;
let hub: TestHub;
let party: RelyingParty;

beforeAll(async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  provider = await startPython('openid_provider.py', [`${url}/federation/oidc/borealis.main/callback`]);
  const { issuer } = provider.ready;
  db = await createTestDatabase();
  hub = await startTestHub({ egressAllow: [new URL(issuer).host], db, publicUrl: url, env: { PORT: String(port) } });
  const discovery: Record<string, unknown> = JSON.parse(
    await (await fetch(`${issuer}/.well-known/openid-configuration`)).text(),
  );
  const application = await anApplication(db, 'orders', redirectUri);
  await aTrust(db, await aPartnerWith(db, 'borealis', provider.ready, discovery), application);
  party = await RelyingParty.discover(url, application);
}, 60_000);
afterAll(async () => {
  await hub?.close();
  await provider?.stop();
  await db?.close();
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
    const subject = tokens.claims()?.sub ?? '';
    expect(await party.userInfo(tokens.access_token, subject)).toMatchObject({
      email: 'ada@borealis.example',
      given_name: 'Ada',
      family_name: 'Lindqvist',
    });
    const [membership] = await db.uow.read(hubScope, (tx) => tx.em.find(Membership, {}));
    expect(membership).toMatchObject({ email: 'ada@borealis.example', state: 'ACTIVE', origin: 'JIT' });
  });
});

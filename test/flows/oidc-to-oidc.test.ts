import { Login } from '../../src/login/login.entity.js';
import { hubScope } from '../../src/persistence/unit-of-work.js';
import { Membership } from '../../src/users/user.entity.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { anApplication, aPartnerWithOpenIdProvider, aTrust } from '../support/federation.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { RelyingParty } from '../support/relying-party.js';
import { UserAgent } from '../support/user-agent.js';

const redirectUri = 'http://127.0.0.1:1/callback';
let upstream: OpenIdProvider;
let hub: TestHub;
let db: TestDatabase;
let party: RelyingParty;

beforeAll(async () => {
  upstream = await startOpenIdProvider({
    claims: { email: 'ada@borealis.example', email_verified: true, given_name: 'Ada', family_name: 'Lindqvist' },
  });
  db = await createTestDatabase();
  hub = await startTestHub({ egressAllow: [upstream.hostPort], db });
  const application = await anApplication(db, 'orders', redirectUri);
  const partner = await aPartnerWithOpenIdProvider(db, 'borealis', upstream);
  await aTrust(db, partner, application);
  party = await RelyingParty.discover(hub.url, application);
});
afterAll(async () => {
  await hub.close();
  await upstream.close();
  await db.close();
});

describe('a login from an OpenID Provider to an OIDC application', () => {
  it('signs in, provisions, releases what the terms allow and keeps the trace [C22] [C40] [N2] [N55] [N56]', async () => {
    const agent = new UserAgent();
    const tokens = await party.signIn(agent, { idp_hint: 'borealis.main' });
    const claims = tokens.claims();
    expect(claims).toMatchObject({ iss: hub.url, aud: 'orders', partner: 'borealis', idp: 'borealis.main' });
    const subject = claims?.sub ?? '';
    expect(await party.userInfo(tokens.access_token, subject)).toMatchObject({
      sub: subject,
      email: 'ada@borealis.example',
      given_name: 'Ada',
      family_name: 'Lindqvist',
    });
    const [membership] = await db.uow.read(hubScope, (tx) => tx.em.find(Membership, {}));
    expect(membership).toMatchObject({ email: 'ada@borealis.example', state: 'ACTIVE', origin: 'JIT' });
    const [login] = await db.uow.read(hubScope, (tx) => tx.em.find(Login, { state: 'ALLOWED' }));
    expect(login?.trace.stages.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
      'verify PASSED',
      'consume PASSED',
      'gather PASSED',
      'map PASSED',
      'trust PASSED',
      'assess SKIPPED',
      'plan PASSED',
      'release PASSED',
      'consent SKIPPED',
    ]);
  });
});

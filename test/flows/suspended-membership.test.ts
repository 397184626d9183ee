import { Login } from '../../src/login/login.entity.js';
import { hubScope } from '../../src/persistence/unit-of-work.js';
import { Membership } from '../../src/users/user.entity.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { aCaller } from '../support/estate.js';
import { anApplication, aPartnerWithOpenIdProvider, aTrust } from '../support/federation.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { RelyingParty } from '../support/relying-party.js';
import { UserAgent } from '../support/user-agent.js';

let upstream: OpenIdProvider;
let hub: TestHub;
let db: TestDatabase;
let party: RelyingParty;

beforeAll(async () => {
  upstream = await startOpenIdProvider({ claims: { email: 'ada@borealis.example', email_verified: true } });
  db = await createTestDatabase();
  hub = await startTestHub({ egressAllow: [upstream.hostPort], db });
  const application = await anApplication(db, 'orders', 'http://127.0.0.1:1/callback');
  await aTrust(db, await aPartnerWithOpenIdProvider(db, 'borealis', upstream), application);
  party = await RelyingParty.discover(hub.url, application);
});
afterAll(async () => {
  await hub.close();
  await upstream.close();
  await db.close();
});

describe('a membership that is suspended through the API', () => {
  it('loses its tokens at once, is refused at the next sign-in, and comes back with the same id [C1] [C9]', async () => {
    const tokens = await party.signIn(new UserAgent(), { idp_hint: 'borealis.main' });
    const subject = tokens.claims()?.sub ?? '';
    const membership = await db.uow.read(hubScope, ({ em }) => em.findOneOrFail(Membership, { state: 'ACTIVE' }));
    const context = { ...aCaller('OPERATOR'), now: new Date() };
    const { users } = hub.app.services;
    await users.changeMembership(context, membership, 'suspend', null);
    await expect(party.userInfo(tokens.access_token, subject)).rejects.toThrow();
    const refused = await party.visit(new UserAgent(), { idp_hint: 'borealis.main' });
    expect(refused.visit.url).not.toContain('code=');
    const denied = await db.uow.read(hubScope, ({ em }) => em.find(Login, { state: 'DENIED' }));
    expect(denied.map(({ code }) => code)).toEqual(['MEMBERSHIP_NOT_ACTIVE']);

    await users.changeMembership(context, membership, 'reinstate', null);
    const again = await party.signIn(new UserAgent(), { idp_hint: 'borealis.main' });
    expect(again.claims()?.sub).toBe(subject);
    // The session that the suspension ended does not come back with the membership.
    await expect(party.userInfo(tokens.access_token, subject)).rejects.toThrow();
  });

  it('is not revived by a sign-in once it is retired [C9]', async () => {
    const membership = await db.uow.read(hubScope, ({ em }) => em.findOneOrFail(Membership, { state: 'ACTIVE' }));
    const context = { ...aCaller('OPERATOR'), now: new Date() };
    await hub.app.services.users.changeMembership(context, membership, 'retire', null);
    const refused = await party.visit(new UserAgent(), { idp_hint: 'borealis.main' });
    expect(refused.visit.url).not.toContain('code=');
    expect(await db.uow.read(hubScope, ({ em }) => em.find(Membership, {}))).toMatchObject([
      { id: membership.id, state: 'RETIRED' },
    ]);
  });
});

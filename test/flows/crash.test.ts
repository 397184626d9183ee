import { asOwner, createTestDatabase, type TestDatabase } from '../support/database.js';
import { anApplication, aPartnerWithOpenIdProvider, aTrust, type TestApplication } from '../support/federation.js';
import { aPerson, hint, redirectUri } from '../support/login-estate.js';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { RelyingParty } from '../support/relying-party.js';
import { aRestartableHub, holdTable, type RestartableHub } from '../support/restartable-hub.js';
import { TokenClient } from '../support/token-client.js';
import type { UserAgent } from '../support/user-agent.js';
import { expectWhole } from '../support/whole.js';

let db: TestDatabase;
let upstream: OpenIdProvider;
let hub: RestartableHub;
let application: TestApplication;
let party: RelyingParty;

beforeAll(async () => {
  upstream = await startOpenIdProvider();
  db = await createTestDatabase();
  application = await anApplication(db, 'orders', redirectUri);
  await aTrust(db, await aPartnerWithOpenIdProvider(db, 'borealis', upstream), application);
  hub = await aRestartableHub(db, [upstream.hostPort]);
  await hub.start();
  party = await RelyingParty.discover(hub.url, application);
}, 60_000);
afterAll(async () => {
  await hub.stop();
  await upstream.close();
  await db.close();
});

const members = (subject: string) =>
  asOwner(db.ownerUrl, async (client) => {
    const { rows } = await client.query('select id from regional.federated_identity where subject = $1', [subject]);
    return rows.length;
  });

/** Lets the request run until the hub stands still on the table, then `kill -9`, then a new start. */
async function killWhileHeld(table: string, request: () => Promise<unknown>): Promise<void> {
  const held = await holdTable(db, table);
  const answer = request().then(
    () => 'answered',
    () => 'cut off',
  );
  await held.reached;
  const killed = hub.kill();
  await held.release();
  await killed;
  expect(await answer).toBe('cut off');
  await expectWhole(db);
  await hub.start();
}

async function signsInAgain(agent: UserAgent, subject: string): Promise<void> {
  const tokens = await party.signIn(agent, hint);
  expect(tokens.claims()?.sub).toBeDefined();
  expect(await members(subject)).toBe(1);
  await expectWhole(db);
}

async function beforeCallback(agent: UserAgent) {
  const request = await party.request(hint);
  const { url: callback } = await agent.follow(request.url, `${hub.url}/federation/`);
  return { request, callback };
}

async function beforeContinue(agent: UserAgent) {
  const { request, callback } = await beforeCallback(agent);
  const taken = await agent.get(callback);
  return { request, next: new URL(taken.headers.get('location') ?? '', callback).href };
}

describe('kill -9 of the hub', () => {
  it('while it begins a login: nothing is left of it, and the person signs in', async () => {
    const agent = aPerson(upstream, 'at-begin');
    const { url } = await party.request(hint);
    await killWhileHeld('regional.pending_login', () => agent.follow(url));
    await signsInAgain(agent, 'at-begin');
  }, 60_000);

  it('while the IdP is holding its answer', async () => {
    const agent = aPerson(upstream, 'at-token');
    const { callback } = await beforeCallback(agent);
    let asked = () => {};
    const isAsked = new Promise<void>((done) => {
      asked = done;
    });
    upstream.set({ onToken: () => ({ raw: () => asked() }) });
    const answer = agent.get(callback).catch(() => 'cut off');
    await isAsked;
    await hub.kill();
    expect(await answer).toBe('cut off');
    upstream.set({ onToken: null });
    expect(await members('at-token')).toBe(0);
    await hub.start();
    const again = await agent.get(callback);
    expect([again.status, again.body.includes('Try again')]).toEqual([409, true]);
    await signsInAgain(agent, 'at-token');
  }, 60_000);

  it.each([
    ['claims the request', 'regional.pending_login'],
    ['takes the assertion in', 'regional.assertion_replay'],
  ])(
    'while it %s',
    async (_name, table) => {
      const subject = `at-${table}`;
      const agent = aPerson(upstream, subject);
      const { callback } = await beforeCallback(agent);
      await killWhileHeld(table, () => agent.get(callback));
      expect(await members(subject)).toBe(0);
      await signsInAgain(agent, subject);
    },
    60_000,
  );

  it.each([
    'regional.user_account',
    'regional.membership',
    'regional.federated_identity',
    'regional.session',
    'regional.login',
    'regional.audit_event',
  ])(
    'in the commit, at %s: it is done whole or not at all, and the person signs in',
    async (table) => {
      const subject = `commit-${table}`;
      const agent = aPerson(upstream, subject);
      const { request, next } = await beforeContinue(agent);
      await killWhileHeld(table, () => agent.get(next));
      // A commit that had reached PostgreSQL is carried out; else reloading the page completes the sign-in.
      if ((await members(subject)) === 0) {
        const tokens = await party.redeem(request, await agent.follow(next, redirectUri));
        expect(tokens.claims()?.sub).toBeDefined();
      } else {
        const again = await agent.get(next);
        expect([again.status, again.body.includes('Try again')]).toEqual([409, true]);
      }
      await signsInAgain(agent, subject);
    },
    60_000,
  );

  it('after the commit, before the application has its code: the account stands, the person clicks once more', async () => {
    const agent = aPerson(upstream, 'at-issue');
    const { next } = await beforeContinue(agent);
    await killWhileHeld('regional.session_application', () => agent.get(next));
    expect(await members('at-issue')).toBe(1);
    await signsInAgain(agent, 'at-issue');
  }, 60_000);

  it('while a code is redeemed: it is redeemed once at most, and the person clicks once more', async () => {
    const agent = aPerson(upstream, 'at-redeem');
    const { request, visit } = await party.visit(agent, hint);
    const client = new TokenClient(hub.url, application);
    const code = new URL(visit.url).searchParams.get('code') ?? '';
    await killWhileHeld('regional.oidc_artifact', () => client.redeem(code, request.codeVerifier));
    const again = await client.redeem(code, request.codeVerifier);
    if (again.status !== 200) expect([again.status, again.body.error]).toEqual([400, 'invalid_grant']);
    await signsInAgain(agent, 'at-redeem');
  }, 60_000);

  it('while it refuses: the refusal is recorded whole or not at all', async () => {
    const agent = aPerson(upstream, 'at-refusal', { email: 'outsider@elsewhere.example' });
    const { next } = await beforeContinue(agent);
    await killWhileHeld('regional.audit_event', () => agent.get(next));
    // Refused now, or refused and recorded before the page could be sent.
    expect([403, 409]).toContain((await agent.get(next)).status);
    const recorded = await asOwner(db.ownerUrl, (client) =>
      client.query("select 1 from regional.audit_event where action = 'login.denied' and code = 'DOMAIN_NOT_OWNED'"),
    );
    expect(recorded.rowCount).toBe(1);
    await expectWhole(db);
    expect(await members('at-refusal')).toBe(0);
  }, 60_000);
});

describe('SIGTERM', () => {
  it('lets a callback in flight finish, exits with 0, and the login goes on at the next hub', async () => {
    const agent = aPerson(upstream, 'drained');
    const { request, callback } = await beforeCallback(agent);
    let answer = () => {};
    let asked = () => {};
    const isAsked = new Promise<void>((done) => {
      asked = done;
    });
    upstream.set({
      onToken: ({ body }) => ({
        raw: (response) => {
          answer = () => {
            upstream.set({ onToken: null });
            void upstream.answerToken(body, response);
          };
          asked();
        },
      }),
    });
    const taken = agent.get(callback);
    await isAsked;
    const ended = hub.drain();
    await refusesNewWork();
    answer();
    expect((await taken).status).toBe(303);
    expect(await ended).toBe(0);
    await hub.start();
    const next = new URL((await taken).headers.get('location') ?? '', callback).href;
    const tokens = await party.redeem(request, await agent.follow(next, redirectUri));
    expect(tokens.claims()?.sub).toBeDefined();
  }, 60_000);

  it('lets a token request in flight finish, and does not wait for the connection that it came on', async () => {
    const agent = aPerson(upstream, 'drained-token');
    const { request, visit } = await party.visit(agent, hint);
    const client = new TokenClient(hub.url, application);
    const held = await holdTable(db, 'regional.oidc_artifact');
    const redeemed = client.redeem(new URL(visit.url).searchParams.get('code') ?? '', request.codeVerifier);
    await held.reached;
    const ended = hub.drain();
    await refusesNewWork();
    await held.release();
    expect((await redeemed).status).toBe(200);
    expect(await ended).toBe(0);
    await hub.start();
  }, 60_000);

  /** Until the hub takes no new connection. */
  async function refusesNewWork(): Promise<void> {
    for (;;) {
      const refused = await fetch(`${hub.url}/healthz`, { headers: { connection: 'close' } }).then(
        ({ status }) => status === 503,
        () => true,
      );
      if (refused) return;
    }
  }
});

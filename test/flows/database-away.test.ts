import { asOwner } from '../support/database.js';
import { aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import { until } from '../support/restartable-hub.js';
import { TokenClient } from '../support/token-client.js';

let estate: LoginEstate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

/** Ends every connection of the hub, as a failover does. */
function cutConnections(): Promise<unknown> {
  return asOwner(estate.db.ownerUrl, (owner) =>
    owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and usename = 'entente_test_app'`,
    ),
  );
}

const listens = () =>
  until(
    estate.db,
    `select count(*) > 0 as yes from pg_stat_activity
      where datname = current_database() and query ilike 'listen%'`,
  );

describe('a database that went away and came back', () => {
  it('costs a request in flight and nothing else: the next sign-in works [N40]', async () => {
    const agent = aPerson(estate.upstream, 'before-failover');
    const tokens = await estate.party.signIn(agent, hint);
    await cutConnections();
    const client = new TokenClient(estate.hub.url, estate.application);
    const first = await client.userInfo(tokens.access_token);
    expect([200, 500]).toContain(first.status);
    expect((await client.userInfo(tokens.access_token)).status).toBe(200);
    const after = await estate.party.signIn(aPerson(estate.upstream, 'after-failover'), hint);
    expect(after.claims()?.sub).toBeDefined();
  });

  it('makes the hub listen again, and forget what it may have missed meanwhile', async () => {
    await listens();
    await cutConnections();
    await listens();
    const ready = await fetch(`${estate.hub.url}/readyz`);
    expect(ready.status).toBe(200);
  });

  it('while it is away, people see a calm page and programs see server_error', async () => {
    await asOwner(estate.db.ownerUrl, (owner) => owner.query('alter table control.application rename to away'));
    const page = await fetch((await estate.party.request(hint)).url, { headers: { accept: 'text/html' } });
    const token = await new TokenClient(estate.hub.url, estate.application).refresh('x');
    await asOwner(estate.db.ownerUrl, (owner) => owner.query('alter table control.away rename to application'));
    expect([page.status, token.status]).toEqual([500, 500]);
    const body = await page.text();
    expect(body).toContain('Sign-in is not available right now');
    expect(body + JSON.stringify(token.body)).not.toMatch(/relation|control\.|pending_login/i);
    expect(token.body.error).toBe('server_error');
  });
});

import { asOwner, type TestDatabase } from '../support/database.js';
import { aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import { setPartnerState } from '../support/policy-change.js';
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

  it('while it takes no tokens, none goes out, and those of one request stand together or not at all', async () => {
    const { party, hub, application, db } = estate;
    const client = new TokenClient(hub.url, application);
    const { request, visit } = await party.visit(aPerson(estate.upstream, 'no-tokens'), hint);
    const code = new URL(visit.url).searchParams.get('code') ?? '';
    const before = await howMany('AccessToken');
    const answer = await refusing(db, 'oidc_artifact', `model <> 'RefreshToken'`, () =>
      client.redeem(code, request.codeVerifier),
    );
    expect([answer.status, Object.keys(answer.body)]).toEqual([500, ['error', 'error_description']]);
    expect(await howMany('AccessToken')).toBe(before);
  });

  it('while it takes no event of a denial, that is not taken for told: the next one is', async () => {
    const { access_token: token } = await estate.party.signIn(aPerson(estate.upstream, 'no-events'), hint);
    await setPartnerState(estate.db, estate.partner, 'SUSPENDED');
    const use = async () => (await estate.client.userInfo(token)).status;
    const seen = [
      await refusing(estate.db, `audit_event`, `action <> 'release.denied'`, use),
      await denials(),
      await use(),
      await denials(),
      await use(),
      await denials(),
    ];
    await setPartnerState(estate.db, estate.partner, 'ACTIVE');
    expect(seen).toEqual([500, 0, 401, 1, 401, 1]);
  });

  it('while it takes no codes, the browser gets a calm page, and neither code nor session cookie', async () => {
    const { party, hub, db } = estate;
    const agent = aPerson(estate.upstream, 'no-codes');
    const { url } = await party.request(hint);
    const before = await howMany('Grant');
    const shown = await refusing(db, 'oidc_artifact', `model <> 'AuthorizationCode'`, () => agent.follow(url));
    expect([shown.status, new URL(shown.url).origin]).toEqual([500, hub.url]);
    expect(shown.body).toContain('Sign-in is not available right now');
    expect(shown.headers.get('set-cookie') ?? '').not.toContain('entente-oidc');
    expect(await howMany('Grant')).toBe(before);
  });
});

const howMany = (model: string) =>
  asOwner(estate.db.ownerUrl, async (owner) => {
    const { rows } = await owner.query('select count(*)::int as n from regional.oidc_artifact where model = $1', [
      model,
    ]);
    return rows[0]?.n as number;
  });

const denials = () =>
  asOwner(estate.db.ownerUrl, async (owner) => {
    const { rows } = await owner.query(`select 1 from regional.audit_event where action = 'release.denied'`);
    return rows.length;
  });

/** Runs the work while the database takes into the table only rows of one kind. */
async function refusing<T>(
  { ownerUrl }: TestDatabase,
  table: string,
  taken: string,
  work: () => Promise<T>,
): Promise<T> {
  const alter = (change: string) =>
    asOwner(ownerUrl, (owner) => owner.query(`alter table regional.${table} ${change}`));
  await alter(`add constraint away check (${taken}) not valid`);
  try {
    return await work();
  } finally {
    await alter('drop constraint away');
  }
}

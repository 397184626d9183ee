import { asOwner } from '../support/database.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import {
  activateTerms,
  setApplicationState,
  setDomainState,
  setIdentityProviderState,
  setPartnerState,
  setTrustState,
} from '../support/policy-change.js';
import { expectOneEvent, expectRejected, takeCensus } from '../support/reject-invariant.js';
import { TokenClient } from '../support/token-client.js';
import type { UserAgent } from '../support/user-agent.js';

let estate: LoginEstate;
let other: TestHub;
/** The same application, through the second hub. */
let elsewhere: TokenClient;

beforeAll(async () => {
  estate = await startEstate();
  other = await startTestHub({ db: estate.db, publicUrl: estate.hub.url, egressAllow: [estate.upstream.hostPort] });
  elsewhere = new TokenClient(other.url, estate.application);
});
afterAll(async () => {
  await other.close();
  await estate.close();
});

const changes = [
  {
    name: 'partner',
    code: 'PARTNER_SUSPENDED',
    withdraw: () => setPartnerState(estate.db, estate.partner, 'SUSPENDED'),
    restore: () => setPartnerState(estate.db, estate.partner, 'ACTIVE'),
  },
  {
    name: 'trust relationship',
    code: 'TRUST_NOT_ACTIVE',
    withdraw: () => setTrustState(estate.db, estate.partner, estate.application, 'SUSPENDED'),
    restore: () => setTrustState(estate.db, estate.partner, estate.application, 'ACTIVE'),
  },
  {
    name: 'identity provider',
    code: 'IDP_DISABLED',
    withdraw: () => setIdentityProviderState(estate.db, estate.partner, 'DISABLED'),
    restore: () => setIdentityProviderState(estate.db, estate.partner, 'ACTIVE'),
  },
  {
    name: 'domain',
    code: 'DOMAIN_NOT_OWNED',
    withdraw: () => setDomainState(estate.db, estate.partner, 'PENDING'),
    restore: () => setDomainState(estate.db, estate.partner, 'PROVED'),
  },
  {
    name: 'application',
    code: 'APPLICATION_DISABLED',
    withdraw: () => setApplicationState(estate.db, estate.application, 'DISABLED'),
    restore: () => setApplicationState(estate.db, estate.application, 'ACTIVE'),
  },
] as const;

/** A browser that stands before the callback, with the answer of the IdP in hand. */
async function beforeCallback(subject: string) {
  const agent = aPerson(estate.upstream, subject);
  const { url } = await estate.party.request(hint);
  const { url: callback } = await agent.follow(url, `${estate.hub.url}/federation/`);
  return { agent, callback };
}

/** The same, after the assertion was taken in and before it was decided on. */
async function beforeContinue(subject: string) {
  const { agent, callback } = await beforeCallback(subject);
  const taken = await agent.get(callback);
  expect(taken.status).toBe(303);
  return { agent, next: new URL(taken.headers.get('location') ?? '', callback).href };
}

describe('withdrawn in the middle of a login', () => {
  it.each(changes)('$name: between the request and the callback', async ({ code, withdraw, restore, name }) => {
    const { agent, callback } = await beforeCallback(`before-callback-${name.replaceAll(' ', '-')}`);
    await withdraw();
    await expectRejected(estate.db, { code }, () => agent.follow(callback)).finally(restore);
  });

  it.each(changes)('$name: between the callback and the decision', async ({ code, withdraw, restore, name }) => {
    const { agent, next } = await beforeContinue(`before-continue-${name.replaceAll(' ', '-')}`);
    await withdraw();
    await expectRejected(estate.db, { code }, () => agent.follow(next)).finally(restore);
  });

  it('is seen at the commit by a hub that has not heard of it yet', async () => {
    const { agent, next } = await beforeContinue('not-heard');
    // No notification: the row and the epoch alone, as a replica sees it that is cut off from LISTEN/NOTIFY.
    await estate.db.uow.write({ kind: 'hub' }, (tx) =>
      tx.em.execute("update control.partner set state = 'SUSPENDED', policy_epoch = policy_epoch + 1"),
    );
    await expectRejected(estate.db, { code: 'PARTNER_SUSPENDED' }, () => agent.follow(next)).finally(() =>
      setPartnerState(estate.db, estate.partner, 'ACTIVE'),
    );
  });

  it('a change that alters nothing for this person makes the decision run again, and the login goes on', async () => {
    const { agent, next } = await beforeContinue('stale-and-well');
    await estate.db.uow.write({ kind: 'hub' }, (tx) =>
      tx.em.execute('update control.partner set policy_epoch = policy_epoch + 1'),
    );
    const visit = await agent.follow(next, estate.application.redirectUri);
    expect(visit.url).toContain('code=');
  });

  it('waits for a suspension that is being written, and then refuses [C20]', async () => {
    const { agent, next } = await beforeContinue('in-flight');
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    let locked = () => {};
    const isLocked = new Promise<void>((done) => {
      locked = done;
    });
    const suspension = estate.db.uow.write({ kind: 'hub' }, async (tx) => {
      await tx.em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [estate.partner.id]);
      await tx.em.execute("update control.partner set state = 'SUSPENDED', policy_epoch = policy_epoch + 1");
      locked();
      await held;
    });
    await isLocked;
    const refused = expectRejected(estate.db, { code: 'PARTNER_SUSPENDED' }, async () => {
      const visit = agent.follow(next);
      await blockedOnLock();
      release();
      await suspension;
      return visit;
    });
    await refused.finally(() => setPartnerState(estate.db, estate.partner, 'ACTIVE'));
  });

  it('a policy that never stands still ends the login after three attempts, and nothing is provisioned', async () => {
    const { agent, next } = await beforeContinue('restless');
    await makePolicyRestless();
    await expectRejected(estate.db, { code: 'LOGIN_POLICY_CHANGED' }, () => agent.follow(next)).finally(calmPolicy);
  });

  /** Puts a view in the place of the partners, whose epoch is another one at every reading. */
  async function makePolicyRestless(): Promise<void> {
    await asOwner(estate.db.ownerUrl, async (owner) => {
      const { rows } = await owner.query<{ name: string }>(
        `select column_name as name from information_schema.columns
          where table_schema = 'control' and table_name = 'partner' order by ordinal_position`,
      );
      const columns = rows.map(({ name }) =>
        name === 'policy_epoch' ? `extract(microseconds from clock_timestamp())::int as policy_epoch` : name,
      );
      await owner.query(`alter table control.partner rename to partner_at_rest;
        create view control.partner with (security_invoker = true) as select ${columns.join(', ')} from control.partner_at_rest;
        grant select on control.partner to entente_runtime`);
    });
  }

  function calmPolicy(): Promise<unknown> {
    return asOwner(estate.db.ownerUrl, (owner) =>
      owner.query(`drop view control.partner;
        alter table control.partner_at_rest rename to partner`),
    );
  }

  /** Until some backend of this database waits for an advisory lock. */
  async function blockedOnLock(): Promise<void> {
    for (;;) {
      const rows = await estate.db.uow.read({ kind: 'hub' }, (tx) =>
        tx.em.execute("select 1 from pg_locks where locktype = 'advisory' and not granted"),
      );
      if (rows.length > 0) return;
    }
  }
});

describe('withdrawn while people are signed in', () => {
  async function signedIn(subject: string) {
    const agent = aPerson(estate.upstream, subject);
    const tokens = await estate.party.signIn(agent, hint);
    return { agent, access: tokens.access_token, refresh: tokens.refresh_token ?? '' };
  }

  async function silentError(agent: UserAgent) {
    const { visit } = await estate.party.visit(agent, { prompt: 'none' });
    return visit.status === 0 ? new URL(visit.url).searchParams.get('error') : visit.status;
  }

  it.each(changes)(
    '$name: session and tokens end at once on every hub, and are told of once a hub [S53]',
    async (change) => {
      const { agent, access, refresh } = await signedIn(`live-${change.name.replaceAll(' ', '-')}`);
      for (const client of [estate.client, elsewhere]) {
        expect((await client.userInfo(access)).status).toBe(200);
        expect((await client.introspect(access)).body.active).toBe(true);
      }
      const before = await takeCensus(estate.db);
      await change.withdraw();
      for (const client of [elsewhere, estate.client]) {
        expect((await client.userInfo(access)).status).toBe(401);
        const { body } = await client.introspect(access);
        expect(change.name === 'application' ? body.error : body).toEqual(
          change.name === 'application' ? 'invalid_client' : { active: false },
        );
        expect((await client.refresh(refresh)).status).toBe(change.name === 'application' ? 401 : 400);
      }
      const after = await takeCensus(estate.db);
      const events = after.audit.filter(({ id }) => !before.audit.some((known) => known.id === id));
      if (change.name !== 'application') {
        const event = { action: 'release.denied', code: change.code };
        expect(events.map(({ action, code }) => ({ action, code }))).toEqual([event, event]);
        expect(await silentError(agent)).toBe('login_required');
      }
      await change.restore();
      expect((await elsewhere.userInfo(access)).status).toBe(200);
      expect((await estate.client.refresh(refresh)).status).toBe(200);
    },
  );

  it('ended trust stays ended: the next refresh, introspection and sign-in are refused [C20] [N16]', async () => {
    const brief = await estate.addApplication('brief');
    const agent = aPerson(estate.upstream, 'brief');
    const tokens = await brief.party.signIn(agent, hint);
    await setTrustState(estate.db, estate.partner, brief.application, 'ENDED');
    expect((await brief.client.userInfo(tokens.access_token)).status).toBe(401);
    expect((await brief.client.introspect(tokens.access_token)).body).toEqual({ active: false });
    expect((await brief.client.refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
    const { url } = await brief.party.request(hint);
    const before = await takeCensus(estate.db);
    const page = await agent.follow(url);
    expect(page.status).toBe(422);
    expectOneEvent(before, await takeCensus(estate.db), 'PARTNER_UNKNOWN');
    expect((await estate.party.visit(agent)).visit.url).toContain('code=');
  });

  it('a membership that is suspended reads nothing any more', async () => {
    const { access, refresh } = await signedIn('dismissed');
    await estate.db.uow.write({ kind: 'hub' }, (tx) =>
      tx.em.execute("update regional.membership set state = 'SUSPENDED' where email = 'dismissed@borealis.example'"),
    );
    expect((await elsewhere.userInfo(access)).status).toBe(401);
    expect((await estate.client.refresh(refresh)).body.error).toBe('invalid_grant');
    const { agent, next } = await beforeContinue('dismissed');
    await expectRejected(estate.db, { code: 'MEMBERSHIP_NOT_ACTIVE' }, () => agent.follow(next));
  });

  it('terms that release less take effect at the next reading [C40]', async () => {
    const { access } = await signedIn('released');
    expect((await estate.client.userInfo(access)).body.given_name).toBe('Ada');
    await activateTerms(estate.db, estate.partner, estate.application, 2, { releasedAttributes: ['email'] });
    for (const client of [estate.client, elsewhere]) {
      const { body } = await client.userInfo(access);
      expect([body.email, body.given_name]).toEqual(['released@borealis.example', undefined]);
    }
  });
});

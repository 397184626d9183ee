import { AsyncLocalStorage } from 'node:async_hooks';
import { every } from '../../../src/jobs/schedule.js';
import { Sweeper } from '../../../src/jobs/sweeper.service.js';
import { handleHash, RESERVED_PARTNER_ID, type Uuid, uuidv7 } from '../../../src/shared/ids.js';
import { aPerson, hint, type LoginEstate, startEstate } from '../../support/login-estate.js';
import { takeCensus } from '../../support/reject-invariant.js';
import { expectWhole } from '../../support/whole.js';

const HOUR = 3_600_000;
/** Runs work as another replica would: outside the unit of work that is open. */
const outside = AsyncLocalStorage.snapshot();
let estate: LoginEstate;
beforeEach(async () => {
  estate = await startEstate();
});
afterEach(() => estate.close());

const later = (milliseconds: number) => ({ now: () => new Date(Date.now() + milliseconds) });
const sweeper = (milliseconds: number, batch?: number) => new Sweeper(estate.db.uow, later(milliseconds), batch);
const count = (table: string) =>
  estate.db.uow.read({ kind: 'hub' }, async (tx) => {
    const rows = await tx.em.execute<{ n: number }[]>(`select count(*)::int as n from regional.${table}`);
    return rows[0]?.n ?? 0;
  });

async function abandoned(times: number): Promise<void> {
  for (let index = 0; index < times; index++) {
    const { url } = await estate.party.request(hint);
    await aPerson(estate.upstream, `gone-${index}`).follow(url, `${estate.upstream.origin}/authorize`);
  }
}

describe('the sweeper', () => {
  it('leaves everything that still counts', async () => {
    await estate.party.signIn(aPerson(estate.upstream, 'present'), hint);
    await abandoned(1);
    expect(await sweeper(0).sweep()).toEqual({
      logins: 0,
      replays: 0,
      artifacts: 0,
      sessionsEnded: 0,
      sessionsForgotten: 0,
    });
    expect(await count('pending_login')).toBe(2);
  });

  it('ends a login that nobody came back from, and tells of it once', async () => {
    await abandoned(3);
    const before = await takeCensus(estate.db);
    expect((await sweeper(HOUR).sweep()).logins).toBe(3);
    expect((await sweeper(HOUR).sweep()).logins).toBe(0);
    const after = await takeCensus(estate.db);
    const events = after.audit.filter(({ id }) => !before.audit.some((known) => known.id === id));
    const event = { action: 'login.denied', code: 'LOGIN_EXPIRED', partner_id: estate.partner.id };
    expect(events).toEqual([event, event, event].map((one) => expect.objectContaining(one)));
    expect(await count('pending_login')).toBe(0);
    await expectWhole(estate.db);
  });

  it('works in bounded batches', async () => {
    await abandoned(5);
    const statements = await sweeper(HOUR, 2).sweep();
    expect(statements.logins).toBe(5);
    expect(await count('pending_login')).toBe(0);
  });

  it('remembers a used assertion until it can be used no more, and an hour longer [H24] [N57]', async () => {
    const at = async (milliseconds: number) => (await sweeper(milliseconds).sweep()).replays;
    await estate.party.signIn(aPerson(estate.upstream, 'remembered'), hint);
    const rows = await estate.db.uow.read({ kind: 'hub' }, (tx) =>
      tx.em.execute<{ expires_at: Date }[]>('select expires_at from regional.assertion_replay'),
    );
    const until = new Date(rows[0]?.expires_at ?? 0).getTime() - Date.now();
    expect(until).toBeGreaterThan(300_000);
    expect(await at(until + HOUR - 30_000)).toBe(0);
    expect(await at(until + HOUR + 30_000)).toBe(1);
  });

  it('forgets artefacts of the OpenID Provider that have run out', async () => {
    await estate.party.signIn(aPerson(estate.upstream, 'tokens'), hint);
    expect(await count('oidc_artifact')).toBeGreaterThan(3);
    await sweeper(13 * HOUR).sweep();
    expect(await count('oidc_artifact')).toBe(0);
  });

  it('ends a session at its absolute limit and forgets it a day later', async () => {
    await estate.party.signIn(aPerson(estate.upstream, 'overdue'), hint);
    expect(await sweeper(13 * HOUR).sweep()).toMatchObject({ sessionsEnded: 1, sessionsForgotten: 0 });
    const { audit } = await takeCensus(estate.db);
    expect(audit.filter(({ action }) => action === 'session.ended')).toEqual([
      expect.objectContaining({ data: { reason: 'EXPIRED' }, partner_id: estate.partner.id }),
    ]);
    expect(await sweeper(36 * HOUR).sweep()).toMatchObject({ sessionsEnded: 0, sessionsForgotten: 0 });
    expect(await sweeper(38 * HOUR).sweep()).toMatchObject({ sessionsForgotten: 1 });
    expect([await count('session'), await count('session_application')]).toEqual([0, 0]);
    expect(await count('membership')).toBe(1);
  });

  it('is done by one replica at a time', async () => {
    await estate.db.uow.write({ kind: 'hub' }, async (tx) => {
      const partnerId: Uuid = RESERVED_PARTNER_ID;
      for (let index = 0; index < 40; index++) {
        await tx.em.execute('insert into regional.assertion_replay values (?, ?, ?, ?)', [
          partnerId,
          uuidv7(),
          handleHash(String(index)),
          '2020-01-01T00:00:00Z',
        ]);
      }
    });
    await estate.db.uow.write({ kind: 'hub' }, async (tx) => {
      // What another replica holds while it is at a batch.
      await tx.em.execute('select pg_advisory_xact_lock(?)', [0x73776565]);
      expect((await outside(() => sweeper(0).sweep())).replays).toBe(0);
    });
    const rounds = await Promise.all([sweeper(0, 10).sweep(), sweeper(0, 10).sweep(), sweeper(0, 10).sweep()]);
    const swept = rounds.reduce((sum, { replays }) => sum + replays, 0);
    expect(swept + (await sweeper(0).sweep()).replays).toBe(40);
  });
});

describe('a job on a schedule', () => {
  function byHand() {
    const due: (() => void)[] = [];
    return {
      timers: {
        setTimeout: (run: () => void) => {
          due.push(run);
          return {};
        },
      },
      tick: () => due.shift()?.(),
      waiting: () => due.length,
    };
  }

  it('plans the next run when one has ended, also when it failed, and none after the stop', async () => {
    const clock = byHand();
    const faults: unknown[] = [];
    let runs = 0;
    const job = async () => {
      runs++;
      if (runs === 1) throw new Error('database away');
    };
    const scheduled = every(1_000, job, (fault) => faults.push(fault), clock.timers);
    clock.tick();
    await new Promise(setImmediate);
    expect([runs, faults.length, clock.waiting()]).toEqual([1, 1, 1]);
    clock.tick();
    await new Promise(setImmediate);
    await scheduled.stop();
    clock.tick();
    expect(runs).toBe(2);
  });
});

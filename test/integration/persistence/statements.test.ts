import { json, sql } from '../../../src/persistence/sql.js';
import type { Question } from '../../../src/persistence/statement-transaction.js';
import { hubScope, partnerScope } from '../../../src/persistence/unit-of-work.js';
import { uuidv7 } from '../../../src/shared/ids.js';
import { asOwner, createTestDatabase, type TestDatabase } from '../../support/database.js';

const now = new Date('2026-03-01T12:00:00Z');
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

/** A row of a table that carries a partner. */
const insertion = (partnerId: string, hash: string) =>
  sql`insert into "regional"."assertion_replay" (partner_id, identity_provider_id, assertion_hash, expires_at)
    values (${partnerId}, ${partnerId}, ${hash}, ${now})`;
const howMany = (hash: string): Question<number> => ({
  statements: [sql`select 1 from "regional"."assertion_replay" where assertion_hash = ${hash}`],
  read: ([answer]) => answer?.affected ?? -1,
});
const kept = async (hash: string) => (await db.uow.ask(hubScope, howMany(hash)))[0];

describe('a value in a statement', () => {
  const texts = [
    "it's",
    "''; drop table regional.login; --",
    '\\',
    "\\'; select 1; --",
    'E\\\\x',
    '$$ $1 ? ?? :name',
    '%s {0}',
    'ünïcödé 🦊',
    ' leading and\nnew\tline',
    '',
  ];

  it.each(texts)('comes back as it went in: %j', async (text) => {
    const rows = await db.uow.rows<{ one: string; two: unknown }>(
      hubScope,
      sql`select ${text}::text as one, ${json({ [text]: [text, 1, null, true] })}::jsonb as two`,
    );
    expect(rows).toEqual([{ one: text, two: { [text]: [text, 1, null, true] } }]);
  });

  it('is a number, a truth value, an instant or null', async () => {
    const rows = await db.uow.rows(
      hubScope,
      sql`select 1 -${-5} as a, ${true} as b, ${now}::timestamptz as c, ${null} as d`,
    );
    expect(rows).toEqual([{ a: 6, b: true, c: '2026-03-01 12:00:00+00', d: null }]);
  });

  it.each([[undefined], [Number.NaN], [{}], [['a']], ['a\0b']])('is nothing else: %j', (value) => {
    expect(() => sql`select ${value as never}`).toThrow();
  });
});

describe('the log of the embedded database', () => {
  it('tells of an error without the statement and its values [H02]', async () => {
    const marked = 'ada@logged.example';
    const failing = sql`insert into "regional"."assertion_replay" (partner_id, assertion_hash) values (null, ${marked})`;
    await expect(db.uow.later(hubScope, failing)).rejects.toThrow('null value');
    const text = await asOwner(db.ownerUrl, async (owner) => {
      const { rows } = await owner.query(
        "select pg_read_file(current_setting('data_directory') || '/server.log') as text",
      );
      return rows[0]?.text as string;
    });
    expect(text).toContain('null value');
    expect(text).not.toContain(marked);
  });
});

describe('a transaction of statements', () => {
  it('keeps all its writes, in one message or in several', async () => {
    const partnerId = uuidv7(now);
    await db.uow.statements(partnerScope(partnerId), async (tx) => {
      await tx.write(insertion(partnerId, 'alone-1'));
      await tx.write(insertion(partnerId, 'alone-2'));
    });
    const seen = await db.uow.statements(partnerScope(partnerId), async (tx) => {
      await tx.write(insertion(partnerId, 'asked-1'));
      const [before, none] = await tx.ask(howMany('asked-1'), howMany('asked-2'));
      await tx.write(insertion(partnerId, 'asked-2'));
      return [before, none];
    });
    expect(seen).toEqual([1, 0]);
    expect(await Promise.all(['alone-1', 'alone-2', 'asked-1', 'asked-2'].map(kept))).toEqual([1, 1, 1, 1]);
  });

  it.each(['first', 'last'])('keeps none of them when the %s fails, or when the work does', async (place) => {
    const partnerId = uuidv7(now);
    const mine = `all-or-none-${place}`;
    const failing = sql`insert into "regional"."assertion_replay" (partner_id) values (${partnerId})`;
    const order = place === 'first' ? [failing, insertion(partnerId, mine)] : [insertion(partnerId, mine), failing];
    const writeAll = (asked: boolean) =>
      db.uow.statements(partnerScope(partnerId), async (tx) => {
        if (asked) await tx.ask(howMany(mine));
        for (const statement of order) await tx.write(statement);
      });
    await expect(writeAll(false)).rejects.toThrow();
    await expect(writeAll(true)).rejects.toThrow();
    const fault = new Error('the work failed');
    const work = db.uow.statements(partnerScope(partnerId), async (tx) => {
      await tx.write(insertion(partnerId, mine));
      await tx.ask(howMany(mine));
      throw fault;
    });
    await expect(work).rejects.toBe(fault);
    expect(await kept(mine)).toBe(0);
  });

  it('does not commit after a question that failed, even when the work goes on', async () => {
    const partnerId = uuidv7(now);
    const work = db.uow.statements(partnerScope(partnerId), async (tx) => {
      await tx.write(insertion(partnerId, 'silent'));
      await tx.ask({ statements: [sql`select 1 / 0`], read: () => null }).catch(() => null);
    });
    await expect(work).rejects.toThrow('a statement of the transaction failed');
    expect(await kept('silent')).toBe(0);
  });

  it('takes everything back when it is undone', async () => {
    const partnerId = uuidv7(now);
    await db.uow.statements(partnerScope(partnerId), async (tx) => {
      await tx.write(insertion(partnerId, 'undone'));
      await tx.ask(howMany('undone'));
      await tx.undo();
    });
    expect(await kept('undone')).toBe(0);
  });

  it('writes and sees the rows of its own partner alone', async () => {
    const [mine, other] = [uuidv7(now), uuidv7(now)];
    const write = (scope: string, asked: boolean) =>
      db.uow.statements(partnerScope(scope), async (tx) => {
        if (asked) await tx.ask(howMany('walled'));
        await tx.write(insertion(mine, 'walled'));
      });
    await expect(write(other, false)).rejects.toThrow('row-level security');
    await expect(write(other, true)).rejects.toThrow('row-level security');
    await write(mine, true);
    expect((await db.uow.ask(partnerScope(other), howMany('walled')))[0]).toBe(0);
    expect((await db.uow.ask(partnerScope(mine), howMany('walled')))[0]).toBe(1);
  });

  it('leaves no scope behind on its connection', async () => {
    await db.uow.statements(hubScope, async (tx) => {
      await tx.ask(howMany('x'));
    });
    const { rows } = await db.uow.statements(partnerScope(uuidv7(now)), async (tx) => {
      const scope = sql`select current_setting('entente.scope') as scope`;
      const [found] = await tx.ask({ statements: [scope], read: ([answer]) => ({ rows: answer?.rows }) });
      return found;
    });
    expect(rows).toEqual([{ scope: 'partner' }]);
  });

  it('refuses to nest', async () => {
    const nested = db.uow.statements(hubScope, () => db.uow.ask(hubScope, howMany('x')));
    await expect(nested).rejects.toThrow('inside another one');
  });
});

describe('writes that are gathered', () => {
  const later = (partnerId: string, hash: string) => db.uow.later(partnerScope(partnerId), insertion(partnerId, hash));

  it('are seen by what is asked after them, and stand together at the end', async () => {
    const partnerId = uuidv7(now);
    const seen = await db.uow.together(async () => {
      await later(partnerId, 'gathered-1');
      const before = await kept('gathered-1');
      await later(partnerId, 'gathered-2');
      await later(partnerId, 'gathered-3');
      return before;
    });
    expect(seen).toBe(1);
    expect(await Promise.all(['gathered-1', 'gathered-2', 'gathered-3'].map(kept))).toEqual([1, 1, 1]);
  });

  it('go before a transaction that is opened among them', async () => {
    const partnerId = uuidv7(now);
    const seen = await db.uow.together(async () => {
      await later(partnerId, 'before-read');
      const read = await db.uow.read(hubScope, (tx) =>
        tx.em.execute(`select 1 from "regional"."assertion_replay" where assertion_hash = 'before-read'`),
      );
      await later(partnerId, 'before-statements');
      return [read.length, (await db.uow.statements(hubScope, (tx) => tx.ask(howMany('before-statements'))))[0]];
    });
    expect(seen).toEqual([1, 1]);
  });

  it('are all lost when one of them is refused, and the work is told', async () => {
    const partnerId = uuidv7(now);
    const work = db.uow.together(async () => {
      await later(partnerId, 'one-refused');
      await db.uow.later(partnerScope(uuidv7(now)), insertion(partnerId, 'refused'));
    });
    await expect(work).rejects.toThrow('row-level security');
    expect(await kept('one-refused')).toBe(0);
  });

  it('are kept when the work fails, as if they had not waited', async () => {
    const partnerId = uuidv7(now);
    const fault = new Error('the work failed');
    const work = db.uow.together(async () => {
      await later(partnerId, 'kept-though');
      throw fault;
    });
    await expect(work).rejects.toBe(fault);
    expect(await kept('kept-though')).toBe(1);
  });

  it('do not wait when they come after the end', async () => {
    const partnerId = uuidv7(now);
    const { promise: end, resolve: ended } = Promise.withResolvers<void>();
    let late = Promise.resolve();
    await db.uow.together(async () => {
      late = end.then(() => later(partnerId, 'late'));
    });
    ended();
    await late;
    expect(await kept('late')).toBe(1);
  });

  it('of one request do not wait for those of another', async () => {
    const partnerId = uuidv7(now);
    await db.uow.together(async () => {
      await later(partnerId, 'mine');
      await db.uow.together(() => later(partnerId, 'inner'));
      expect([await kept('inner')]).toEqual([1]);
    });
    await later(partnerId, 'alone');
    expect(await Promise.all(['mine', 'alone'].map(kept))).toEqual([1, 1]);
  });
});

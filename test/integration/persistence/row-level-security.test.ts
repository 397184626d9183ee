import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope, partnerScope } from '../../../src/persistence/unit-of-work.js';
import { uuidv7 } from '../../../src/shared/ids.js';
import { asOwner, createTestDatabase, type TestDatabase } from '../../support/database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

function aPartner(slug: string) {
  const now = new Date('2026-03-01T09:00:00Z');
  return {
    id: uuidv7(now),
    slug,
    name: slug,
    region: 'local',
    state: 'ACTIVE' as const,
    policyEpoch: 1,
    createdAt: now,
    updatedAt: now,
  };
}

describe('row-level security', () => {
  it('runs the hub under a role that is neither superuser nor exempt, and owns no table [H01]', async () => {
    const rows = await asOwner(db.url, (client) =>
      client.query(`select r.rolsuper, r.rolbypassrls, (select count(*)::int from pg_class c where c.relowner = r.oid) as owned
                      from pg_roles r where r.rolname = current_user`),
    );
    expect(rows.rows).toEqual([{ rolsuper: false, rolbypassrls: false, owned: 0 }]);
  });

  it('is forced on every table of both schemas, each with a policy [H01]', async () => {
    const rows = await asOwner(db.ownerUrl, (client) =>
      client.query(`select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                     where n.nspname in ('control', 'regional') and c.relkind in ('r', 'p') and not c.relispartition
                       and (not c.relrowsecurity or not c.relforcerowsecurity
                            or not exists (select 1 from pg_policy p where p.polrelid = c.oid))`),
    );
    expect(rows.rows).toEqual([]);
  });

  it('gives the runtime role no way to a partition past its parent [H01]', async () => {
    const rows = await asOwner(db.ownerUrl, (client) =>
      client.query(`select c.relname from pg_class c where c.relispartition
                       and has_table_privilege('entente_test_app', c.oid, 'select, insert, update, delete')`),
    );
    expect(rows.rows).toEqual([]);
  });

  it('shows no row to a transaction without a scope, nor to another partner [H01] [C25]', async () => {
    const [one, other] = [aPartner('one'), aPartner('other')];
    await db.uow.write(hubScope, async ({ em }) => {
      await em.insert(Partner, one);
      await em.insert(Partner, other);
    });
    const bare = await asOwner(db.url, (client) => client.query('select * from control.partner'));
    expect(bare.rowCount).toBe(0);
    const seen = await db.uow.read(partnerScope(one.id), ({ em }) => em.find(Partner, {}));
    expect(seen.map((partner) => partner.id)).toEqual([one.id]);
  });

  it('lets no partner write the row of another one [H01]', async () => {
    const [one, other] = [aPartner('three'), aPartner('four')];
    await db.uow.write(hubScope, ({ em }) => em.insert(Partner, other));
    await expect(db.uow.write(partnerScope(other.id), ({ em }) => em.insert(Partner, one))).rejects.toThrow(
      /row-level security/,
    );
    const changed = await db.uow.write(partnerScope(one.id), ({ em }) =>
      em.nativeUpdate(Partner, { id: other.id }, { name: 'taken' }),
    );
    expect(changed).toBe(0);
  });

  it('keeps no scope on a connection that goes back to the pool [H01]', async () => {
    await db.uow.read(hubScope, ({ em }) => em.find(Partner, {}));
    const rows = await Promise.all(
      Array.from({ length: 12 }, () => db.orm.em.fork().execute('select * from control.partner')),
    );
    expect(rows.flat()).toEqual([]);
  });

  it('refuses to open a unit of work inside another one', async () => {
    await expect(db.uow.write(hubScope, () => db.uow.read(hubScope, async () => 'nested'))).rejects.toThrow(
      'a unit of work was opened inside another one',
    );
  });
});

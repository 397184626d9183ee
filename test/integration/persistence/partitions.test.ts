import { migrate } from '../../../src/persistence/migrate.js';
import { uuidv7 } from '../../../src/shared/ids.js';
import { asOwner, createTestDatabase, type TestDatabase } from '../../support/database.js';

const role = { name: 'entente_test_app', password: 'test-runtime-password' };
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const partnerId = '01890000-0000-7000-8000-000000000001';

describe('partitions by month', () => {
  it('that came too late take their rows out of the default partition, and the hub starts', async () => {
    const far = new Date(Date.now());
    far.setUTCMonth(far.getUTCMonth() + 9, 15);
    const id = uuidv7(far);
    await db.uow.write({ kind: 'hub' }, (tx) =>
      tx.em.execute(
        `insert into regional.login (partner_id, id, reference, state, trace, begun_at) values (?, ?, 'AAAA', 'BEGUN', '{}', now())`,
        [partnerId, id],
      ),
    );
    const where = () =>
      asOwner(db.ownerUrl, async (client) => {
        const { rows } = await client.query(
          'select tableoid::regclass::text as name from regional.login where id = $1',
          [id],
        );
        return rows.map(({ name }) => name);
      });
    expect(await where()).toEqual(['regional.login_default']);
    await migrate(db.ownerUrl, role, far);
    await migrate(db.ownerUrl, role, far);
    const month = far.toISOString().slice(0, 7).replace('-', '');
    expect(await where()).toEqual([`regional.login_p${month}`]);
    const seen = await db.uow.read({ kind: 'hub' }, (tx) =>
      tx.em.execute('select id from regional.login where id = ?', [id]),
    );
    expect(seen).toEqual([{ id }]);
  });

  it('made that way are reached through their parent alone [H01]', async () => {
    const reachable = await asOwner(db.ownerUrl, (client) =>
      client.query(`select c.relname from pg_class c where c.relispartition
                       and has_table_privilege('entente_test_app', c.oid, 'select, insert, update, delete')`),
    );
    expect(reachable.rows).toEqual([]);
  });
});

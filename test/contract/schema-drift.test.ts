import { openOrm } from '../../src/persistence/orm.js';
import { asOwner, createTestDatabase } from '../support/database.js';

describe('the migrations', () => {
  it('leave no difference to the entities', async () => {
    const db = await createTestDatabase();
    const owner = await openOrm(db.ownerUrl, 2);
    try {
      expect(await owner.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    } finally {
      await owner.close(true);
      await db.close();
    }
  });

  it('make the audit log append-only for the running hub [C58] [H04]', async () => {
    const db = await createTestDatabase();
    try {
      const rows = await asOwner(db.url, (client) =>
        client.query(`select has_table_privilege('regional.audit_event', 'update') as update,
                             has_table_privilege('regional.audit_event', 'delete') as delete,
                             has_table_privilege('regional.audit_event', 'insert') as insert`),
      );
      expect(rows.rows).toEqual([{ update: false, delete: false, insert: true }]);
    } finally {
      await db.close();
    }
  });
});

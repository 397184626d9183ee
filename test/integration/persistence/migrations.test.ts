/** A migration meets a database that has been in use: what it makes of the rows that are there. */
import { randomBytes } from 'node:crypto';
import { IdentityProvider } from '../../../src/identity-providers/identity-provider.entity.js';
import { migrationFiles } from '../../../src/persistence/migrate.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { asOwner, createTestDatabase, type TestDatabase } from '../../support/database.js';
import { insertIdentityProvider, insertPartner } from '../../support/estate.js';
import { aPartnerWithSamlIdentityProvider } from '../../support/federation.js';
import { startSamlIdentityProvider } from '../../support/saml-identity-provider.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

function sqlOf(name: string): string {
  const file = migrationFiles().find((one) => one.name.startsWith(name));
  if (file === undefined) throw new Error(`There is no migration ${name}.`);
  return file.sql;
}

function settings() {
  return db.uow.read(hubScope, async ({ em }) => {
    const rows = await em.find(IdentityProvider, {}, { orderBy: { protocol: 'desc', id: 'asc' } });
    return rows.map((row) => row.settings as unknown as Record<string, unknown>);
  });
}

/** As an owner whom row-level security binds, as that of a managed PostgreSQL is: none is superuser there. */
function asBoundOwner(sql: string) {
  const role = `owner_${randomBytes(4).toString('hex')}`;
  return asOwner(db.ownerUrl, async (client) => {
    await client.query(`create role ${role} nologin nosuperuser nobypassrls; grant usage on schema control to ${role}`);
    await client.query(`alter table control.identity_provider owner to ${role}`);
    try {
      await client.query(`begin; set local role ${role}; ${sql}; commit`);
    } finally {
      await client.query('rollback; reset role');
      await client.query(`alter table control.identity_provider owner to current_user; drop owned by ${role}`);
      await client.query(`drop role ${role}`);
    }
  });
}

it('0004 gives SAML identity providers no exception and no signer, and leaves others and what is set alone [S23] [L42]', async () => {
  const idp = await startSamlIdentityProvider();
  await idp.close();
  const algorithmExceptions = ['SHA1_SIGNATURE'] as const;
  await aPartnerWithSamlIdentityProvider(db, 'before', idp);
  await aPartnerWithSamlIdentityProvider(db, 'since', idp, { settings: { algorithmExceptions } });
  await db.uow.write(hubScope, async (tx) => insertIdentityProvider(tx, await insertPartner(tx, 'other'), 'other'));
  const expected = await settings();
  await asOwner(db.ownerUrl, (client) =>
    client.query(
      `update control.identity_provider set settings = settings - 'algorithmExceptions' - 'metadataSigner'
        where partner_id = (select id from control.partner where slug = 'before')`,
    ),
  );
  expect(await settings()).not.toEqual(expected);
  await asBoundOwner(sqlOf('0004'));
  expect(await settings()).toEqual(expected);
  expect(expected[0]).toMatchObject({ algorithmExceptions: [], metadataSigner: null });
  expect(expected[1]).toMatchObject({ algorithmExceptions });
  expect(expected[2]).not.toHaveProperty('algorithmExceptions');
});

it('0006 allows no SAML identity provider a signature out of its place, and leaves what is set alone [L6]', async () => {
  const expected = (await settings()).map(({ kind, ...others }) =>
    kind === 'SAML' ? { kind, ...others, allowTrailingSignature: false } : { kind, ...others },
  );
  await asOwner(db.ownerUrl, (client) =>
    client.query("update control.identity_provider set settings = settings - 'allowTrailingSignature'"),
  );
  await asBoundOwner(sqlOf('0006'));
  expect(await settings()).toEqual(expected);
  expect(expected.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['SAML', 'OIDC']));
});

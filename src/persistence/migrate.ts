/**
 * Brings a database to the present schema, as its owner: the two roles, the migrations, the time partitions. Runs
 * under an advisory lock, so that replicas that start together do it once.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Migration, Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { firstUuidOf } from '../shared/ids.js';
import { ormOptions } from './orm.js';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);
const MIGRATION_LOCK = 0x656e7465;
const PARTITIONED = ['login', 'audit_event'];
/** A hub that runs for longer without a start writes to the default partition; its next start moves those rows. */
const MONTHS_AHEAD = 6;

export interface RuntimeRole {
  readonly name: string;
  readonly password: string;
}

export async function migrate(ownerUrl: string, runtime: RuntimeRole, now: Date): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(owner, runtime);
    await runMigrations(ownerUrl);
    await ensurePartitions(owner, now);
  } finally {
    await owner.end();
  }
}

export function migrationFiles(): { name: string; sql: string }[] {
  return readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(new URL(name, MIGRATIONS), 'utf8') }));
}

async function runMigrations(ownerUrl: string): Promise<void> {
  const migrationsList = migrationFiles().map(({ name, sql }) => ({
    name,
    class: class extends Migration {
      override up(): void {
        this.addSql(sql);
      }
    },
  }));
  const orm = await MikroORM.init({
    ...ormOptions(ownerUrl, 2),
    extensions: [Migrator],
    migrations: { migrationsList, tableName: 'entente_migration', snapshot: false, transactional: true, silent: true },
  });
  try {
    await orm.migrator.up();
  } finally {
    await orm.close(true);
  }
}

/** The group that holds the grants, and the login role of the running hub, a member of it and owner of nothing. */
async function ensureRoles(owner: Client, runtime: RuntimeRole): Promise<void> {
  await createRoleOnce(owner, 'entente_runtime', 'nologin');
  await createRoleOnce(owner, runtime.name, 'login');
  const name = escapeIdentifier(runtime.name);
  await owner.query(`alter role ${name} password ${escapeLiteral(runtime.password)}`);
  await owner.query(`grant entente_runtime to ${name}`);
}

async function createRoleOnce(owner: Client, name: string, login: 'login' | 'nologin'): Promise<void> {
  const found = await owner.query('select 1 from pg_roles where rolname = $1', [name]);
  if (found.rowCount === 0)
    await owner.query(`create role ${escapeIdentifier(name)} ${login} nosuperuser nobypassrls nocreatedb nocreaterole`);
}

/** One partition a month, bordered by UUIDv7 values, for this month and the next ones. */
async function ensurePartitions(owner: Client, now: Date): Promise<void> {
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
    const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
    const to = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead + 1, 1));
    const suffix = from.toISOString().slice(0, 7).replace('-', '');
    for (const table of PARTITIONED) {
      await ensurePartition(owner, table, `${table}_p${suffix}`, firstUuidOf(from), firstUuidOf(to));
    }
  }
}

/** Rows that came before their partition lie in the default one, which then refuses a new partition: they move along. */
async function ensurePartition(owner: Client, table: string, name: string, from: string, to: string): Promise<void> {
  const known = await owner.query('select to_regclass($1) is not null as yes', [`"regional"."${name}"`]);
  if (known.rows[0]?.yes === true) return;
  const [parent, partition, rest] = [table, name, `${table}_default`].map((part) => `"regional"."${part}"`);
  await owner.query('begin');
  try {
    await owner.query(`lock table ${parent}, ${rest} in access exclusive mode`);
    await owner.query(`create table ${partition} (like ${parent} including all)`);
    await owner.query(
      `with moved as (delete from ${rest} where id >= $1 and id < $2 returning *) insert into ${partition} select * from moved`,
      [from, to],
    );
    await owner.query(`alter table ${parent} attach partition ${partition} for values from ('${from}') to ('${to}')`);
    await owner.query('commit');
  } catch (fault) {
    await owner.query('rollback');
    throw fault;
  }
}

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
const MONTHS_AHEAD = 3;

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
      await owner.query(
        `create table if not exists "regional"."${table}_p${suffix}" partition of "regional"."${table}" ` +
          `for values from ('${firstUuidOf(from)}') to ('${firstUuidOf(to)}')`,
      );
    }
  }
}

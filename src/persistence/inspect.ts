/** What `entente doctor` reads of the database, as its owner. Nothing here changes anything. */
import type { Client } from 'pg';
import { migrationFiles } from './migrate.js';

export type { Client } from 'pg';

export interface RoleState {
  readonly exists: boolean;
  /** Attributes that would let the running hub step around row-level security, or change the schema. */
  readonly excess: readonly string[];
}

export async function inspectRole(client: Client, name: string): Promise<RoleState> {
  const { rows } = await client.query<Record<string, boolean>>(
    `select rolsuper as superuser, rolbypassrls as bypassrls, rolcreaterole as createrole, rolcreatedb as createdb,
            exists (select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where c.relowner = r.oid and n.nspname in ('control', 'regional')) as owner
     from pg_roles r where rolname = $1`,
    [name],
  );
  const [row] = rows;
  if (row === undefined) return { exists: false, excess: [] };
  return { exists: true, excess: Object.keys(row).filter((attribute) => row[attribute] === true) };
}

/** Names of the migrations that the database has not seen. */
export async function pendingMigrations(client: Client): Promise<readonly string[]> {
  const names = migrationFiles().map(({ name }) => name);
  const { rows: tables } = await client.query("select 1 from pg_tables where tablename = 'entente_migration'");
  if (tables.length === 0) return names;
  const { rows } = await client.query<{ name: string }>('select name from entente_migration');
  const seen = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !seen.has(name));
}

/** Milliseconds that the clock of the database is ahead of the given instant; the way there and back counts half. */
export async function clockDifference(client: Client, now: () => Date): Promise<number> {
  const before = now().getTime();
  const { rows } = await client.query<{ now: Date }>('select clock_timestamp() as now');
  const after = now().getTime();
  return Math.round((rows[0]?.now.getTime() ?? Number.NaN) - (before + after) / 2);
}

// One PostgreSQL for the whole run, with one migrated database that every test file copies as its template.
import { accessSync, chmodSync, constants, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { build } from '../../scripts/build.mjs';

export const TEST_RUNTIME_ROLE = { name: 'entente_test_app', password: 'test-runtime-password' };
const MEMORY = '/dev/shm';
const LEAST_MEMORY = 2 ** 30;

/** Memory, where the machine offers it as a file system: a database is a thousand small files, and each test file has one. */
function scratchParent() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    accessSync(MEMORY, constants.W_OK);
    return bavail * bsize < LEAST_MEMORY ? tmpdir() : MEMORY;
  } catch {
    return tmpdir();
  }
}

export default async function setup() {
  build();
  const { startEmbeddedPostgres } = await import('../../dist/persistence/embedded-postgres.js');
  const { migrate } = await import('../../dist/persistence/migrate.js');
  const scratch = mkdtempSync(join(scratchParent(), 'entente-test-'));
  chmodSync(scratch, 0o755);
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '64MB',
    max_wal_size: '128MB',
  };
  const directory = join(scratch, 'postgres');
  const server = await startEmbeddedPostgres({ directory, password: 'test-owner-password', settings });
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query('create database entente_template');
  await client.end();
  await migrate(server.url.replace(/\/postgres$/, '/entente_template'), TEST_RUNTIME_ROLE, new Date());
  process.env.ENTENTE_TEST_POSTGRES = server.url;
  process.env.ENTENTE_TEST_SCRATCH = scratch;
  globalThis.ententeTestPostgres = { server, scratch };
}

// One PostgreSQL for the whole run, with one migrated database that every test file copies as its template.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { build } from '../../scripts/build.mjs';

export const TEST_RUNTIME_ROLE = { name: 'entente_test_app', password: 'test-runtime-password' };

export default async function setup() {
  build();
  const { startEmbeddedPostgres } = await import('../../dist/persistence/embedded-postgres.js');
  const { migrate } = await import('../../dist/persistence/migrate.js');
  const directory = join(mkdtempSync(join(tmpdir(), 'entente-test-')), 'postgres');
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB' };
  const { chmodSync } = await import('node:fs');
  chmodSync(join(directory, '..'), 0o755);
  const server = await startEmbeddedPostgres({ directory, password: 'test-owner-password', settings });
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query('create database entente_template');
  await client.end();
  await migrate(server.url.replace(/\/postgres$/, '/entente_template'), TEST_RUNTIME_ROLE, new Date());
  process.env.ENTENTE_TEST_POSTGRES = server.url;
  globalThis.ententeTestPostgres = { server, directory };
}

/** A database of one's own for a test file: a copy of the migrated template, reached under the runtime role. */
import { randomBytes } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { openOrm } from '../../src/persistence/orm.js';
import { SecretBox } from '../../src/persistence/secret-box.js';
import { UnitOfWork } from '../../src/persistence/unit-of-work.js';

export const testSecretKey = Buffer.from('74657374207365637265742c206e6f7420666f7220616e797468696e672e2e2e', 'hex');

export interface TestDatabase {
  /** As the owner: for looking behind row-level security, and for nothing else. */
  readonly ownerUrl: string;
  /** As the hub runs. */
  readonly url: string;
  readonly orm: MikroORM;
  readonly uow: UnitOfWork;
  readonly box: SecretBox;
  close(): Promise<void>;
}

function serverUrl(): string {
  const url = process.env.ENTENTE_TEST_POSTGRES;
  if (url === undefined) throw new Error('the test PostgreSQL is not running');
  return url;
}

export async function asOwner<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asOwner(serverUrl(), (client) =>
    client.query(`create database ${name} template entente_template strategy file_copy`),
  );
  const ownerUrl = serverUrl().replace(/\/postgres$/, `/${name}`);
  const runtime = new URL(ownerUrl);
  runtime.username = 'entente_test_app';
  runtime.password = 'test-runtime-password';
  const orm = await openOrm(runtime.href, 10);
  return {
    ownerUrl,
    url: runtime.href,
    orm,
    uow: new UnitOfWork(orm),
    box: new SecretBox([testSecretKey]),
    close: async () => {
      await orm.close(true);
      await asOwner(serverUrl(), (client) => client.query(`drop database ${name} with (force)`));
    },
  };
}

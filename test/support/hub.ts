/** A whole hub on a database of its own, over real HTTP; several hubs may share one database. */
import { createServer } from 'node:net';
import { type App, createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import type { Clock } from '../../src/shared/clock.js';
import { createTestDatabase, type TestDatabase, testSecretKey } from './database.js';

export interface TestHub {
  readonly url: string;
  readonly app: App;
  readonly db: TestDatabase;
  close(): Promise<void>;
}

export interface TestHubOptions {
  /** Entries of the egress allow list: the fakes of the test. */
  readonly egressAllow?: readonly string[];
  /** Share the database of another hub. */
  readonly db?: TestDatabase;
  /** Public address: that of the other hub behind the same balancer. */
  readonly publicUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Key-encryption keys, the current one first. Default: the test's one. */
  readonly secretKeys?: readonly Buffer[];
}

export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const db = options.db ?? (await createTestDatabase());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = readConfig({
    NODE_ENV: 'test',
    ENTENTE_URL: options.publicUrl ?? url,
    PORT: String(port),
    ENTENTE_EGRESS_ALLOW: (options.egressAllow ?? []).join(','),
    ...options.env,
  });
  const app = await createApp(config, {
    databaseUrl: db.url,
    secretKeys: options.secretKeys ?? [testSecretKey],
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  await app.listen();
  return {
    url,
    app,
    db,
    close: async () => {
      await app.close();
      if (options.db === undefined) await db.close();
    },
  };
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object' ? done(address.port) : fail(new Error('no port')),
      );
    });
  });
}

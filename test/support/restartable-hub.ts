/** A hub in a process of its own, on a test database and a fixed address: it can be killed, drained and started again. */
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { asOwner, type TestDatabase, testSecretKey } from './database.js';
import { freePort } from './hub.js';
import { type HubProcess, spawnHub } from './hub-process.js';

export interface RestartableHub {
  readonly url: string;
  start(): Promise<void>;
  /** `kill -9`; resolves when every connection of the hub to the database is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  drain(): Promise<number | NodeJS.Signals | null>;
  stop(): Promise<void>;
  output(): string;
}

const RUNTIME_ROLE = 'entente_restartable';

export async function aRestartableHub(
  db: TestDatabase,
  egressAllow: readonly string[],
  over: Readonly<Record<string, string>> = {},
): Promise<RestartableHub> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = {
    NODE_ENV: 'test',
    ENTENTE_URL: url,
    PORT: String(port),
    DATABASE_URL: db.ownerUrl,
    DATABASE_RUNTIME_ROLE: RUNTIME_ROLE,
    ENTENTE_SECRET_KEY: testSecretKey.toString('base64'),
    ENTENTE_EGRESS_ALLOW: egressAllow.join(','),
    ENTENTE_DEMO: 'off',
    ...over,
  };
  let running: HubProcess | null = null;
  const end = async (signal: NodeJS.Signals) => {
    const hub = running;
    running = null;
    hub?.process.kill(signal);
    return hub === null ? null : hub.ended;
  };
  return {
    url,
    start: async () => {
      running = spawnHub(env);
      await running.ready;
    },
    kill: async () => {
      await end('SIGKILL');
      await until(
        db,
        'select count(*) = 0 as yes from pg_stat_activity where usename = $1 and datname = current_database()',
        [RUNTIME_ROLE],
      );
    },
    drain: () => end('SIGTERM'),
    stop: async () => void (await end('SIGTERM')),
    output: () => running?.output() ?? '',
  };
}

/** Waits until a query, asked as the owner, says yes. */
export function until(db: TestDatabase, sql: string, values: readonly unknown[] = []): Promise<void> {
  return asOwner(db.ownerUrl, async (client) => {
    for (;;) {
      const { rows } = await client.query<{ yes: boolean }>(sql, [...values]);
      if (rows[0]?.yes === true) return;
      await setTimeout(20);
    }
  });
}

/** Holds a table against every write, so that a hub stands still inside the transaction that touches it. */
export interface HeldTable {
  /** Resolves when somebody waits for the table. */
  readonly reached: Promise<void>;
  release(): Promise<void>;
}

export async function holdTable(db: TestDatabase, table: string): Promise<HeldTable> {
  const client = new Client(db.ownerUrl);
  await client.connect();
  await client.query(`begin; lock table ${table} in share mode`);
  const waiting = `select count(*) > 0 as yes from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and not l.granted and l.locktype = 'relation'`;
  return {
    reached: until(db, waiting),
    release: async () => {
      await client.query('rollback');
      await client.end();
    },
  };
}

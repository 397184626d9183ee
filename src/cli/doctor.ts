/** `entente doctor`: whether this hub could start and log people in, one row a check. Shows no secret. */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.js';
import { connectOwner, loadSecretKeys, openOwnerDatabase, refuseOldServer } from '../persistence/bootstrap.js';
import { type Client, clockDifference, inspectRole, pendingMigrations } from '../persistence/inspect.js';
import { systemClock } from '../shared/clock.js';

/** Beyond this, short-lived artefacts of two replicas begin to disagree. */
const CLOCK_LIMIT_MS = 2_000;

interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Prints the table; 0 when every check holds, else 1. */
export async function runDoctor(readConfig: () => Config): Promise<number> {
  const findings: Finding[] = [];
  const check = async (name: string, look: () => Promise<string> | string): Promise<boolean> => {
    const finding = await examine(name, look);
    findings.push(finding);
    return finding.ok;
  };
  await check('node', () => process.version);
  if (await check('configuration', () => describeConfiguration(readConfig()))) {
    const config = readConfig();
    await check('secret key', () => describeKeys(config));
    await check('data directory', () => describeDataDirectory(config));
    await examineDatabase(config, check);
  }
  process.stdout.write(table(findings));
  return findings.every(({ ok }) => ok) ? 0 : 1;
}

type Check = (name: string, look: () => Promise<string> | string) => Promise<boolean>;

async function examineDatabase(config: Config, check: Check): Promise<void> {
  let client: Client | null = null;
  let stop = async () => {};
  const reachable = await check('database', async () => {
    const { ownerUrl, embedded } = await openOwnerDatabase(config);
    if (embedded?.startedHere === true) stop = embedded.stop;
    client = await connectOwner(ownerUrl);
    return `PostgreSQL ${await refuseOldServer(client)}, ${embedded === null ? 'DATABASE_URL' : 'embedded'}`;
  });
  try {
    if (reachable && client !== null) await examineContent(config, client, check);
  } finally {
    await (client as Client | null)?.end();
    await stop();
  }
}

async function examineContent(config: Config, client: Client, check: Check): Promise<void> {
  await check('runtime role', async () => {
    const { exists, excess } = await inspectRole(client, config.databaseRuntimeRole);
    if (!exists) return `${config.databaseRuntimeRole} will be created at the first start`;
    if (excess.length > 0) throw new Error(`${config.databaseRuntimeRole} must not be ${excess.join(', ')}`);
    return `${config.databaseRuntimeRole}, not owner, no bypass of row-level security`;
  });
  await check('migrations', async () => {
    const pending = await pendingMigrations(client);
    return pending.length === 0 ? 'current' : `${pending.length} will run at the next start`;
  });
  await check('clock', async () => {
    const milliseconds = await clockDifference(client, () => systemClock.now());
    if (!(Math.abs(milliseconds) <= CLOCK_LIMIT_MS))
      throw new Error(`${milliseconds} ms away from the database; synchronize both`);
    return `${milliseconds} ms away from the database`;
  });
}

async function examine(name: string, look: () => Promise<string> | string): Promise<Finding> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (fault) {
    return { name, ok: false, detail: fault instanceof Error ? fault.message : String(fault) };
  }
}

function describeConfiguration(config: Config): string {
  return `${config.mode}, ${config.url}, region ${config.region}`;
}

function describeKeys(config: Config): string {
  const keys = loadSecretKeys(config);
  const source = config.secretKeys === null ? 'development key of the data directory' : 'ENTENTE_SECRET_KEY';
  if (config.secretKeys === null) {
    const mode = statSync(join(config.dataDir, 'secret-key')).mode & 0o077;
    if (mode !== 0) throw new Error(`${join(config.dataDir, 'secret-key')} is readable by others (chmod 600)`);
  }
  return `${source}, ${keys.length} configured`;
}

function describeDataDirectory(config: Config): string {
  if (config.databaseUrl !== null && config.secretKeys !== null) return 'not used';
  accessSync(config.dataDir, constants.W_OK);
  return config.dataDir;
}

function table(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings.map(({ name, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${detail}\n`).join('');
}

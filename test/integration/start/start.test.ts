import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { newSecretKey, parseSecretKeys, readConfig } from '../../../src/config.js';
import { runtimeUrl } from '../../../src/persistence/bootstrap.js';
import { asOwner, createTestDatabase } from '../../support/database.js';
import { startFakePostgres } from '../../support/fake-postgres.js';
import { type HubProcess, spawnCommand, spawnHub } from '../../support/hub-process.js';
import { freePortsInARow } from '../../support/ports.js';
import { scratchFolder } from '../../support/scratch.js';

/** A free port of this machine; the hub's address must be known before it starts. */
function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

describe('starting the hub', () => {
  const hubs: HubProcess[] = [];
  let folder = '';
  let env: Record<string, string> = {};
  /** A data directory as a hub leaves it behind, for the tests that are not about making one. */
  const prepared = scratchFolder('prepared');

  beforeAll(async () => {
    const migrate = spawnHub({ ENTENTE_DATA_DIR: join(prepared, 'data'), ENTENTE_DEMO: 'off' }, ['migrate']);
    expect(await migrate.ended).toBe(0);
  }, 60_000);
  afterAll(() => rmSync(prepared, { recursive: true, force: true }));

  beforeEach(async () => {
    folder = scratchFolder('start');
    env = {
      ENTENTE_DATA_DIR: join(folder, 'data'),
      ENTENTE_URL: `http://127.0.0.1:${await freePort()}`,
      ENTENTE_DEMO: 'off',
    };
  });

  afterEach(async () => {
    for (const hub of hubs.splice(0)) {
      hub.process.kill('SIGTERM');
      await hub.ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function hub(changes: Record<string, string> = {}, args?: readonly string[]): HubProcess {
    const started = spawnHub({ ...env, ...changes }, args);
    hubs.push(started);
    return started;
  }

  /** With the owners and modes of the files, which PostgreSQL and the hub look at. */
  function takePrepared(): void {
    execFileSync('cp', ['-Rp', join(prepared, 'data'), folder]);
  }

  it('makes its secrets readable by their owner alone, and stops its database with itself', async () => {
    const first = hub();
    await first.ready;
    expect(statSync(join(folder, 'data', 'secret-key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'data', 'database-password')).mode & 0o777).toBe(0o600);
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(() => statSync(join(folder, 'data', 'postgres', 'postmaster.pid'))).toThrow();
  });

  it('takes over the database that a killed hub left running', async () => {
    takePrepared();
    const killed = hub();
    await killed.ready;
    const server = statSync(join(folder, 'data', 'postgres', 'postmaster.pid')).ino;
    killed.process.kill('SIGKILL');
    expect(await killed.ended).toBe('SIGKILL');

    const next = hub();
    await next.ready;
    expect(statSync(join(folder, 'data', 'postgres', 'postmaster.pid')).ino).toBe(server);
  });

  it('refuses a data directory on which another hub runs, and leaves that one alone', async () => {
    takePrepared();
    const first = hub();
    await first.ready;
    const second = hub({ ENTENTE_URL: `http://127.0.0.1:${await freePort()}` });
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `Another hub runs on the data directory ${join(folder, 'data')}. Stop it, or set ENTENTE_DATA_DIR.\n`,
    );
    expect(first.process.exitCode).toBeNull();
    expect(statSync(join(folder, 'data', 'postgres', 'postmaster.pid')).isFile()).toBe(true);
  });

  it('refuses a data directory of another PostgreSQL version', async () => {
    takePrepared();
    const cluster = join(folder, 'data', 'postgres');
    rmSync(join(cluster, 'PG_VERSION'));
    writeFileSync(join(cluster, 'PG_VERSION'), '17\n');
    const second = hub();
    expect(await second.ended).toBe(78);
    expect(second.output()).toMatch(/^The data directory .* belongs to PostgreSQL 17; this hub brings 18\..*\n$/);
  });

  it('refuses to make a cluster in a folder that holds something else', async () => {
    takePrepared();
    const cluster = join(folder, 'data', 'postgres');
    rmSync(join(cluster, 'PG_VERSION'));
    const second = hub();
    expect(await second.ended).toBe(78);
    expect(second.output()).toMatch(/^initdb failed in .*ENOTEMPTY.*\n$/);
    expect(statSync(join(cluster, 'base')).isDirectory()).toBe(true);
  });

  it('says in one line that the database of DATABASE_URL cannot be reached, without its password', async () => {
    const refused = hub({ DATABASE_URL: 'postgres://owner:hunter2@127.0.0.1:1/entente' });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toMatch(/^The database 127\.0\.0\.1:1\/entente cannot be reached: .*ECONNREFUSED.*\n$/);
    expect(refused.output()).not.toContain('hunter2');
  });

  it('says in one line that DATABASE_URL is no address of a database, without repeating it', async () => {
    const addresses = ['hunter2', 'mysql://owner:hunter2@127.0.0.1/entente', 'postgresql://owner:hunter2@:x/entente'];
    for (const refused of addresses.map((address) => hub({ DATABASE_URL: address }))) {
      expect(await refused.ended).toBe(78);
      expect(refused.output()).toMatch(/^DATABASE_URL must be an address such as postgresql:[^\n]+\n$/);
      expect(refused.output()).not.toContain('hunter2');
    }
  });

  it('refuses a server that is older than PostgreSQL 18', async () => {
    const old = await startFakePostgres({ server_version_num: '170006', server_version: '17.6' });
    try {
      const refused = hub({ DATABASE_URL: `postgres://owner@127.0.0.1:${old.port}/entente` });
      expect(await refused.ended).toBe(78);
      expect(refused.output()).toBe('DATABASE_URL is a PostgreSQL 17.6; the hub needs 18 or newer.\n');
    } finally {
      await old.close();
    }
  });

  it.each([
    ['no secret', {}, /^ENTENTE_SECRET_KEY is required in production/],
    ['a short secret', { ENTENTE_SECRET_KEY: 'c2VjcmV0' }, /^ENTENTE_SECRET_KEY must be 32 bytes/],
    ['a default secret', { ENTENTE_SECRET_KEY: Buffer.alloc(32).toString('base64') }, /is not random/],
    ['the demonstration', { ENTENTE_SECRET_KEY: newSecretKey(), ENTENTE_DEMO: 'on' }, /^ENTENTE_DEMO=on is refused/],
    [
      'a plain http address',
      { ENTENTE_SECRET_KEY: newSecretKey(), ENTENTE_URL: 'http://hub.example' },
      /must be https/,
    ],
  ])('refuses production with %s, in one line [H02]', async (_what, changes, line) => {
    const refused = hub({ NODE_ENV: 'production', ...changes });
    expect(await refused.ended).toBe(78);
    expect(refused.output()).toMatch(line);
    expect(refused.output().trim().split('\n')).toHaveLength(1);
  });

  it('keeps the password of the runtime role while the secret key rolls', async () => {
    const db = await createTestDatabase();
    const role = `entente_roll_${process.pid}`;
    const [old, fresh] = [newSecretKey(), newSecretKey()];
    const migrate = (ENTENTE_SECRET_KEY: string) =>
      hub({ DATABASE_URL: db.ownerUrl, DATABASE_RUNTIME_ROLE: role, ENTENTE_SECRET_KEY }, ['migrate']).ended;
    try {
      expect(await migrate(old)).toBe(0);
      expect(await migrate(`${fresh},${old}`)).toBe(0);
      // The replica that knows only the old key opens its next connection.
      const config = readConfig({ DATABASE_RUNTIME_ROLE: role });
      const url = await runtimeUrl(config, db.ownerUrl, parseSecretKeys(old, 'the old key'));
      const { rows } = await asOwner(url.href, (client) => client.query('select current_user as name'));
      expect(rows).toEqual([{ name: role }]);
    } finally {
      await db.close();
    }
  });

  it('examines the surroundings with `entente doctor`', async () => {
    const db = await createTestDatabase();
    try {
      const healthy = hub({ DATABASE_URL: db.ownerUrl, DATABASE_RUNTIME_ROLE: 'entente_test_app' }, ['doctor']);
      expect(await healthy.ended).toBe(0);
      expect(healthy.output()).toMatch(/^ok {4}database .*PostgreSQL 18/m);
      const owner = new URL(db.ownerUrl).username;
      const dangerous = hub({ DATABASE_URL: db.ownerUrl, DATABASE_RUNTIME_ROLE: owner }, ['doctor']);
      expect(await dangerous.ended).toBe(1);
      expect(dangerous.output()).toMatch(/^FAIL {2}runtime role .*must not be superuser/m);
    } finally {
      await db.close();
    }
  });

  it('issues a token of the API that the running hub takes, for the role and no more', async () => {
    takePrepared();
    const running = hub();
    await running.ready;
    const issued = hub({}, ['token', '--role', 'auditor', '--ttl', '60']);
    expect(await issued.ended).toBe(0);
    const token =
      issued
        .output()
        .split('\n')
        .find((line) => line.startsWith('eyJ')) ?? '';
    const ask = async (query: string) => {
      const response = await fetch(`${env.ENTENTE_URL}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as { data: unknown; errors?: { extensions: { code: string } }[] };
    };
    expect((await ask('{ partners { edges { node { slug } } } }')).data).toEqual({ partners: { edges: [] } });
    const refused = await ask('mutation { createPartner(input: { slug: "a", name: "A" }) { partner { id } } }');
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);

    const forNobody = hub({}, ['token', '--role', 'PARTNER_ADMINISTRATOR']);
    const forAMonth = hub({}, ['token', '--role', 'AUDITOR', '--ttl', '2592000']);
    expect([await forNobody.ended, await forAMonth.ended]).toEqual([64, 64]);
    expect(forNobody.output()).toMatch(/^partnerId: /m);
    expect(forAMonth.output()).toMatch(/^ttlSeconds: /m);
  }, 90_000);

  it.each([
    ['no role', ['token'], /^entente token --role ROLE/],
    ['an unknown role', ['token', '--role', 'KING'], /^There is no role "KING"/],
    ['an unknown option', ['token', '--role', 'AUDITOR', '--forever'], /^Unknown option '--forever'/],
  ])('refuses to issue a token for %s', async (_what, args, line) => {
    const refused = hub({}, args);
    expect(await refused.ended).toBe(64);
    expect(refused.output()).toMatch(line);
  });

  it('says in one line that its own port is in use, and stops its database', async () => {
    takePrepared();
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => taken.on('listening', done));
    const { port } = taken.address() as AddressInfo;
    const refused = hub({ PORT: String(port), LOG_LEVEL: 'fatal' });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toBe(`127.0.0.1:${port} is in use. Stop what listens there, or set PORT.\n`);
    expect(() => statSync(join(folder, 'data', 'postgres', 'postmaster.pid'))).toThrow();
    await new Promise((done) => taken.close(done));
  });

  it('says in one line that a port of the demonstration is in use, and stops what it began', async () => {
    takePrepared();
    const first = await freePortsInARow(4);
    const taken = createServer().listen(first + 3, '127.0.0.1');
    const refused = hub({ ENTENTE_DEMO: 'on', ENTENTE_DEMO_PORT: String(first), LOG_LEVEL: 'fatal' });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toBe(
      `The demonstration cannot listen on 127.0.0.1:${first + 3}: it is in use. Set ENTENTE_DEMO_PORT to the first of four free ports, or ENTENTE_DEMO=off.\n`,
    );
    expect(() => statSync(join(folder, 'data', 'postgres', 'postmaster.pid'))).toThrow();
    await new Promise((done) => taken.close(done));
  });

  it('drains when `npm start` itself is told to end, and leaves nothing running', async () => {
    takePrepared();
    const npm = spawnCommand('npm', ['start'], env);
    hubs.push(npm);
    await npm.ready;
    npm.process.kill('SIGTERM');
    expect(await npm.ended).toBe(0);
    expect(() => statSync(join(folder, 'data', 'postgres', 'postmaster.pid'))).toThrow();
    await expect(fetch(`${env.ENTENTE_URL}/healthz`)).rejects.toThrow();
  }, 60_000);

  it('answers an unknown subcommand with the list of those there are', async () => {
    const unknown = hub({}, ['launch']);
    expect(await unknown.ended).toBe(64);
    expect(unknown.output()).toMatch(/^There is no command "launch"\.\n\nentente <command>\n\n {2}serve/);
  });
});

it('does not touch a folder that belongs to another system user', async () => {
  if (process.getuid?.() !== 0) return;
  const folder = scratchFolder('start');
  mkdirSync(join(folder, 'postgres'));
  const refused = spawnHub({ ENTENTE_DATA_DIR: folder });
  expect(await refused.ended).toBe(78);
  expect(refused.output()).toMatch(/^The data directory .* belongs to system user 0, /);
  rmSync(folder, { recursive: true });
});

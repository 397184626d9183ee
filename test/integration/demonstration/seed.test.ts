import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type App, createApp } from '../../../src/app.js';
import { readConfig } from '../../../src/config.js';
import {
  type DemonstrationPlaces,
  demonstrationPlaces,
  startDemonstration,
  withDemonstration,
} from '../../../src/demonstration/index.js';
import { systemClock } from '../../../src/shared/clock.js';
import { asOwner, createTestDatabase, type TestDatabase, testSecretKey } from '../../support/database.js';
import { anOperator } from '../../support/estate.js';
import { freePort } from '../../support/hub.js';
import { freePortsInARow } from '../../support/ports.js';
import { scratchFolder } from '../../support/scratch.js';

const folder = scratchFolder('seed');
let db: TestDatabase;
let app: App;
let firstPort: number;
let places: DemonstrationPlaces;

const placesFrom = (url: string, port: number) =>
  demonstrationPlaces(readConfig({ ENTENTE_URL: url, ENTENTE_DEMO_PORT: String(port) }));

beforeAll(async () => {
  const port = await freePort();
  // Twice four: some tests move the demonstration to the second four.
  firstPort = await freePortsInARow(8);
  const url = `http://127.0.0.1:${port}`;
  places = placesFrom(url, firstPort);
  db = await createTestDatabase();
  const config = withDemonstration(
    readConfig({ ENTENTE_URL: url, ENTENTE_DEMO_PORT: String(firstPort), LOG_LEVEL: 'fatal' }),
  );
  const moved = { ...config, egressAllow: [...config.egressAllow, `127.0.0.1:${firstPort + 7}`] };
  app = await createApp(moved, { databaseUrl: db.url, secretKeys: [testSecretKey] });
  await app.listen();
}, 60_000);

afterAll(async () => {
  await app?.close();
  await db?.close();
  rmSync(folder, { recursive: true });
}, 60_000);

/** A start and a stop, as at each `npm start`. */
async function start(at: DemonstrationPlaces = places): Promise<void> {
  const { services, tokens } = app;
  const demonstration = await startDemonstration({ places: at, services, tokens, clock: systemClock, dataDir: folder });
  await demonstration.close();
}

function rows<T>(sql: string): Promise<T[]> {
  return asOwner(db.ownerUrl, async (client) => (await client.query(sql)).rows as T[]);
}

const auditActions = async () =>
  (
    await rows<{ action: string }>(
      `select action from regional.audit_event where actor_id = 'demonstration' order by id`,
    )
  ).map(({ action }) => action);

it('seeds through the use cases, as an operator whom the audit log names', async () => {
  await start();
  expect((await auditActions()).sort()).toEqual(
    [
      ...Array(2).fill('partner.created'),
      ...Array(2).fill('domain.added'),
      ...Array(2).fill('domain.proved'),
      ...Array(2).fill('identity-provider.created'),
      ...Array(2).fill('identity-provider.activated'),
      ...Array(2).fill('mapping.changed'),
      ...Array(2).fill('application.created'),
      ...Array(4).fill('trust.created'),
      ...Array(4).fill('trust.activated'),
    ].sort(),
  );
});

it('keeps its secrets in a file for its owner alone, and writes none of them to the audit log', async () => {
  const path = join(folder, 'demonstration.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const { openIdClientSecret, applications } = JSON.parse(readFileSync(path, 'utf8'));
  const log = JSON.stringify(await rows('select data from regional.audit_event'));
  for (const secret of [openIdClientSecret, ...Object.values<string>(applications)]) expect(log).not.toContain(secret);
});

it('makes nothing twice, and leaves as it is what somebody changed', async () => {
  const aurora = await app.services.partners.find(anOperator, { slug: 'aurora-freight' });
  await app.services.partners.changeState(anOperator, aurora?.id ?? '', 'suspend');
  const before = await auditActions();
  await start();
  expect(await auditActions()).toEqual(before);
  expect(await app.services.partners.find(anOperator, { slug: 'aurora-freight' })).toMatchObject({
    state: 'SUSPENDED',
  });
});

it('makes new secrets where the file is lost, and tells the hub', async () => {
  rmSync(join(folder, 'demonstration.json'));
  const before = await auditActions();
  await start();
  expect((await auditActions()).slice(before.length).sort()).toEqual([
    'application.secret-rotated',
    'application.secret-rotated',
    'identity-provider.keys-changed',
    'identity-provider.updated',
  ]);
});

it('moves to other ports: the issuer there is another one, and the one before is disabled', async () => {
  await start(placesFrom(places.hub.url, firstPort + 4));
  const providers = await rows<{ slug: string; state: string; issuer: string }>(
    `select slug, state, issuer from control.identity_provider where protocol = 'OIDC' order by slug`,
  );
  expect(providers).toEqual([
    { slug: 'main', state: 'DISABLED', issuer: `http://127.0.0.1:${firstPort + 3}` },
    { slug: 'main-2', state: 'ACTIVE', issuer: `http://127.0.0.1:${firstPort + 7}` },
  ]);
  const [orders] = await rows<{ redirect_uris: string[] }>(
    `select redirect_uris from control.application where slug = 'meridian-orders'`,
  );
  expect(orders?.redirect_uris).toEqual([`http://127.0.0.1:${firstPort + 4}/callback`]);
});

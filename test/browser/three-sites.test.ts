/**
 * IdP, hub and application on three sites that share nothing: ports of one address are one site to a browser, and hide
 * what SameSite does to the POST that comes back from a SAML IdP.
 */
import { rmSync } from 'node:fs';
import type { Browser, Page, Request } from 'playwright-core';
import { type App, createApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { aurora, borealis } from '../../src/demonstration/estate.js';
import {
  type Demonstration,
  type DemonstrationPlaces,
  startDemonstration,
  withDemonstration,
} from '../../src/demonstration/index.js';
import { systemClock } from '../../src/shared/clock.js';
import { openBrowser } from '../support/browser.js';
import { createTestDatabase, type TestDatabase, testSecretKey } from '../support/database.js';
import { freePort } from '../support/hub.js';
import { freePortsInARow } from '../support/ports.js';
import { scratchFolder } from '../support/scratch.js';

const folder = scratchFolder('sites');
let db: TestDatabase;
let app: App;
let demonstration: Demonstration;
let places: DemonstrationPlaces;
let browser: Browser;

beforeAll(async () => {
  const [port, first] = [await freePort(), await freePortsInARow(4)];
  const at = (offset: number, host: string) => ({
    port: first + offset,
    url: `http://${host}:${first + offset}`,
    local: `http://127.0.0.1:${first + offset}`,
  });
  places = {
    hub: { port, url: 'http://hub.test', local: `http://127.0.0.1:${port}` },
    orders: at(0, 'localhost'),
    reports: at(1, 'localhost'),
    aurora: at(2, '127.0.0.1'),
    borealis: at(3, '127.0.0.1'),
  };
  db = await createTestDatabase();
  const env = { ENTENTE_URL: places.hub.url, PORT: String(port), ENTENTE_DEMO_PORT: String(first), LOG_LEVEL: 'fatal' };
  app = await createApp(withDemonstration(readConfig(env)), { databaseUrl: db.url, secretKeys: [testSecretKey] });
  await app.listen();
  const { services, tokens } = app;
  demonstration = await startDemonstration({ places, services, tokens, clock: systemClock, dataDir: folder });
  browser = await openBrowser({ 'hub.test': port });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await demonstration?.close();
  await app?.close();
  await db?.close();
  rmSync(folder, { recursive: true });
}, 60_000);

/** Requests to the hub while a person signs in, with the cookies that the browser really sent. */
async function signIn(page: Page, organization: string, name: string) {
  const requests: Request[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(places.hub.url)) requests.push(request);
  });
  await page.goto(places.orders.url);
  await page.getByRole('link', { name: `Sign in at ${organization}` }).click();
  await page.getByRole('button', { name }).click();
  await page.waitForURL(`${places.orders.url}/`);
  const seen = requests.map(async (request) => ({
    what: `${request.method()} ${new URL(request.url()).pathname}`,
    cookie: (await request.allHeaders()).cookie ?? '',
  }));
  return Promise.all(seen);
}

it('carries a SAML response from another site to the browser that began, without a cookie on the POST [H07] [N5]', async () => {
  const page = await browser.newPage();
  const requests = await signIn(page, aurora.name, 'Ingrid Solberg');
  const post = requests.find(({ what }) => what === 'POST /federation/saml/aurora-freight.main/acs');
  expect(post?.cookie).toBe('');
  const resumed = requests.find(({ what }) => what.includes('/oidc/auth/'));
  expect(resumed?.what).toMatch(/^GET /);
  expect(resumed?.cookie).toContain('entente-browser=');
  expect(resumed?.cookie).toContain('entente-resume=');
  expect(await page.textContent('main')).toContain('ingrid.solberg@aurora-freight.example');
  await page.context().close();
});

it('carries the callback of an OpenID Provider from another site, and a session over to the second application', async () => {
  const page = await browser.newPage();
  await signIn(page, borealis.name, 'Amara Lindqvist');
  await page.getByRole('link', { name: 'Open Meridian Reports' }).click();
  await page.waitForURL(`${places.reports.url}/`);
  expect(await page.textContent('main')).toContain('Amara Lindqvist');
  await page.context().close();
});

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { aurora, borealis } from '../../src/demonstration/estate.js';
import { accessibilityProblems, openBrowser } from '../support/browser.js';
import { type RunningDemonstration, startDemonstrationProcess } from '../support/demonstration.js';

const phone = { width: 360, height: 740 };
let demonstration: RunningDemonstration;
let browser: Browser;
let token: string;

beforeAll(async () => {
  [demonstration, browser] = await Promise.all([startDemonstrationProcess(), openBrowser()]);
  const output = await demonstration.command(['token', '--role', 'AUDITOR']);
  token = output.split('\n').find((line) => line.startsWith('eyJ')) ?? '';
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await demonstration?.close();
});

/** Every page of the walk is looked at: no finding of axe, nothing wider than the screen, no complaint of the policy. */
async function look(page: Page): Promise<void> {
  const place = new URL(page.url()).pathname;
  expect([place, await accessibilityProblems(page)]).toEqual([place, []]);
  const width = page.viewportSize()?.width ?? 0;
  expect([place, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([place, width]);
}

async function onPage(viewport: typeof phone, walk: (page: Page) => Promise<void>): Promise<void> {
  const context: BrowserContext = await browser.newContext({ viewport });
  const complaints: string[] = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on('console', (message) => {
      if (message.type() === 'error' && message.text().includes('Content Security Policy'))
        complaints.push(message.text());
    });
    await walk(page);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

/** The rows of the table under a heading, as name and value. */
async function claimsOf(page: Page, caption: string): Promise<Record<string, string>> {
  const rows = page.locator('table', { has: page.getByRole('heading', { name: caption }) }).locator('tbody tr');
  const texts = await rows.evaluateAll((elements) =>
    elements.map((row) => [row.querySelector('th')?.textContent ?? '', row.querySelector('td')?.textContent ?? '']),
  );
  return Object.fromEntries(texts);
}

interface LoginAnswer {
  readonly state: string;
  readonly protocol: string;
  readonly partner: { readonly slug: string };
  readonly trace: { readonly attributes: readonly { attribute: string; expression: string; outcome: string }[] };
}

async function loginById(id: string): Promise<LoginAnswer> {
  const query = `query ($id: ID!) { login(id: $id) {
    state protocol partner { slug } trace { attributes { attribute expression outcome } } } }`;
  const { data } = await demonstration.graphql(token, query, { id });
  return data.login;
}

const cases = [
  {
    partner: aurora,
    protocol: 'SAML',
    site: () => demonstration.aurora,
    seen: {
      email: 'ingrid.solberg@aurora-freight.example',
      name: 'Ingrid Solberg',
      roles: 'buyer, approver',
      cost_center: 'AF-4100',
      department: 'Purchasing',
      idp: 'aurora-freight.main',
    },
  },
  {
    partner: borealis,
    protocol: 'OIDC',
    site: () => demonstration.borealis,
    seen: {
      email: 'amara.lindqvist@borealis-health.example',
      name: 'Amara Lindqvist',
      roles: 'buyer, approver',
      cost_center: 'BH-118',
      department: 'Clinical supplies',
      idp: 'borealis-health.main',
    },
  },
] as const;

describe.each(cases)('a person of $partner.name ($protocol)', ({ partner, protocol, site, seen }) => {
  it.each([
    ['phone', phone],
    ['desk', { width: 1280, height: 800 }],
  ])(
    'signs in on a %s, with attributes made by rules, and the trace says why [C22] [C40] [N55] [N56]',
    async (_size, viewport) => {
      await onPage(viewport, async (page) => {
        await page.goto(demonstration.orders);
        await look(page);
        await page.getByRole('link', { name: `Sign in at ${partner.name}` }).click();
        await page.waitForURL(`${site()}/**`);
        await look(page);
        await page.getByRole('button', { name: seen.name }).click();
        await page.waitForURL(`${demonstration.orders}/`);
        await look(page);
        const [told, proof] = [await claimsOf(page, 'User information'), await claimsOf(page, 'ID token')];
        expect(told).toMatchObject(seen);
        expect(proof).toMatchObject({ iss: demonstration.hub, partner: partner.slug });

        await page.getByRole('link', { name: 'See how this sign' }).click();
        await page.waitForURL(/\/trace$/);
        await look(page);
        const text = (await page.locator('main').textContent()) ?? '';
        expect(text).toContain('Allowed');
        for (const { expression } of partner.rules) expect(text).toContain(expression);

        const login = await loginById(proof.login_id ?? '');
        expect(login).toMatchObject({ state: 'ALLOWED', protocol, partner: { slug: partner.slug } });
        const mapped = login.trace.attributes.filter(({ outcome }) => outcome === 'MAPPED');
        expect(mapped.map(({ attribute, expression }) => ({ attribute, expression }))).toEqual(
          partner.rules.map(({ attribute, expression }) => ({ attribute, expression })),
        );
      });
    },
  );

  it('opens the second application without being asked again, under another name, and signs out of all [C40]', async () => {
    await onPage(phone, async (page) => {
      await signIn(page, partner.name, seen.name);
      const first = await claimsOf(page, 'User information');
      await page.getByRole('link', { name: 'Open Meridian Reports' }).click();
      await page.waitForURL(`${demonstration.reports}/`);
      await look(page);
      const second = await claimsOf(page, 'User information');
      expect(second).toMatchObject({ name: seen.name, roles: seen.roles });
      expect(second).not.toHaveProperty('email');
      expect(second).not.toHaveProperty('cost_center');
      expect(second.sub).not.toBe(first.sub);
      expect(second.login_id).toBe(first.login_id);

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign out?' }).waitFor();
      await look(page);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${demonstration.reports}/`);
      await page.goto(demonstration.orders);
      await page.getByText('You are signed in no longer').waitFor();
      await look(page);
      await page.goto(`${demonstration.reports}/sign-in`);
      await page.getByRole('heading', { name: 'Sign in with your organization' }).waitFor();
    });
  });

  it('is refused with a calm page when the address lies outside the domains of the partner [C16]', async () => {
    await onPage(phone, async (page) => {
      const outsider = partner.people.find(({ email }) => !email.endsWith(`@${partner.domain}`));
      await page.goto(`${demonstration.orders}/sign-in?organization=${partner.slug}`);
      await page.getByRole('button', { name: outsider?.familyName ?? 'nobody' }).click();
      const reference = await page.locator('.reference dd').textContent();
      await look(page);
      const query = `query ($partner: ID!) { logins(first: 5, filter: { partnerId: $partner, state: DENIED }) {
        edges { node { reference code } } } }`;
      const { data: found } = await demonstration.graphql(token, `{ partner(slug: "${partner.slug}") { id } }`);
      const { data } = await demonstration.graphql(token, query, { partner: found.partner.id });
      const refused = data.logins.edges.find(
        (edge: { node: { reference: string } }) => edge.node.reference === reference,
      );
      expect(refused?.node).toEqual({ reference, code: 'DOMAIN_NOT_OWNED' });

      await page.goto(demonstration.orders);
      await page.getByLabel('Reference').fill(reference ?? '');
      await page.getByRole('button', { name: 'See why' }).click();
      await page.getByText('DOMAIN_NOT_OWNED').first().waitFor();
      await look(page);
    });
  });

  it('comes back to the hub with a reference when signing in there is refused', async () => {
    await onPage(phone, async (page) => {
      await page.goto(`${demonstration.orders}/sign-in?organization=${partner.slug}`);
      await page.getByRole('button', { name: 'Refuse to sign in' }).click();
      await page.locator('.reference dd').waitFor();
      await look(page);
    });
  });

  it('is found by the work e-mail alone [C24]', async () => {
    await onPage(phone, async (page) => {
      await page.goto(demonstration.orders);
      await page.getByRole('link', { name: 'Continue with e' }).click();
      await look(page);
      await page.getByLabel('Work e-mail address').fill(seen.email);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.waitForURL(`${site()}/**`);
      await page.getByRole('button', { name: seen.name }).click();
      await page.waitForURL(`${demonstration.orders}/`);
      expect(await claimsOf(page, 'User information')).toMatchObject({ email: seen.email });
    });
  });
});

async function signIn(page: Page, organization: string, name: string): Promise<void> {
  await page.goto(demonstration.orders);
  await page.getByRole('link', { name: `Sign in at ${organization}` }).click();
  await page.getByRole('button', { name }).click();
  await page.waitForURL(`${demonstration.orders}/`);
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page as BrowserPage } from 'playwright-core';
import * as pages from '../../src/http/pages/index.js';
import { accessibilityProblems, openBrowser } from '../support/browser.js';

const reference = '3F9A02C17B';
const every: Readonly<Record<string, () => pages.Page>> = {
  choose: () => pages.chooseOrganizationPage({ applicationName: 'Meridian Orders', action: '/sent' }),
  'choose-again': () =>
    pages.chooseOrganizationPage({
      applicationName: 'Meridian Orders',
      action: '/sent',
      email: 'ada@aurora',
      problem: 'MALFORMED',
    }),
  denied: () => pages.refusalPage({ kind: 'denied', reference, applicationName: 'Meridian Orders' }),
  retry: () => pages.refusalPage({ kind: 'retry', reference, retryUrl: '/again', applicationName: 'Meridian Orders' }),
  expired: () => pages.refusalPage({ kind: 'expired', reference }),
  unavailable: () => pages.refusalPage({ kind: 'unavailable', reference, retryUrl: '/again' }),
  invalid: () => pages.refusalPage({ kind: 'invalid', reference }),
  'logout-confirm': () => pages.logoutConfirmPage({ action: '/sent', xsrf: 'x', applicationName: 'Meridian Orders' }),
  'logged-out': () => pages.loggedOutPage({ returnUrl: '/' }),
  error: () => pages.errorPage({ reference }),
};

let hub: Server;
let browser: Browser;
let base: string;
let idpBase: string;

beforeAll(async () => {
  hub = createServer((request, response) => {
    const path = (request.url ?? '/').slice(1);
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      if (path === 'broker') return response.writeHead(302, { location: 'http://elsewhere.test/arrived' }).end();
      const page =
        path === 'post'
          ? pages.formPostPage({
              action: `${idpBase}/sso`,
              fields: { SAMLRequest: 'PHg+', RelayState: '"><b>', submit: 'x' },
            })
          : path === 'post-to-broker'
            ? pages.formPostPage({ action: `${idpBase}/broker`, fields: {} })
            : path === 'continue'
              ? pages.continuePage({ url: `${idpBase}/sso?a=1&b='2'` })
              : every[path]?.();
      if (page !== undefined) return response.writeHead(200, page.headers).end(page.html);
      return response.writeHead(200, { 'content-type': 'text/plain' }).end(`${request.method} /${path} ${body}`);
    });
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  const { port } = hub.address() as AddressInfo;
  base = 'http://hub.test';
  idpBase = 'http://idp.test';
  browser = await openBrowser({ 'hub.test': port, 'idp.test': port, 'elsewhere.test': port });
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await new Promise((resolve) => hub.close(resolve));
});

async function visit<T>(path: string, options: object, look: (page: BrowserPage) => Promise<T>): Promise<T> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    await page.goto(`${base}/${path}`);
    return await look(page);
  } finally {
    await context.close();
  }
}

describe.each(Object.keys(every))('the page %s in a browser', (name) => {
  it.each(['light', 'dark'] as const)('has no accessibility finding in the %s scheme', async (colorScheme) => {
    const problems = await visit(name, { colorScheme, viewport: { width: 1280, height: 800 } }, accessibilityProblems);
    expect(problems).toEqual([]);
  });

  it('fits a screen 360 pixels wide, with its style in force', async () => {
    await visit(name, { viewport: { width: 360, height: 740 } }, async (page) => {
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(await page.evaluate('getComputedStyle(document.querySelector("main")).borderTopWidth')).toBe('4px');
    });
  });
});

describe('a message that is carried by POST', () => {
  it('submits itself to another site under the policy, fields intact [S38] [H08]', async () => {
    await visit('post', {}, async (page) => {
      await page.waitForURL(`${idpBase}/sso`);
      expect(await page.textContent('body')).toBe('POST /sso SAMLRequest=PHg%2B&RelayState=%22%3E%3Cb%3E&submit=x');
    });
  });

  it('reaches an IdP that itself sends the browser on to a third site', async () => {
    await visit('post-to-broker', {}, async (page) => {
      await page.waitForURL('http://elsewhere.test/arrived');
    });
  });

  it('waits for the button without script, and is accessible then', async () => {
    await visit('post', { javaScriptEnabled: false }, async (page) => {
      await page.click('button');
      await page.waitForURL(`${idpBase}/sso`);
    });
  });

  it('carries the browser on after a form of this origin', async () => {
    await visit('continue', {}, async (page) => {
      await page.waitForURL(/idp\.test\/sso/);
      expect(await page.textContent('body')).toBe('GET /sso?a=1&b=%272%27 ');
    });
  });
});

describe('a person who is asked for the organization', () => {
  it('sends the address to this origin with the keyboard alone', async () => {
    await visit('choose', {}, async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.type('ada@aurora-freight.example');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${base}/sent`);
      expect(await page.textContent('body')).toBe('POST /sent email=ada%40aurora-freight.example');
    });
  });
});

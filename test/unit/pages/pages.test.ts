import { createHash } from 'node:crypto';
import * as pages from '../../../src/http/pages/index.js';
import { errorCatalogue } from '../../../src/shared/error-catalogue.js';

const hostile = `</title><script>alert(1)</script>"'\u202e`;
const kinds = ['denied', 'retry', 'expired', 'unavailable', 'invalid'] as const;

const every: readonly (readonly [string, pages.Page])[] = [
  [
    'choose organization',
    pages.chooseOrganizationPage({
      applicationName: hostile,
      action: '/federation/choose/1',
      csrfToken: hostile,
      email: hostile,
      problem: 'NOT_FOUND',
    }),
  ],
  ...kinds.map((kind): readonly [string, pages.Page] => [
    `refusal ${kind}`,
    pages.refusalPage({ kind, reference: hostile, retryUrl: '/again', applicationName: hostile }),
  ]),
  [
    'form post',
    pages.formPostPage({ action: 'https://idp.example/sso', fields: { RelayState: hostile, [hostile]: 'x' } }),
  ],
  ['continue', pages.continuePage({ url: `https://idp.example/sso?x=${hostile}` })],
  ['logout confirm', pages.logoutConfirmPage({ action: '/oidc/end/confirm', xsrf: hostile, applicationName: hostile })],
  ['front', pages.frontPage()],
  ['logged out', pages.loggedOutPage({ returnUrl: 'https://orders.example/' })],
  ['error', pages.errorPage({ reference: hostile })],
];

function directives(page: pages.Page): Record<string, string> {
  const policy = page.headers['content-security-policy'] ?? '';
  return Object.fromEntries(
    policy.split('; ').map((part): [string, string] => {
      const [name = '', ...sources] = part.split(' ');
      return [name, sources.join(' ')];
    }),
  );
}

function sha256(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

describe.each(every)('the page %s', (_name, page) => {
  it('loads nothing, is never framed and never stored [H08] [O30]', () => {
    expect(directives(page)).toMatchObject({
      'default-src': "'none'",
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
      'require-trusted-types-for': "'script'",
    });
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe|\*/);
    expect(page.html).not.toMatch(/\s(?:style|on[a-z]+)=/);
  });

  it('allows its own style and script by their hash and no other [H08]', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page.html)?.[1] ?? '';
    expect(directives(page)['style-src']).toBe(sha256(style));
    const scripts = [...page.html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => sha256(match[1] ?? ''));
    expect(scripts.join(' ')).toBe(directives(page)['script-src'] ?? '');
  });

  it('shows what comes from outside as text on one line [H08] [H12]', () => {
    expect(page.html).not.toContain('<script>alert');
    expect(page.html).not.toContain('</title><');
    expect(page.html).not.toMatch(/<(?:bdi|dd)>[^<]*\u202e/);
  });

  it('names its language and has one heading', () => {
    expect(page.html).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(page.html.match(/<h1>/g)).toHaveLength(1);
  });
});

describe('where a form may go', () => {
  it('covers the target of the automatic POST, and its scheme for a broker behind it [H08]', () => {
    const page = pages.formPostPage({ action: 'https://idp.example:8443/sso?tenant=1', fields: {} });
    expect(directives(page)['form-action']).toBe('https://idp.example:8443 https:');
  });

  it('is this origin alone when a person is asked for the organization [H08]', () => {
    const page = pages.chooseOrganizationPage({ applicationName: 'Orders', action: '/federation/choose/1' });
    expect(directives(page)['form-action']).toBe("'self'");
  });

  it('covers the registered address that a logout returns to', () => {
    const page = pages.logoutConfirmPage({
      action: 'https://hub.example/oidc/end/confirm',
      xsrf: 'x',
      postLogoutRedirectUri: 'https://orders.example/out',
    });
    expect(directives(page)['form-action']).toBe("'self' https://hub.example https: https://orders.example");
  });

  it('is nowhere on a page without a form', () => {
    expect(directives(pages.errorPage({ reference: 'A1' }))['form-action']).toBe("'none'");
  });

  it.each(['javascript:alert(1)', '//evil.example', 'https://a:b@idp.example/'])(
    'refuses to post to %j [S38]',
    (action) => {
      expect(() => pages.formPostPage({ action, fields: {} })).toThrow('not a web address');
    },
  );
});

describe('the form post page', () => {
  it('escapes names and values of the fields [S38]', () => {
    const { html } = pages.formPostPage({ action: 'https://idp.example/sso', fields: { RelayState: '"><b>' } });
    expect(html).toContain('<input type="hidden" name="RelayState" value="&quot;&gt;&lt;b&gt;">');
  });
});

describe('the refusal page', () => {
  it('gives one constant text a kind, with the reference and no reason [H19]', () => {
    const texts = kinds.map((kind) => pages.refusalPage({ kind, reference: 'REF1' }).html);
    expect(new Set(texts).size).toBe(kinds.length);
    for (const text of texts) {
      expect(text).toContain('<dd>REF1</dd>');
      for (const code of Object.keys(errorCatalogue)) expect(text).not.toContain(code);
    }
  });

  it('offers another attempt only where there is one', () => {
    expect(pages.refusalPage({ kind: 'retry', reference: 'R', retryUrl: '/a' }).html).toContain('href="/a"');
    expect(pages.refusalPage({ kind: 'denied', reference: 'R' }).html).not.toContain('<a ');
  });
});

describe('the page that asks for the organization', () => {
  it('ties label, hint and error text to the field', () => {
    const { html } = pages.chooseOrganizationPage({ applicationName: 'Orders', action: '/x', problem: 'MALFORMED' });
    expect(html).toContain('<label for="email">');
    expect(html).toContain('aria-describedby="email-hint email-problem" aria-invalid="true"');
    expect(html).toContain('id="email-problem" role="alert"');
    expect(html).toContain('<title>Error: ');
  });

  it('speaks of an address only where one was typed', () => {
    const page = (email: string) =>
      pages.chooseOrganizationPage({ applicationName: 'Orders', action: '/x', problem: 'NOT_FOUND', email }).html;
    expect(page('ada@a.example')).toContain('No sign-in was found for this address.');
    expect(page('')).toContain('No sign-in was found for your organization.');
  });

  it('keeps what was typed', () => {
    const { html } = pages.chooseOrganizationPage({ applicationName: 'Orders', action: '/x', email: 'ada@a.example' });
    expect(html).toContain('value="ada@a.example"');
    expect(html).not.toContain(' aria-invalid="true" autofocus');
  });
});

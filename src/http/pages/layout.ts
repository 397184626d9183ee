/**
 * The one layout of the pages that an end user sees, and the headers that they travel with: nothing is loaded from
 * anywhere, nothing is framed, nothing is stored, and a form goes only where its page says (H08, O30).
 */
import { createHash } from 'node:crypto';
import { constantMarkup, html, type SafeHtml, webAddress } from './html.js';
import { style } from './style.js';

/** A complete answer of `text/html`; the caller chooses the status. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface PageContent {
  /** Title of the window and, unless `heading` is set, the one `h1`. Constant text of ours. */
  readonly title: string;
  readonly heading?: string;
  readonly body: SafeHtml;
  /** CSP sources that forms of this page may go to; empty for a page without a form. */
  readonly formTargets?: readonly string[];
  /** A script that is a constant of the source; allowed by its hash. */
  readonly script?: string;
  /** Where the browser goes by itself; a link in the body leads there as well. */
  readonly refreshTo?: string;
}

export interface DocumentContent extends Pick<PageContent, 'title' | 'formTargets' | 'script' | 'refreshTo'> {
  readonly style: string;
  readonly markup: SafeHtml;
}

const brand = constantMarkup(`<p class="brand"><svg viewBox="0 0 32 20" aria-hidden="true" focusable="false">
<circle cx="11" cy="10" r="8.5" fill="none" stroke="currentColor" stroke-width="2.5"/>
<circle cx="21" cy="10" r="8.5" fill="none" stroke="currentColor" stroke-width="2.5"/></svg>Entente</p>`);

export function renderPage(content: PageContent): Page {
  return renderDocument({
    ...content,
    style,
    markup: html`<main>
${brand}
<h1>${content.heading ?? content.title}</h1>
${content.body}
</main>
<footer>Sign-in is run by Entente, the identity hub of the service that you use.</footer>`,
  });
}

/** A whole document in another look, under the same policy. `style` is a constant of the source. */
export function renderDocument(content: DocumentContent): Page {
  const refresh = content.refreshTo === undefined ? null : `0; url=${webAddress(content.refreshTo)}`;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${refresh !== null && html`<meta http-equiv="refresh" content="${refresh}">`}
<title>${content.title}</title>
<style>${constantMarkup(content.style)}</style>
</head>
<body>
${content.markup}
${content.script !== undefined && html`<script>${constantMarkup(content.script)}</script>`}
</body>
</html>
`;
  return { html: document.markup, headers: pageHeaders(content) };
}

/** CSP sources of a form that leaves for `address`. */
export function formTargetsOf(address: string): readonly string[] {
  const target = webAddress(address);
  if (target.startsWith('/')) return ["'self'"];
  const { origin, protocol } = new URL(target);
  // Chromium holds form-action against every redirect that follows the POST, and an IdP that is itself a broker answers
  // with one to a host that nobody can know here. The scheme stays fixed; the action itself is escaped and checked.
  return [origin, protocol];
}

function pageHeaders({ formTargets = [], script, style: sheet }: DocumentContent): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    `style-src ${hashSource(sheet)}`,
    ...(script === undefined ? [] : [`script-src ${hashSource(script)}`]),
    `form-action ${formTargets.length === 0 ? "'none'" : formTargets.join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ];
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    // Not `no-referrer`: that would send our own forms with `Origin: null`, which no CSRF check can tell from an attack.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
  };
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}

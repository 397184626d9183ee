/**
 * The look of the demonstration's pages. Each site has its own colour, so that a person sees whose page it is, and each
 * page says that this is a demonstration. Headers and policy are those of the hub's own pages.
 */
import { constantMarkup, html, plainText, type SafeHtml } from '../../http/pages/html.js';
import { type Page, renderDocument } from '../../http/pages/layout.js';
import { style } from './style.js';

export interface Site {
  readonly theme: 'orders' | 'reports' | 'aurora' | 'borealis';
  readonly name: string;
  /** What this site plays in the demonstration. */
  readonly part: string;
}

export interface SitePage {
  readonly site: Site;
  readonly title: string;
  readonly heading?: string;
  readonly body: SafeHtml;
  /** Right side of the bar: who is signed in, and how to leave. */
  readonly account?: SafeHtml;
  readonly narrow?: true;
  readonly formTargets?: readonly string[];
  readonly script?: string;
  readonly refreshTo?: string;
}

const marks = {
  orders: constantMarkup(
    '<svg viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="7" fill="currentColor" opacity=".16"/><path d="M7 10l7-4 7 4v8l-7 4-7-4zM7 10l7 4 7-4M14 14v8" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"/></svg>',
  ),
  reports: constantMarkup(
    '<svg viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="7" fill="currentColor" opacity=".16"/><path d="M8 21v-6M14 21V8M20 21v-9" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/></svg>',
  ),
  aurora: constantMarkup(
    '<svg viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="14" fill="currentColor" opacity=".16"/><path d="M6 18c5 0 5-9 8-9s3 9 8 9" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/></svg>',
  ),
  borealis: constantMarkup(
    '<svg viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="14" fill="currentColor" opacity=".16"/><path d="M14 8v12M8 14h12" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round"/></svg>',
  ),
} as const;

export function renderSite(page: SitePage): Page {
  const { site, title, heading, body, account, narrow, ...document } = page;
  const isApplication = site.theme === 'orders' || site.theme === 'reports';
  const mark = html`${marks[site.theme]}<span>${site.name}</span>`;
  return renderDocument({
    ...document,
    title: `${title} · ${site.name}`,
    style,
    markup: html`<div class="site ${site.theme}">
<header><p class="notice">${isApplication ? 'Demonstration: invented people and organizations' : 'Demonstration: no passwords here, choose who you are'}</p>
<div class="bar">
${isApplication ? html`<a class="mark" href="/">${mark}</a>` : html`<p class="mark">${mark}</p>`}
${account}
</div></header>
<main${narrow === true && html` class="narrow"`}>
<h1>${plainText(heading ?? title)}</h1>
${body}
</main>
<footer>${site.part}</footer>
</div>`,
  });
}

/** The pages of the demonstration application: welcome, and what the application was told about a person. */
import { html, plainText, type SafeHtml } from '../../http/pages/html.js';
import type { Page } from '../../http/pages/layout.js';
import type { DemonstrationPartner } from '../estate.js';
import type { SignedIn } from '../relying-party.js';
import { renderSite, type Site } from './layout.js';

export interface Welcome {
  readonly site: Site;
  readonly purpose: string;
  readonly partners: readonly DemonstrationPartner[];
  /** Whether the person was signed in until now. */
  readonly ended: boolean;
}

export function welcomePage({ site, purpose, partners, ended }: Welcome): Page {
  return renderSite({
    site,
    title: 'Sign in',
    heading: 'Sign in with your own organization',
    formTargets: ["'self'"],
    body: html`${
      ended &&
      html`<p class="card ended">You are signed in no longer: your session ended at the hub, ran out, or was withdrawn.</p>
`
    }<p class="lead">${purpose} There is no password to remember here: your employer signs you in, and the hub decides what this application may learn.</p>
<ul class="cards">
${partners.map(
  ({ slug, name, identityProviderName, domain }) => html`<li>
<p class="kind">${identityProviderName.includes('SAML') ? 'SAML 2.0' : 'OpenID Connect'}</p>
<h2>${name}</h2>
<p class="muted small">Its people have addresses at ${domain}.</p>
<a class="button" href="${`/sign-in?organization=${slug}`}">Sign in at ${name}</a></li>\n`,
)}
<li>
<p class="kind">Home realm discovery</p>
<h2>By work e-mail</h2>
<p class="muted small">The hub asks for the address and finds the organization. It never lists its partners.</p>
<a class="button second" href="/sign-in">Continue with e‑mail</a></li>
</ul>
<form class="card ask" method="get" action="/trace">
<h2>Refused?</h2>
<p class="muted small" id="why">The person who is refused sees a reference and no reason. Whoever may read the hub’s API finds the reason by it.</p>
<label for="reference">Reference</label>
<div class="line"><input type="text" id="reference" name="reference" required pattern="\\s*[0-9A-Fa-f]{10}\\s*" title="10 of 0-9 and A-F" autocomplete="off" spellcheck="false" aria-describedby="why">
<button class="button second" type="submit">See why</button></div>
</form>`,
  });
}

export interface ClaimsPage {
  readonly site: Site;
  readonly signedIn: SignedIn;
  readonly other: { readonly name: string; readonly signInUrl: string };
}

export function claimsPage({ site, signedIn, other }: ClaimsPage): Page {
  const { idTokenClaims, userInfo } = signedIn;
  const name = textOf(userInfo.name ?? idTokenClaims.name ?? userInfo.email ?? idTokenClaims.sub);
  return renderSite({
    site,
    title: 'Signed in',
    heading: `Welcome, ${name}`,
    account: accountBar(name),
    formTargets: ["'self'"],
    body: html`<p class="lead">This is all that ${site.name} was told. What it holds was mapped by the rules of your organization’s connection and let out by the terms of its trust relationship.</p>
<div class="actions">
<a class="button" href="/trace">See how this sign-in was decided</a>
<a class="button second" href="${other.signInUrl}">Open ${other.name}</a>
</div>
<section class="card">${claimsTable('User information', 'What the hub answers to the access token.', userInfo)}</section>
<section class="card">${claimsTable('ID token', 'What the hub signed for this application.', idTokenClaims)}</section>`,
  });
}

export function accountBar(name: string): SafeHtml {
  return html`<p class="who">Signed in as <strong><bdi>${plainText(name, 80)}</bdi></strong></p>
<form method="post" action="/sign-out"><button class="button second slim" type="submit">Sign out</button></form>`;
}

function claimsTable(title: string, explanation: string, claims: Readonly<Record<string, unknown>>): SafeHtml {
  return html`<table>
<caption><h2>${title}</h2><span class="muted">${explanation}</span></caption>
<thead><tr><th scope="col">Claim</th><th scope="col">Value</th></tr></thead>
<tbody>
${Object.entries(claims).map(
  ([claim, value]) =>
    html`<tr><th scope="row">${plainText(claim)}</th><td class="value">${shownValue(claim, value)}</td></tr>\n`,
)}
</tbody>
</table>`;
}

const instants = new Set(['iat', 'exp', 'auth_time', 'nbf']);

function shownValue(claim: string, value: unknown): SafeHtml {
  if (instants.has(claim) && typeof value === 'number') {
    const instant = new Date(value * 1_000).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
    return html`${value} <span class="muted">(${instant})</span>`;
  }
  return html`<bdi>${plainText(textOf(value), 500)}</bdi>`;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(textOf).join(', ') || 'none' : JSON.stringify(value);
}

/** The pages of the demonstration's identity providers: choose a person, and go on to the hub. */
import { html, plainText } from '../../http/pages/html.js';
import { formTargetsOf, type Page } from '../../http/pages/layout.js';
import type { DemonstrationPerson } from '../estate.js';
import { renderSite, type Site } from './layout.js';

/** The prototype's method, since a field named `submit` would hide the form's own. */
const submitScript = 'HTMLFormElement.prototype.submit.call(document.forms[0]);';

export interface SignInAs {
  readonly site: Site;
  readonly people: readonly DemonstrationPerson[];
  /** Path of this origin that takes the POST with `person`, and with these fields. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

export function signInAsPage({ site, people, action, fields }: SignInAs): Page {
  return renderSite({
    site,
    title: `Sign in to ${site.name}`,
    narrow: true,
    formTargets: formTargetsOf(action),
    body: html`<p class="muted">Here the organization would ask for a password, a passkey or a card. Choose who you are instead.</p>
<form method="post" action="${action}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}
<ul class="people">
${people.map((person) => html`<li>${personButton(person)}</li>\n`)}
</ul>
<div class="actions"><button class="button second" type="submit" name="person" value="">Refuse to sign in</button></div>
</form>`,
  });
}

function personButton({ id, givenName, familyName, email, title, department, note }: DemonstrationPerson) {
  return html`<button class="person" type="submit" name="person" value="${id}">
<span class="initials" aria-hidden="true">${initialOf(givenName)}${initialOf(familyName)}</span>
<strong>${givenName} ${familyName}</strong>
<span class="small">${email}</span>
<span class="small">${title}, ${department}. ${note}.</span>
</button>`;
}

function initialOf(name: string): string {
  return Array.from(name)[0] ?? '';
}

/** After the form: on to the hub by address. A page, since Chromium holds form-action against redirects. */
export function goOnPage(site: Site, url: string): Page {
  return renderSite({
    site,
    title: 'Taking you back',
    narrow: true,
    refreshTo: url,
    body: html`<p>If nothing happens, continue by hand.</p>
<div class="actions"><a class="button" href="${url}">Continue</a></div>`,
  });
}

/** After the form: on to the hub with a message by POST (SAML bindings, section 3.5). */
export function postOnPage(site: Site, action: string, fields: Readonly<Record<string, string>>): Page {
  return renderSite({
    site,
    title: 'Taking you back',
    narrow: true,
    formTargets: formTargetsOf(action),
    script: submitScript,
    body: html`<p>If nothing happens, continue by hand.</p>
<form method="post" action="${action}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}
<div class="actions"><button class="button" type="submit">Continue</button></div>
</form>`,
  });
}

export function problemPage(site: Site, heading: string, text: string, again: string | null): Page {
  return renderSite({
    site,
    title: heading,
    narrow: true,
    body: html`<p>${plainText(text, 400)}</p>
${again !== null && html`<div class="actions"><a class="button" href="${again}">Start again</a></div>`}`,
  });
}

/** Pages that only carry the browser on: a message by POST (SAML bindings, section 3.5), or an address after a form. */
import { html } from './html.js';
import { formTargetsOf, type Page, renderPage } from './layout.js';

/** The prototype's method, since a field named `submit` would hide the form's own. */
const submitScript = 'HTMLFormElement.prototype.submit.call(document.forms[0]);';

export interface FormPost {
  /** Where the message goes: an absolute http or https URL. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Submits itself; without script the button does. The script is allowed by its hash. @throws Error for a bad action */
export function formPostPage({ action, fields }: FormPost): Page {
  return renderPage({
    title: 'Taking you on',
    formTargets: formTargetsOf(action),
    script: submitScript,
    body: html`<p>The sign-in goes on at the next step by itself. If nothing happens, continue by hand.</p>
<form method="post" action="${action}">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`)}
<div class="actions"><button class="button" type="submit">Continue</button></div>
</form>`,
  });
}

/** A redirect that may follow a form of ours to another origin, since no form is under way any more. */
export function continuePage({ url }: { readonly url: string }): Page {
  return renderPage({
    title: 'Taking you to your organization',
    refreshTo: url,
    body: html`<p>You sign in there, with the account that you use at work. If nothing happens, continue by hand.</p>
<div class="actions"><a class="button" href="${url}">Continue</a></div>`,
  });
}

/**
 * Asks who a person is with, by the address at work. It never lists partners, and its text is the same for a domain
 * that nobody has and for one whose partner may not use this application (H19).
 */
import { html, plainText } from './html.js';
import { formTargetsOf, type Page, renderPage } from './layout.js';

/** Why the page is shown again. */
export type ChooseProblem = 'MISSING' | 'MALFORMED' | 'NOT_FOUND';

const problems: Readonly<Record<ChooseProblem, string>> = {
  MISSING: 'Enter your work e-mail address.',
  MALFORMED: 'Enter an e-mail address in full, such as name@company.example.',
  NOT_FOUND: 'No sign-in was found for this address. Check the spelling, or ask your organization’s help desk.',
};
/** NOT_FOUND before an address was typed: the application named the organization. */
const hintNotFound =
  'No sign-in was found for your organization. Enter your work e-mail address, or ask your organization’s help desk.';

export interface ChooseOrganization {
  readonly applicationName: string;
  /** Path of this origin that takes the POST with the fields `email` and, where given, `csrf`. */
  readonly action: string;
  readonly csrfToken?: string;
  readonly email?: string;
  readonly problem?: ChooseProblem;
}

/**
 * The form may go to this origin alone, and Chromium holds that against redirects too: answer its POST with
 * `continuePage` or `formPostPage`, never with a redirect to another origin.
 */
export function chooseOrganizationPage(ask: ChooseOrganization): Page {
  const problem = problemOf(ask);
  const described = problem === null ? 'email-hint' : 'email-hint email-problem';
  return renderPage({
    title: problem === null ? 'Sign in with your organization' : 'Error: Sign in with your organization',
    heading: 'Sign in with your organization',
    formTargets: formTargetsOf(ask.action),
    body: html`<p>Continue to <strong><bdi>${plainText(ask.applicationName)}</bdi></strong> with the account that you use at work.</p>
<form method="post" action="${ask.action}" novalidate>
${ask.csrfToken !== undefined && html`<input type="hidden" name="csrf" value="${ask.csrfToken}">`}
<label for="email">Work e-mail address</label>
<p class="hint" id="email-hint">It tells us which organization signs you in. We do not ask for a password here.</p>
${problem !== null && html`<p class="problem" id="email-problem" role="alert">${problem}</p>`}
<input type="email" id="email" name="email" value="${plainText(ask.email ?? '', 320)}" required maxlength="320" autocomplete="email"
 autocapitalize="none" spellcheck="false" aria-describedby="${described}"${problem !== null && html` aria-invalid="true" autofocus`}>
<div class="actions"><button class="button" type="submit">Continue</button></div>
</form>`,
  });
}

function problemOf({ problem, email = '' }: ChooseOrganization): string | null {
  if (problem === 'NOT_FOUND' && email === '') return hintNotFound;
  return problem === undefined ? null : problems[problem];
}

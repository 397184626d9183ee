/** The pages of RP-Initiated Logout 1.0: the question (section 2: the OP asks) and the end. */
import { html, plainText } from './html.js';
import { formTargetsOf, type Page, renderPage } from './layout.js';

export interface LogoutConfirm {
  /** Where the answer goes: `xsrf`, and `logout=yes` where the person signs out. */
  readonly action: string;
  readonly xsrf: string;
  readonly applicationName?: string;
  /** The registered address that the answer redirects to: Chromium holds form-action against it. */
  readonly postLogoutRedirectUri?: string;
}

export function logoutConfirmPage({ action, xsrf, applicationName, postLogoutRedirectUri }: LogoutConfirm): Page {
  const after = postLogoutRedirectUri === undefined ? [] : formTargetsOf(postLogoutRedirectUri);
  return renderPage({
    title: 'Sign out?',
    formTargets: [...new Set(["'self'", ...formTargetsOf(action), ...after])],
    body: html`${
      applicationName !== undefined &&
      html`<p><strong><bdi>${plainText(applicationName)}</bdi></strong> asks to sign you out.</p>`
    }
<p>This ends your session for every application that you opened through your organization in this browser.</p>
<form method="post" action="${action}">
<input type="hidden" name="xsrf" value="${xsrf}">
<div class="actions">
<button class="button" type="submit" name="logout" value="yes">Sign out</button>
<button class="button second" type="submit">Stay signed in</button>
</div>
</form>`,
  });
}

export function loggedOutPage({ returnUrl }: { readonly returnUrl?: string } = {}): Page {
  return renderPage({
    title: 'You are signed out',
    body: html`<p>Your session here has ended. On a shared computer, also sign out at your organization and close the browser.</p>
${returnUrl !== undefined && html`<div class="actions"><a class="button second" href="${returnUrl}">Back to the application</a></div>`}`,
  });
}

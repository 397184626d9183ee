/** The pages that oidc-provider shows in the hub's own dress; an error page is recorded like every refusal. */
import type { Refuser } from '../login/refuse.js';
import type { DownstreamPages } from '../protocols/oidc/downstream.contracts.js';
import { refusal } from '../shared/refusal.js';
import { errorPage, loggedOutPage, logoutConfirmPage } from './pages/index.js';

export function downstreamPages(refuser: Refuser): DownstreamPages {
  return {
    error: async ({ code, detail, applicationId, origin }) => {
      const because = refusal('OIDC_REQUEST', `${code}: ${detail}`, { error: code });
      const { reference } = await refuser.early({ applicationId }, 'issue', because, origin);
      return errorPage({ reference });
    },
    logoutConfirm: logoutConfirmPage,
    loggedOut: () => loggedOutPage(),
  };
}

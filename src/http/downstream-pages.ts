/** The pages that oidc-provider shows in the hub's own dress; an error page is recorded like every refusal. */

import type { Refuser } from '../login/refuse.js';
import type { DownstreamPages } from '../protocols/oidc/downstream.contracts.js';
import { refusal } from '../shared/refusal.js';
import { errorPage, loggedOutPage, logoutConfirmPage, refusalPage } from './pages/index.js';
import { referenceOf } from './render.js';

export function downstreamPages(refuser: Refuser): DownstreamPages {
  return {
    error: async ({ code, detail, applicationId, origin }) => {
      const isFault = code === 'server_error';
      const because = isFault
        ? refusal('INTERNAL', 'a fault while the request was handled')
        : refusal('OIDC_REQUEST', `${code}: ${detail}`, { error: code });
      const reference = await referenceOf(() => refuser.early({ applicationId }, 'issue', because, origin), origin);
      return isFault ? refusalPage({ kind: 'unavailable', reference }) : errorPage({ reference });
    },
    logoutConfirm: logoutConfirmPage,
    loggedOut: () => loggedOutPage(),
  };
}

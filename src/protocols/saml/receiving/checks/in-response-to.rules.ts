/**
 * Stops an answer to a request that nobody made, or that another session made (S47, L40): a forged LogoutResponse would tell
 * a person that all is ended when nothing is.
 * @see SAML core section 3.2.2: where it answers a request, InResponseTo must be present and match
 */
import { refusal } from '../../../../shared/refusal.js';
import type { ReceivedCheck } from '../message.rules.js';

/** @param requestId of the request that waits for its answer; null: none does */
export function checkAnswers(requestId: string | null): ReceivedCheck {
  return ({ message }) => {
    if (requestId === null) return refusal('SAML_UNSOLICITED', 'no request waits for this answer');
    return message.attribute('InResponseTo') === requestId
      ? null
      : refusal('SAML_IRT', 'another request is answered, or none');
  };
}

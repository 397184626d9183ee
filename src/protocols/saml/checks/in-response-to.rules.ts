/**
 * Stops an answer to another request: a response stolen from another browser, tenant or connection, and one that nobody
 * asked for (login CSRF; S34, S39, L27). The pending login was found by the state of this browser; the request
 * in it is the only one that may be answered. The signed statement is the InResponseTo of the confirmation
 * (checks/subject-confirmation.rules.ts); the one of the Response, signed or not, must agree.
 * @see SAML core section 3.2.2: where it answers a request, InResponseTo must be present and match
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { SamlMessage } from '../message.rules.js';

export function checkInResponseTo({ envelope, pending }: Pick<SamlMessage, 'envelope' | 'pending'>): Refusal | null {
  const inResponseTo = envelope.attribute('InResponseTo');
  if (inResponseTo === pending.requestId) return null;
  const detail =
    inResponseTo === null ? 'the response says of no request that it answers it' : 'another request is answered';
  return refusal('SAML_IRT', detail, { where: 'Response' });
}

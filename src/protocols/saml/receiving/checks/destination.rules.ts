/**
 * Stops a message that was made for another address and is brought here (S47, S49, L39, L40). Letter by letter: another
 * host, port, path or a slash is another address.
 * @see SAML core section 3.2.1 (Destination); SAML bindings sections 3.4.5.2 and 3.5.5.2: required where it is signed
 */
import { refusal } from '../../../../shared/refusal.js';
import type { ReceivedCheck } from '../message.rules.js';

export const checkAddress: ReceivedCheck = ({ message, isSigned, address }) => {
  const destination = message.attribute('Destination');
  if (destination === null) {
    return isSigned ? refusal('SAML_DESTINATION', 'the signed message names no Destination') : null;
  }
  if (destination === address) return null;
  return refusal('SAML_DESTINATION', 'the Destination is not the address that the message came to', {
    expected: address,
  });
};

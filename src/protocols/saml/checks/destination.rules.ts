/**
 * Stops a response that was made for another address: stolen from one service and posted to another, or sent on by a
 * phishing site (S33, L25). Compared letter by letter: another host, port, path or a slash is another address.
 * @see SAML core section 3.2.2 (Destination); SAML bindings section 3.5.5.2: required where the message is signed
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { SamlMessage } from '../message.rules.js';

export function checkDestination(
  message: Pick<SamlMessage, 'config' | 'envelope' | 'responseIsSigned'>,
): Refusal | null {
  const { config, envelope, responseIsSigned } = message;
  const destination = envelope.attribute('Destination');
  if (destination === null) {
    return responseIsSigned ? refusal('SAML_DESTINATION', 'the signed response names no Destination') : null;
  }
  if (destination === config.serviceProvider.acsUrl) return null;
  return refusal('SAML_DESTINATION', 'the Destination of the response is not the address that it came to', {
    expected: config.serviceProvider.acsUrl,
  });
}

/**
 * Stops a request whose answer would travel another way than by HTTP-POST: in a query it would rest in histories and logs, and
 * an artifact is not offered (S49, L39).
 * @see SAML core section 3.4.1 (ProtocolBinding); SAML profiles section 4.1.2
 */
import { refusal } from '../../../../shared/refusal.js';
import { bindings } from '../../names.rules.js';
import type { ReceivedCheck } from '../message.rules.js';

export const checkReplyBinding: ReceivedCheck = ({ message }) => {
  const binding = message.attribute('ProtocolBinding');
  return binding === null || binding === bindings.POST
    ? null
    : refusal('SAML_BINDING', 'the request wants its answer by another binding than HTTP-POST');
};

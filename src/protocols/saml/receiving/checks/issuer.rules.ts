/**
 * Stops a side that speaks for another one: the IdP of partner A that signs out people of partner B, a service that asks in
 * the name of another (S47, S49, L39, L40).
 * @see SAML core section 2.2.5 (Issuer), section 3.2.1
 */
import { refusal } from '../../../../shared/refusal.js';
import { childrenOf } from '../../elements.rules.js';
import { nameIdFormats, ns } from '../../names.rules.js';
import type { ReceivedCheck } from '../message.rules.js';

export const checkSender: ReceivedCheck = ({ message, peer }) => {
  const [issuer, ...others] = childrenOf(message, ns.assertion, 'Issuer');
  if (issuer === undefined || others.length > 0) return refusal('SAML_ISSUER', 'not exactly one issuer is named');
  const format = issuer.attribute('Format');
  if (format !== null && format !== nameIdFormats.entity) {
    return refusal('SAML_ISSUER', 'the issuer is named in another format');
  }
  const isPeer = issuer.children.length === 0 && issuer.text === peer.entityId;
  return isPeer ? null : refusal('SAML_ISSUER', 'the issuer is not the other side of this connection');
};

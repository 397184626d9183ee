/**
 * Stops an IdP that speaks for another one: partner A's IdP posting to partner B's address, a mix-up between two IdPs of
 * one partner (S41, L24). The connection that the request named decides which entityID must stand there.
 * @see SAML core section 2.2.5; SAML profiles section 4.1.4.2: Issuer of Response and Assertion
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { XmlElement } from '../../../xml/contracts.js';
import { childrenOf } from '../elements.rules.js';
import type { SamlMessage } from '../message.rules.js';
import { nameIdFormats, ns } from '../names.rules.js';

export function checkIssuer(
  message: Pick<SamlMessage, 'config' | 'envelope' | 'assertion' | 'responseIsSigned' | 'wasEncrypted'>,
): Refusal | null {
  const { config, envelope, assertion, responseIsSigned, wasEncrypted } = message;
  // A signed response, and one around an encrypted assertion, must name its issuer; else it may.
  const isRequired = responseIsSigned || wasEncrypted;
  return (
    issuerRefusal(envelope, 'Response', config.entityId, isRequired) ??
    issuerRefusal(assertion, 'Assertion', config.entityId, true)
  );
}

function issuerRefusal(holder: XmlElement, where: string, entityId: string, isRequired: boolean): Refusal | null {
  const [issuer, ...others] = childrenOf(holder, ns.assertion, 'Issuer');
  const say = (detail: string) => refusal('SAML_ISSUER', `${where}: ${detail}`, { where });
  if (issuer === undefined) return isRequired ? say('no issuer is named') : null;
  if (others.length > 0) return say('more than one issuer is named');
  const format = issuer.attribute('Format');
  if (format !== null && format !== nameIdFormats.entity) return say('the issuer is named in another format');
  return issuer.text === entityId ? null : say('the issuer is not the identity provider of this connection');
}

/**
 * Stops a sign-in on the strength of a session that is over at the IdP, and a session handle that could not be kept (L31): the
 * index comes back in a logout request and must then name this session and no other.
 * @see SAML core section 2.7.2 (SessionIndex, SessionNotOnOrAfter); SAML profiles sections 4.1.4.2 and 4.4.3.1
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { XmlElement } from '../../../xml/contracts.js';
import { childrenOf } from '../elements.rules.js';
import { instantOf, Moment, type SamlMessage, timeRefusal } from '../message.rules.js';
import { ns } from '../names.rules.js';

const MAX_SESSION_INDEX = 1_024;

export function checkSession(message: Pick<SamlMessage, 'assertion' | 'config' | 'now'>): Refusal | null {
  const moment = new Moment(message);
  const indexes = new Set<string>();
  for (const statement of childrenOf(message.assertion, ns.assertion, 'AuthnStatement')) {
    const bad = sessionRefusal(statement, moment);
    if (bad !== null) return bad;
    const index = statement.attribute('SessionIndex');
    if (index !== null) indexes.add(index);
    // An IdP that can end its sessions must name them, or the end of this one could never be told (profiles, section 4.1.4.2).
    else if (message.config.sloResponseUrl !== null) {
      return refusal('SAML_AUTHN', 'the identity provider has single logout, and names no session');
    }
  }
  // One is kept; a logout that names another one would end nothing.
  return indexes.size > 1 ? refusal('SAML_AUTHN', 'the assertion tells of several sessions') : null;
}

function sessionRefusal(statement: XmlElement, moment: Moment): Refusal | null {
  const end = instantOf(statement.attribute('SessionNotOnOrAfter'));
  if (end !== null && (Number.isNaN(end) || moment.isOver(end))) {
    return timeRefusal('the session at the identity provider is over, or its end is no instant in UTC');
  }
  const length = statement.attribute('SessionIndex')?.length ?? 0;
  return length > MAX_SESSION_INDEX ? refusal('SAML_AUTHN', 'the session index is too long') : null;
}

/**
 * Stops an assertion that tells of no authentication, of an old one where a new one was demanded, or of a weaker kind
 * than the connection asks for (L31). Every AuthnStatement must hold; where several do, the oldest counts.
 * @see SAML core sections 2.7.2, 2.7.2.2, 3.3.2.2.1 and 3.4.1 (ForceAuthn); SAML profiles section 4.1.4.2
 */
import type { AssertedAuthentication } from '../../../login/contracts.js';
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { VerifiedElement, XmlElement } from '../../../xml/contracts.js';
import { childrenOf } from '../elements.rules.js';
import { instantOf, Moment, type SamlMessage, timeRefusal } from '../message.rules.js';
import { ns } from '../names.rules.js';

type Message = Pick<SamlMessage, 'assertion' | 'config' | 'pending' | 'now'>;

const MAX_TEXT = 256;

export function checkAuthentication(message: Message): Refusal | null {
  const statements = childrenOf(message.assertion, ns.assertion, 'AuthnStatement');
  if (statements.length === 0) return refusal('SAML_AUTHN', 'the assertion has no AuthnStatement');
  const moment = new Moment(message);
  for (const statement of statements) {
    const bad = instantRefusal(statement, message, moment) ?? contextRefusal(statement, message);
    if (bad !== null) return bad;
  }
  return null;
}

/** What an assertion that passed says of the authentication. */
export function authenticationOf(assertion: VerifiedElement): AssertedAuthentication {
  const statements = childrenOf(assertion, ns.assertion, 'AuthnStatement');
  const earliest = (name: string) => {
    const instants = statements.map((one) => instantOf(one.attribute(name))).filter((one) => one !== null);
    return instants.length === 0 ? null : new Date(Math.min(...instants)).toISOString();
  };
  // Statements that disagree claim no level at all.
  const classes = new Set(statements.map(classOf));
  return {
    authenticatedAt: earliest('AuthnInstant'),
    acr: classes.size === 1 ? ([...classes][0] ?? null) : null,
    amr: [],
    sessionIndex: statements.map((one) => one.attribute('SessionIndex')).find((one) => one !== null) ?? null,
    sessionExpiresAt: earliest('SessionNotOnOrAfter'),
  };
}

function instantRefusal(statement: XmlElement, { pending }: Message, moment: Moment): Refusal | null {
  const authenticated = instantOf(statement.attribute('AuthnInstant'));
  if (authenticated === null || Number.isNaN(authenticated)) return timeRefusal('AuthnInstant is no instant in UTC');
  if (!moment.hasCome(authenticated)) return timeRefusal('the authentication lies in the future');
  if (pending.forceAuthn && !moment.isSince(authenticated, Date.parse(pending.requestedAt))) {
    return refusal('SAML_AUTHN', 'a new authentication was demanded and an older one is stated');
  }
  return null;
}

function contextRefusal(statement: XmlElement, { config }: Message): Refusal | null {
  const contexts = childrenOf(statement, ns.assertion, 'AuthnContext');
  const classes = contexts.flatMap((context) => childrenOf(context, ns.assertion, 'AuthnContextClassRef'));
  if (contexts.length !== 1 || classes.length > 1) {
    return refusal('SAML_AUTHN', 'the AuthnStatement has not exactly one context of one class');
  }
  const stated = classOf(statement);
  if ((stated?.length ?? 0) > MAX_TEXT) return refusal('SAML_AUTHN', 'the name of the class is too long');
  const { requestedAuthnContext } = config;
  if (requestedAuthnContext.length === 0 || (stated !== null && requestedAuthnContext.includes(stated))) return null;
  return refusal('SAML_AUTHN', 'the authentication is of another class than was asked for', {
    requested: requestedAuthnContext,
  });
}

function classOf(statement: XmlElement): string | null {
  const [reference] = childrenOf(statement, ns.assertion, 'AuthnContext').flatMap((context) =>
    childrenOf(context, ns.assertion, 'AuthnContextClassRef'),
  );
  const text = reference?.text.trim() ?? '';
  return text === '' ? null : text;
}

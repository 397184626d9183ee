/**
 * What an identity provider says of a person (SAML core, section 2; SAML profiles, section 4.1.4.2): a bearer assertion
 * for one audience, one recipient and one request. Attribute names, formats and values are written as they are given (S50).
 */
import { BEARER } from '../names.rules.js';
import { Markup } from './markup.rules.js';
import { issuerElement, type NameId, nameIdElement } from './message.js';

export interface AttributeToState {
  readonly name: string;
  readonly nameFormat: string | null;
  readonly friendlyName: string | null;
  readonly values: readonly string[];
}

export interface AssertionToState {
  readonly nameId: NameId;
  readonly validSeconds: number;
  readonly authenticatedAt: Date;
  readonly sessionIndex: string;
  /** Until when the session at the identity provider lasts; null where it does not say. */
  readonly sessionUntil: Date | null;
  readonly contextClass: string;
  readonly attributes: readonly AttributeToState[];
}

/** To whom, in answer to what, and when. */
export interface AssertionAddress {
  readonly issuer: string;
  readonly audience: string;
  /** The assertion consumer service that it goes to. */
  readonly recipient: string;
  /** null: nobody asked. */
  readonly inResponseTo: string | null;
  readonly now: Date;
}

export function assertionElement(id: string, address: AssertionAddress, stated: AssertionToState): Markup {
  const { issuer, audience, now } = address;
  const until = new Date(now.getTime() + stated.validSeconds * 1_000).toISOString();
  const window = { NotBefore: now.toISOString(), NotOnOrAfter: until };
  const audiences = Markup.element('saml:AudienceRestriction', {}, [Markup.element('saml:Audience', {}, audience)]);
  return Markup.element('saml:Assertion', { ID: id, Version: '2.0', IssueInstant: now.toISOString() }, [
    issuerElement(issuer),
    Markup.element('saml:Subject', {}, [nameIdElement(stated.nameId), confirmation(address, until)]),
    Markup.element('saml:Conditions', window, [audiences]),
    authnStatement(stated),
    // A statement of no attributes is none (SAML core, section 2.7.3).
    ...(stated.attributes.length === 0
      ? []
      : [Markup.element('saml:AttributeStatement', {}, stated.attributes.map(attributeElement))]),
  ]);
}

function confirmation({ recipient, inResponseTo }: AssertionAddress, until: string): Markup {
  const data = { NotOnOrAfter: until, Recipient: recipient, InResponseTo: inResponseTo };
  return Markup.element('saml:SubjectConfirmation', { Method: BEARER }, [
    Markup.element('saml:SubjectConfirmationData', data),
  ]);
}

function authnStatement({ authenticatedAt, sessionIndex, sessionUntil, contextClass }: AssertionToState): Markup {
  const attributes = {
    AuthnInstant: authenticatedAt.toISOString(),
    SessionIndex: sessionIndex,
    SessionNotOnOrAfter: sessionUntil?.toISOString() ?? null,
  };
  const reference = Markup.element('saml:AuthnContextClassRef', {}, contextClass);
  return Markup.element('saml:AuthnStatement', attributes, [Markup.element('saml:AuthnContext', {}, [reference])]);
}

function attributeElement({ name, nameFormat, friendlyName, values }: AttributeToState): Markup {
  const attributes = { Name: name, NameFormat: nameFormat, FriendlyName: friendlyName };
  const texts = values.map((value) => Markup.element('saml:AttributeValue', {}, value));
  return Markup.element('saml:Attribute', attributes, texts);
}

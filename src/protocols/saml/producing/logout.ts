/** The messages of single logout (SAML core, section 3.7), signed always: an unsigned one would end anybody's session. */
import { Markup } from './markup.rules.js';
import {
  headOf,
  issuerElement,
  type NameId,
  nameIdElement,
  newMessageId,
  type Sender,
  type Status,
  statusElement,
} from './message.js';

export interface Produced {
  readonly id: string;
  /** Not signed yet: how depends on the binding (producing/sending.ts). */
  readonly message: Markup;
}

export interface LogoutAsk extends Sender {
  readonly nameId: NameId;
  /** Of the sessions that end; none means all of this person. */
  readonly sessionIndexes: readonly string[];
  readonly validSeconds: number;
}

export function logoutRequest(ask: LogoutAsk): Produced {
  const id = newMessageId();
  const end = new Date(ask.now.getTime() + ask.validSeconds * 1_000).toISOString();
  const message = Markup.element('samlp:LogoutRequest', { ...headOf(id, ask), NotOnOrAfter: end }, [
    issuerElement(ask.issuer),
    nameIdElement(ask.nameId),
    ...ask.sessionIndexes.map((index) => Markup.element('samlp:SessionIndex', {}, index)),
  ]);
  return { id, message };
}

export function logoutResponse(sender: Sender, inResponseTo: string, status: Status): Produced {
  const id = newMessageId();
  const attributes = { ...headOf(id, sender), InResponseTo: inResponseTo };
  const message = Markup.element('samlp:LogoutResponse', attributes, [
    issuerElement(sender.issuer),
    statusElement(status),
  ]);
  return { id, message };
}

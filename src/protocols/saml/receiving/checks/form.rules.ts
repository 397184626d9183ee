/**
 * Stops a message that is another one than it is taken for, and one that says a thing twice or in a place of its own, so
 * that two readers could read two messages in it (S08, L5).
 * @see SAML core sections 3.2.1, 3.2.2, 3.4.1, 3.7.1 and 3.7.2; section 1.3.4 (identifiers)
 */
import { refusal } from '../../../../shared/refusal.js';
import type { XmlElement } from '../../../../xml/contracts.js';
import { is } from '../../elements.rules.js';
import { ns } from '../../names.rules.js';
import type { ReceivedCheck } from '../message.rules.js';

export type MessageName = 'AuthnRequest' | 'LogoutRequest' | 'LogoutResponse';

const MAX_ID = 256;
const NCNAME = /^[\p{L}_][\p{L}\p{N}\p{M}._-]*$/u;

interface Place {
  readonly names: readonly string[];
  readonly namespace: string;
  readonly least: number;
  readonly most: number;
}

const place = (namespace: string, names: string, least: number, most: number): Place => ({
  names: names.split(' '),
  namespace,
  least,
  most,
});
const head = [place(ns.assertion, 'Issuer', 1, 1), place(ns.protocol, 'Extensions', 0, 1)];

/** What each message holds, in the order of the schema; its Signature has been taken out where it was checked. */
const forms: Readonly<Record<MessageName, readonly Place[]>> = {
  AuthnRequest: [
    ...head,
    place(ns.assertion, 'Subject', 0, 1),
    place(ns.protocol, 'NameIDPolicy', 0, 1),
    place(ns.assertion, 'Conditions', 0, 1),
    place(ns.protocol, 'RequestedAuthnContext', 0, 1),
    place(ns.protocol, 'Scoping', 0, 1),
  ],
  LogoutRequest: [
    ...head,
    place(ns.assertion, 'BaseID NameID EncryptedID', 1, 1),
    place(ns.protocol, 'SessionIndex', 0, 64),
  ],
  LogoutResponse: [...head, place(ns.protocol, 'Status', 1, 1)],
};

export function checkForm(name: MessageName): ReceivedCheck {
  return ({ message }) => {
    if (!is(message, ns.protocol, name) || message.attribute('Version') !== '2.0') {
      return refusal('SAML_PROTOCOL', `the message is no ${name} of SAML 2.0`);
    }
    const id = message.attribute('ID') ?? '';
    if (id.length > MAX_ID || !NCNAME.test(id)) return refusal('SAML_SCHEMA', 'the message has no ID that is one');
    if (message.ownText.trim() !== '') return refusal('SAML_SCHEMA', 'the message holds text of its own');
    return fits(message.children, forms[name])
      ? null
      : refusal('SAML_SCHEMA', `the ${name} holds other elements than it may, or in another order`);
  };
}

function fits(children: readonly XmlElement[], places: readonly Place[]): boolean {
  let at = 0;
  for (const { names, namespace, least, most } of places) {
    const from = at;
    while (at < children.length && names.some((name) => is(children[at] as XmlElement, namespace, name))) at += 1;
    if (at - from < least || at - from > most) return false;
  }
  return at === children.length;
}

/**
 * The answer of an identity provider (SAML core, section 3.3.3): a Response with one assertion, signed inside, around or
 * both, and encrypted where its reader wants that; or one that says by its status why there is none.
 */
import type { SamlKeyPair } from '../../../login/contracts.js';
import { type AssertionAddress, type AssertionToState, assertionElement } from './assertion.js';
import { encryptedAssertion, type Recipient } from './encryption.js';
import { Markup } from './markup.rules.js';
import { headOf, issuerElement, newMessageId, type Status, statusElement, success } from './message.js';
import { signed } from './signing.js';

export interface Protection {
  readonly key: SamlKeyPair;
  readonly sign: 'RESPONSE' | 'ASSERTION' | 'BOTH';
  /** null: in clear. */
  readonly encryptTo: Recipient | null;
}

/** XML text. In the order that a reader undoes it: signed, encrypted, and signed around the ciphertext. */
export function loginResponse(address: AssertionAddress, stated: AssertionToState, protection: Protection): string {
  const { key, sign, encryptTo } = protection;
  const plain = assertionElement(newMessageId(), address, stated);
  const assertion = sign === 'RESPONSE' ? plain : signed(plain, key);
  const carried = encryptTo === null ? assertion : encryptedAssertion(assertion, encryptTo);
  const response = responseElement(address, success, [carried]);
  return (sign === 'ASSERTION' ? response : signed(response, key)).text;
}

/** XML text of an answer without an assertion, signed. */
export function errorResponse(address: Omit<AssertionAddress, 'audience'>, status: Status, key: SamlKeyPair): string {
  return signed(responseElement(address, status, []), key).text;
}

function responseElement(
  { issuer, recipient, inResponseTo, now }: Omit<AssertionAddress, 'audience'>,
  status: Status,
  assertions: readonly Markup[],
): Markup {
  const head = headOf(newMessageId(), { issuer, destination: recipient, now });
  return Markup.element('samlp:Response', { ...head, InResponseTo: inResponseTo }, [
    issuerElement(issuer),
    statusElement(status),
    ...assertions,
  ]);
}

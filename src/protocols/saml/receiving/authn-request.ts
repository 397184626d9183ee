/**
 * An AuthnRequest to an identity provider of ours, read (SAML core, section 3.4.1; S49, L39). The service provider is the one
 * that is registered under the Issuer; its keys, its addresses and whether it signs are those of the registration. Where the
 * refusal may be told is part of the answer: only to an address that is registered, else on a page here.
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import type { XmlElement } from '../../../xml/contracts.js';
import { type Demands, readDemands } from './checks/demands.rules.js';
import { checkAddress } from './checks/destination.rules.js';
import { checkForm } from './checks/form.rules.js';
import { checkSender } from './checks/issuer.rules.js';
import { type ReplyAddress, readReplyAddress } from './checks/reply-address.rules.js';
import { checkReplyBinding } from './checks/reply-binding.rules.js';
import { checkTime } from './checks/time.rules.js';
import { firstRefusal, replayUntilOf } from './message.rules.js';
import { carriesSignature, claimedIssuer, type OpenedMessage, type Peer, verifyMessage } from './receive.js';

export interface RegisteredServiceProvider extends Peer {
  readonly replyAddresses: readonly ReplyAddress[];
  /** It signs its requests, so one without a signature is not its own. One that is signed is checked in any case. */
  readonly signsRequests: boolean;
}

export interface AuthnAsked extends Demands {
  readonly id: string;
  readonly issuer: string;
  /** Where the answer goes. */
  readonly acsUrl: string;
  readonly replayUntil: Date;
}

export type AuthnRequestOutcome =
  | { readonly ok: true; readonly value: AuthnAsked }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      /** A registered address that may be told by a SAML status; null: nobody but the person here. */
      readonly answerTo: { readonly acsUrl: string; readonly requestId: string } | null;
    };

/**
 * @param find the service provider of an entityID
 * @param address of ours that takes requests
 */
export function readAuthnRequest(
  opened: OpenedMessage,
  find: (entityId: string) => RegisteredServiceProvider | null,
  address: string,
  now: Date,
): AuthnRequestOutcome {
  const issuer = claimedIssuer(opened);
  const peer = issuer === null ? null : find(issuer);
  if (peer === null) return untold(refusal('SAML_ISSUER', 'no service provider of that name is registered'));
  const message = messageOf(opened, peer, now);
  if (!message.ok) return untold(message.refusal);
  const received = { message: message.value, isSigned: carriesSignature(opened), peer, address, now };
  // Nobody is told anything of a message that is another one, of somebody else, for another address or from another time.
  const bad = firstRefusal(received, [checkForm('AuthnRequest'), checkSender, checkAddress, checkTime]);
  if (bad !== null) return untold(bad);
  const acsUrl = readReplyAddress(message.value, peer.replyAddresses);
  if (!acsUrl.ok) return untold(acsUrl.refusal);
  const id = message.value.attribute('ID') ?? '';
  const answerTo = { acsUrl: acsUrl.value, requestId: id };
  const binding = checkReplyBinding(received);
  if (binding !== null) return { ok: false, refusal: binding, answerTo };
  const demands = readDemands(message.value);
  if (!demands.ok) return { ...demands, answerTo };
  const { entityId } = peer;
  const replayUntil = replayUntilOf(received);
  return { ok: true, value: { ...demands.value, id, issuer: entityId, acsUrl: acsUrl.value, replayUntil } };
}

function messageOf(opened: OpenedMessage, peer: RegisteredServiceProvider, now: Date): Result<XmlElement> {
  if (opened.field !== 'SAMLRequest') return refused(refusal('SAML_BINDING', 'a request comes as SAMLRequest'));
  if (carriesSignature(opened) || peer.signsRequests) return verifyMessage(opened, peer, now);
  return ok(opened.root);
}

function untold(because: Refusal): AuthnRequestOutcome {
  return { ok: false, refusal: because, answerTo: null };
}

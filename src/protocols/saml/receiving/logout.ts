/**
 * Messages of single logout, read (SAML core, section 3.7; S08, S47, L17, L40). Both must be signed by a pinned key of the
 * other side, whatever its metadata says: an unsigned one would let anybody end anybody's session.
 */
import type { LogoutAsked } from '../../../login/contracts.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import { childrenOf } from '../elements.rules.js';
import { ns } from '../names.rules.js';
import { checkAddress } from './checks/destination.rules.js';
import { checkForm } from './checks/form.rules.js';
import { checkAnswers } from './checks/in-response-to.rules.js';
import { checkSender } from './checks/issuer.rules.js';
import { readSessionSubject } from './checks/logout-subject.rules.js';
import { readSessionIndexes } from './checks/session-index.rules.js';
import { checkTime } from './checks/time.rules.js';
import { firstRefusal, replayUntilOf } from './message.rules.js';
import { type OpenedMessage, type Peer, verifyMessage } from './receive.js';

/** Between whom, and at which address of ours. */
export interface LogoutConnection {
  readonly peer: Peer;
  /** The hub's entityID towards the peer. */
  readonly ownEntityId: string;
  readonly address: string;
}

export interface LogoutAnswered {
  readonly id: string;
  /** Top code first, then what is nested in it. */
  readonly status: readonly string[];
}

export function readLogoutRequest(opened: OpenedMessage, connection: LogoutConnection, now: Date): Result<LogoutAsked> {
  const { peer, ownEntityId, address } = connection;
  const verified = verifyMessage(opened, peer, now);
  if (!verified.ok) return verified;
  const message = verified.value;
  const received = { message, isSigned: true, peer, address, now };
  const bad = firstRefusal(received, [checkForm('LogoutRequest'), checkSender, checkAddress, checkTime]);
  if (bad !== null) return refused(bad);
  const named = message.children.find(({ localName }) => ['NameID', 'BaseID', 'EncryptedID'].includes(localName));
  const subject = readSessionSubject(named, { identityProvider: peer.entityId, serviceProvider: ownEntityId });
  if (!subject.ok) return subject;
  const indexes = readSessionIndexes(message);
  if (!indexes.ok) return indexes;
  return ok({
    id: message.attribute('ID') ?? '',
    subject: subject.value,
    sessionIndexes: indexes.value,
    relayState: opened.relayState,
    replayUntil: replayUntilOf(received),
  });
}

/** @param requestId of the request that waits for an answer; null: none does */
export function readLogoutResponse(
  opened: OpenedMessage,
  connection: LogoutConnection,
  requestId: string | null,
  now: Date,
): Result<LogoutAnswered> {
  const { peer, address } = connection;
  const verified = verifyMessage(opened, peer, now);
  if (!verified.ok) return verified;
  const message = verified.value;
  const received = { message, isSigned: true, peer, address, now };
  const checks = [checkForm('LogoutResponse'), checkSender, checkAddress, checkTime, checkAnswers(requestId)];
  const bad = firstRefusal(received, checks);
  if (bad !== null) return refused(bad);
  const statuses = childrenOf(message, ns.protocol, 'Status');
  return ok({ id: message.attribute('ID') ?? '', status: statuses.flatMap(codesOf) });
}

function codesOf(parent: Parameters<typeof childrenOf>[0]): readonly string[] {
  return childrenOf(parent, ns.protocol, 'StatusCode').flatMap((code) => [
    code.attribute('Value') ?? '',
    ...codesOf(code),
  ]);
}

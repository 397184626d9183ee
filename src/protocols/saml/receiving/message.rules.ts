/** One request, or one answer to a request of ours, on its way through the checks of this room. */
import type { Refusal } from '../../../shared/refusal.js';
import type { XmlElement } from '../../../xml/contracts.js';
import { Moment } from '../message.rules.js';

export interface ReceivedMessage {
  readonly message: XmlElement;
  readonly isSigned: boolean;
  /** The side that it must be from. */
  readonly peer: { readonly entityId: string; readonly clockSkewSeconds: number };
  /** The address that it came to, as our metadata spells it. */
  readonly address: string;
  readonly now: Date;
}

/** null: nothing is against it. */
export type ReceivedCheck = (message: ReceivedMessage) => Refusal | null;

/** How long after its making a request still counts; so long a copy of it must be known again. */
export const MAX_AGE_MS = 5 * 60_000;

export function momentOf({ now, peer }: Pick<ReceivedMessage, 'now' | 'peer'>): Moment {
  return new Moment({ now, config: peer });
}

/** Until when a copy of a message that passed could pass again. */
export function replayUntilOf({ now, peer }: Pick<ReceivedMessage, 'now' | 'peer'>): Date {
  return new Date(now.getTime() + MAX_AGE_MS + 2 * peer.clockSkewSeconds * 1_000);
}

/** The first of the checks that something is against. */
export function firstRefusal(message: ReceivedMessage, checks: readonly ReceivedCheck[]): Refusal | null {
  for (const check of checks) {
    const bad = check(message);
    if (bad !== null) return bad;
  }
  return null;
}

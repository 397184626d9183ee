/**
 * Stops messages that were made in advance: an assertion that existed before it was asked for, with whatever times of
 * validity, was made for somebody else or by a thief of the key (S35, S53, L32).
 * @see SAML core sections 2.3.3 and 3.2.2 (IssueInstant)
 */
import type { Refusal } from '../../../shared/refusal.js';
import { instantOf, Moment, type SamlMessage, timeRefusal } from '../message.rules.js';

export function checkIssueInstant(
  message: Pick<SamlMessage, 'assertion' | 'envelope' | 'config' | 'pending' | 'now'>,
): Refusal | null {
  const moment = new Moment(message);
  const requestedAt = Date.parse(message.pending.requestedAt);
  for (const [where, holder] of [
    ['Response', message.envelope],
    ['Assertion', message.assertion],
  ] as const) {
    const text = holder.attribute('IssueInstant');
    const issued = instantOf(text);
    if (issued === null || Number.isNaN(issued)) return timeRefusal('IssueInstant is no instant in UTC', { where });
    const facts = { where, issueInstant: text };
    if (!moment.hasCome(issued)) return timeRefusal('the message was issued in the future', facts);
    if (!moment.isSince(issued, requestedAt)) return timeRefusal('the message is older than the request', facts);
  }
  return null;
}

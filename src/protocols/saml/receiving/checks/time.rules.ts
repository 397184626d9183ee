/**
 * Stops messages that were kept for later, or made in advance (S47, L40): one counts for five minutes from its making, and no
 * longer than its NotOnOrAfter says. So a copy needs to be known again for that long and not for ever.
 * @see SAML core section 3.2.1 (IssueInstant), section 3.7.1 (NotOnOrAfter)
 */
import { instantOf, timeRefusal } from '../../message.rules.js';
import { MAX_AGE_MS, momentOf, type ReceivedCheck } from '../message.rules.js';

export const checkTime: ReceivedCheck = (received) => {
  const { message } = received;
  const moment = momentOf(received);
  const issued = instantOf(message.attribute('IssueInstant'));
  if (issued === null || Number.isNaN(issued)) return timeRefusal('IssueInstant is no instant in UTC');
  if (!moment.hasCome(issued)) return timeRefusal('the message was issued in the future');
  if (moment.isOver(issued + MAX_AGE_MS)) return timeRefusal('the message is too old');
  const end = instantOf(message.attribute('NotOnOrAfter'));
  if (end === null) return null;
  if (Number.isNaN(end)) return timeRefusal('NotOnOrAfter is no instant in UTC');
  return moment.isOver(end) ? timeRefusal('the message has expired') : null;
};

/**
 * Stops assertions that are not valid now, that never end, or that set conditions which we would break by ignoring them
 * (S35, L30, L34, L35). A ProxyRestriction of zero, or to named audiences, forbids what a hub does: to sign the
 * person in to an application on the strength of this assertion. OneTimeUse holds anyway: no assertion is used twice.
 * @see SAML core sections 2.5.1, 2.5.1.2, 2.5.1.5, 2.5.1.6
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { VerifiedElement, XmlElement } from '../../../xml/contracts.js';
import { childrenOf, is } from '../elements.rules.js';
import { instantOf, Moment, type SamlMessage, timeRefusal } from '../message.rules.js';
import { ns } from '../names.rules.js';

type Message = Pick<SamlMessage, 'assertion' | 'config' | 'now'>;

export function checkConditions(message: Message): Refusal | null {
  const [conditions, ...others] = childrenOf(message.assertion, ns.assertion, 'Conditions');
  if (conditions === undefined) return timeRefusal('the assertion has no Conditions');
  if (others.length > 0) return timeRefusal('the assertion has more than one Conditions');
  return windowRefusal(conditions, new Moment(message)) ?? kindRefusal(conditions);
}

/** End of the validity of an assertion that passed, in milliseconds. */
export function endOfConditions(assertion: VerifiedElement): number {
  const ends = childrenOf(assertion, ns.assertion, 'Conditions').map((one) => instantOf(one.attribute('NotOnOrAfter')));
  return Math.max(...ends.map((end) => end ?? 0));
}

function windowRefusal(conditions: XmlElement, moment: Moment): Refusal | null {
  const texts = { notBefore: conditions.attribute('NotBefore'), notOnOrAfter: conditions.attribute('NotOnOrAfter') };
  const [from, until] = [instantOf(texts.notBefore), instantOf(texts.notOnOrAfter)];
  if (until === null) return timeRefusal('the Conditions have no end');
  if (Number.isNaN(until) || Number.isNaN(from)) return timeRefusal('a time of the Conditions is no instant in UTC');
  if (from !== null && from >= until) return timeRefusal('the Conditions end before they begin');
  if (from !== null && !moment.hasCome(from)) {
    return timeRefusal('the assertion is not valid yet', { notBefore: texts.notBefore });
  }
  if (moment.isOver(until)) return timeRefusal('the assertion has expired', { notOnOrAfter: texts.notOnOrAfter });
  return moment.isTooFarAhead(until) ? timeRefusal('the assertion is valid for more than a day') : null;
}

function kindRefusal(conditions: XmlElement): Refusal | null {
  const say = (detail: string) => refusal('SAML_CONDITION', detail);
  const known = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];
  const isKnown = (child: XmlElement) => known.some((name) => is(child, ns.assertion, name));
  if (!conditions.children.every(isKnown)) return say('the assertion sets an unknown condition');
  if (childrenOf(conditions, ns.assertion, 'OneTimeUse').length > 1) return say('OneTimeUse is there twice');
  const [restriction, ...others] = childrenOf(conditions, ns.assertion, 'ProxyRestriction');
  if (restriction === undefined) return null;
  if (others.length > 0) return say('ProxyRestriction is there twice');
  if (restriction.children.length > 0) return say('the assertion may be passed on to named audiences only');
  const count = restriction.attribute('Count');
  if (count === null || /^0*[1-9]\d{0,8}$/.test(count)) return null;
  return say('the assertion may not be passed on');
}

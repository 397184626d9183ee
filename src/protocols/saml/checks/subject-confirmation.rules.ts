/**
 * Stops a bearer of an assertion that was handed to another recipient, for another request, or too long ago, however
 * long the assertion itself is valid (S33, S34, S36, L26, L27). One confirmation that holds in every point is
 * enough; parts of several never add up to one. A confirmation that names another entity than the subject is for that one to
 * bear (a delegate, say), and makes nobody at a browser the subject.
 * @see SAML core section 2.4.1.1 (the identifier in a confirmation); SAML profiles section 4.1.4.2 and 4.1.4.3: bearer, Recipient, NotOnOrAfter, no NotBefore, InResponseTo
 */
import { type Refusal, refusal } from '../../../shared/refusal.js';
import type { VerifiedElement, XmlElement } from '../../../xml/contracts.js';
import { childrenOf, is } from '../elements.rules.js';
import { instantOf, Moment, type SamlMessage } from '../message.rules.js';
import { BEARER, ns } from '../names.rules.js';

const NAME_PARTS = ['Format', 'NameQualifier', 'SPNameQualifier', 'SPProvidedID'];

type Message = Pick<SamlMessage, 'assertion' | 'config' | 'pending' | 'now'>;

export function checkSubjectConfirmation(message: Message): Refusal | null {
  const bearers = confirmationsOf(message.assertion);
  if (bearers.length === 0) return refusal('SAML_SUBJECT_CONF', 'the subject has no bearer confirmation');
  const moment = new Moment(message);
  const subject = childrenOf(message.assertion, ns.assertion, 'Subject').flatMap(({ children }) =>
    children.filter(isName),
  )[0];
  const refusals = bearers.map((bearer) => identityRefusal(bearer, subject) ?? bearerRefusal(bearer, message, moment));
  return refusals.includes(null) ? null : (refusals[0] ?? null);
}

/** The last instant to which any bearer confirmation of an assertion reaches, in milliseconds. */
export function endOfConfirmation(assertion: VerifiedElement): number {
  const ends = confirmationsOf(assertion)
    .flatMap((bearer) => childrenOf(bearer, ns.assertion, 'SubjectConfirmationData'))
    .map((data) => instantOf(data.attribute('NotOnOrAfter')) ?? 0)
    .filter((end) => !Number.isNaN(end));
  return Math.max(0, ...ends);
}

function confirmationsOf(assertion: XmlElement): readonly XmlElement[] {
  return childrenOf(assertion, ns.assertion, 'Subject')
    .flatMap((subject) => childrenOf(subject, ns.assertion, 'SubjectConfirmation'))
    .filter((confirmation) => confirmation.attribute('Method') === BEARER);
}

function isName(child: XmlElement): boolean {
  return is(child, ns.assertion, 'NameID');
}

/** Some IdPs repeat the NameID of the subject in its confirmation. */
function identityRefusal(bearer: XmlElement, subject: XmlElement | undefined): Refusal | null {
  const isSubject = (other: XmlElement) =>
    subject !== undefined &&
    isName(other) &&
    other.text === subject.text &&
    NAME_PARTS.every((part) => other.attribute(part) === subject.attribute(part));
  return bearer.children.every((child) => is(child, ns.assertion, 'SubjectConfirmationData') || isSubject(child))
    ? null
    : refusal('SAML_SUBJECT_CONF', 'the confirmation is for another entity than the subject');
}

function bearerRefusal(bearer: XmlElement, { config, pending }: Message, moment: Moment): Refusal | null {
  const say = (detail: string) => refusal('SAML_SUBJECT_CONF', detail);
  const [data, ...others] = childrenOf(bearer, ns.assertion, 'SubjectConfirmationData');
  if (data === undefined || others.length > 0)
    return say('the confirmation has not exactly one SubjectConfirmationData');
  // SAML core, section 2.4.1.3: who confirms the subject must show that they hold the key, which a browser does not.
  if (childrenOf(data, ns.xmldsig, 'KeyInfo').length > 0) return say('the confirmation demands a key');
  if (data.attribute('Recipient') !== config.serviceProvider.acsUrl) {
    const expected = config.serviceProvider.acsUrl;
    return refusal('SAML_RECIPIENT', 'the Recipient is not the address that the assertion came to', { expected });
  }
  const inResponseTo = data.attribute('InResponseTo');
  if (inResponseTo !== pending.requestId) {
    const detail = inResponseTo === null ? 'the assertion was made without a request' : 'another request is answered';
    return refusal('SAML_IRT', detail, { where: 'SubjectConfirmationData' });
  }
  if (data.attribute('NotBefore') !== null) return say('a bearer confirmation must not have NotBefore');
  const end = instantOf(data.attribute('NotOnOrAfter'));
  if (end === null || Number.isNaN(end)) return say('the confirmation has no end that is an instant in UTC');
  if (moment.isOver(end)) return say('the confirmation has expired');
  return moment.isTooFarAhead(end) ? say('the confirmation is valid for more than a day') : null;
}

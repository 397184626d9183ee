/**
 * The checks that an answer passes, in order, and what it then says as plain facts (docs/architecture.md). The
 * order decides only which code a message with several faults gets: who speaks, to whom, in answer to what, when, and
 * then about whom.
 */
import type { AssertionFacts, CheckName } from '../../login/contracts.js';
import { refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { falShortfallsOf } from '../fal-shortfalls.rules.js';
import { readAttributes } from './checks/attributes.rules.js';
import { checkAudience, namesOnlyUs } from './checks/audience.rules.js';
import { authenticationOf, checkAuthentication } from './checks/authentication.rules.js';
import { checkConditions, endOfConditions } from './checks/conditions.rules.js';
import { checkDestination } from './checks/destination.rules.js';
import { checkInResponseTo } from './checks/in-response-to.rules.js';
import { checkIssueInstant } from './checks/issue-instant.rules.js';
import { checkIssuer } from './checks/issuer.rules.js';
import { checkSession } from './checks/session.rules.js';
import { readSubject } from './checks/subject.rules.js';
import { checkSubjectConfirmation, endOfConfirmation } from './checks/subject-confirmation.rules.js';
import { childrenOf } from './elements.rules.js';
import { type Check, instantOf, MAX_VALIDITY_MS, type SamlMessage } from './message.rules.js';
import { ns } from './names.rules.js';
import { readSessionSubject } from './receiving/checks/logout-subject.rules.js';

export const samlChecks: readonly (readonly [name: CheckName, check: Check])[] = [
  ['ISSUER', checkIssuer],
  ['DESTINATION', checkDestination],
  ['IN_RESPONSE_TO', checkInResponseTo],
  ['SUBJECT_CONFIRMATION', checkSubjectConfirmation],
  ['AUDIENCE', checkAudience],
  ['CONDITIONS', checkConditions],
  ['ISSUE_INSTANT', checkIssueInstant],
  ['AUTHENTICATION', checkAuthentication],
  ['SESSION', checkSession],
];

const MAX_ID = 256;

export function assertionFacts(message: SamlMessage): Result<AssertionFacts> {
  for (const [, check] of samlChecks) {
    const bad = check(message);
    if (bad !== null) return refused(bad);
  }
  return statedFacts(message);
}

/** What a message says that has passed every check; of any other it means nothing. */
export function statedFacts(message: SamlMessage): Result<AssertionFacts> {
  const { assertion, config, digest } = message;
  const claims = readAttributes(assertion);
  if (!claims.ok) return claims;
  const subject = readSubject(assertion, claims.value, config);
  if (!subject.ok) return subject;
  const assertionId = assertion.attribute('ID') ?? '';
  if (assertionId === '' || assertionId.length > MAX_ID) {
    return refused(refusal('SAML_SCHEMA', 'the assertion has no ID, or one that is too long'));
  }
  const skewMs = config.clockSkewSeconds * 1000;
  // Nothing that passed is valid for longer than the bound; a confirmation that did not pass may say what it likes.
  const latest = message.now.getTime() + skewMs + MAX_VALIDITY_MS;
  const end = Math.min(latest, Math.max(endOfConditions(assertion), endOfConfirmation(assertion)));
  return ok({
    protocol: 'SAML',
    partnerId: config.partnerId,
    identityProviderId: config.identityProviderId,
    issuer: config.entityId,
    assertionId,
    replayUntil: new Date(end + skewMs).toISOString(),
    issuedAt: new Date(instantOf(assertion.attribute('IssueInstant')) ?? message.now).toISOString(),
    subject: subject.value,
    claims: claims.value,
    authentication: authenticationOf(assertion),
    falShortfalls: falShortfallsOf(
      { subject: subject.value, claims: claims.value },
      { isForUsAlone: namesOnlyUs(message), algorithmExceptions: config.algorithmExceptions },
    ),
    ...sessionSubjectOf(message),
    digest,
  });
}

/** What a logout of the IdP will name; an assertion whose NameID cannot be compared has none. */
function sessionSubjectOf({ assertion, config }: SamlMessage): Pick<AssertionFacts, 'sessionSubject'> {
  const [subject] = childrenOf(assertion, ns.assertion, 'Subject');
  const nameId = subject && childrenOf(subject, ns.assertion, 'NameID')[0];
  const sides = { identityProvider: config.entityId, serviceProvider: config.serviceProvider.entityId };
  const read = readSessionSubject(nameId, sides);
  return read.ok ? { sessionSubject: read.value } : {};
}

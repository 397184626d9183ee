/**
 * The second pure decision: may a live session open this application, or a token of it be used, right now? No
 * assertion comes with a second application, a refresh, userinfo or introspection, so trust, assurance, age, state of
 * partner, membership and session, and the domains of what would be released, are looked at again (docs/architecture.md;
 * promises 2 and 7).
 */
import { type Refusal, refusal } from '../shared/refusal.js';
import { assuranceOf, boundFal, meets } from '../trust/assurance.rules.js';
import { assessTrust } from '../trust/trust.rules.js';
import { assuranceFacts, note, partiesActive, releaseOf } from './decide.rules.js';
import type { MembershipFacts, PolicyFacts, ReleaseDecision, SessionFacts, StageNote } from './facts.js';
import { domainNotOwned, foreignHeld } from './namespace.rules.js';

/** AUTHORIZE: the person is at the browser, so idleness counts. TOKEN: an application uses what it holds. */
export type ReleaseUse = 'AUTHORIZE' | 'TOKEN';

export function decideRelease(
  session: SessionFacts,
  membership: MembershipFacts,
  policy: PolicyFacts,
  use: ReleaseUse,
  now: Date,
): ReleaseDecision {
  const over = sessionRefusal(session, membership, use, now) ?? partiesActive(policy);
  if (over !== null) return deny(over);
  const assurance = boundFal(assuranceOf(policy.identityProvider, session.acr), session.falCeiling);
  // A bound on the age of the authentication guards the entry; a token that was let in lives by its own lifetime.
  const authenticatedAt = use === 'AUTHORIZE' ? statedTimeOf(session) : now.toISOString();
  const inForce = assessTrust(policy.trust, policy.identityProvider.id, assurance, authenticatedAt, now);
  if (!inForce.ok) return deny(inForce.refusal);
  if (!meets(assurance, policy.application.minimum)) {
    return deny(
      refusal('TRUST_ASSURANCE', 'the session is below the minimum of the application', assuranceFacts(assurance)),
    );
  }
  const foreign = foreignHeld(membership.attributes, policy);
  if (foreign.length > 0) {
    return deny(domainNotOwned(foreign, 'the account holds a name in a domain that the partner has not proved'));
  }
  const { version } = inForce.value;
  const release = releaseOf(inForce.value, Object.keys(membership.attributes));
  const trail: StageNote[] = [
    note('trust', 'PASSED', `version ${version} of the trust relationship stands`, { trustVersion: version }),
    note('release', 'PASSED', `${release.length} attributes may leave to this application`, { attributes: release }),
  ];
  return { ruling: { outcome: 'ALLOW', release, assurance, trustVersion: version }, trail };
}

/** A time that the IdP did not say is as unknown here as at a sign-in: single sign-on opens no door that is shut there. */
function statedTimeOf({ authenticationTimeStated, authenticatedAt }: SessionFacts): string | null {
  return authenticationTimeStated ? authenticatedAt : null;
}

function sessionRefusal(
  session: SessionFacts,
  membership: MembershipFacts,
  use: ReleaseUse,
  now: Date,
): Refusal | null {
  if (session.state !== 'LIVE') return refusal('SESSION_ENDED', 'the session was ended');
  if (Date.parse(session.absoluteUntil) <= now.getTime()) {
    return refusal('SESSION_ENDED', 'the session reached its absolute limit');
  }
  if (use === 'AUTHORIZE' && Date.parse(session.idleUntil) <= now.getTime()) {
    return refusal('SESSION_ENDED', 'the session was idle for too long');
  }
  if (membership.state !== 'ACTIVE') {
    return refusal('MEMBERSHIP_NOT_ACTIVE', `the membership is ${membership.state}`);
  }
  return null;
}

function deny(because: Refusal): ReleaseDecision {
  const trail = [note('trust', 'REFUSED', because.detail, { code: because.code, ...because.facts })];
  return { ruling: { outcome: 'DENY', refusal: because }, trail };
}

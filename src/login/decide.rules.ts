/**
 * The ruling of one login: pure, synchronous, total (docs/architecture.md). Stages in order: trust, assess, plan, release,
 * consent. The first that refuses ends it; the trail says what each one looked at. The same function serves the real
 * login, the simulation and the replay.
 */
import { applyChanges, planProvisioning } from '../provisioning/plan.rules.js';
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { assuranceOf, boundFal, falCeiling, levelsOf, meets } from '../trust/assurance.rules.js';
import { assessTrust, type TrustInForce, trustInForce } from '../trust/trust.rules.js';
import type { AssertionFacts } from './contracts.js';
import type {
  Assurance,
  Decision,
  MappedProfile,
  PersonFacts,
  PolicyFacts,
  ProvisioningPlan,
  StageName,
  StageNote,
} from './facts.js';
import { domainNotOwned, foreignHeld, foreignNames } from './namespace.rules.js';

/** The facts of an assertion that a ruling rests on: all but the bytes and the claims, which mapping has consumed. */
export type AssertionSummary = Pick<
  AssertionFacts,
  'protocol' | 'partnerId' | 'identityProviderId' | 'subject' | 'authentication' | 'falShortfalls'
>;

export function decideLogin(
  assertion: AssertionSummary,
  policy: PolicyFacts,
  person: PersonFacts,
  mapped: MappedProfile,
  now: Date,
): Decision {
  const trail: StageNote[] = [];
  const trust = decideTrust(assertion, policy, mapped, now);
  if (!trust.ok) return deny(trail, 'trust', trust.refusal);
  const { assurance, inForce, fal } = trust.value;
  trail.push(
    passed('trust', `version ${inForce.version} of the trust relationship allows this IdP and this person`, {
      trustRelationship: inForce.relationshipId,
      trustVersion: inForce.version,
      ...assuranceFacts(assurance),
      ...fal,
    }),
  );
  trail.push(note('assess', 'SKIPPED', 'no risk rule is configured', {}));
  const plan = planProvisioning({
    mode: inForce.terms.provisioningMode,
    mapping: policy.mapping,
    identityProviderId: policy.identityProvider.id,
    profile: mapped.profile,
    person,
  });
  if (!plan.ok) return deny(trail, 'plan', plan.refusal);
  // What the plan leaves as it was would be released beside what was asserted now.
  const before = person.membership?.attributes ?? {};
  const foreign = foreignHeld(applyChanges(before, plan.value.changes, policy.identityProvider.id), policy);
  if (foreign.length > 0) {
    return deny(
      trail,
      'plan',
      domainNotOwned(foreign, 'the account keeps a name in a domain that the partner has not proved'),
    );
  }
  trail.push(
    passed('plan', planSummary(plan.value), { action: plan.value.action, mode: inForce.terms.provisioningMode }),
  );
  const release = releaseOf(inForce, Object.keys(mapped.profile));
  trail.push(passed('release', `${release.length} attributes may leave to this application`, { attributes: release }));
  trail.push(note('consent', 'SKIPPED', 'the partner organization is the authorized party', {}));
  const ruling = { outcome: 'ALLOW', plan: plan.value, release, assurance, trustVersion: inForce.version } as const;
  return { ruling, trail };
}

/** Whether a login may even begin: what can be known before the IdP has spoken. */
export function decideBegin(policy: PolicyFacts, now: Date): Result<TrustInForce> {
  const parties = partiesActive(policy);
  if (parties !== null) return refused(parties);
  return trustInForce(policy.trust, policy.identityProvider.id, now);
}

/** Attributes that the terms let out, of those that the profile has: release is profile ∩ trust (C40). */
export function releaseOf(inForce: TrustInForce, attributes: readonly string[]): readonly string[] {
  const allowed = new Set(inForce.terms.releasedAttributes);
  return attributes.filter((name) => allowed.has(name));
}

function decideTrust(
  assertion: AssertionSummary,
  policy: PolicyFacts,
  mapped: MappedProfile,
  now: Date,
): Result<{ assurance: Assurance; inForce: TrustInForce; fal: StageNote['facts'] }> {
  const parties = partiesActive(policy);
  if (parties !== null) return refused(parties);
  if (assertion.identityProviderId !== policy.identityProvider.id || assertion.partnerId !== policy.partner.id) {
    return refused(refusal('IDP_UNKNOWN', 'the assertion belongs to another identity provider than the policy'));
  }
  const { authentication, falShortfalls } = assertion;
  const ceiling = falCeiling(falShortfalls);
  const assurance = boundFal(assuranceOf(policy.identityProvider, authentication.acr), ceiling);
  const claimed = levelsOf(policy.identityProvider.assuranceMap, authentication.acr);
  const fal = { falClaimed: claimed.fal, falCeiling: ceiling, falShortfalls };
  const inForce = assessTrust(policy.trust, policy.identityProvider.id, assurance, authentication.authenticatedAt, now);
  if (!inForce.ok) return refused(withFacts(inForce.refusal, fal));
  if (!meets(assurance, policy.application.minimum)) {
    const facts = { ...assuranceFacts(assurance), acr: authentication.acr, ...fal };
    return refused(refusal('TRUST_ASSURANCE', 'the authentication is below the minimum of the application', facts));
  }
  const foreign = foreignNames(mapped, policy);
  if (foreign.length > 0) {
    return refused(domainNotOwned(foreign, 'the assertion names a domain that the partner has not proved'));
  }
  return ok({ assurance, inForce: inForce.value, fal });
}

/** Too low an assurance is told with what was claimed, and with what kept it from being believed. */
function withFacts(because: Refusal, facts: Refusal['facts']): Refusal {
  return because.code === 'TRUST_ASSURANCE' ? { ...because, facts: { ...because.facts, ...facts } } : because;
}

export function partiesActive(policy: PolicyFacts): Refusal | null {
  if (policy.partner.state !== 'ACTIVE') return refusal('PARTNER_SUSPENDED', `the partner is ${policy.partner.state}`);
  if (policy.identityProvider.state !== 'ACTIVE') {
    return refusal('IDP_DISABLED', `the identity provider is ${policy.identityProvider.state}`);
  }
  if (policy.application.state !== 'ACTIVE') return refusal('APPLICATION_DISABLED', 'the application is disabled');
  return null;
}

function planSummary(plan: ProvisioningPlan): string {
  if (plan.action === 'CREATE') return `a new account with ${plan.changes.length} attributes`;
  if (plan.action === 'UPDATE') return `${plan.changes.length} attributes of the account change`;
  return 'the account stays as it is';
}

export function assuranceFacts(assurance: Assurance): { ial: number | null; aal: number | null; fal: number | null } {
  return { ial: assurance.ial, aal: assurance.aal, fal: assurance.fal };
}

/** Old algorithms that were let through, where there were any: then the signature may be no proof by today's measure. */
export function exceptionFacts(policy: PolicyFacts | null): StageNote['facts'] {
  const { algorithmExceptions } = policy?.identityProvider ?? { algorithmExceptions: [] };
  return algorithmExceptions.length === 0 ? {} : { algorithmExceptions };
}

function deny(trail: StageNote[], stage: StageName, because: Refusal): Decision {
  trail.push(refusalNote(stage, because));
  return { ruling: { outcome: 'DENY', refusal: because }, trail };
}

/** The line of a trail for a refusal that fell outside the decision. */
export function refusalNote(stage: StageName, because: Refusal): StageNote {
  return note(stage, 'REFUSED', because.detail, { code: because.code, ...because.facts });
}

function passed(stage: StageName, summary: string, facts: StageNote['facts']): StageNote {
  return note(stage, 'PASSED', summary, facts);
}

export function note(
  stage: StageName,
  outcome: StageNote['outcome'],
  summary: string,
  facts: StageNote['facts'],
): StageNote {
  return { stage, outcome, summary, facts };
}

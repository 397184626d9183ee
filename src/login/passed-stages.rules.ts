/** The stages before the ruling as notes of the trace: what was verified, taken in, gathered and mapped. */
import type { AssertionFacts } from './contracts.js';
import { exceptionFacts, note } from './decide.rules.js';
import type { MappedProfile, PolicyFacts, StageName, StageNote } from './facts.js';

export interface Passed {
  readonly assertion: AssertionFacts | null;
  readonly policy: PolicyFacts | null;
  readonly mapped: MappedProfile | null;
}

const order: readonly StageName[] = ['verify', 'consume', 'gather', 'map'];

/** @param until the stage that refused, which tells of itself; null when all of them let the login through */
export function passedStages(passed: Passed, until: StageName | null): readonly StageNote[] {
  const end = until === null ? -1 : order.indexOf(until);
  const stages = end < 0 ? order : order.slice(0, end);
  return stages.flatMap((stage) => noteOf(stage, passed) ?? []);
}

function noteOf(stage: StageName, { assertion, policy, mapped }: Passed): StageNote | null {
  if (assertion === null) return null;
  if (stage === 'verify') return verifyNote(assertion, policy);
  if (stage === 'consume') {
    const { replayUntil } = assertion;
    return note(stage, 'PASSED', 'the request is spent and the assertion counts this once', { replayUntil });
  }
  if (stage === 'gather') return policy === null ? null : gatherNote(policy);
  return mapped === null ? null : mapNote(mapped, policy);
}

function verifyNote({ protocol, issuer, digest }: AssertionFacts, policy: PolicyFacts | null): StageNote {
  const summary =
    protocol === 'SAML'
      ? 'signature, issuer, audience, recipient, times and request of the SAML assertion are right'
      : 'signature, issuer, audience, times, nonce and state of the ID token are right';
  return note('verify', 'PASSED', summary, { protocol, issuer, digest, ...exceptionFacts(policy) });
}

function gatherNote({ partner, identityProvider, application, trust, mapping, epochs }: PolicyFacts): StageNote {
  return note('gather', 'PASSED', 'the policy that was in force for this partner and application', {
    partner: partner.state,
    identityProvider: identityProvider.state,
    application: application.state,
    trust: trust?.state ?? null,
    mappingVersion: mapping.version,
    partnerEpoch: epochs.partner,
    applicationEpoch: epochs.application,
  });
}

function mapNote({ profile, undeclaredClaims }: MappedProfile, policy: PolicyFacts | null): StageNote {
  const attributes = Object.keys(profile);
  const summary = `${attributes.length} attributes were mapped, ${undeclaredClaims.length} claims were dropped`;
  return note('map', 'PASSED', summary, { attributes, mappingVersion: policy?.mapping.version ?? null });
}

/** What a simulation tells: the ruling, and a trace like that of a real login. */
import type { Refusal } from '../shared/refusal.js';
import type { AssertionFacts } from './contracts.js';
import { note } from './decide.rules.js';
import type { AttributeTrace, Decision, MappedProfile, PolicyFacts, ProvisioningPlan, StageName } from './facts.js';
import type { LoginTrace } from './trace.js';
import { buildTrace, keeper } from './trace.rules.js';

export interface Simulated {
  readonly outcome: 'ALLOW' | 'ASK' | 'DENY';
  readonly code: string | null;
  readonly trace: LoginTrace;
  readonly provisioningAction: ProvisioningPlan['action'] | null;
  readonly trustVersion: number | null;
  readonly mappingVersion: number;
}

/** Refused before there was anything to decide. */
export function refusedSimulation(
  policy: PolicyFacts,
  stage: StageName,
  because: Refusal,
  assertion: AssertionFacts | null,
  traces: readonly AttributeTrace[],
): Simulated {
  const stages = [note(stage, 'REFUSED', because.detail, { code: because.code, ...because.facts })];
  const definitions = policy.attributes;
  const trace = buildTrace({ assertion, traces, mapped: null, decision: null, stages, definitions });
  return {
    outcome: 'DENY',
    code: because.code,
    trace: { ...trace, attributes: traces },
    provisioningAction: null,
    trustVersion: null,
    mappingVersion: policy.mapping.version,
  };
}

/** The caller sees the values that the own claims made; what the account holds today, as far as a trace would keep it. */
export function decidedSimulation(
  policy: PolicyFacts,
  assertion: AssertionFacts,
  mapped: MappedProfile,
  decision: Decision,
): Simulated {
  const { ruling } = decision;
  const allowed = ruling.outcome === 'ALLOW' ? ruling : null;
  const keep = keeper(policy.attributes);
  const trace = buildTrace({
    assertion,
    traces: mapped.traces,
    mapped,
    decision,
    stages: [],
    definitions: policy.attributes,
  });
  const changes = (allowed?.plan.changes ?? []).map(({ attribute, before, after }) => ({
    attribute,
    before: keep(attribute, before),
    after,
  }));
  return {
    outcome: ruling.outcome,
    code: ruling.outcome === 'DENY' ? ruling.refusal.code : ruling.outcome === 'ASK' ? ruling.reason.code : null,
    trace: { ...trace, attributes: mapped.traces, changes },
    provisioningAction: allowed?.plan.action ?? null,
    trustVersion: allowed?.trustVersion ?? null,
    mappingVersion: policy.mapping.version,
  };
}

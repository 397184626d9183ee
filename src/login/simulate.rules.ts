/** What a simulation tells: the ruling, and a trace like that of a real login. */
import type { Refusal } from '../shared/refusal.js';
import type { AssertionFacts, CheckVerdict } from './contracts.js';
import { exceptionFacts, note } from './decide.rules.js';
import type {
  AttributeTrace,
  Decision,
  MappedProfile,
  PolicyFacts,
  ProvisioningPlan,
  StageName,
  StageNote,
} from './facts.js';
import type { LoginTrace } from './trace.js';
import { buildTrace, keeper } from './trace.rules.js';

export interface Simulated {
  readonly outcome: 'ALLOW' | 'ASK' | 'DENY';
  readonly code: string | null;
  readonly trace: LoginTrace;
  /** Empty where claims were stated: there was nothing to check. */
  readonly checks: readonly CheckVerdict[];
  readonly provisioningAction: ProvisioningPlan['action'] | null;
  readonly trustVersion: number | null;
  readonly mappingVersion: number;
}

/** What a simulation stands on. */
export interface SimulationGround {
  readonly policy: PolicyFacts;
  /** What became of a captured message, check by check; null where claims were stated. */
  readonly verdicts: readonly CheckVerdict[] | null;
}

/** Refused before there was anything to decide. */
export function refusedSimulation(
  { policy, verdicts }: SimulationGround,
  stage: StageName,
  because: Refusal,
  assertion: AssertionFacts | null,
  traces: readonly AttributeTrace[],
): Simulated {
  const refusal = note(stage, 'REFUSED', because.detail, { code: because.code, ...because.facts });
  const stages = stage === 'verify' ? [refusal] : [...verifyNotes(policy, verdicts), refusal];
  const trace = buildTrace({
    assertion,
    traces,
    mapped: null,
    decision: null,
    stages,
    definitions: policy.attributes,
  });
  return {
    outcome: 'DENY',
    code: because.code,
    trace: verdicts === null ? { ...trace, attributes: traces } : trace,
    checks: verdicts ?? [],
    provisioningAction: null,
    trustVersion: null,
    mappingVersion: policy.mapping.version,
  };
}

/**
 * The caller sees the values that the own claims made; of a message, which may be of another person and encrypted, and of
 * what the account holds today, as far as a trace would keep it.
 */
export function decidedSimulation(
  { policy, verdicts }: SimulationGround,
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
    stages: verdicts === null ? [] : [...verifyNotes(policy, verdicts), mapNote(mapped)],
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
    trace: verdicts === null ? { ...trace, attributes: mapped.traces, changes } : trace,
    checks: verdicts ?? [],
    provisioningAction: allowed?.plan.action ?? null,
    trustVersion: allowed?.trustVersion ?? null,
    mappingVersion: policy.mapping.version,
  };
}

function verifyNotes(policy: PolicyFacts, verdicts: SimulationGround['verdicts']): readonly StageNote[] {
  if (verdicts === null) return [];
  const named = (outcome: CheckVerdict['outcome']) =>
    verdicts.filter((one) => one.outcome === outcome).map(({ check }) => check);
  const facts = { passed: named('PASSED'), notApplied: named('NOT_APPLIED'), ...exceptionFacts(policy) };
  return [note('verify', 'PASSED', 'every check passed that needs no request of the hub', facts)];
}

function mapNote({ profile }: MappedProfile): StageNote {
  const attributes = Object.keys(profile);
  return note('map', 'PASSED', `${attributes.length} attributes were made of the claims`, { attributes });
}

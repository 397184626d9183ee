/**
 * What of a trace each role sees. Operators, auditors and the partner see all that was kept. The owner of an application
 * sees why a person came in or did not, and of the attributes those that were released to the application: neither the
 * partner's mapping nor what else the hub knows of the person (C40).
 */
import type { Role } from '../access/api-client.entity.js';
import type { StageName, StageNote } from './facts.js';
import type { LoginTrace } from './trace.js';

/** Stages whose facts speak of the partner's side and not of the agreement. */
const partnerSide: ReadonlySet<StageName> = new Set(['verify', 'map', 'plan']);

export function traceFor(role: Role, trace: LoginTrace): LoginTrace {
  if (role !== 'APPLICATION_OWNER') return trace;
  const released = new Set(trace.release);
  const { received } = trace;
  return {
    ...trace,
    received: { ...received, assertionId: null, claimNames: [], undeclaredClaims: [] },
    stages: stagesFor(role, trace.stages),
    attributes: trace.attributes
      .filter(({ attribute }) => released.has(attribute))
      .map((attribute) => ({ ...attribute, expression: '', reads: [], problem: null })),
    changes: trace.changes.filter(({ attribute }) => released.has(attribute)),
  };
}

export function stagesFor(role: Role, stages: readonly StageNote[]): readonly StageNote[] {
  return role === 'APPLICATION_OWNER' ? stages.map(withoutPartnerSide) : stages;
}

function withoutPartnerSide(note: StageNote): StageNote {
  return partnerSide.has(note.stage) ? { ...note, summary: 'on the side of the partner', facts: codeOf(note) } : note;
}

function codeOf({ facts }: StageNote): StageNote['facts'] {
  return typeof facts.code === 'string' ? { code: facts.code } : {};
}

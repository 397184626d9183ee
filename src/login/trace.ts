/** The decision trace that is kept of every login: stage by stage, without values that the policy does not keep. */
import type { FalShortfall } from './contracts.js';
import type { Assurance, AttributeChange, AttributeTrace, StageNote } from './facts.js';

export interface LoginTrace {
  /** What came in: names and identifiers, claim values only as the redaction policy allows. */
  readonly received: {
    readonly issuer: string | null;
    readonly assertionId: string | null;
    readonly subjectSource: string | null;
    readonly subjectFormat: string | null;
    readonly claimNames: readonly string[];
    readonly undeclaredClaims: readonly string[];
    readonly authenticatedAt: string | null;
    readonly acr: string | null;
    readonly amr: readonly string[];
    /** Absent in traces that were kept before it was looked at. */
    readonly falShortfalls?: readonly FalShortfall[];
  };
  readonly stages: readonly StageNote[];
  readonly attributes: readonly AttributeTrace[];
  readonly changes: readonly AttributeChange[];
  readonly release: readonly string[];
  readonly assurance: Assurance | null;
}

export const emptyTrace: LoginTrace = {
  received: {
    issuer: null,
    assertionId: null,
    subjectSource: null,
    subjectFormat: null,
    claimNames: [],
    undeclaredClaims: [],
    authenticatedAt: null,
    acr: null,
    amr: [],
  },
  stages: [],
  attributes: [],
  changes: [],
  release: [],
  assurance: null,
};

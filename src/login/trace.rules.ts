/** Turns a decision into the trace that is kept: stage by stage, values only as the attribute's policy allows. */
import type { AssertionFacts } from './contracts.js';
import type {
  AttributeChange,
  AttributeDefinitionFacts,
  AttributeTrace,
  AttributeValue,
  Decision,
  MappedProfile,
  StageNote,
} from './facts.js';
import { emptyTrace, type LoginTrace } from './trace.js';

const MASK = '…';
const MAX_FACT = 300;

export interface TraceInput {
  readonly assertion: AssertionFacts | null;
  readonly traces: readonly AttributeTrace[];
  readonly mapped: MappedProfile | null;
  readonly decision: Decision | null;
  readonly stages: readonly StageNote[];
  readonly definitions: readonly AttributeDefinitionFacts[];
}

export function buildTrace(input: TraceInput): LoginTrace {
  const { assertion, mapped, decision } = input;
  const keep = keeper(input.definitions);
  const allowed = decision?.ruling.outcome === 'ALLOW' ? decision.ruling : null;
  return {
    received: assertion === null ? emptyTrace.received : received(assertion, mapped?.undeclaredClaims ?? []),
    stages: [...input.stages, ...(decision?.trail ?? [])].map(shorten),
    attributes: input.traces.map((trace) => ({ ...trace, values: keep(trace.attribute, trace.values) })),
    changes: (allowed?.plan.changes ?? []).map(
      ({ attribute, before, after }): AttributeChange => ({
        attribute,
        before: keep(attribute, before),
        after: keep(attribute, after),
      }),
    ),
    release: allowed?.release ?? [],
    assurance: allowed?.assurance ?? null,
  };
}

function received(assertion: AssertionFacts, undeclaredClaims: readonly string[]): LoginTrace['received'] {
  const { issuer, assertionId, subject, claims, authentication } = assertion;
  return {
    issuer,
    assertionId,
    subjectSource: subject.source,
    subjectFormat: subject.format,
    claimNames: Object.keys(claims),
    undeclaredClaims,
    authenticatedAt: authentication.authenticatedAt,
    acr: authentication.acr,
    amr: authentication.amr,
  };
}

function keeper(definitions: readonly AttributeDefinitionFacts[]) {
  const policies = new Map(definitions.map((definition) => [definition.name, definition.traceValues]));
  return (attribute: string, values: readonly AttributeValue[]): readonly AttributeValue[] => {
    const policy = policies.get(attribute) ?? 'NONE';
    if (policy === 'FULL') return values;
    return policy === 'NONE' ? [] : values.map(mask);
  };
}

/** Enough to recognise a value that one knows, too little to learn one: first letter, and the domain of an e-mail. */
function mask(value: AttributeValue): AttributeValue {
  if (typeof value !== 'string') return MASK;
  const at = value.lastIndexOf('@');
  const first = [...value][0] ?? '';
  return at > 0 ? `${first}${MASK}${value.slice(at)}` : `${first}${MASK}`;
}

function shorten(stage: StageNote): StageNote {
  const facts = Object.entries(stage.facts).map(([name, fact]) => [name, typeof fact === 'string' ? cut(fact) : fact]);
  return { ...stage, summary: cut(stage.summary), facts: Object.fromEntries(facts) };
}

function cut(text: string): string {
  return text.length > MAX_FACT ? `${text.slice(0, MAX_FACT)}${MASK}` : text;
}

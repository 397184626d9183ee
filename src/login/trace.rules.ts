/** Turns a decision into the trace that is kept: stage by stage, values only as the attribute's policy allows. */

import { safeText } from '../shared/safe-text.js';
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
/** Everything in a trace that came from outside is bounded: characters of one text, entries of one list. */
const MAX_FACT = 300;
const MAX_NAME = 200;
const MAX_ENTRIES = 100;

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
    attributes: input.traces.map((trace) => ({
      ...trace,
      values: keep(trace.attribute, trace.values),
      problem: trace.problem === null ? null : safeText(trace.problem, MAX_FACT),
    })),
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
  const { issuer, assertionId, subject, claims, authentication, falShortfalls } = assertion;
  return {
    issuer: safeText(issuer, MAX_FACT),
    assertionId: safeText(assertionId, MAX_FACT),
    subjectSource: safeText(subject.source, MAX_NAME),
    subjectFormat: subject.format === null ? null : safeText(subject.format, MAX_NAME),
    claimNames: safeList(Object.keys(claims)),
    undeclaredClaims: safeList(undeclaredClaims),
    authenticatedAt: authentication.authenticatedAt,
    acr: authentication.acr === null ? null : safeText(authentication.acr, MAX_NAME),
    amr: safeList(authentication.amr),
    falShortfalls,
  };
}

/** What a trace keeps of the values of an attribute. */
export function keeper(definitions: readonly AttributeDefinitionFacts[]) {
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
  const facts = Object.entries(stage.facts).map(([name, fact]) => [name, safeFact(fact)]);
  return { ...stage, summary: safeText(stage.summary, MAX_FACT), facts: Object.fromEntries(facts) };
}

function safeFact(fact: StageNote['facts'][string]): StageNote['facts'][string] {
  if (typeof fact === 'string') return safeText(fact, MAX_FACT);
  return fact !== null && typeof fact === 'object' ? safeList(fact) : fact;
}

function safeList(texts: readonly string[]): readonly string[] {
  return texts.slice(0, MAX_ENTRIES).map((text) => safeText(text, MAX_NAME));
}

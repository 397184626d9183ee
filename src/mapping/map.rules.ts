/**
 * Stage 5 of a login: verified claims become a typed profile (docs/reference/mapping-rules.md). Synchronous, total and
 * pure, so that the real login, the preview and the replay of an old login run the very same code (C19).
 *
 * All rules run even where one fails, so that the trace shows every problem at once; the first refusal is the ruling.
 * What no rule reads is named, counted and dropped (C17). An attribute that comes to nothing is absent from the profile.
 */
import type {
  AttributeDefinitionFacts,
  AttributeTrace,
  AttributeValue,
  MappedProfile,
  MappingFacts,
  MappingInput,
  MappingRuleFacts,
} from '../login/facts.js';
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { admit } from './border.rules.js';
import { type CheckedRule, checkAndCompile } from './check.rules.js';
import type { CelInput } from './expression.rules.js';
import { Meter } from './meter.rules.js';
import { EVERY_CLAIM } from './syntax.rules.js';
import { valuesOf } from './value.rules.js';

/** Names of dropped claims that are kept, and characters of each: they come from outside, and go into the log. */
const MAX_UNDECLARED = 100;
const MAX_CLAIM_NAME = 200;

export interface CompiledMapping {
  readonly id: string;
  readonly version: number;
  readonly rules: readonly CheckedRule<MappingRuleFacts>[];
  /** What the rules read together. */
  readonly reads: ReadonlySet<string>;
}

export type Mapped =
  | { readonly ok: true; readonly value: MappedProfile }
  | { readonly ok: false; readonly refusal: Refusal; readonly traces: readonly AttributeTrace[] };

/** Compiles a stored mapping, once for each version. Refused with RULE_FAILED where it no longer fits the catalogue. */
export function compileMapping(
  mapping: MappingFacts,
  definitions: readonly AttributeDefinitionFacts[],
): Result<CompiledMapping> {
  const { problems, rules } = checkAndCompile(mapping.rules, definitions);
  const [problem] = problems;
  if (problem !== undefined) {
    const facts = { path: problem.path, problem: problem.code, mappingVersion: mapping.version };
    return refused(refusal('RULE_FAILED', `${problem.path}: ${problem.message}`, facts));
  }
  const reads = new Set(rules.flatMap(({ expression }) => expression.reads));
  return ok({ id: mapping.id, version: mapping.version, rules, reads });
}

/** Runs the rules in order on what an IdP said. */
export function mapAssertion(input: MappingInput, mapping: CompiledMapping): Mapped {
  const admitted = admit(input, mapping.reads);
  if (!admitted.ok) {
    const claim = safeName(admitted.claim);
    return {
      ok: false,
      refusal: refusal('EXPR_BUDGET', `the claim ${claim} has ${admitted.problem}`, { claim }),
      traces: [],
    };
  }
  const meter = new Meter();
  const traces: AttributeTrace[] = [];
  const profile: [string, readonly AttributeValue[]][] = [];
  let refusedBy: Refusal | null = null;
  for (const checked of mapping.rules) {
    const { trace, refusal: reason } = runRule(checked, admitted.input, meter);
    traces.push(trace);
    refusedBy ??= reason;
    if (trace.values.length > 0) profile.push([trace.attribute, trace.values]);
    if (meter.why !== null) break;
  }
  if (refusedBy !== null) return { ok: false, refusal: refusedBy, traces };
  const undeclaredClaims = undeclared(input, mapping.reads);
  return {
    ok: true,
    value: { subject: input.subject, profile: Object.fromEntries(profile), traces, undeclaredClaims },
  };
}

interface Ran {
  readonly trace: AttributeTrace;
  readonly refusal: Refusal | null;
}

function runRule({ rule, definition, expression }: CheckedRule<MappingRuleFacts>, input: CelInput, meter: Meter): Ran {
  const traced = (outcome: AttributeTrace['outcome'], values: readonly AttributeValue[], problem: string | null) => ({
    attribute: rule.attribute,
    ruleId: rule.id,
    expression: rule.expression,
    reads: expression.reads.map(safeName),
    outcome,
    values,
    problem,
  });
  const failed = (code: Refusal['code'], problem: string): Ran => ({
    trace: traced('FAILED', [], problem),
    refusal: refusal(code, `${rule.attribute}: ${problem}`, { attribute: rule.attribute, ruleId: rule.id }),
  });

  const outcome = expression.run(input, meter);
  if (outcome.kind === 'budget') return failed('EXPR_BUDGET', outcome.problem);
  if (outcome.kind === 'failed') return failed('RULE_FAILED', outcome.problem);
  const mapped = valuesOf(outcome.kind === 'value' ? outcome.value : null, definition);
  if (!mapped.ok) return failed('ATTRIBUTE_INVALID', mapped.problem);
  if (mapped.values.length > 0) return { trace: traced('MAPPED', mapped.values, null), refusal: null };

  if (rule.defaultValue !== null) {
    const standard = valuesOf(rule.defaultValue, definition);
    if (standard.ok) return { trace: traced('DEFAULTED', standard.values, null), refusal: null };
  }
  if (!rule.required) return { trace: traced('EMPTY', [], null), refusal: null };
  const { trace, refusal: reason } = failed('ATTRIBUTE_REQUIRED', 'the rule yields nothing');
  return { trace: { ...trace, outcome: 'EMPTY' }, refusal: reason };
}

function undeclared(input: MappingInput, reads: ReadonlySet<string>): readonly string[] {
  if (reads.has(EVERY_CLAIM)) return [];
  // What identifies the person is used, though by no rule.
  const subject = input.subject.source === 'SUB' ? 'sub' : input.subject.source;
  const names: string[] = [];
  for (const name of Object.keys(input.claims)) {
    if (reads.has(name) || name === subject) continue;
    if (names.length === MAX_UNDECLARED) break;
    names.push(safeName(name));
  }
  return names;
}

/** A claim's name as the trace may keep it: short, and free of what a database or a log would choke on. */
function safeName(name: string): string {
  const cut = name.slice(0, MAX_CLAIM_NAME).toWellFormed();
  return Array.from(cut, (character) => (character < ' ' || character === '\u007f' ? '\ufffd' : character)).join('');
}

/**
 * The rules of a mapping when they are saved: every problem at once, each with the path of its field, so that a form
 * can show them all. The same check guards the compilation at a login, since a catalogue may have changed since.
 */
import type { AttributeDefinitionFacts, MappingRuleFacts } from '../login/facts.js';
import { type CompiledExpression, compileExpression } from './expression.rules.js';
import { typeProblem, valuesOf } from './value.rules.js';

/** Rules of one mapping. */
export const MAX_RULES = 100;

export type RuleDraft = Omit<MappingRuleFacts, 'id'>;

export interface RuleProblem {
  /** `rules.0.expression` */
  readonly path: string;
  readonly code: 'RULE_INVALID' | 'RULE_TOO_COSTLY' | 'ATTRIBUTE_UNKNOWN';
  readonly message: string;
}

/** A rule that is ready to run. */
export interface CheckedRule<R extends RuleDraft = RuleDraft> {
  readonly rule: R;
  readonly definition: AttributeDefinitionFacts;
  readonly expression: CompiledExpression;
}

interface Checked<R extends RuleDraft> {
  readonly problems: readonly RuleProblem[];
  /** Those without a problem, in order. */
  readonly rules: readonly CheckedRule<R>[];
}

/** Every problem of the rules; an empty list when they may be saved. Total. */
export function checkRules(
  rules: readonly RuleDraft[],
  definitions: readonly AttributeDefinitionFacts[],
): readonly RuleProblem[] {
  return checkAndCompile(rules, definitions).problems;
}

export function checkAndCompile<R extends RuleDraft>(
  rules: readonly R[],
  definitions: readonly AttributeDefinitionFacts[],
): Checked<R> {
  if (rules.length > MAX_RULES) {
    const message = `a mapping has at most ${MAX_RULES} rules`;
    return { problems: [{ path: 'rules', code: 'RULE_TOO_COSTLY', message }], rules: [] };
  }
  const catalogue = new Map(definitions.map((definition) => [definition.name, definition]));
  const problems: RuleProblem[] = [];
  const checked: CheckedRule<R>[] = [];
  const mapped = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const outcome = checkRule(rule, `rules.${index}`, catalogue);
    if (mapped.has(rule.attribute)) {
      problems.push({
        path: `rules.${index}.attribute`,
        code: 'RULE_INVALID',
        message: `${rule.attribute} has a rule already`,
      });
    }
    mapped.add(rule.attribute);
    if ('problems' in outcome) problems.push(...outcome.problems);
    else checked.push(outcome);
  }
  return { problems, rules: checked };
}

function checkRule<R extends RuleDraft>(
  rule: R,
  path: string,
  catalogue: ReadonlyMap<string, AttributeDefinitionFacts>,
): CheckedRule<R> | { readonly problems: readonly RuleProblem[] } {
  const problems: RuleProblem[] = [];
  const add = (field: string, code: RuleProblem['code'], message: string) =>
    problems.push({ path: `${path}.${field}`, code, message });

  const definition = catalogue.get(rule.attribute);
  if (definition === undefined) add('attribute', 'ATTRIBUTE_UNKNOWN', 'there is no attribute of that name');
  const compilation = compileExpression(rule.expression);
  if (!compilation.ok) add('expression', compilation.code, compilation.message);
  if (definition !== undefined && compilation.ok) {
    const mismatch = typeProblem(compilation.expression.type, definition);
    if (mismatch !== null) add('expression', 'RULE_INVALID', mismatch);
  }
  if (definition !== undefined && rule.defaultValue !== null) {
    const values = valuesOf(rule.defaultValue, definition);
    if (!values.ok) add('defaultValue', 'RULE_INVALID', values.problem);
    else if (values.values.length === 0) add('defaultValue', 'RULE_INVALID', 'a default value must have a value');
  }
  if (problems.length > 0 || definition === undefined || !compilation.ok) return { problems };
  return { rule, definition, expression: compilation.expression };
}

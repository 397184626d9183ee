/**
 * One expression of a rule: compiled and type-checked when it is saved, run within a budget at each login. The engine
 * interprets the tree of @marcbachmann/cel-js; nothing is generated, and nothing but the input is in reach (H15).
 */
import { type ASTNode, Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { NOTHING, type PatternFunction, patternFunctions, ruleFunctions, TOO_LARGE } from './functions.rules.js';
import { BudgetSpent, METER, type Meter } from './meter.rules.js';
import { estimatedSize } from './pattern-size.rules.js';
import { childrenOf, inspect, MAX_STATIC_COST, ruleInput } from './syntax.rules.js';
import { isStorable } from './value.rules.js';

/** Characters of an expression, and of a pattern in it. */
export const MAX_EXPRESSION = 4_000;
const MAX_PATTERN = 500;
/** Instructions of a compiled pattern: RE2 is linear in text times this. */
const MAX_PATTERN_PROGRAM = 1_000;
/** What a pattern may unfold to, roughly, before it is compiled at all. */
const MAX_PATTERN_ESTIMATE = 2 * MAX_PATTERN_PROGRAM;
const PATTERN_WORK_PER_STEP = 16;

/** What the engine sees: plain scalars, lists, and maps without a prototype to climb. Integers are BigInt. */
export type CelValue = string | bigint | number | boolean | null | readonly CelValue[] | ReadonlyMap<string, CelValue>;
export type CelInput = Readonly<
  Record<'claims' | 'subject' | 'idp' | 'partner' | 'authn', ReadonlyMap<string, CelValue>>
>;

export interface CompiledExpression {
  /** CEL's name of the type that it yields; `dyn` where only the run tells. */
  readonly type: string;
  readonly reads: readonly string[];
  run(input: CelInput, meter: Meter): Outcome;
}

export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'nothing' }
  /** `problem` names a kind of failure and a place in the expression, and never a value. */
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'budget'; readonly problem: string };

export type Compilation =
  | { readonly ok: true; readonly expression: CompiledExpression }
  | { readonly ok: false; readonly code: 'RULE_INVALID' | 'RULE_TOO_COSTLY'; readonly message: string };

interface RunContext {
  getValue(name: string): unknown;
}
interface Engine {
  run(node: ASTNode, context: RunContext): unknown;
}
type Evaluate = (engine: Engine, subject: unknown, context: RunContext) => unknown;
interface Evaluated {
  evaluate: Evaluate;
}
/** The part of a node that the library does not declare. */
type RunnableNode = ASTNode & {
  readonly meta: Evaluated & { readonly macro?: Evaluated; readonly alternate?: RunnableNode };
  setMeta(key: 'async', value: boolean): void;
};

class TooCostly extends Error {}
const PATTERN_TOO_LARGE = 'the pattern is too large when compiled';

function meterOf(context: RunContext): Meter {
  return context.getValue(METER) as Meter;
}

const environment = makeEnvironment();
const ownCalls = new Set([
  ...ruleFunctions.map(({ signature }) => signature.slice(0, signature.indexOf('('))),
  ...patternFunctions.map(({ name }) => name),
]);

function makeEnvironment(): Environment {
  const made = new Environment({
    enableOptionalTypes: true,
    // One list may then hold what the claims hold: `[claims.email, "x"]`.
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 500, maxDepth: 32, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 8 },
  });
  for (const name of Object.keys(ruleInput)) made.registerVariable(name, 'map<string, dyn>');
  for (const { signature, apply, describe } of ruleFunctions) {
    made.registerFunction(signature, apply, { description: describe, async: false });
  }
  for (const entry of patternFunctions) {
    made.registerFunction(`${entry.name}(ast, ast): ${entry.returns}`, patternMacro(entry), { async: false });
  }
  return made;
}

interface MacroCall {
  readonly ast: RunnableNode;
  readonly args: readonly ASTNode[];
}
interface Checker {
  check(node: ASTNode, context: unknown): { readonly name: string; readonly kind: string };
  getType(name: string): unknown;
  createError(code: string, message: string, node: ASTNode): Error;
}

/** A call whose second argument is a pattern: compiled while the expression is parsed, and kept in its tree. */
function patternMacro(entry: PatternFunction) {
  return ({ ast, args }: MacroCall) => {
    const [text, pattern] = args as [ASTNode, ASTNode];
    const compiled = compilePattern(pattern);
    const size = compiled.programSize();
    return {
      typeCheck(checker: Checker, _macro: unknown, context: unknown) {
        const type = checker.check(text, context);
        if (type.name !== 'string' && type.kind !== 'dyn') {
          throw checker.createError('no_matching_overload', `${entry.name} wants text, got '${type.name}'`, text);
        }
        ast.setMeta('async', false);
        return checker.getType(entry.returns);
      },
      evaluate(engine: Engine, _macro: unknown, context: RunContext) {
        const value = engine.run(text, context);
        if (typeof value !== 'string') {
          throw new EvaluationError({ code: 'no_matching_overload', message: `${entry.name} wants text`, node: text });
        }
        meterOf(context).spend((value.length * size) / PATTERN_WORK_PER_STEP);
        return entry.apply(compiled, value);
      },
    };
  };
}

function compilePattern(node: ASTNode): RE2JS {
  if (node.op !== 'value' || typeof node.args !== 'string') throw new ParseError('the pattern must be a literal', node);
  if (node.args.length > MAX_PATTERN) throw new TooCostly(`a pattern has at most ${MAX_PATTERN} characters`);
  if (estimatedSize(node.args) > MAX_PATTERN_ESTIMATE) throw new TooCostly(PATTERN_TOO_LARGE);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(node.args);
  } catch {
    throw new ParseError('the pattern is not valid RE2 (no look-around, no back references)', node);
  }
  if (compiled.programSize() > MAX_PATTERN_PROGRAM) throw new TooCostly(PATTERN_TOO_LARGE);
  return compiled;
}

/** Compiles and checks an expression. Total. */
export function compileExpression(text: string): Compilation {
  if (text.trim() === '') return { ok: false, code: 'RULE_INVALID', message: 'the expression is empty' };
  if (text.length > MAX_EXPRESSION) return tooCostly(`an expression has at most ${MAX_EXPRESSION} characters`);
  if (!isStorable(text)) return { ok: false, code: 'RULE_INVALID', message: 'control characters or broken Unicode' };
  try {
    const parsed = environment.parse(text);
    const { problems, cost, reads } = inspect(parsed.ast, ownCalls);
    if (problems[0] !== undefined) return { ok: false, code: 'RULE_INVALID', message: problems[0] };
    if (cost > MAX_STATIC_COST) return tooCostly('the loops inside loops could take too many steps');
    const checked = parsed.check();
    if (!checked.valid) return { ok: false, code: 'RULE_INVALID', message: messageOf(checked.error) };
    meterNodes(parsed.ast as RunnableNode, false);
    const run = (input: CelInput, meter: Meter) => runWithin(parsed, input, meter);
    return { ok: true, expression: { type: checked.type ?? 'dyn', reads, run } };
  } catch (error) {
    if (error instanceof TooCostly) return tooCostly(error.message);
    if (codeOf(error) === 'limit_exceeded') return tooCostly('the expression has too many parts');
    return { ok: false, code: 'RULE_INVALID', message: messageOf(error) };
  }
}

function tooCostly(message: string): Compilation {
  return { ok: false, code: 'RULE_TOO_COSTLY', message };
}

const comparisons = new Set(['==', '!=', 'in']);

/**
 * Puts the meter around each node. The macros run the very nodes of the source once for each element, so no loop goes
 * unmetered. The library keeps what a node does in its `meta`, under one of three names, and looks there at first run.
 */
function meterNodes(node: RunnableNode, deep: boolean): void {
  const { macro, alternate } = node.meta;
  const holder = macro ?? (alternate ?? node).meta;
  holder.evaluate = metered(holder.evaluate, deep);
  for (const child of childrenOf(node)) meterNodes(child as RunnableNode, comparisons.has(node.op));
}

function metered(inner: Evaluate, deep: boolean): Evaluate {
  return (engine, subject, context) => {
    const meter = meterOf(context);
    meter.spend(1);
    let value: unknown;
    try {
      value = inner(engine, subject, context);
    } catch (error) {
      if (!(error instanceof BudgetSpent)) meter.spendOnError();
      throw error;
    }
    meter.weigh(value, deep);
    return value;
  };
}

/** Errors that mean no more than: the claim is not there. */
const absent = new Set([NOTHING, 'no_such_key', 'index_out_of_bounds', 'optional_value_missing']);

function runWithin(parsed: (context: Record<string, unknown>) => unknown, input: CelInput, meter: Meter): Outcome {
  let outcome: Outcome;
  try {
    outcome = { kind: 'value', value: parsed({ ...input, [METER]: meter }) };
  } catch (error) {
    outcome = failureOf(error);
  }
  return meter.why === null
    ? outcome
    : { kind: 'budget', problem: `too many ${meter.why === 'steps' ? 'steps' : 'values'}` };
}

function failureOf(error: unknown): Outcome {
  const code = codeOf(error);
  if (absent.has(code)) return { kind: 'nothing' };
  if (code === TOO_LARGE) return { kind: 'budget', problem: 'too many values' };
  const range = error instanceof EvaluationError ? error.range : undefined;
  const place = range === undefined ? '' : ` at characters ${range.start} to ${range.end}`;
  return { kind: 'failed', problem: `${code.replaceAll('_', ' ')}${place}` };
}

function codeOf(error: unknown): string {
  if (error instanceof EvaluationError || error instanceof ParseError) return error.code;
  return 'evaluation_error';
}

/** First line of what the library says; its further lines draw the expression. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : 'the expression is not valid';
  return (text.split('\n', 1)[0] ?? text).slice(0, 300);
}

/**
 * What an expression is allowed to be before it ever runs: the functions it may call, the input it may name, what it
 * could cost, and which claims it reads. CEL has no recursion and no loop but the macros over lists, so a bound on the
 * tree is a bound on the run (promise 11).
 */
import type { ASTNode } from '@marcbachmann/cel-js';

/** What a rule may name beside its own variables, with the fields that each has; null: any. */
export const ruleInput: Readonly<Record<string, readonly string[] | null>> = {
  claims: null,
  subject: ['source', 'value', 'format', 'nameQualifier', 'spNameQualifier'],
  idp: ['slug', 'protocol', 'issuer'],
  partner: ['slug', 'domains'],
  authn: ['acr', 'amr', 'authenticatedAt'],
};

/** The part of CEL that rules have. Left out on purpose: `matches` (not linear), bytes and JSON, anything of dates. */
const celCalls = new Set(['has', 'size', 'string', 'int', 'double', 'bool', 'dyn', 'type']);
const loops = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);
const celMethods = new Set([
  ...loops,
  'bind',
  'contains',
  'endsWith',
  'hasValue',
  'indexOf',
  'lastIndexOf',
  'lowerAscii',
  'none',
  'of',
  'or',
  'orValue',
  'size',
  'startsWith',
  'substring',
  'trim',
  'upperAscii',
  'value',
]);

/** Elements that a list is taken to have where the tree does not tell. Longer ones are met by the meter. */
const ASSUMED_LIST = 100;
/** Steps that one rule may take on lists of that length. */
export const MAX_STATIC_COST = 100_000;

/** Stands for every claim, where an expression picks them by something that is not a literal. */
export const EVERY_CLAIM = '*';

export interface Inspection {
  readonly problems: readonly string[];
  readonly cost: number;
  /** Names of the claims that are read, or EVERY_CLAIM. */
  readonly reads: readonly string[];
}

export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/** Looks at a parsed expression. `ownCalls` are the names of functions.rules.ts. */
export function inspect(root: ASTNode, ownCalls: ReadonlySet<string>): Inspection {
  const problems = new Set<string>();
  const reads = new Set<string>();
  visit(root, ownCalls, problems, reads);
  return { problems: [...problems], cost: costOf(root), reads: reads.has(EVERY_CLAIM) ? [EVERY_CLAIM] : [...reads] };
}

function visit(node: ASTNode, ownCalls: ReadonlySet<string>, problems: Set<string>, reads: Set<string>): void {
  const problem = callProblem(node, ownCalls) ?? fieldProblem(node) ?? shadowProblem(node);
  if (problem !== null) problems.add(problem);
  const claim = claimReadBy(node);
  if (claim !== null) reads.add(claim);
  for (const child of childrenOf(node)) {
    // `claims` itself is no read of its own where the access around it has said which claim it picks.
    if (claim !== null && child.op === 'id' && child.args === 'claims') continue;
    visit(child, ownCalls, problems, reads);
  }
}

function callProblem(node: ASTNode, ownCalls: ReadonlySet<string>): string | null {
  const unknown = (name: string) => `rules have no function ${name}`;
  if (node.op === 'call')
    return celCalls.has(node.args[0]) || ownCalls.has(node.args[0]) ? null : unknown(node.args[0]);
  if (node.op !== 'rcall' || celMethods.has(node.args[0])) return null;
  return node.args[0] === 'matches' ? 'use re2Match(text, "pattern") in place of matches' : unknown(node.args[0]);
}

interface Access {
  readonly variable: string;
  /** null where it is worked out at run time. */
  readonly field: string | null;
}

function accessOf(node: ASTNode): Access | null {
  if (node.op === 'in') {
    const [key, container] = node.args;
    if (container.op !== 'id' || key.op !== 'value' || typeof key.args !== 'string') return null;
    return { variable: container.args, field: key.args };
  }
  if (node.op === '.' || node.op === '.?') {
    const [object, field] = node.args;
    return object.op === 'id' ? { variable: object.args, field } : null;
  }
  if (node.op !== '[]' && node.op !== '[?]') return null;
  const [object, key] = node.args;
  if (object.op !== 'id') return null;
  return { variable: object.args, field: key.op === 'value' && typeof key.args === 'string' ? key.args : null };
}

function fieldProblem(node: ASTNode): string | null {
  const access = accessOf(node);
  if (access === null || access.field === null || !Object.hasOwn(ruleInput, access.variable)) return null;
  const fields = ruleInput[access.variable];
  if (fields === null || fields === undefined || fields.includes(access.field)) return null;
  return `${access.variable} has no field ${access.field.slice(0, 64)}; it has ${fields.join(', ')}`;
}

/** A loop variable of the name of an input would make the list of claims read a lie. */
function shadowProblem(node: ASTNode): string | null {
  if (node.op !== 'rcall' || !(loops.has(node.args[0]) || node.args[0] === 'bind')) return null;
  const variable = node.args[2][0];
  if (variable?.op !== 'id' || !Object.hasOwn(ruleInput, variable.args)) return null;
  return `${variable.args} is an input and cannot be a variable`;
}

function claimReadBy(node: ASTNode): string | null {
  if (node.op === 'id') return node.args === 'claims' ? EVERY_CLAIM : null;
  const access = accessOf(node);
  if (access === null || access.variable !== 'claims') return null;
  return access.field ?? EVERY_CLAIM;
}

function costOf(node: ASTNode): number {
  let cost = 1;
  for (const child of childrenOf(node)) cost += costOf(child);
  if (node.op !== 'rcall' || !loops.has(node.args[0])) return cost;
  const [, list, [, ...bodies]] = node.args;
  let body = 1;
  for (const part of bodies) body += costOf(part);
  return cost + sizeOf(list) * body;
}

function sizeOf(node: ASTNode): number {
  switch (node.op) {
    case 'list':
    case 'map':
      return node.args.length;
    case '+':
      return sizeOf(node.args[0]) + sizeOf(node.args[1]);
    case '?:':
      return Math.max(sizeOf(node.args[1]), sizeOf(node.args[2]));
    case 'rcall':
      return loops.has(node.args[0]) ? sizeOf(node.args[1]) : ASSUMED_LIST;
    default:
      return ASSUMED_LIST;
  }
}

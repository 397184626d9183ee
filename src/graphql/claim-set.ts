/**
 * Claims as a caller states them: one JSON object. Rebuilt value by value into plain JSON, within limits, so that what
 * goes on is data and nothing else (G15, G16).
 */
import 'reflect-metadata';
import { GraphQLError, GraphQLScalarType, type ValueNode, valueFromASTUntyped } from 'graphql';
import type { ClaimValue } from '../login/contracts.js';

type Claims = Readonly<Record<string, ClaimValue>>;

const MAX_DEPTH = 8;
const MAX_VALUES = 5_000;
/** Names that an object of JavaScript has of its own: no IdP needs them. */
const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export const ClaimSetScalar = new GraphQLScalarType<Claims, Claims>({
  name: 'ClaimSet',
  description: 'Claims as one JSON object, at most 8 levels deep and 5 000 values.',
  parseValue: parseClaims,
  parseLiteral: (node: ValueNode, variables) => parseClaims(valueFromASTUntyped(node, variables)),
});

function parseClaims(value: unknown): Claims {
  let left = MAX_VALUES;
  const take = (one: unknown, depth: number): ClaimValue => {
    left -= 1;
    if (left < 0 || depth > MAX_DEPTH) throw refused();
    if (one === null || typeof one === 'string' || typeof one === 'boolean') return one;
    if (typeof one === 'number' && Number.isFinite(one)) return one;
    if (Array.isArray(one)) return one.map((entry) => take(entry, depth + 1));
    if (typeof one === 'object') return takeObject(one, depth);
    throw refused();
  };
  const takeObject = (object: object, depth: number): Record<string, ClaimValue> => {
    const entries = Object.entries(object).map(([name, entry]): [string, ClaimValue] => {
      if (reserved.has(name)) throw refused();
      return [name, take(entry, depth + 1)];
    });
    return Object.fromEntries(entries);
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused();
  return takeObject(value, 0);
}

function refused(): GraphQLError {
  return new GraphQLError('Use one JSON object, at most 8 levels deep and 5 000 values.', {
    extensions: { code: 'INPUT_INVALID' },
  });
}

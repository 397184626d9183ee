/**
 * Default deny. Walks the built schema: a root field without a row in `permissions`, or an object type without a row in
 * `readableTypes`, stops the hub from starting; every field that leads to a guarded type asks before it resolves.
 */
import {
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import { type Operation, permissions, permit } from '../access/permissions.js';
import { permitRead, readPermission } from '../access/readable-types.js';
import type { RequestContext } from '../access/request-context.js';
import { globalId } from './global-id.js';
import { typeNameOf } from './node.js';

type Field = GraphQLField<unknown, RequestContext>;
type Check = (context: RequestContext) => void;

/** `node` is guarded by the type that the id names. */
const guardedByType = new Set(['Query.node']);

/** @throws Error naming every root field and type that nobody decided about. */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  const undecided: string[] = [];
  const roots = new Set([schema.getQueryType()?.name, schema.getMutationType()?.name]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const isRoot = roots.has(type.name);
    if (!isRoot && readPermission(type.name) === undefined) undecided.push(type.name);
    for (const field of Object.values(type.getFields()) as Field[]) {
      const name = `${type.name}.${field.name}`;
      if (isRoot && !Object.hasOwn(permissions, field.name) && !guardedByType.has(name)) undecided.push(name);
      guardField(field, isRoot && !guardedByType.has(name) ? (field.name as Operation) : null);
    }
    if (type.getInterfaces().some(({ name }) => name === 'Node')) fillId(type.name, type.getFields().id as Field);
  }
  if (undecided.length > 0) throw new Error(`no permission is declared for ${undecided.join(', ')}`);
  return schema;
}

function guardField(field: Field, operation: Operation | null): void {
  const target = getNamedType(field.type);
  const checks: Check[] = operation === null ? [] : [(context) => permit(context, operation)];
  if (isObjectType(target) && readPermission(target.name)) checks.push((context) => permitRead(context, target.name));
  const resolve = field.resolve;
  if (resolve === undefined) return;
  if (isAbstractType(target)) field.resolve = checkingResult(checks, resolve);
  else if (checks.length > 0) field.resolve = checking(checks, resolve);
}

function checking(checks: readonly Check[], resolve: NonNullable<Field['resolve']>): NonNullable<Field['resolve']> {
  return (root, args, context, info) => {
    for (const check of checks) check(context);
    return resolve(root, args, context, info);
  };
}

/** What a union or interface holds is known only afterwards: it is checked before any of its fields is read. */
function checkingResult(
  checks: readonly Check[],
  resolve: GraphQLFieldResolver<unknown, RequestContext>,
): GraphQLFieldResolver<unknown, RequestContext> {
  return async (root, args, context, info) => {
    for (const check of checks) check(context);
    const result: unknown = await resolve(root, args, context, info);
    for (const row of Array.isArray(result) ? result : [result]) {
      if (row !== null && row !== undefined) permitRead(context, typeNameOf(row as object));
    }
    return result;
  };
}

function fillId(type: string, field: Field): void {
  field.resolve = (row) => globalId(type, row as { id: string; partnerId?: string });
}

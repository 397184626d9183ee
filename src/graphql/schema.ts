/** Assembles the schema from the rooms of the hub, guards it, and prints it. No business rule lives here. */
import {
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { buildSchemaSync, type NonEmptyArray } from 'type-graphql';
import { guardSchema } from './guard.js';
import { type NodeLoader, NodeResolver } from './node.js';

// biome-ignore lint/complexity/noBannedTypes: what type-graphql calls a resolver class.
type ResolverClass = Function;

/** A resolver class, and how one is made from the services of its room. */
export interface Binding<S> {
  readonly resolver: ResolverClass;
  readonly make: (services: S) => object;
}

/** What a room of the hub adds to the schema. */
export interface Room<S> {
  readonly resolvers: readonly Binding<S>[];
  /** How `node(id)` loads the types of this room, by type name. */
  readonly nodes: (services: S) => Readonly<Record<string, NodeLoader>>;
}

/** @param services what the resolvers call; a schema that is only printed needs none. */
export function buildApiSchema<S>(rooms: readonly Room<S>[], services?: S): GraphQLSchema {
  const bindings = rooms.flatMap((room) => room.resolvers);
  const instances = new Map<ResolverClass, object>();
  if (services !== undefined) {
    for (const { resolver, make } of bindings) instances.set(resolver, make(services));
    const loaders = Object.assign({}, ...rooms.map((room) => room.nodes(services)));
    instances.set(NodeResolver, new NodeResolver(loaders));
  }
  const resolvers = [NodeResolver, ...bindings.map(({ resolver }) => resolver)];
  const schema = guardSchema(
    buildSchemaSync({
      resolvers: resolvers as NonEmptyArray<ResolverClass>,
      container: { get: (wanted: ResolverClass) => instances.get(wanted) },
      // Values are parsed once, by scalars; a second validator would be a second truth.
      validate: false,
    }),
  );
  describeInputs(schema);
  return schema;
}

/** An argument that takes an input object says what that object says. */
function describeInputs(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const argument of Object.values(type.getFields()).flatMap(({ args }) => args)) {
      const named = getNamedType(argument.type);
      if (isInputObjectType(named)) argument.description ??= named.description;
    }
  }
}

/** The text of `schema.graphql`: sorted, with descriptions. */
export function emitSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

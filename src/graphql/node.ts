/** Relay's Node: everything with an id can be read again by it. The id is the only field that the schema fills itself. */
import 'reflect-metadata';
import { Arg, Ctx, Field, ID, InterfaceType, Query, Resolver } from 'type-graphql';
import { permitRead } from '../access/readable-types.js';
import type { RequestContext } from '../access/request-context.js';
import type { Uuid } from '../shared/ids.js';
import { decodeGlobalId } from './global-id.js';

/** Rows are returned as the ORM loaded them: the entity class carries the name of the GraphQL type. */
export function typeNameOf(row: object): string {
  return row.constructor.name;
}

@InterfaceType({ description: 'Everything that has an id.', resolveType: typeNameOf })
export abstract class Node {
  @Field(() => ID, { description: 'Global id: opaque, lasting, unique over all types.' })
  id!: Uuid;
}

/** Loads a row by its key in the scope of the caller; null when there is none to see. */
export type NodeLoader = (context: RequestContext, key: readonly Uuid[]) => Promise<object | null>;

@Resolver()
export class NodeResolver {
  readonly #loaders: Readonly<Record<string, NodeLoader>>;

  constructor(loaders: Readonly<Record<string, NodeLoader>>) {
    this.#loaders = loaders;
  }

  @Query(() => Node, {
    nullable: true,
    description: 'Anything by its global id; null when there is nothing to see. Permission: to read that type.',
  })
  async node(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<object | null> {
    const decoded = decodeGlobalId(id);
    if (decoded === null || !Object.hasOwn(this.#loaders, decoded.type)) return null;
    permitRead(context, decoded.type);
    return (await this.#loaders[decoded.type]?.(context, decoded.key)) ?? null;
  }
}

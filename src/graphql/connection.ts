/**
 * Relay connections (GraphQL Cursor Connections Specification), forward only. A cursor is a position and no permission:
 * whatever it says, the rows after it are read in the caller's scope.
 */
import 'reflect-metadata';
import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { HubError } from '../shared/hub-error.js';
import { isUuid, type Uuid } from '../shared/ids.js';
import { DEFAULT_PAGE, MAX_PAGE, type Page, type PageRequest } from '../shared/page.js';

@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, { defaultValue: DEFAULT_PAGE, description: `How many, 1 to ${MAX_PAGE}.` })
  first!: number;

  @Field(() => String, { nullable: true, description: '`endCursor` of the page before.' })
  after?: string | null;
}

@ObjectType({ description: 'Where a page stands in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether rows follow.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Always false: lists are read forward.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first row.' })
  startCursor?: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last row; hand it to `after`.' })
  endCursor?: string | null;
}

export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: PageInfo;
}

/** Declares `<name>Edge` and `<name>Connection`; the result is what a `@Query` or `@FieldResolver` names. */
export function connectionType<T extends object>(name: string, node: () => ClassType<T>): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { description: 'One row of the list.' })
  class EdgeOf {
    @Field(() => String, { description: 'Position of the row.' })
    cursor!: string;

    @Field(() => node(), { description: 'The row.' })
    node!: T;
  }

  @ObjectType(`${name}Connection`, { description: 'One page of a list.' })
  class ConnectionOf {
    @Field(() => [EdgeOf], { description: 'The rows of this page.' })
    edges!: EdgeOf[];

    @Field(() => PageInfo, { description: 'Where this page stands.' })
    pageInfo!: PageInfo;
  }
  return ConnectionOf;
}

/** @throws HubError INPUT_INVALID */
export function pageRequest(args: ConnectionArgs): PageRequest {
  if (args.first < 1 || args.first > MAX_PAGE) {
    throw new HubError('INPUT_INVALID', undefined, [{ path: 'first', message: `Use 1 to ${MAX_PAGE}.` }]);
  }
  return { first: args.first, after: args.after == null ? null : decodeCursor(args.after) };
}

/** Rows that a short list on a row of another list may have: "the last five logins of each". */
const MAX_NEWEST = 20;

/** `first` of such a list. @throws HubError INPUT_INVALID */
export function newest(first: number): number {
  if (first >= 1 && first <= MAX_NEWEST) return first;
  throw new HubError('INPUT_INVALID', undefined, [{ path: 'first', message: `Use 1 to ${MAX_NEWEST}.` }]);
}

export function connection<T extends { id: Uuid }>(page: Page<T>): Connection<T> {
  const edges = page.rows.map((node) => ({ cursor: encodeCursor(node.id), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** What a filter that can match nothing answers: ids of another tenant and ids that never existed look the same (G10). */
export function emptyConnection<T extends { id: Uuid }>(): Connection<T> {
  return connection<T>({ rows: [], hasNextPage: false });
}

function encodeCursor(id: Uuid): string {
  return Buffer.from(id, 'ascii').toString('base64url');
}

function decodeCursor(cursor: string): Uuid {
  const id = cursor.length <= 64 ? Buffer.from(cursor, 'base64url').toString('latin1') : '';
  if (!isUuid(id) || encodeCursor(id) !== cursor) {
    throw new HubError('INPUT_INVALID', undefined, [{ path: 'after', message: 'This is not a cursor.' }]);
  }
  return id;
}

/** Connections over numbered versions, the newest first: the cursor is the number. */
import DataLoader from 'dataloader';
import type { RequestContext } from '../access/request-context.js';
import { HubError } from '../shared/hub-error.js';
import type { VersionsPage, VersionsRequest } from '../shared/page.js';
import { type Connection, type ConnectionArgs, pageRequest } from './connection.js';
import type { TenantKey } from './global-id.js';

type Batch<T> = (
  context: RequestContext,
  parents: readonly TenantKey[],
  request: VersionsRequest,
) => Promise<ReadonlyMap<string, VersionsPage<T>>>;

/** One batch per page that parents ask for alike. @param batch a page for each parent, by its row id */
export function versionPages<T extends { readonly version: number }>(batch: Batch<T>) {
  const loaders = new WeakMap<RequestContext, Map<string, DataLoader<TenantKey, VersionsPage<T>, string>>>();
  return async (context: RequestContext, parent: TenantKey, args: ConnectionArgs): Promise<Connection<T>> => {
    const request = versionsRequest(args);
    const name = `${request.first} ${request.before}`;
    const open = loaders.get(context) ?? new Map<string, DataLoader<TenantKey, VersionsPage<T>, string>>();
    loaders.set(context, open);
    const loader = open.get(name) ?? loaderOf(context, batch, request);
    open.set(name, loader);
    return versionConnection(await loader.load(parent));
  };
}

function loaderOf<T>(context: RequestContext, batch: Batch<T>, request: VersionsRequest) {
  return new DataLoader<TenantKey, VersionsPage<T>, string>(
    async (parents) => {
      const pages = await batch(context, parents, request);
      return parents.map(({ id }) => pages.get(id) ?? { rows: [], hasNextPage: false });
    },
    { cacheKeyFn: ({ partnerId, id }) => `${partnerId} ${id}` },
  );
}

/** @throws HubError INPUT_INVALID */
function versionsRequest({ first, after }: ConnectionArgs): VersionsRequest {
  pageRequest({ first });
  if (after == null) return { first, before: null };
  const before = Number(/^v([1-9]\d{0,8})$/.exec(Buffer.from(after, 'base64url').toString('latin1'))?.[1]);
  if (!Number.isInteger(before) || cursorOf(before) !== after) {
    throw new HubError('INPUT_INVALID', undefined, [{ path: 'after', message: 'This is not a cursor.' }]);
  }
  return { first, before };
}

function versionConnection<T extends { readonly version: number }>(page: VersionsPage<T>): Connection<T> {
  const edges = page.rows.map((node) => ({ cursor: cursorOf(node.version), node }));
  const [startCursor, endCursor] = [edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  return { edges, pageInfo: { hasNextPage: page.hasNextPage, hasPreviousPage: false, startCursor, endCursor } };
}

function cursorOf(version: number): string {
  return Buffer.from(`v${version}`, 'ascii').toString('base64url');
}

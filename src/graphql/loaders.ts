/** Batched loading. A loader lives as long as one request: it can never carry a row from one tenant to another (G18). */
import DataLoader from 'dataloader';
import type { RequestContext } from '../access/request-context.js';
import type { Uuid } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import { type Connection, type ConnectionArgs, connection, pageRequest } from './connection.js';

/**
 * One DataLoader per request. `batch` returns a value for each key, in any order, by the key's text; a key without a
 * value is null.
 */
export function perRequest<V>(
  batch: (context: RequestContext, keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
): (context: RequestContext, key: string) => Promise<V | null> {
  const loaders = new WeakMap<RequestContext, DataLoader<string, V | null>>();
  return (context, key) => {
    let loader = loaders.get(context);
    if (loader === undefined) {
      loader = new DataLoader(async (keys) => {
        const found = await batch(context, keys);
        return keys.map((wanted) => found.get(wanted) ?? null);
      });
      loaders.set(context, loader);
    }
    return loader.load(key);
  };
}

/**
 * An edge that is a connection: parents that ask for the same page share one batch, whatever their number.
 * @param batch a page for each parent, by its id
 */
export function pagesPerRequest<T extends { id: Uuid }>(
  batch: (context: RequestContext, parents: readonly Uuid[], page: PageRequest) => Promise<ReadonlyMap<Uuid, Page<T>>>,
): (context: RequestContext, parent: Uuid, args: ConnectionArgs) => Promise<Connection<T>> {
  const loaders = new WeakMap<RequestContext, Map<string, DataLoader<Uuid, Page<T>>>>();
  return async (context, parent, args) => {
    const request = pageRequest(args);
    const name = `${request.first} ${request.after}`;
    const open = loaders.get(context) ?? new Map<string, DataLoader<Uuid, Page<T>>>();
    loaders.set(context, open);
    let loader = open.get(name);
    if (loader === undefined) {
      loader = new DataLoader(async (parents) => {
        const pages = await batch(context, parents, request);
        return parents.map((wanted) => pages.get(wanted) ?? { rows: [], hasNextPage: false });
      });
      open.set(name, loader);
    }
    return connection(await loader.load(parent));
  };
}

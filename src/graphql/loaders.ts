/** Batched loading. A loader lives as long as one request: it can never carry a row from one tenant to another (G18). */
import DataLoader from 'dataloader';
import type { RequestContext } from '../access/request-context.js';
import type { Uuid } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import { type Connection, type ConnectionArgs, connection, pageRequest } from './connection.js';
import type { TenantKey } from './global-id.js';

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

/** The key of a row of a partner as the text that a loader takes. */
export function rowKey({ partnerId, id }: TenantKey): string {
  return `${partnerId} ${id}`;
}

/** The same for rows of partners: `batch` gets their keys and answers by row id. */
export function perRequestOfRows<V>(
  batch: (context: RequestContext, keys: readonly TenantKey[]) => Promise<ReadonlyMap<string, V>>,
): (context: RequestContext, key: string) => Promise<V | null> {
  return perRequest(async (context, keys) => {
    const rows = new Map(keys.map((key) => [key, parseRowKey(key)]));
    const found = await batch(context, [...rows.values()]);
    return new Map([...rows].flatMap(([key, { id }]) => (found.has(id) ? [[key, found.get(id) as V] as const] : [])));
  });
}

/** Whose list: a row, and the partner within which the list lies, if it lies within one. */
export interface ListOwner {
  readonly partnerId: Uuid | null;
  readonly id: Uuid;
}

/** Lists that are asked for with the same arguments on every row: one batch for each set of arguments. */
export function perRequestOfLists<V, A, K extends ListOwner = ListOwner>(
  batch: (context: RequestContext, owners: readonly K[], args: A) => Promise<ReadonlyMap<string, V>>,
): (context: RequestContext, owner: K, args: A) => Promise<V | null> {
  const load = perRequest<V>(async (context, keys) => {
    const asked = keys.map((key) => ({ key, ...(JSON.parse(key) as { owner: K; args: A }) }));
    const answers = await Promise.all(
      [...Map.groupBy(asked, ({ args }) => JSON.stringify(args)).values()].map(async (group) => {
        const [{ args }] = group as [(typeof group)[number]];
        const found = await batch(
          context,
          group.map(({ owner }) => owner),
          args,
        );
        return group.flatMap(({ key, owner }) =>
          found.has(owner.id) ? [[key, found.get(owner.id) as V] as const] : [],
        );
      }),
    );
    return new Map(answers.flat());
  });
  return (context, { partnerId, id }, args) => load(context, JSON.stringify({ owner: { partnerId, id }, args }));
}

function parseRowKey(key: string): TenantKey {
  const [partnerId, id] = key.split(' ') as [Uuid, Uuid];
  return { partnerId, id };
}

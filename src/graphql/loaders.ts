/** Batched loading. A loader lives as long as one request: it can never carry a row from one tenant to another (G18). */
import DataLoader from 'dataloader';
import type { RequestContext } from '../access/request-context.js';

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

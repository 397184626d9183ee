/**
 * TXT records, as the proof of a domain needs them: through a resolver of its own, within one deadline, and never from a
 * cache of this process. The name that is asked for is the partner's, the resolver is the operator's.
 */
import { Resolver } from 'node:dns/promises';

/** `unanswered`: DNS said nothing in time, or nothing that could be understood. */
export type TxtAnswer =
  | { readonly kind: 'records'; readonly records: readonly string[] }
  | { readonly kind: 'unanswered' };

export type TxtLookup = (name: string) => Promise<TxtAnswer>;

export interface TxtLookupOptions {
  /** `address` or `address:port`; none: the servers of the system. */
  readonly servers?: readonly string[];
  /** Bound of one look-up, repeated questions included. Default 5 000. */
  readonly timeoutMs?: number;
}

const MAX_RECORDS = 100;
/** c-ares: the name does not exist, or has no record of this type. */
const EMPTY = ['ENOTFOUND', 'ENODATA'];

export function createTxtLookup({ servers = [], timeoutMs = 5_000 }: TxtLookupOptions = {}): TxtLookup {
  return async (name) => {
    const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 });
    if (servers.length > 0) resolver.setServers([...servers]);
    const deadline = setTimeout(() => resolver.cancel(), timeoutMs);
    try {
      const records = await resolver.resolveTxt(name);
      return { kind: 'records', records: records.slice(0, MAX_RECORDS).map((chunks) => chunks.join('')) };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      return EMPTY.includes(code) ? { kind: 'records', records: [] } : { kind: 'unanswered' };
    } finally {
      clearTimeout(deadline);
    }
  };
}

/** Reads logins for the API: lists without their traces, which are large and loaded only where they are asked for. */
import type { FilterQuery } from '@mikro-orm/postgresql';
import { idsByOwner, type OwnerKey } from '../persistence/ids-by-owner.js';
import type { ReadTx } from '../persistence/unit-of-work.js';
import { idsWithin, type TimeWindow, type Uuid } from '../shared/ids.js';
import { type Page, type PageRequest, pageOf } from '../shared/page.js';
import { Login, type LoginState } from './login.entity.js';
import type { LoginTrace } from './trace.js';

export interface LoginKey {
  readonly partnerId: Uuid;
  readonly id: Uuid;
}

export interface LoginFilter extends TimeWindow {
  readonly partnerId?: Uuid | null;
  readonly applicationId?: Uuid | null;
  readonly identityProviderId?: Uuid | null;
  readonly membershipId?: Uuid | null;
  readonly state?: LoginState | null;
  readonly code?: string | null;
  readonly reference?: string | null;
}

/** A login without its trace. */
export type LoginRow = Pick<Login, Exclude<keyof Login & string, 'trace'>>;

const withoutTrace = { exclude: ['trace'] } as const;

/** Newest first. */
export async function pageOfLogins(tx: ReadTx, filter: LoginFilter, request: PageRequest): Promise<Page<LoginRow>> {
  const { since, until, ...columns } = filter;
  const where: FilterQuery<Login>[] = [];
  if (since || until) where.push({ id: idsWithin({ since, until }) });
  if (request.after !== null) where.push({ id: { $lt: request.after } });
  for (const [column, value] of Object.entries(columns)) {
    if (value != null) where.push({ [column]: value });
  }
  const options = { orderBy: { id: 'desc' }, limit: request.first + 1, ...withoutTrace } as const;
  return pageOf(await tx.em.find(Login, { $and: where }, options), request);
}

export function findLogins(tx: ReadTx, keys: readonly LoginKey[]): Promise<LoginRow[]> {
  return tx.em.find(Login, inKeys(keys), withoutTrace);
}

export async function tracesOf(tx: ReadTx, keys: readonly LoginKey[]): Promise<ReadonlyMap<Uuid, LoginTrace>> {
  const rows = await tx.em.find(Login, inKeys(keys), { fields: ['partnerId', 'id', 'trace'] });
  return new Map(rows.map(({ id, trace }) => [id, trace as LoginTrace]));
}

export type LoginOwner = 'partner' | 'application' | 'identityProvider' | 'membership';

const columns = {
  partner: 'partner_id',
  application: 'application_id',
  identityProvider: 'identity_provider_id',
  membership: 'membership_id',
} as const satisfies Record<LoginOwner, string>;

/** The newest logins of many owners of one kind, by the owner's id. */
export async function newestLogins(
  tx: ReadTx,
  kind: LoginOwner,
  owners: readonly OwnerKey[],
  first: number,
): Promise<ReadonlyMap<Uuid, readonly LoginRow[]>> {
  const list = { table: '"regional"."login"', column: columns[kind], id: 'id', order: 'desc' } as const;
  const lists = await idsByOwner(tx, list, owners, { first, after: null });
  const ids = [...lists.values()].flat();
  const logins = ids.length === 0 ? [] : await tx.em.find(Login, { id: { $in: ids } }, withoutTrace);
  const byId = new Map(logins.map((login) => [login.id, login]));
  return new Map([...lists].map(([owner, listed]) => [owner, listed.flatMap((id) => byId.get(id) ?? [])]));
}

/** Ids are unique over all partners, and tell the partition; the partners stand here for the index of the key. */
function inKeys(keys: readonly LoginKey[]) {
  return {
    partnerId: { $in: [...new Set(keys.map(({ partnerId }) => partnerId))] },
    id: { $in: keys.map(({ id }) => id) },
  };
}

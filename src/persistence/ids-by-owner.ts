/**
 * The ids on the same page of many lists, in one statement, for edges that are asked of every row of a page
 * (`Partner.users`, `IdentityProvider.lastLogins`): each list is read through its own index range, so that the cost is
 * what the answer holds (G13).
 */
import type { Uuid } from '../shared/ids.js';
import type { ReadTx } from './unit-of-work.js';

/** A list: which table, by which column its owner is found, which column is listed. Written in code, never sent by a caller. */
export interface OwnedList {
  readonly table: `"${string}"."${string}"`;
  readonly column: 'partner_id' | 'application_id' | 'identity_provider_id' | 'membership_id';
  readonly id: 'id' | 'user_id';
  readonly order: 'asc' | 'desc';
}

/** Lists that lie within one partner, whose indexes begin with it. */
const withinPartner: ReadonlySet<OwnedList['column']> = new Set(['identity_provider_id', 'membership_id']);

/** The owner of a list, and the partner whose rows are listed. */
export interface OwnerKey {
  readonly partnerId: Uuid | null;
  readonly id: Uuid;
}

export interface ListPage {
  readonly first: number;
  readonly after: Uuid | null;
}

/** Ids by the owner's id; an owner without rows has an empty list. */
export async function idsByOwner(
  tx: ReadTx,
  list: OwnedList,
  owners: readonly OwnerKey[],
  { first, after }: ListPage,
): Promise<ReadonlyMap<Uuid, readonly Uuid[]>> {
  const { table, column, id, order } = list;
  const within = withinPartner.has(column) ? 'listed.partner_id = owner.partner and' : '';
  const beyond = order === 'asc' ? '>' : '<';
  const rows = await tx.em.execute<{ owner: Uuid; listed: Uuid }[]>(
    `select owner.id as owner, page.listed from unnest(?::uuid[], ?::uuid[]) as owner (partner, id)
      cross join lateral (
        select listed.${id} as listed from ${table} listed
         where ${within} listed.${column} = owner.id and (?::uuid is null or listed.${id} ${beyond} ?::uuid)
         group by listed.${id} order by listed.${id} ${order} limit ?) as page
      order by page.listed ${order}`,
    [
      `{${owners.map(({ partnerId }) => partnerId ?? 'null').join(',')}}`,
      `{${owners.map((o) => o.id).join(',')}}`,
      after,
      after,
      first,
    ],
  );
  const lists = new Map<Uuid, Uuid[]>(owners.map((owner) => [owner.id, []]));
  for (const { owner, listed } of rows) lists.get(owner)?.push(listed);
  return lists;
}

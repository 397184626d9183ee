/**
 * The same page of many parents' lists in one statement, for edges such as `Partner.domains`: each parent's rows are
 * read through its own index range, so that the cost is what the answer holds.
 */
import type { EntityCtor } from '@mikro-orm/core';
import type { Uuid } from '../shared/ids.js';
import { type Page, type PageRequest, pageOf } from '../shared/page.js';
import type { ReadTx } from './unit-of-work.js';

type Parent = 'partnerId' | 'applicationId';
const columns: Readonly<Record<Parent, string>> = { partnerId: 'partner_id', applicationId: 'application_id' };

/** @param entity one whose key is `(partner_id, id)` */
export function pagesByPartner<T extends { partnerId: Uuid; id: Uuid }>(
  tx: ReadTx,
  entity: EntityCtor<T>,
  partnerIds: readonly Uuid[],
  request: PageRequest,
): Promise<ReadonlyMap<Uuid, Page<T>>> {
  return pagesByParent(tx, entity, 'partnerId', partnerIds, request);
}

/** @param entity one with an index on the parent's column and `id` */
export async function pagesByParent<P extends Parent, T extends Readonly<Record<P, Uuid>> & { id: Uuid }>(
  tx: ReadTx,
  entity: EntityCtor<T>,
  parent: P,
  parentIds: readonly Uuid[],
  request: PageRequest,
): Promise<ReadonlyMap<Uuid, Page<T>>> {
  const { schema, tableName } = tx.em.getMetadata().get(entity);
  const rows = await tx.em.execute<Record<string, unknown>[]>(
    `select page.* from unnest(?::uuid[]) as owner (id) cross join lateral (
       select * from "${schema}"."${tableName}" as listed
       where listed."${columns[parent]}" = owner.id and (?::uuid is null or listed.id > ?::uuid)
       order by listed.id limit ?) as page
     order by page.id`,
    [`{${parentIds.join(',')}}`, request.after, request.after, request.first + 1],
  );
  const lists = new Map<Uuid, T[]>(parentIds.map((id) => [id, []]));
  for (const row of rows) {
    const listed = tx.em.map(entity, row as never) as T;
    lists.get(listed[parent])?.push(listed);
  }
  return new Map([...lists].map(([id, list]) => [id, pageOf(list, request)]));
}

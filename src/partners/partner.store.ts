/** Queries on partners. */
import { type FilterQuery, LockMode } from '@mikro-orm/postgresql';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import { type Page, type PageRequest, pageOf } from '../shared/page.js';
import { Domain } from './domain.entity.js';
import { Partner, type PartnerState } from './partner.entity.js';

export interface PartnerFilter {
  readonly state?: PartnerState | null;
  /** Part of the name or the slug, in any case. */
  readonly search?: string | null;
  /** Exactly this domain, proved or not. */
  readonly domain?: string | null;
}

export function findPartner(tx: ReadTx, where: { id: Uuid } | { slug: string }): Promise<Partner | null> {
  return tx.em.findOne(Partner, where);
}

export function findPartners(tx: ReadTx, ids: readonly Uuid[]): Promise<Partner[]> {
  return tx.em.find(Partner, { id: { $in: [...ids] } });
}

/** The row, held until the transaction ends. */
export function lockPartner(tx: Tx, id: Uuid): Promise<Partner | null> {
  return tx.em.findOne(Partner, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

export async function addPartner(tx: Tx, row: ConstructorParameters<typeof Partner>[0]): Promise<Partner> {
  const partner = tx.em.create(Partner, row);
  await tx.em.persist(partner).flush();
  return partner;
}

export async function pageOfPartners(tx: ReadTx, filter: PartnerFilter, request: PageRequest): Promise<Page<Partner>> {
  const where: FilterQuery<Partner>[] = [];
  if (request.after !== null) where.push({ id: { $gt: request.after } });
  if (filter.state) where.push({ state: filter.state });
  if (filter.search) {
    const part = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
    where.push({ $or: [{ name: { $ilike: part } }, { slug: { $ilike: part } }] });
  }
  if (filter.domain) {
    const owners = await tx.em.find(Domain, { name: filter.domain }, { fields: ['partnerId'] });
    where.push({ id: { $in: owners.map(({ partnerId }) => partnerId) } });
  }
  const options = { orderBy: { id: 'asc' }, limit: request.first + 1 } as const;
  return pageOf(await tx.em.find(Partner, { $and: where }, options), request);
}

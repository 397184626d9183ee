/** Queries on the domains of partners, and on which partner a proved one routes to. */
import { LockMode } from '@mikro-orm/postgresql';
import { pagesByPartner } from '../persistence/pages-by-partner.js';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import { Domain, ProvedDomain } from './domain.entity.js';

export interface DomainKey {
  readonly partnerId: Uuid;
  readonly id: Uuid;
}

export function findDomain(tx: ReadTx, { partnerId, id }: DomainKey): Promise<Domain | null> {
  return tx.em.findOne(Domain, { partnerId, id });
}

/** The row, held until the transaction ends. */
export function lockDomain(tx: Tx, { partnerId, id }: DomainKey): Promise<Domain | null> {
  return tx.em.findOne(Domain, { partnerId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

export function countDomains(tx: ReadTx, partnerId: Uuid): Promise<number> {
  return tx.em.count(Domain, { partnerId });
}

export function domainsOfPartners(
  tx: ReadTx,
  partnerIds: readonly Uuid[],
  request: PageRequest,
): Promise<ReadonlyMap<Uuid, Page<Domain>>> {
  return pagesByPartner(tx, Domain, partnerIds, request);
}

/** Fails on a unique constraint where the partner claims the name already. */
export async function insertDomain(tx: Tx, row: ConstructorParameters<typeof Domain>[0]): Promise<Domain> {
  const domain = tx.em.create(Domain, row);
  await tx.em.persist(domain).flush();
  return domain;
}

/** Fails on the primary key where the name is proved already, by whomever. Needs the scope of the hub. */
export async function insertProof(tx: Tx, { name, partnerId, id }: Domain): Promise<void> {
  await tx.em.insert(ProvedDomain, { name, partnerId, domainId: id });
}

/** Its proof goes with it. */
export async function deleteDomain(tx: Tx, { partnerId, id }: DomainKey): Promise<void> {
  await tx.em.nativeDelete(Domain, { partnerId, id });
}

/** Queries on trust relationships and their versions. */
import { type FilterQuery, LockMode } from '@mikro-orm/postgresql';
import { Application } from '../applications/application.entity.js';
import { IdentityProviderAssociation } from '../identity-providers/identity-provider.entity.js';
import { Partner } from '../partners/partner.entity.js';
import { pagesByParent } from '../persistence/pages-by-partner.js';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import { type Page, type PageRequest, pageOf, type VersionsPage, type VersionsRequest } from '../shared/page.js';
import { TrustRelationship, type TrustState, TrustVersion } from './trust.entity.js';

export interface TrustKey {
  readonly partnerId: Uuid;
  readonly id: Uuid;
}

export interface TrustFilter {
  readonly partnerId?: Uuid | null;
  readonly applicationId?: Uuid | null;
  readonly state?: TrustState | null;
}

/** One version of one relationship. */
export interface VersionKey extends TrustKey {
  readonly version: number;
}

export function findTrust(tx: ReadTx, { partnerId, id }: TrustKey): Promise<TrustRelationship | null> {
  return tx.em.findOne(TrustRelationship, { partnerId, id });
}

export function findManyTrust(tx: ReadTx, keys: readonly TrustKey[]): Promise<TrustRelationship[]> {
  const partnerId = { $in: [...new Set(keys.map((key) => key.partnerId))] };
  return tx.em.find(TrustRelationship, { partnerId, id: { $in: keys.map(({ id }) => id) } });
}

/** The row, held until the transaction ends, as it stands now. */
export function lockTrust(tx: Tx, { partnerId, id }: TrustKey): Promise<TrustRelationship | null> {
  const options = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return tx.em.findOne(TrustRelationship, { partnerId, id }, options);
}

/** Fails on a unique constraint where the two have a relationship that has not ended. */
export async function addTrust(
  tx: Tx,
  row: ConstructorParameters<typeof TrustRelationship>[0],
): Promise<TrustRelationship> {
  const trust = tx.em.create(TrustRelationship, row);
  await tx.em.persist(trust).flush();
  return trust;
}

export async function addVersion(tx: Tx, row: ConstructorParameters<typeof TrustVersion>[0]): Promise<void> {
  await tx.em.insert(TrustVersion, row);
}

/** Who put a version in force, and when: all that may change of it. */
export async function markActivated(tx: Tx, key: VersionKey, activatedBy: string, activatedAt: Date): Promise<void> {
  await tx.em.nativeUpdate(TrustVersion, whereVersion(key), { activatedBy, activatedAt });
}

export function findVersion(tx: ReadTx, key: VersionKey): Promise<TrustVersion | null> {
  return tx.em.findOne(TrustVersion, whereVersion(key));
}

export function findVersions(tx: ReadTx, keys: readonly VersionKey[]): Promise<TrustVersion[]> {
  return tx.em.find(TrustVersion, { $or: keys.map(whereVersion) });
}

/** The same page of the versions of many relationships, by relationship. */
export async function versionsOfMany(
  tx: ReadTx,
  keys: readonly TrustKey[],
  { first, before }: VersionsRequest,
): Promise<ReadonlyMap<Uuid, VersionsPage<TrustVersion>>> {
  const rows = await tx.em.execute<Record<string, unknown>[]>(
    `select page.* from unnest(?::uuid[], ?::uuid[]) as owner (partner_id, id) cross join lateral (
       select * from "control"."trust_version" as listed
       where listed.partner_id = owner.partner_id and listed.trust_relationship_id = owner.id
         and (?::int is null or listed.version < ?::int)
       order by listed.version desc limit ?) as page
     order by page.version desc`,
    [arrayOf(keys.map((key) => key.partnerId)), arrayOf(keys.map((key) => key.id)), before, before, first + 1],
  );
  const lists = new Map<Uuid, TrustVersion[]>(keys.map(({ id }) => [id, []]));
  for (const row of rows) {
    const version = tx.em.map(TrustVersion, row as never) as TrustVersion;
    lists.get(version.trustRelationshipId)?.push(version);
  }
  return new Map(
    [...lists].map(([id, list]) => [id, { rows: list.slice(0, first), hasNextPage: list.length > first }]),
  );
}

export async function pageOfTrust(
  tx: ReadTx,
  filter: TrustFilter,
  request: PageRequest,
): Promise<Page<TrustRelationship>> {
  const where: FilterQuery<TrustRelationship>[] = [];
  if (request.after !== null) where.push({ id: { $gt: request.after } });
  if (filter.partnerId) where.push({ partnerId: filter.partnerId });
  if (filter.applicationId) where.push({ applicationId: filter.applicationId });
  if (filter.state) where.push({ state: filter.state });
  const options = { orderBy: { id: 'asc' }, limit: request.first + 1 } as const;
  return pageOf(await tx.em.find(TrustRelationship, { $and: where }, options), request);
}

/** The same page of the relationships of many partners, or of many applications, by their id. */
export function trustOfParents(
  tx: ReadTx,
  parent: 'partnerId' | 'applicationId',
  parentIds: readonly Uuid[],
  request: PageRequest,
): Promise<ReadonlyMap<Uuid, Page<TrustRelationship>>> {
  return pagesByParent(tx, TrustRelationship, parent, parentIds, request);
}

export async function partiesExist(tx: ReadTx, partnerId: Uuid, applicationId: Uuid): Promise<boolean> {
  const partners = await tx.em.count(Partner, { id: partnerId });
  return partners === 1 && (await tx.em.count(Application, { id: applicationId })) === 1;
}

/** IdPs that a partner may use, as `<owner's partner id> <id>`. */
export async function usableBy(tx: ReadTx, partnerId: Uuid): Promise<ReadonlySet<string>> {
  const associations = await tx.em.find(IdentityProviderAssociation, { partnerId });
  return new Set(
    associations.map(({ ownerPartnerId, identityProviderId }) => `${ownerPartnerId} ${identityProviderId}`),
  );
}

function whereVersion({ partnerId, id, version }: VersionKey) {
  return { partnerId, trustRelationshipId: id, version };
}

function arrayOf(ids: readonly Uuid[]): string {
  return `{${ids.join(',')}}`;
}

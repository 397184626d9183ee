/** Queries on identity providers, their pinned keys, and what the hub is towards each. */
import { type FilterQuery, LockMode, type RequiredEntityData } from '@mikro-orm/postgresql';
import type { PinnedCertificate } from '../keys/pinned-certificate.js';
import type { Protocol } from '../login/contracts.js';
import { pagesByPartner } from '../persistence/pages-by-partner.js';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import { type Page, type PageRequest, pageOf } from '../shared/page.js';
import {
  IdentityProvider,
  IdentityProviderAssociation,
  IdentityProviderKey,
  type IdentityProviderState,
  ServiceProviderKey,
  ServiceProviderProfile,
} from './identity-provider.entity.js';

export interface IdentityProviderRef {
  readonly partnerId: Uuid;
  readonly id: Uuid;
}

export interface IdentityProviderFilter {
  readonly partnerId?: Uuid | null;
  readonly protocol?: Protocol | null;
  readonly state?: IdentityProviderState | null;
  /** Part of the name, the slug or the issuer, in any case. */
  readonly search?: string | null;
}

/** Keys shown of one IdP: those in use first. */
const MAX_KEYS = 100;

export function findIdentityProvider(
  tx: ReadTx,
  { partnerId, id }: IdentityProviderRef,
): Promise<IdentityProvider | null> {
  return tx.em.findOne(IdentityProvider, { partnerId, id });
}

/** Identity providers as partners use them, own ones and those of another partner; those out of scope are missing. */
export async function identityProvidersUsedBy(
  tx: ReadTx,
  used: readonly IdentityProviderRef[],
): Promise<IdentityProvider[]> {
  const associations = await tx.em.find(IdentityProviderAssociation, {
    partnerId: { $in: [...new Set(used.map(({ partnerId }) => partnerId))] },
    identityProviderId: { $in: used.map(({ id }) => id) },
  });
  const owners = [...new Set(associations.map(({ ownerPartnerId }) => ownerPartnerId))];
  const ids = associations.map(({ identityProviderId }) => identityProviderId);
  return tx.em.find(IdentityProvider, { partnerId: { $in: owners }, id: { $in: ids } });
}

/** The row, held until the transaction ends. */
export function lockIdentityProvider(tx: Tx, { partnerId, id }: IdentityProviderRef): Promise<IdentityProvider | null> {
  return tx.em.findOne(IdentityProvider, { partnerId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

export function countIdentityProviders(tx: ReadTx, partnerId: Uuid): Promise<number> {
  return tx.em.count(IdentityProvider, { partnerId });
}

export async function pageOfIdentityProviders(
  tx: ReadTx,
  filter: IdentityProviderFilter,
  request: PageRequest,
): Promise<Page<IdentityProvider>> {
  const where: FilterQuery<IdentityProvider>[] = [];
  if (request.after !== null) where.push({ id: { $gt: request.after } });
  if (filter.partnerId) where.push({ partnerId: filter.partnerId });
  if (filter.protocol) where.push({ protocol: filter.protocol });
  if (filter.state) where.push({ state: filter.state });
  if (filter.search) {
    const part = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
    where.push({ $or: [{ name: { $ilike: part } }, { slug: { $ilike: part } }, { issuer: { $ilike: part } }] });
  }
  const options = { orderBy: { id: 'asc' }, limit: request.first + 1 } as const;
  return pageOf(await tx.em.find(IdentityProvider, { $and: where }, options), request);
}

export function identityProvidersOfPartners(
  tx: ReadTx,
  partnerIds: readonly Uuid[],
  request: PageRequest,
): Promise<ReadonlyMap<Uuid, Page<IdentityProvider>>> {
  return pagesByPartner(tx, IdentityProvider, partnerIds, request);
}

/** Partners that sign in through an IdP: its owner, and those of its group as far as the scope shows them. */
export async function usersOf(tx: ReadTx, { partnerId, id }: IdentityProviderRef): Promise<readonly Uuid[]> {
  const where = { identityProviderId: id, ownerPartnerId: partnerId };
  const associations = await tx.em.find(IdentityProviderAssociation, where);
  // In one order everywhere, so that two changes never wait for each other.
  return [...new Set([partnerId, ...associations.map((association) => association.partnerId)])].sort();
}

/** The row with its profile and its association with the owner. Fails on a unique constraint: slug, or issuer. */
export async function insertIdentityProvider(
  tx: Tx,
  row: RequiredEntityData<IdentityProvider> &
    IdentityProviderRef & { readonly serviceProviderProfileId: Uuid; readonly createdAt: Date },
): Promise<IdentityProvider> {
  const { partnerId, id, serviceProviderProfileId, createdAt } = row;
  await tx.em.insert(ServiceProviderProfile, { partnerId, id: serviceProviderProfileId, kind: 'DEDICATED', createdAt });
  const identityProvider = tx.em.create(IdentityProvider, row);
  await tx.em.persist(identityProvider).flush();
  const association = { partnerId, identityProviderId: id, ownerPartnerId: partnerId, state: 'ACTIVE' } as const;
  await tx.em.insert(IdentityProviderAssociation, { ...association, createdAt });
  return identityProvider;
}

export async function insertServiceProviderKey(
  tx: Tx,
  row: ConstructorParameters<typeof ServiceProviderKey>[0],
): Promise<void> {
  await tx.em.insert(ServiceProviderKey, row);
}

export function pinnedKeys(tx: ReadTx, { partnerId, id }: IdentityProviderRef): Promise<IdentityProviderKey[]> {
  return tx.em.find(IdentityProviderKey, { partnerId, identityProviderId: id });
}

/** Keys of many IdPs in one statement, those in use first, then the youngest. */
export async function keysOfMany(
  tx: ReadTx,
  refs: readonly IdentityProviderRef[],
): Promise<readonly IdentityProviderKey[]> {
  const rows = await tx.em.execute<Record<string, unknown>[]>(
    `select page.* from unnest(?::uuid[], ?::uuid[]) as owner (partner_id, id) cross join lateral (
       select * from "control"."identity_provider_key" as pinned
       where pinned.partner_id = owner.partner_id and pinned.identity_provider_id = owner.id
       order by pinned.state, pinned.created_at desc, pinned.id limit ?) as page`,
    [`{${refs.map((ref) => ref.partnerId).join(',')}}`, `{${refs.map((ref) => ref.id).join(',')}}`, MAX_KEYS],
  );
  return rows.map((row) => tx.em.map(IdentityProviderKey, row as never) as IdentityProviderKey);
}

export async function pinKeys(
  tx: Tx,
  { partnerId, id }: IdentityProviderRef,
  certificates: readonly PinnedCertificate[],
  now: Date,
): Promise<void> {
  for (const { certificatePem, fingerprint, notBefore, notAfter } of certificates) {
    await tx.em.insert(IdentityProviderKey, {
      partnerId,
      id: uuidv7(now),
      identityProviderId: id,
      certificatePem,
      fingerprint,
      notBefore,
      notAfter,
      state: 'ACTIVE',
      createdAt: now,
    });
  }
}

export async function markKeys(
  tx: Tx,
  { partnerId, id }: IdentityProviderRef,
  fingerprints: readonly string[],
  state: 'ACTIVE' | 'RETIRED',
): Promise<void> {
  const where = { partnerId, identityProviderId: id, fingerprint: { $in: [...fingerprints] } };
  await tx.em.nativeUpdate(IdentityProviderKey, where, { state });
}

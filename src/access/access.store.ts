/** Queries on service clients and on tokens of the command line; in the scope of the hub alone. */
import { type EntityCtor, LockMode } from '@mikro-orm/postgresql';
import { Application } from '../applications/application.entity.js';
import { Partner } from '../partners/partner.entity.js';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import { type Page, type PageRequest, pageOf } from '../shared/page.js';
import { ApiClient, ApiToken } from './api-client.entity.js';

export function findApiClient(tx: ReadTx, id: Uuid): Promise<ApiClient | null> {
  return tx.em.findOne(ApiClient, { id });
}

export function findApiToken(tx: ReadTx, id: Uuid): Promise<ApiToken | null> {
  return tx.em.findOne(ApiToken, { id });
}

/** The row, held until the transaction ends. */
export function lockApiClient(tx: Tx, id: Uuid): Promise<ApiClient | null> {
  return tx.em.findOne(ApiClient, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

export function lockApiToken(tx: Tx, id: Uuid): Promise<ApiToken | null> {
  return tx.em.findOne(ApiToken, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

export async function addApiClient(tx: Tx, row: ConstructorParameters<typeof ApiClient>[0]): Promise<ApiClient> {
  const client = tx.em.create(ApiClient, row);
  await tx.em.persist(client).flush();
  return client;
}

export async function addApiToken(tx: Tx, row: ConstructorParameters<typeof ApiToken>[0]): Promise<void> {
  await tx.em.insert(ApiToken, row);
}

export function pageOfApiClients(tx: ReadTx, request: PageRequest): Promise<Page<ApiClient>> {
  return pageOfRows(tx, ApiClient, request);
}

export function pageOfApiTokens(tx: ReadTx, request: PageRequest): Promise<Page<ApiToken>> {
  return pageOfRows(tx, ApiToken, request);
}

/** Whether the partner and every application of a grant are there. */
export async function grantExists(
  tx: ReadTx,
  partnerId: Uuid | null,
  applicationIds: readonly Uuid[],
): Promise<boolean> {
  if (partnerId !== null && (await tx.em.count(Partner, { id: partnerId })) !== 1) return false;
  const wanted = new Set(applicationIds);
  return wanted.size === 0 || (await tx.em.count(Application, { id: { $in: [...wanted] } })) === wanted.size;
}

async function pageOfRows<T extends { id: Uuid }>(
  tx: ReadTx,
  entity: EntityCtor<T>,
  { first, after }: PageRequest,
): Promise<Page<T>> {
  const where = after === null ? {} : { id: { $gt: after } };
  const options = { orderBy: { id: 'asc' }, limit: first + 1 } as const;
  return pageOf((await tx.em.find(entity, where as never, options as never)) as T[], { first, after });
}

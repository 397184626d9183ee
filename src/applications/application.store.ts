/** Queries on applications. */
import { type FilterQuery, LockMode } from '@mikro-orm/postgresql';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import { type Page, type PageRequest, pageOf } from '../shared/page.js';
import { Application, type ApplicationState } from './application.entity.js';

export interface ApplicationFilter {
  readonly state?: ApplicationState | null;
  /** Part of the name or the slug, in any case. */
  readonly search?: string | null;
}

export function findApplication(tx: ReadTx, where: { id: Uuid } | { slug: string }): Promise<Application | null> {
  return tx.em.findOne(Application, where);
}

export function findApplications(tx: ReadTx, ids: readonly Uuid[]): Promise<Application[]> {
  return tx.em.find(Application, { id: { $in: [...ids] } });
}

/** The row, held until the transaction ends. */
export function lockApplication(tx: Tx, id: Uuid): Promise<Application | null> {
  return tx.em.findOne(Application, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

export async function addApplication(tx: Tx, row: ConstructorParameters<typeof Application>[0]): Promise<Application> {
  const application = tx.em.create(Application, row);
  await tx.em.persist(application).flush();
  return application;
}

export async function pageOfApplications(
  tx: ReadTx,
  filter: ApplicationFilter,
  request: PageRequest,
): Promise<Page<Application>> {
  const where: FilterQuery<Application>[] = [];
  if (request.after !== null) where.push({ id: { $gt: request.after } });
  if (filter.state) where.push({ state: filter.state });
  if (filter.search) {
    const part = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
    where.push({ $or: [{ name: { $ilike: part } }, { slug: { $ilike: part } }] });
  }
  const options = { orderBy: { id: 'asc' }, limit: request.first + 1 } as const;
  return pageOf(await tx.em.find(Application, { $and: where }, options), request);
}

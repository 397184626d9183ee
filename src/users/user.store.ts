/** Queries on people for the API: the anchors, their memberships, and the identities behind those. */
import { LockMode } from '@mikro-orm/postgresql';
import { idsByOwner, type OwnerKey } from '../persistence/ids-by-owner.js';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import { type Page, type PageRequest, pageOf } from '../shared/page.js';
import { FederatedIdentity, Membership, type MembershipState, User } from './user.entity.js';

/** Rows of one person or one membership that an answer may hold at most. */
const MOST = 100;

export interface UserFilter {
  readonly partnerId?: Uuid | null;
  readonly state?: MembershipState | null;
  /** Exactly this address, in any case. */
  readonly email?: string | null;
  /** Part of the name or of the address, in any case. */
  readonly search?: string | null;
  /** Has an identity of this IdP. */
  readonly identityProviderId?: Uuid | null;
}

export interface MembershipKey {
  readonly partnerId: Uuid;
  readonly id: Uuid;
}

export function findUsers(tx: ReadTx, ids: readonly Uuid[]): Promise<User[]> {
  return tx.em.find(User, { id: { $in: [...ids] } });
}

/** People of whom one membership holds all that the filter names, oldest first. */
export async function pageOfUsers(tx: ReadTx, filter: UserFilter, request: PageRequest): Promise<Page<User>> {
  const [conditions, values] = conditionsOf(filter);
  if (request.after !== null) {
    conditions.push('m.user_id > ?');
    values.push(request.after);
  }
  const rows = await tx.em.execute<{ user_id: Uuid }[]>(
    `select m.user_id from "regional"."membership" m where ${conditions.join(' and ')}
      group by m.user_id order by m.user_id limit ?`,
    [...values, request.first + 1],
  );
  const ids = rows.map((row) => row.user_id);
  return pageOf(await tx.em.find(User, { id: { $in: ids } }, { orderBy: { id: 'asc' } }), request);
}

function conditionsOf(filter: UserFilter): [string[], unknown[]] {
  const [conditions, values] = [['true'], [] as unknown[]];
  const add = (condition: string, ...given: unknown[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  if (filter.partnerId) add('m.partner_id = ?', filter.partnerId);
  if (filter.state) add('m.state = ?', filter.state);
  if (filter.email) add('m.email = ?', filter.email.toLowerCase());
  if (filter.search) {
    const part = `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`;
    add('(m.display_name ilike ? or m.email ilike ?)', part, part);
  }
  if (filter.identityProviderId) {
    add(
      `exists (select 1 from "regional"."federated_identity" f where f.partner_id = m.partner_id
        and f.membership_id = m.id and f.identity_provider_id = ?)`,
      filter.identityProviderId,
    );
  }
  return [conditions, values];
}

/** The same page of people for many partners, by partner. */
export async function pagesOfUsers(
  tx: ReadTx,
  partnerIds: readonly Uuid[],
  request: PageRequest,
): Promise<ReadonlyMap<Uuid, Page<User>>> {
  const owners = partnerIds.map((partnerId) => ({ partnerId, id: partnerId }));
  const list = { table: '"regional"."membership"', column: 'partner_id', id: 'user_id', order: 'asc' } as const;
  const lists = await idsByOwner(tx, list, owners, { ...request, first: request.first + 1 });
  const users = await findUsers(tx, [...lists.values()].flat());
  const byId = new Map(users.map((user) => [user.id, user]));
  return new Map(
    [...lists].map(([partnerId, ids]) => [
      partnerId,
      pageOf(
        ids.flatMap((id) => byId.get(id) ?? []),
        request,
      ),
    ]),
  );
}

export function membershipsOfUsers(tx: ReadTx, userIds: readonly Uuid[]): Promise<Membership[]> {
  const options = { orderBy: { id: 'asc' }, limit: MOST * userIds.length } as const;
  return tx.em.find(Membership, { userId: { $in: [...userIds] } }, options);
}

export function findMemberships(tx: ReadTx, keys: readonly MembershipKey[]): Promise<Membership[]> {
  return tx.em.find(Membership, inKeys(keys));
}

/** The row, held until the transaction ends. */
export function lockMembership(tx: Tx, { partnerId, id }: MembershipKey): Promise<Membership | null> {
  return tx.em.findOne(Membership, { partnerId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

export async function identitiesOf(tx: ReadTx, memberships: readonly OwnerKey[]): Promise<FederatedIdentity[]> {
  const where = {
    partnerId: { $in: [...new Set(memberships.map(({ partnerId }) => partnerId))] },
    membershipId: { $in: memberships.map(({ id }) => id) },
  };
  return tx.em.find(FederatedIdentity, where, { orderBy: { id: 'asc' }, limit: MOST * memberships.length });
}

export function findIdentity(tx: ReadTx, { partnerId, id }: MembershipKey): Promise<FederatedIdentity | null> {
  return tx.em.findOne(FederatedIdentity, { partnerId, id });
}

/** Ids are unique over all partners; the partners stand here so that the key's index is used. */
function inKeys(keys: readonly MembershipKey[]) {
  return {
    partnerId: { $in: [...new Set(keys.map(({ partnerId }) => partnerId))] },
    id: { $in: keys.map(({ id }) => id) },
  };
}

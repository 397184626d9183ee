/** Use cases of people and of their memberships. */
import { type Operation, permit, requirePartner } from '../access/permissions.js';
import { permitRead } from '../access/readable-types.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import type { AuditAction } from '../audit/actions.js';
import { recordAudit } from '../audit/audit.store.js';
import { raisePartnerEpoch } from '../persistence/policy-epoch.js';
import type { ReadTx, UnitOfWork } from '../persistence/unit-of-work.js';
import { endSessionsOf } from '../sessions/session.store.js';
import { HubError } from '../shared/hub-error.js';
import type { Uuid } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import { type MembershipChange, nextMembershipState } from './membership.rules.js';
import type { FederatedIdentity, Membership, User } from './user.entity.js';
import {
  findIdentity,
  findMemberships,
  findUsers,
  identitiesOf,
  lockMembership,
  type MembershipKey,
  membershipsOfUsers,
  pageOfUsers,
  pagesOfUsers,
  type UserFilter,
} from './user.store.js';

const stateChanges: Readonly<Record<MembershipChange, { operation: Operation; action: AuditAction }>> = {
  suspend: { operation: 'suspendMembership', action: 'membership.suspended' },
  reinstate: { operation: 'reinstateMembership', action: 'membership.reinstated' },
  retire: { operation: 'retireMembership', action: 'membership.retired' },
};

export class UserService {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  /** One person; null when there is none that the caller may see. */
  async find(context: RequestContext, id: Uuid): Promise<User | null> {
    permit(context, 'user');
    const [user] = await this.#read(context, (tx) => findUsers(tx, [id]));
    return user ?? null;
  }

  list(context: RequestContext, filter: UserFilter, page: PageRequest): Promise<Page<User>> {
    permit(context, 'users');
    return this.#read(context, (tx) => pageOfUsers(tx, filter, page));
  }

  /** The same page for many partners, by partner. */
  listOfPartners(
    context: RequestContext,
    partnerIds: readonly Uuid[],
    page: PageRequest,
  ): Promise<ReadonlyMap<Uuid, Page<User>>> {
    permit(context, 'users');
    return this.#read(context, (tx) => pagesOfUsers(tx, partnerIds, page));
  }

  async findMany(context: RequestContext, ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, User>> {
    permit(context, 'user');
    const users = await this.#read(context, (tx) => findUsers(tx, ids));
    return new Map(users.map((user) => [user.id, user]));
  }

  async membershipsOf(context: RequestContext, userIds: readonly Uuid[]): Promise<ReadonlyMap<Uuid, Membership[]>> {
    permitRead(context, 'Membership');
    const rows = await this.#read(context, (tx) => membershipsOfUsers(tx, userIds));
    return Map.groupBy(rows, ({ userId }) => userId);
  }

  /** By id; those that the caller may not see are missing. */
  async memberships(context: RequestContext, keys: readonly MembershipKey[]): Promise<ReadonlyMap<Uuid, Membership>> {
    permitRead(context, 'Membership');
    const rows = await this.#read(context, (tx) => findMemberships(tx, keys));
    return new Map(rows.map((row) => [row.id, row]));
  }

  async identitiesOf(
    context: RequestContext,
    memberships: readonly MembershipKey[],
  ): Promise<ReadonlyMap<Uuid, FederatedIdentity[]>> {
    permitRead(context, 'FederatedIdentity');
    const rows = await this.#read(context, (tx) => identitiesOf(tx, memberships));
    return Map.groupBy(rows, ({ membershipId }) => membershipId);
  }

  identity(context: RequestContext, key: MembershipKey): Promise<FederatedIdentity | null> {
    permitRead(context, 'FederatedIdentity');
    return this.#read(context, (tx) => findIdentity(tx, key));
  }

  /**
   * Suspends, reinstates or retires a membership. What is not active has no sessions: they end in the same transaction,
   * and the gate refuses its tokens from then on.
   * @throws HubError NOT_FOUND, STATE_TRANSITION
   */
  changeMembership(
    context: RequestContext,
    key: MembershipKey,
    change: MembershipChange,
    reason: string | null,
  ): Promise<Membership> {
    const { operation, action } = stateChanges[change];
    permit(context, operation);
    requirePartner(context, key.partnerId);
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      // First: a login that commits at this instant holds the partner's epoch, and comes before or sees the new state.
      await raisePartnerEpoch(tx, key.partnerId);
      const membership = await lockMembership(tx, key);
      if (membership === null) throw new HubError('NOT_FOUND');
      const before = membership.state;
      const after = nextMembershipState(before, change);
      if (after === null) throw new HubError('STATE_TRANSITION');
      membership.state = after;
      membership.version += 1;
      membership.updatedAt = context.now;
      const target = { partnerId: key.partnerId, targetType: 'Membership', targetId: key.id };
      await recordAudit(tx, context, { ...target, action, data: { before, after, reason } });
      if (after !== 'ACTIVE') await endSessionsOf(tx, context, key, `MEMBERSHIP_${after}`);
      return membership;
    });
  }

  /** Ends every live session of a membership. @throws HubError NOT_FOUND */
  endSessions(
    context: RequestContext,
    key: MembershipKey,
  ): Promise<{ readonly membership: Membership; readonly ended: number }> {
    permit(context, 'endSessions');
    requirePartner(context, key.partnerId);
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      const membership = await lockMembership(tx, key);
      if (membership === null) throw new HubError('NOT_FOUND');
      return { membership, ended: await endSessionsOf(tx, context, key, 'ADMINISTRATOR') };
    });
  }

  #read<T>(context: RequestContext, work: (tx: ReadTx) => Promise<T>): Promise<T> {
    return this.#uow.read(scopeOf(context.actor), work);
  }
}

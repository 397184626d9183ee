/** The edges that lead to a membership from what hangs on it. */
import { type ClassType, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { perRequestOfRows, rowKey } from '../graphql/loaders.js';
import { LoginType } from '../login/login.type.js';
import { SessionType } from '../sessions/session.type.js';
import type { Uuid } from '../shared/ids.js';
import type { Membership } from './user.entity.js';
import type { UserService } from './user.service.js';
import { FederatedIdentityType, MembershipType } from './user.type.js';

/** Anything that hangs on a membership. */
interface Hanging {
  readonly partnerId: Uuid;
  readonly membershipId?: Uuid | null;
}

function membershipOf(type: () => ClassType<object>, description: string) {
  @Resolver(type)
  class MembershipOfResolver {
    readonly #membership: (context: RequestContext, key: string) => Promise<Membership | null>;

    constructor(users: UserService) {
      this.#membership = perRequestOfRows((context, keys) => users.memberships(context, keys));
    }

    @FieldResolver(() => MembershipType, { nullable: true, description })
    async membership(
      @Ctx() context: RequestContext,
      @Root() { partnerId, membershipId }: Hanging,
    ): Promise<Membership | null> {
      return membershipId ? this.#membership(context, rowKey({ partnerId, id: membershipId })) : null;
    }
  }
  return MembershipOfResolver;
}

export const membershipEdges = [
  membershipOf(() => FederatedIdentityType, 'Whom it leads to.'),
  membershipOf(() => SessionType, 'Whose session it is.'),
  membershipOf(() => LoginType, 'Who signed in; null when it was refused.'),
];

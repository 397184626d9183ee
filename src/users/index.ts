/** The room of people, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import { membershipEdges } from './edges.resolver.js';
import { MembershipResolver, PartnerUsersResolver, UserResolver } from './user.resolver.js';
import type { UserService } from './user.service.js';

export { UserService } from './user.service.js';

export interface UserServices {
  readonly users: UserService;
}

export const userRoom: Room<UserServices> = {
  resolvers: [
    { resolver: UserResolver, make: ({ users }) => new UserResolver(users) },
    { resolver: MembershipResolver, make: ({ users }) => new MembershipResolver(users) },
    { resolver: PartnerUsersResolver, make: ({ users }) => new PartnerUsersResolver(users) },
    ...membershipEdges.map((resolver) => ({ resolver, make: ({ users }: UserServices) => new resolver(users) })),
  ],
  nodes: ({ users }) => ({
    User: async (context, [id, further]) => (id && !further ? users.find(context, id) : null),
    Membership: async (context, [partnerId, id]) =>
      partnerId && id ? ((await users.memberships(context, [{ partnerId, id }])).get(id) ?? null) : null,
    FederatedIdentity: async (context, [partnerId, id]) =>
      partnerId && id ? users.identity(context, { partnerId, id }) : null,
  }),
};

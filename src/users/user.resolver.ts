/** People on the API: each field is one call of the service. */
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { type Connection, ConnectionArgs, connection, emptyConnection, pageRequest } from '../graphql/connection.js';
import { lookupHubKey, lookupTenantKey, tenantKey } from '../graphql/global-id.js';
import { pagesPerRequest, perRequest, perRequestOfRows, rowKey } from '../graphql/loaders.js';
import type { Partner } from '../partners/partner.entity.js';
import { PartnerType } from '../partners/partner.type.js';
import type { MembershipChange } from './membership.rules.js';
import type { FederatedIdentity, Membership, User } from './user.entity.js';
import { ChangeMembershipInput, EndSessionsInput, UserFilterInput } from './user.input.js';
import type { UserService } from './user.service.js';
import {
  EndSessionsPayload,
  FederatedIdentityType,
  MembershipAttributeType,
  MembershipPayload,
  MembershipType,
  UserConnection,
  UserType,
} from './user.type.js';

const readers = 'Permission: operator, auditor, or administrator of the partner, scope `users:read`.';
const writers = 'Permission: operator or administrator of the partner, scope `users:write`.';
const changeErrors = 'Errors: NOT_FOUND, STATE_TRANSITION.';

@Resolver(() => UserType)
export class UserResolver {
  readonly #users: UserService;
  readonly #memberships: (context: RequestContext, userId: string) => Promise<Membership[] | null>;

  constructor(users: UserService) {
    this.#users = users;
    this.#memberships = perRequest((context, ids) => users.membershipsOf(context, ids));
  }

  @Query(() => UserType, { nullable: true, description: `One person; null when there is none to see. ${readers}` })
  async user(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<User | null> {
    const key = lookupHubKey('User', id);
    return key === null ? null : this.#users.find(context, key);
  }

  @Query(() => UserConnection, { description: `People, oldest first. ${readers}` })
  async users(
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => UserFilterInput, { nullable: true, description: 'Narrows the list.' })
    input: UserFilterInput | null,
  ): Promise<Connection<User>> {
    const { partnerId: partner, identityProviderId: identityProvider, ...filter } = input ?? {};
    const request = pageRequest(page);
    const partnerId = partner == null ? null : lookupHubKey('Partner', partner);
    const idp = identityProvider == null ? null : lookupTenantKey('IdentityProvider', identityProvider);
    if ((partner != null && partnerId === null) || (identityProvider != null && idp === null)) return emptyConnection();
    return connection(
      await this.#users.list(context, { ...filter, partnerId, identityProviderId: idp?.id ?? null }, request),
    );
  }

  @FieldResolver(() => [MembershipType], { description: 'What the person is, partner by partner; 100 at most.' })
  async memberships(@Ctx() context: RequestContext, @Root() user: User): Promise<readonly Membership[]> {
    return (await this.#memberships(context, user.id)) ?? [];
  }
}

@Resolver(() => MembershipType)
export class MembershipResolver {
  readonly #users: UserService;
  readonly #user: (context: RequestContext, id: string) => Promise<User | null>;
  readonly #identities: (context: RequestContext, key: string) => Promise<FederatedIdentity[] | null>;

  constructor(users: UserService) {
    this.#users = users;
    this.#user = perRequest((context, ids) => users.findMany(context, ids));
    this.#identities = perRequestOfRows((context, keys) => users.identitiesOf(context, keys));
  }

  @FieldResolver(() => UserType, { nullable: true, description: 'The person.' })
  user(@Ctx() context: RequestContext, @Root() membership: Membership): Promise<User | null> {
    return this.#user(context, membership.userId);
  }

  @FieldResolver(() => [MembershipAttributeType], { description: 'The profile, with who gave each attribute.' })
  attributes(@Root() { partnerId, attributes }: Membership): MembershipAttributeType[] {
    return Object.entries(attributes).map(([name, given]) => ({ partnerId, name, ...given }));
  }

  @FieldResolver(() => [FederatedIdentityType], {
    description: 'Subjects of identity providers that lead to this membership; 100 at most.',
  })
  async federatedIdentities(
    @Ctx() context: RequestContext,
    @Root() membership: Membership,
  ): Promise<readonly FederatedIdentity[]> {
    return (await this.#identities(context, rowKey(membership))) ?? [];
  }

  @Mutation(() => MembershipPayload, {
    description: `Stops a person at one partner: the next sign-in is refused, sessions end, tokens stop. ${writers} ${changeErrors}`,
  })
  suspendMembership(
    @Ctx() context: RequestContext,
    @Arg('input', () => ChangeMembershipInput) input: ChangeMembershipInput,
  ): Promise<MembershipPayload> {
    return this.#change(context, input, 'suspend');
  }

  @Mutation(() => MembershipPayload, {
    description: `Lets a suspended membership sign in again, with the same id. ${writers} ${changeErrors}`,
  })
  reinstateMembership(
    @Ctx() context: RequestContext,
    @Arg('input', () => ChangeMembershipInput) input: ChangeMembershipInput,
  ): Promise<MembershipPayload> {
    return this.#change(context, input, 'reinstate');
  }

  @Mutation(() => MembershipPayload, {
    description: `Ends a membership for good; sessions end, tokens stop, and no sign-in revives it. ${writers} ${changeErrors}`,
  })
  retireMembership(
    @Ctx() context: RequestContext,
    @Arg('input', () => ChangeMembershipInput) input: ChangeMembershipInput,
  ): Promise<MembershipPayload> {
    return this.#change(context, input, 'retire');
  }

  @Mutation(() => EndSessionsPayload, {
    description: `Ends every live session of a membership; tokens that hang on them stop. ${writers} Errors: NOT_FOUND.`,
  })
  endSessions(
    @Ctx() context: RequestContext,
    @Arg('input', () => EndSessionsInput) input: EndSessionsInput,
  ): Promise<EndSessionsPayload> {
    return this.#users.endSessions(context, tenantKey('Membership', input.membershipId));
  }

  async #change(
    context: RequestContext,
    { id, reason }: ChangeMembershipInput,
    change: MembershipChange,
  ): Promise<MembershipPayload> {
    const key = tenantKey('Membership', id);
    return { membership: await this.#users.changeMembership(context, key, change, reason ?? null) };
  }
}

/** The edge from a partner to its people. */
@Resolver(() => PartnerType)
export class PartnerUsersResolver {
  readonly #pages: ReturnType<typeof pagesPerRequest<User>>;

  constructor(users: UserService) {
    this.#pages = pagesPerRequest((context, partnerIds, page) => users.listOfPartners(context, partnerIds, page));
  }

  @FieldResolver(() => UserConnection, { description: 'Its people, oldest first.' })
  users(
    @Ctx() context: RequestContext,
    @Root() partner: Partner,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
  ): Promise<Connection<User>> {
    return this.#pages(context, partner.id, page);
  }
}

/** Edges that lead to trust relationships: from their two parties, and from what they allowed. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import type { Application } from '../applications/application.entity.js';
import { ApplicationType } from '../applications/application.type.js';
import { type Connection, ConnectionArgs } from '../graphql/connection.js';
import { pagesPerRequest, perRequestOfRows, rowKey } from '../graphql/loaders.js';
import { LoginType } from '../login/login.type.js';
import type { LoginRow } from '../login/login-list.store.js';
import type { Partner } from '../partners/partner.entity.js';
import { PartnerType } from '../partners/partner.type.js';
import type { Membership } from '../users/user.entity.js';
import { MembershipType } from '../users/user.type.js';
import type { TrustRelationship } from './trust.entity.js';
import type { TrustService } from './trust.service.js';
import { TrustRelationshipConnection, TrustRelationshipType } from './trust.type.js';

type Pages = (context: RequestContext, parent: string, args: ConnectionArgs) => Promise<Connection<TrustRelationship>>;

@Resolver(() => PartnerType)
export class PartnerTrustResolver {
  readonly #pages: Pages;

  constructor(trust: TrustService) {
    this.#pages = pagesPerRequest((context, ids, page) => trust.ofParents(context, 'partnerId', ids, page));
  }

  @FieldResolver(() => TrustRelationshipConnection, { description: 'Its trust relationships, oldest first.' })
  async trustRelationships(
    @Root() { id }: Partner,
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
  ): Promise<Connection<TrustRelationship>> {
    return this.#pages(context, id, args);
  }
}

@Resolver(() => ApplicationType)
export class ApplicationTrustResolver {
  readonly #pages: Pages;

  constructor(trust: TrustService) {
    this.#pages = pagesPerRequest((context, ids, page) => trust.ofParents(context, 'applicationId', ids, page));
  }

  @FieldResolver(() => TrustRelationshipConnection, {
    description: 'Its trust relationships, oldest first; a partner administrator sees the one of the own partner.',
  })
  async trustRelationships(
    @Root() { id }: Application,
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
  ): Promise<Connection<TrustRelationship>> {
    return this.#pages(context, id, args);
  }
}

type One = (context: RequestContext, key: string) => Promise<TrustRelationship | null>;

@Resolver(() => LoginType)
export class LoginTrustResolver {
  readonly #trust: One;

  constructor(trust: TrustService) {
    this.#trust = perRequestOfRows((context, keys) => trust.findMany(context, keys));
  }

  @FieldResolver(() => TrustRelationshipType, {
    nullable: true,
    description: 'The trust relationship that allowed it; null when it was refused.',
  })
  async trustRelationship(
    @Root() { partnerId, trustRelationshipId }: LoginRow,
    @Ctx() context: RequestContext,
  ): Promise<TrustRelationship | null> {
    return trustRelationshipId ? this.#trust(context, rowKey({ partnerId, id: trustRelationshipId })) : null;
  }
}

@Resolver(() => MembershipType)
export class MembershipTrustResolver {
  readonly #trust: One;

  constructor(trust: TrustService) {
    this.#trust = perRequestOfRows((context, keys) => trust.findMany(context, keys));
  }

  @FieldResolver(() => TrustRelationshipType, {
    nullable: true,
    description: 'The trust relationship that vouched for it when it came to be.',
  })
  async originTrust(
    @Root() { partnerId, originTrustId }: Membership,
    @Ctx() context: RequestContext,
  ): Promise<TrustRelationship | null> {
    return originTrustId ? this.#trust(context, rowKey({ partnerId, id: originTrustId })) : null;
  }
}

/** Edges that lead to trust relationships from their two parties. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import type { Application } from '../applications/application.entity.js';
import { ApplicationType } from '../applications/application.type.js';
import { type Connection, ConnectionArgs } from '../graphql/connection.js';
import { pagesPerRequest } from '../graphql/loaders.js';
import type { Partner } from '../partners/partner.entity.js';
import { PartnerType } from '../partners/partner.type.js';
import type { TrustRelationship } from './trust.entity.js';
import type { TrustService } from './trust.service.js';
import { TrustRelationshipConnection } from './trust.type.js';

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

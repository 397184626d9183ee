/** The edges that lead to a partner from the rows of other rooms. */
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { perRequest } from '../graphql/loaders.js';
import type { Uuid } from '../shared/ids.js';
import { TrustRelationshipType } from '../trust/trust.type.js';
import { MembershipType } from '../users/user.type.js';
import type { Partner } from './partner.entity.js';
import type { PartnerService } from './partner.service.js';
import { PartnerType } from './partner.type.js';

/** Anything that belongs to a partner. */
interface Owned {
  readonly partnerId: Uuid;
}

@Resolver(() => MembershipType)
export class MembershipPartnerResolver {
  readonly #partner: (context: RequestContext, id: string) => Promise<Partner | null>;

  constructor(partners: PartnerService) {
    this.#partner = perRequest((context, ids) => partners.findMany(context, ids));
  }

  @FieldResolver(() => PartnerType, { nullable: true, description: 'The partner that the membership is for.' })
  partner(@Ctx() context: RequestContext, @Root() { partnerId }: Owned): Promise<Partner | null> {
    return this.#partner(context, partnerId);
  }
}

@Resolver(() => TrustRelationshipType)
export class TrustPartnerResolver {
  readonly #partner: (context: RequestContext, id: string) => Promise<Partner | null>;

  constructor(partners: PartnerService) {
    this.#partner = perRequest((context, ids) => partners.findMany(context, ids));
  }

  @FieldResolver(() => PartnerType, {
    nullable: true,
    description: 'Whose people; an application owner may not read it.',
  })
  partner(@Ctx() context: RequestContext, @Root() { partnerId }: Owned): Promise<Partner | null> {
    return this.#partner(context, partnerId);
  }
}

/** The edges that lead to a partner from the rows of other rooms. */
import { type ClassType, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ApiClientType } from '../access/access.type.js';
import type { RequestContext } from '../access/request-context.js';
import { AuditEventType } from '../audit/audit.type.js';
import { perRequest } from '../graphql/loaders.js';
import { LoginType } from '../login/login.type.js';
import type { Uuid } from '../shared/ids.js';
import { TrustRelationshipType } from '../trust/trust.type.js';
import { MembershipType } from '../users/user.type.js';
import type { Partner } from './partner.entity.js';
import type { PartnerService } from './partner.service.js';
import { PartnerType } from './partner.type.js';

/** Anything that belongs to a partner. */
interface Owned {
  readonly partnerId?: Uuid | null;
}

function partnerOf(type: () => ClassType<object>, description: string) {
  @Resolver(type)
  class PartnerOfResolver {
    readonly #partner: (context: RequestContext, id: string) => Promise<Partner | null>;

    constructor(partners: PartnerService) {
      this.#partner = perRequest((context, ids) => partners.findMany(context, ids));
    }

    @FieldResolver(() => PartnerType, { nullable: true, description })
    async partner(@Ctx() context: RequestContext, @Root() { partnerId }: Owned): Promise<Partner | null> {
      return partnerId ? this.#partner(context, partnerId) : null;
    }
  }
  return PartnerOfResolver;
}

export const partnerEdges = [
  partnerOf(() => MembershipType, 'The partner that the membership is for.'),
  partnerOf(() => LoginType, 'The partner; null while none was known.'),
  partnerOf(() => TrustRelationshipType, 'Whose people; an application owner may not read it.'),
  partnerOf(() => ApiClientType, 'The partner of a partner administrator.'),
  partnerOf(() => AuditEventType, 'The partner that it concerns; null for an event of the hub.'),
];

/** Edges that lead to an application from rows of other rooms. */
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { perRequest } from '../graphql/loaders.js';
import type { TrustRelationship } from '../trust/trust.entity.js';
import { TrustRelationshipType } from '../trust/trust.type.js';
import type { Application } from './application.entity.js';
import type { ApplicationService } from './application.service.js';
import { ApplicationType } from './application.type.js';

@Resolver(() => TrustRelationshipType)
export class TrustApplicationResolver {
  readonly #application: (context: RequestContext, id: string) => Promise<Application | null>;

  constructor(applications: ApplicationService) {
    this.#application = perRequest((context, ids) => applications.findMany(context, ids));
  }

  @FieldResolver(() => ApplicationType, { nullable: true, description: 'Into which application.' })
  async application(
    @Root() { applicationId }: TrustRelationship,
    @Ctx() context: RequestContext,
  ): Promise<Application | null> {
    return this.#application(context, applicationId);
  }
}

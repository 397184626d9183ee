/** The edges that lead to an application from the rows of other rooms. */
import { type ClassType, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ApiClientType } from '../access/access.type.js';
import type { ApiClient } from '../access/api-client.entity.js';
import type { RequestContext } from '../access/request-context.js';
import { AuditEventType } from '../audit/audit.type.js';
import { perRequest } from '../graphql/loaders.js';
import { LoginType } from '../login/login.type.js';
import type { Uuid } from '../shared/ids.js';
import { TrustRelationshipType } from '../trust/trust.type.js';
import type { Application } from './application.entity.js';
import type { ApplicationService } from './application.service.js';
import { ApplicationType } from './application.type.js';

/** Anything that concerns an application. */
interface Concerning {
  readonly applicationId?: Uuid | null;
}

function applicationOf(type: () => ClassType<object>, description: string) {
  @Resolver(type)
  class ApplicationOfResolver {
    readonly #application: (context: RequestContext, id: string) => Promise<Application | null>;

    constructor(applications: ApplicationService) {
      this.#application = perRequest((context, ids) => applications.findMany(context, ids));
    }

    @FieldResolver(() => ApplicationType, { nullable: true, description })
    async application(
      @Ctx() context: RequestContext,
      @Root() { applicationId }: Concerning,
    ): Promise<Application | null> {
      return applicationId ? this.#application(context, applicationId) : null;
    }
  }
  return ApplicationOfResolver;
}

@Resolver(() => ApiClientType)
class ApiClientApplicationsResolver {
  readonly #application: (context: RequestContext, id: string) => Promise<Application | null>;

  constructor(applications: ApplicationService) {
    this.#application = perRequest((context, ids) => applications.findMany(context, ids));
  }

  @FieldResolver(() => [ApplicationType], {
    nullable: true,
    description: 'The applications of an application owner, 50 at most.',
  })
  async applications(@Root() { applicationIds }: ApiClient, @Ctx() context: RequestContext): Promise<Application[]> {
    const found = await Promise.all(applicationIds.map((id) => this.#application(context, id)));
    return found.filter((application) => application !== null);
  }
}

export const applicationEdges = [
  ApiClientApplicationsResolver,
  applicationOf(() => LoginType, 'The application that the person signs in to.'),
  applicationOf(() => TrustRelationshipType, 'Into which application.'),
  applicationOf(() => AuditEventType, 'The application that it concerns.'),
];

/** Applications on the API: each field is one call of the service. */
import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { AssuranceLevels } from '../graphql/assurance.js';
import { type Connection, ConnectionArgs, connection, pageRequest } from '../graphql/connection.js';
import { hubKey, lookupHubKey } from '../graphql/global-id.js';
import { SlugScalar } from '../graphql/scalars.js';
import { HubError } from '../shared/hub-error.js';
import type { Application } from './application.entity.js';
import {
  ApplicationFilterInput,
  ApplicationIdInput,
  applicationEdit,
  CreateApplicationInput,
  newApplication,
  UpdateApplicationInput,
} from './application.input.js';
import { settingsOf } from './application.rules.js';
import type { ApplicationService } from './application.service.js';
import {
  ApplicationConnection,
  ApplicationPayload,
  ApplicationSecretPayload,
  ApplicationType,
} from './application.type.js';

const reading =
  'Permission: `applications:read`; an application owner sees the own ones, a partner administrator those that its partner has a trust relationship with.';
const operatorOnly = 'Permission: operator, scope `applications:write`.';
const owners = 'Permission: operator or application owner (own ones), scope `applications:write`.';

@Resolver(() => ApplicationType)
export class ApplicationResolver {
  readonly #applications: ApplicationService;

  constructor(applications: ApplicationService) {
    this.#applications = applications;
  }

  @Query(() => ApplicationType, {
    nullable: true,
    description: `One application, by \`id\` or by \`slug\`; null when there is none to see. ${reading}`,
  })
  async application(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID, { nullable: true, description: 'Global id.' }) id: string | null,
    @Arg('slug', () => SlugScalar, { nullable: true, description: 'Name in addresses.' }) slug: string | null,
  ): Promise<Application | null> {
    if ((id == null) === (slug == null)) throw new HubError('INPUT_INVALID', 'Give either `id` or `slug`.');
    if (slug != null) return this.#applications.find(context, { slug });
    const key = lookupHubKey('Application', id ?? '');
    return key === null ? null : this.#applications.find(context, { id: key });
  }

  @Query(() => ApplicationConnection, { description: `Applications, oldest first. ${reading}` })
  async applications(
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => ApplicationFilterInput, { nullable: true, description: 'Narrows the list.' })
    filter: ApplicationFilterInput | null,
  ): Promise<Connection<Application>> {
    return connection(await this.#applications.list(context, filter ?? {}, pageRequest(page)));
  }

  @FieldResolver(() => AssuranceLevels)
  minimumAssurance(@Root() application: Application): AssuranceLevels {
    return settingsOf(application).minimum;
  }

  @FieldResolver(() => Boolean)
  isPublic(@Root() application: Application): boolean {
    return application.clientSecretHash == null;
  }

  @Mutation(() => ApplicationSecretPayload, {
    description: `Creates an application, active and trusted by no partner yet. Its secret is in this answer and in no other. ${operatorOnly} Errors: SLUG_TAKEN, REDIRECT_URI_INVALID, INPUT_INVALID.`,
  })
  async createApplication(
    @Ctx() context: RequestContext,
    @Arg('input', () => CreateApplicationInput) input: CreateApplicationInput,
  ): Promise<ApplicationSecretPayload> {
    return this.#applications.create(context, newApplication(input));
  }

  @Mutation(() => ApplicationPayload, {
    description: `Changes settings of an application, from the next request on, on every replica. An owner may not ask for less security than stands there. ${owners} Errors: NOT_FOUND, REDIRECT_URI_INVALID, INPUT_INVALID, FORBIDDEN.`,
  })
  async updateApplication(
    @Ctx() context: RequestContext,
    @Arg('input', () => UpdateApplicationInput) input: UpdateApplicationInput,
  ): Promise<ApplicationPayload> {
    const id = hubKey('Application', input.id);
    return { application: await this.#applications.update(context, id, applicationEdit(input)) };
  }

  @Mutation(() => ApplicationSecretPayload, {
    description: `Makes a new secret, shown once; the one before is refused at once. ${owners} Errors: NOT_FOUND, CONFLICT (a public application has none).`,
  })
  async rotateApplicationSecret(
    @Ctx() context: RequestContext,
    @Arg('input', () => ApplicationIdInput) input: ApplicationIdInput,
  ): Promise<ApplicationSecretPayload> {
    return this.#applications.rotateSecret(context, hubKey('Application', input.id));
  }

  @Mutation(() => ApplicationPayload, {
    description: `Stops every sign-in to an application and the use of its tokens at once, on every replica. ${owners} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async disableApplication(
    @Ctx() context: RequestContext,
    @Arg('input', () => ApplicationIdInput) input: ApplicationIdInput,
  ): Promise<ApplicationPayload> {
    return { application: await this.#applications.changeState(context, hubKey('Application', input.id), 'disable') };
  }

  @Mutation(() => ApplicationPayload, {
    description: `Lets people sign in to a disabled application again. ${operatorOnly} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async enableApplication(
    @Ctx() context: RequestContext,
    @Arg('input', () => ApplicationIdInput) input: ApplicationIdInput,
  ): Promise<ApplicationPayload> {
    return { application: await this.#applications.changeState(context, hubKey('Application', input.id), 'enable') };
  }
}

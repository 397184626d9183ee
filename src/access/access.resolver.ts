/** Service clients and tokens on the API: each field is one call of a service. */
import { Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { type Connection, ConnectionArgs, connection, pageRequest } from '../graphql/connection.js';
import { hubKey } from '../graphql/global-id.js';
import { ApiClientIdInput, ApiTokenIdInput, CreateApiClientInput, newApiClient } from './access.input.js';
import {
  ApiClientConnection,
  ApiClientPayload,
  ApiClientSecretPayload,
  ApiTokenConnection,
  ApiTokenPayload,
} from './access.type.js';
import type { ApiClient, ApiToken } from './api-client.entity.js';
import type { ApiClientService } from './api-client.service.js';
import type { ApiTokenService } from './api-token.service.js';
import type { RequestContext } from './request-context.js';

const reading = 'Permission: operator or auditor, scope `access:read`.';
const operatorOnly = 'Permission: operator, scope `access:write`.';

@Resolver()
export class ApiClientResolver {
  readonly #clients: ApiClientService;

  constructor(clients: ApiClientService) {
    this.#clients = clients;
  }

  @Query(() => ApiClientConnection, { description: `Service clients, oldest first. ${reading}` })
  async apiClients(
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
  ): Promise<Connection<ApiClient>> {
    return connection(await this.#clients.list(context, pageRequest(page)));
  }

  @Mutation(() => ApiClientSecretPayload, {
    description: `Creates a service client, with no more scopes than the caller holds. Its secret is in this answer and in no other. ${operatorOnly} Errors: INPUT_INVALID, NOT_FOUND, FORBIDDEN.`,
  })
  async createApiClient(
    @Ctx() context: RequestContext,
    @Arg('input', () => CreateApiClientInput) input: CreateApiClientInput,
  ): Promise<ApiClientSecretPayload> {
    return this.#clients.create(context, newApiClient(input));
  }

  @Mutation(() => ApiClientPayload, {
    description: `Refuses a service client and all of its tokens from now on, for good. ${operatorOnly} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async revokeApiClient(
    @Ctx() context: RequestContext,
    @Arg('input', () => ApiClientIdInput) { id }: ApiClientIdInput,
  ): Promise<ApiClientPayload> {
    return { apiClient: await this.#clients.revoke(context, hubKey('ApiClient', id)) };
  }
}

@Resolver()
export class ApiTokenResolver {
  readonly #tokens: ApiTokenService;

  constructor(tokens: ApiTokenService) {
    this.#tokens = tokens;
  }

  @Query(() => ApiTokenConnection, { description: `Tokens of the command line, oldest first. ${reading}` })
  async apiTokens(
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
  ): Promise<Connection<ApiToken>> {
    return connection(await this.#tokens.list(context, pageRequest(page)));
  }

  @Mutation(() => ApiTokenPayload, {
    description: `Refuses a token of the command line from now on. ${operatorOnly} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async revokeApiToken(
    @Ctx() context: RequestContext,
    @Arg('input', () => ApiTokenIdInput) { id }: ApiTokenIdInput,
  ): Promise<ApiTokenPayload> {
    return { apiToken: await this.#tokens.revoke(context, hubKey('ApiToken', id)) };
  }
}

/** The room of access to the API, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import { ApiClientResolver, ApiTokenResolver } from './access.resolver.js';
import type { ApiClientService } from './api-client.service.js';
import type { ApiTokenService } from './api-token.service.js';

export { ApiClientService } from './api-client.service.js';
export { ApiTokenService } from './api-token.service.js';

export interface AccessServices {
  readonly apiClients: ApiClientService;
  readonly apiTokens: ApiTokenService;
}

export const accessRoom: Room<AccessServices> = {
  resolvers: [
    { resolver: ApiClientResolver, make: ({ apiClients }) => new ApiClientResolver(apiClients) },
    { resolver: ApiTokenResolver, make: ({ apiTokens }) => new ApiTokenResolver(apiTokens) },
  ],
  nodes: ({ apiClients, apiTokens }) => ({
    ApiClient: async (context, [id, further]) => (id && !further ? apiClients.find(context, id) : null),
    ApiToken: async (context, [id, further]) => (id && !further ? apiTokens.find(context, id) : null),
  }),
};

/** The room of attributes and mappings, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import type { AttributeDefinitionService } from './attribute-definition.service.js';
import { AttributeDefinitionResolver, IdentityProviderMappingResolver, MappingResolver } from './mapping.resolver.js';
import type { MappingService } from './mapping.service.js';

export { AttributeDefinitionService } from './attribute-definition.service.js';
export { MappingService } from './mapping.service.js';

export interface MappingServices {
  readonly attributeDefinitions: AttributeDefinitionService;
  readonly mappings: MappingService;
}

export const mappingRoom: Room<MappingServices> = {
  resolvers: [
    {
      resolver: AttributeDefinitionResolver,
      make: ({ attributeDefinitions }) => new AttributeDefinitionResolver(attributeDefinitions),
    },
    { resolver: MappingResolver, make: ({ mappings }) => new MappingResolver(mappings) },
    {
      resolver: IdentityProviderMappingResolver,
      make: ({ mappings }) => new IdentityProviderMappingResolver(mappings),
    },
  ],
  nodes: ({ attributeDefinitions, mappings }) => ({
    AttributeDefinition: async (context, [id, further]) =>
      id && !further ? attributeDefinitions.find(context, id) : null,
    AttributeMapping: async (context, [partnerId, id]) =>
      partnerId && id ? mappings.find(context, partnerId, id) : null,
  }),
};

/** The room of identity providers, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import type { PartnerService } from '../partners/partner.service.js';
import type { IdentityProviderCreation } from './creation.service.js';
import { identityProviderEdges } from './edges.resolver.js';
import { IdentityProviderResolver } from './identity-provider.resolver.js';
import type { IdentityProviderService } from './identity-provider.service.js';
import {
  IdentityProviderFieldsResolver,
  PartnerIdentityProvidersResolver,
} from './identity-provider-fields.resolver.js';
import type { SamlMetadataService } from './saml-metadata.service.js';

export { IdentityProviderCreation } from './creation.service.js';
export { IdentityProviderService } from './identity-provider.service.js';
export { SamlMetadataService } from './saml-metadata.service.js';
export type { IdentityProviderSources } from './sources.js';

export interface IdentityProviderServices {
  readonly identityProviders: IdentityProviderService;
  readonly identityProviderCreation: IdentityProviderCreation;
  readonly samlMetadata: SamlMetadataService;
}

export const identityProviderRoom: Room<IdentityProviderServices & { readonly partners: PartnerService }> = {
  resolvers: [
    {
      resolver: IdentityProviderResolver,
      make: ({ identityProviders, identityProviderCreation, samlMetadata }) =>
        new IdentityProviderResolver(identityProviders, identityProviderCreation, samlMetadata),
    },
    {
      resolver: IdentityProviderFieldsResolver,
      make: ({ identityProviders, partners }) => new IdentityProviderFieldsResolver(identityProviders, partners),
    },
    {
      resolver: PartnerIdentityProvidersResolver,
      make: ({ identityProviders }) => new PartnerIdentityProvidersResolver(identityProviders),
    },
    ...identityProviderEdges.map((resolver) => ({
      resolver,
      make: ({ identityProviders }: IdentityProviderServices) => new resolver(identityProviders),
    })),
  ],
  nodes: ({ identityProviders }) => ({
    IdentityProvider: async (context, [partnerId, id]) =>
      partnerId && id ? identityProviders.find(context, { partnerId, id }) : null,
  }),
};

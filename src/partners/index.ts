/** The partners' room, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import { DomainResolver, PartnerDomainsResolver } from './domain.resolver.js';
import type { DomainService } from './domain.service.js';
import { partnerEdges } from './edges.resolver.js';
import { PartnerResolver } from './partner.resolver.js';
import type { PartnerService } from './partner.service.js';

export { DomainService } from './domain.service.js';
export { PartnerService } from './partner.service.js';

export interface PartnerServices {
  readonly partners: PartnerService;
  readonly domains: DomainService;
}

export const partnerRoom: Room<PartnerServices> = {
  resolvers: [
    { resolver: PartnerResolver, make: (services) => new PartnerResolver(services.partners) },
    { resolver: DomainResolver, make: (services) => new DomainResolver(services.domains, services.partners) },
    { resolver: PartnerDomainsResolver, make: (services) => new PartnerDomainsResolver(services.domains) },
    ...partnerEdges.map((resolver) => ({
      resolver,
      make: ({ partners }: PartnerServices) => new resolver(partners),
    })),
  ],
  nodes: ({ partners, domains }) => ({
    Partner: async (context, [id, further]) => (id && !further ? partners.find(context, { id }) : null),
    Domain: async (context, [partnerId, id]) => (partnerId && id ? domains.find(context, { partnerId, id }) : null),
  }),
};

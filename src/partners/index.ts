/** The partners' room, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import { PartnerResolver } from './partner.resolver.js';
import type { PartnerService } from './partner.service.js';

export { PartnerService } from './partner.service.js';

export interface PartnerServices {
  readonly partners: PartnerService;
}

export const partnerRoom: Room<PartnerServices> = {
  resolvers: [{ resolver: PartnerResolver, make: (services) => new PartnerResolver(services.partners) }],
  nodes: ({ partners }) => ({
    Partner: async (context, [id, further]) => (id && !further ? partners.find(context, { id }) : null),
  }),
};

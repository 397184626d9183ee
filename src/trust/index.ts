/** The room of trust relationships, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import {
  ApplicationTrustResolver,
  LoginTrustResolver,
  MembershipTrustResolver,
  PartnerTrustResolver,
} from './edges.resolver.js';
import { TrustResolver } from './trust.resolver.js';
import type { TrustService } from './trust.service.js';
import { TrustTermsResolver, TrustVersionResolver, TrustVersionsResolver } from './trust-version.resolver.js';

export { TrustService } from './trust.service.js';

export interface TrustServices {
  readonly trust: TrustService;
}

export const trustRoom: Room<TrustServices> = {
  resolvers: [
    { resolver: TrustResolver, make: (services) => new TrustResolver(services.trust) },
    { resolver: TrustVersionsResolver, make: (services) => new TrustVersionsResolver(services.trust) },
    { resolver: TrustVersionResolver, make: () => new TrustVersionResolver() },
    { resolver: TrustTermsResolver, make: () => new TrustTermsResolver() },
    { resolver: PartnerTrustResolver, make: (services) => new PartnerTrustResolver(services.trust) },
    { resolver: ApplicationTrustResolver, make: (services) => new ApplicationTrustResolver(services.trust) },
    { resolver: LoginTrustResolver, make: (services) => new LoginTrustResolver(services.trust) },
    { resolver: MembershipTrustResolver, make: (services) => new MembershipTrustResolver(services.trust) },
  ],
  nodes: ({ trust }) => ({
    TrustRelationship: async (context, [partnerId, id]) =>
      partnerId && id ? trust.find(context, { partnerId, id }) : null,
  }),
};

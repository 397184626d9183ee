/** The applications' room, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import { ApplicationResolver } from './application.resolver.js';
import type { ApplicationService } from './application.service.js';
import { applicationEdges } from './edges.resolver.js';

export { ApplicationService } from './application.service.js';

export interface ApplicationServices {
  readonly applications: ApplicationService;
}

export const applicationRoom: Room<ApplicationServices> = {
  resolvers: [
    { resolver: ApplicationResolver, make: ({ applications }) => new ApplicationResolver(applications) },
    ...applicationEdges.map((resolver) => ({
      resolver,
      make: ({ applications }: ApplicationServices) => new resolver(applications),
    })),
  ],
  nodes: ({ applications }) => ({
    Application: async (context, [id, further]) => (id && !further ? applications.find(context, { id }) : null),
  }),
};

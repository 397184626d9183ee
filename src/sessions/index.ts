/** The room of sessions, as the composition root and other rooms see it. */
import type { Room } from '../graphql/schema.js';
import { MembershipSessionsResolver } from './session.resolver.js';
import type { SessionService } from './session.service.js';

export { SessionService } from './session.service.js';

export interface SessionServices {
  readonly sessions: SessionService;
}

export const sessionRoom: Room<SessionServices> = {
  resolvers: [
    { resolver: MembershipSessionsResolver, make: ({ sessions }) => new MembershipSessionsResolver(sessions) },
  ],
  nodes: ({ sessions }) => ({
    Session: async (context, [partnerId, id]) => (partnerId && id ? sessions.find(context, { partnerId, id }) : null),
  }),
};

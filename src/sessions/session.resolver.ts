/** The edge from a membership to its sessions. */
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { newest } from '../graphql/connection.js';
import { perRequestOfLists } from '../graphql/loaders.js';
import type { Membership } from '../users/user.entity.js';
import { MembershipType } from '../users/user.type.js';
import type { Session } from './session.entity.js';
import type { SessionService } from './session.service.js';
import type { SessionOwner } from './session.store.js';
import { SessionType } from './session.type.js';

@Resolver(() => MembershipType)
export class MembershipSessionsResolver {
  readonly #sessions: ReturnType<typeof perRequestOfLists<readonly Session[], number, SessionOwner>>;

  constructor(sessions: SessionService) {
    this.#sessions = perRequestOfLists((context, owners, first) => sessions.newestOf(context, owners, first));
  }

  @FieldResolver(() => [SessionType], { description: 'Its newest sessions, ended ones too.' })
  async sessions(
    @Ctx() context: RequestContext,
    @Root() membership: Membership,
    @Arg('first', () => Int, { defaultValue: 5, description: 'How many, 1 to 20.' }) first: number,
  ): Promise<readonly Session[]> {
    return (await this.#sessions(context, membership, newest(first))) ?? [];
  }
}

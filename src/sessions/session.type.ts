/** The GraphQL face of a session. Its handle and what a logout upstream needs have no way out. */
import { Field, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { Session, SessionState } from './session.entity.js';

export const SessionStateEnum = graphqlEnum<SessionState>('SessionState', 'Whether a session was ended.', {
  LIVE: 'Not ended; good until its bounds, and decided anew at every use.',
  ENDED: 'Ended: by the person, by an administrator, or by a change of state.',
});

@ObjectType('Session', { implements: Node, description: "The hub's session of a person, shared by all applications." })
export class SessionType
  extends Node
  implements
    Pick<
      Session,
      | 'id'
      | 'state'
      | 'endedReason'
      | 'authenticatedAt'
      | 'acr'
      | 'amr'
      | 'idleUntil'
      | 'absoluteUntil'
      | 'createdAt'
      | 'endedAt'
    >
{
  @Field(() => SessionStateEnum, { description: 'Whether it was ended.' })
  state!: SessionState;

  @Field(() => String, { nullable: true, description: 'Why it ended: `LOGOUT`, `ADMINISTRATOR`, `REPLACED`, …' })
  endedReason!: string | null | undefined;

  @Field(() => DateTimeScalar, {
    description:
      'When the identity provider authenticated the person; the moment of the sign-in here where it says none.',
  })
  authenticatedAt!: Date;

  @Field(() => String, { nullable: true, description: 'Authentication context that the identity provider stated.' })
  acr!: string | null | undefined;

  @Field(() => [String], { description: 'Authentication methods that the identity provider stated.' })
  amr!: readonly string[];

  @Field(() => DateTimeScalar, { description: 'Opens no application after this instant without use.' })
  idleUntil!: Date;

  @Field(() => DateTimeScalar, { description: 'Good for nothing after this instant.' })
  absoluteUntil!: Date;

  @Field(() => DateTimeScalar, { description: 'When it began.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it ended.' })
  endedAt!: Date | null | undefined;
}

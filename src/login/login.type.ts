/** The GraphQL face of a login. */
import { Field, Int, ObjectType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { graphqlEnum } from '../graphql/enums.js';
import { ErrorCodeEnum } from '../graphql/error-code.js';
import { Node } from '../graphql/node.js';
import { ProtocolEnum } from '../graphql/protocol.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { Protocol } from './contracts.js';
import type { ProvisioningPlan } from './facts.js';
import type { Login, LoginState } from './login.entity.js';

export const LoginStateEnum = graphqlEnum<LoginState>('LoginState', 'How far a sign-in came.', {
  BEGUN: 'Sent to the identity provider; no answer yet.',
  ASSERTED: 'The identity provider answered; not decided yet.',
  ALLOWED: 'Allowed.',
  DENIED: 'Refused; `code` tells why.',
});

export const ProvisioningActionEnum = graphqlEnum<ProvisioningPlan['action']>(
  'ProvisioningAction',
  'What a sign-in does to the account.',
  {
    CREATE: 'Makes a new one.',
    UPDATE: 'Changes attributes.',
    NONE: 'Leaves it as it is.',
  },
);

@ObjectType('Login', { implements: Node, description: 'One attempt to sign in, with how it was decided.' })
export class LoginType
  extends Node
  implements
    Pick<
      Login,
      | 'id'
      | 'reference'
      | 'state'
      | 'protocol'
      | 'trustVersion'
      | 'mappingVersion'
      | 'assertionDigest'
      | 'provisioningAction'
      | 'begunAt'
      | 'finishedAt'
    >
{
  @Field(() => String, { description: 'What the person reads to support.' })
  reference!: string;

  @Field(() => LoginStateEnum, { description: 'How far it came.' })
  state!: LoginState;

  @Field(() => ProtocolEnum, { nullable: true, description: 'How the identity provider speaks.' })
  protocol!: Protocol | null | undefined;

  @Field(() => ErrorCodeEnum, { nullable: true, description: 'Code of the refusal.' })
  code!: ErrorCode | null | undefined;

  @Field(() => Int, { nullable: true, description: 'Version of the trust relationship that allowed it.' })
  trustVersion!: number | null | undefined;

  @Field(() => Int, { nullable: true, description: 'Version of the mapping that made the profile.' })
  mappingVersion!: number | null | undefined;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of the verified bytes: the proof that is kept of them.',
  })
  assertionDigest!: string | null | undefined;

  @Field(() => ProvisioningActionEnum, { nullable: true, description: 'What it did to the account.' })
  provisioningAction!: ProvisioningPlan['action'] | null | undefined;

  @Field(() => DateTimeScalar, { description: 'When it began.' })
  begunAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided.' })
  finishedAt!: Date | null | undefined;
}

export const LoginConnection = connectionType('Login', () => LoginType);

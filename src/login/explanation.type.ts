/** The GraphQL face of explanations and simulations. */
import { Field, Int, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../graphql/enums.js';
import { ErrorCodeEnum } from '../graphql/error-code.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { ProvisioningPlan } from './facts.js';
import { LoginType, ProvisioningActionEnum } from './login.type.js';
import type { LoginRow } from './login-list.store.js';
import type { PolicyToday } from './reconsider.rules.js';
import { LoginTraceType, StageNoteType } from './trace.type.js';

export const RulingEnum = graphqlEnum<PolicyToday['outcome']>('Ruling', 'What the policy says of a sign-in.', {
  ALLOW: 'It passes.',
  ASK: 'Somebody has to answer first.',
  DENY: 'It is refused.',
  UNKNOWN: 'What was kept does not tell.',
});

@ObjectType('PolicyToday', { description: 'What the policy of today would rule on a sign-in of the past.' })
export class PolicyTodayType {
  @Field(() => RulingEnum, { description: 'The ruling.' })
  ruling!: PolicyToday['outcome'];

  @Field(() => ErrorCodeEnum, { nullable: true, description: 'Code of the refusal.' })
  code!: ErrorCode | null;

  @Field(() => String, { nullable: true, description: 'What the code means, in the words that may be shown.' })
  meaning!: string | null;

  @Field(() => [StageNoteType], { description: 'The stages that decide, in their order.' })
  stages!: StageNoteType[];

  @Field(() => [String], { description: 'Attributes that would be released to the application.' })
  release!: readonly string[];

  @Field(() => [String], { description: 'What had to be assumed, since a trace does not keep everything.' })
  assumptions!: readonly string[];
}

@ObjectType('LoginExplanation', { description: 'Why a sign-in was decided as it was.' })
export class LoginExplanationType {
  @Field(() => LoginType, { description: 'The sign-in.' })
  login!: LoginRow;

  @Field(() => [String], { description: 'Its trace told again in sentences, in order.' })
  sentences!: readonly string[];

  @Field(() => PolicyTodayType, {
    nullable: true,
    description: 'The ruling of today; null for a sign-in that never had an identity provider or an application.',
  })
  today!: PolicyTodayType | null;
}

@ObjectType('LoginSimulation', {
  description: 'How a sign-in would be decided. Nothing was stored but an audit event.',
})
export class LoginSimulationType {
  @Field(() => RulingEnum, { description: 'The ruling.' })
  ruling!: PolicyToday['outcome'];

  @Field(() => ErrorCodeEnum, { nullable: true, description: 'Code of the refusal.' })
  code!: ErrorCode | null;

  @Field(() => String, { nullable: true, description: 'What the code means, in the words that may be shown.' })
  meaning!: string | null;

  @Field(() => LoginTraceType, { description: 'How it was decided, with the values that the claims gave.' })
  trace!: LoginTraceType;

  @Field(() => ProvisioningActionEnum, { nullable: true, description: 'What it would do to the account.' })
  provisioningAction!: ProvisioningPlan['action'] | null;

  @Field(() => Int, { nullable: true, description: 'Version of the trust relationship that allows it.' })
  trustVersion!: number | null;

  @Field(() => Int, { description: 'Version of the mapping that made the profile.' })
  mappingVersion!: number;
}

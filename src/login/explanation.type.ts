/** The GraphQL face of explanations and simulations. */
import { Field, Int, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../graphql/enums.js';
import { ErrorCodeEnum } from '../graphql/error-code.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { CheckName, CheckVerdict } from './contracts.js';
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

const CheckNameEnum = graphqlEnum<CheckName>(
  'AssertionCheck',
  'What is looked at in a message of an identity provider.',
  {
    MESSAGE: 'Its size and its encoding, and for a token its type.',
    SIGNATURE: 'The bytes: structure, status and encryption, and the signature by a key of this identity provider.',
    ISSUER: 'Who speaks.',
    DESTINATION: 'The address that it was sent to.',
    SUBJECT_CONFIRMATION: 'Recipient and end of the bearer confirmation.',
    AUDIENCE: 'For whom it was made.',
    CONDITIONS: 'When it is valid, and under which conditions.',
    ISSUE_INSTANT: 'When it was made.',
    AUTHENTICATION: 'What it says of the authentication.',
    SESSION: 'Whether the session at the IdP is still going.',
    TENANT: 'Whether the tenant is one of the partner.',
    CLAIMS: 'Issuer, audience, times and the other claims of the protocol.',
    SUBJECT: 'Whom it is about, and its attributes.',
    IN_RESPONSE_TO: 'Which request it answers.',
    NONCE: 'The nonce of the request.',
    REAUTHENTICATION: 'Whether it is as new as the request demanded.',
    USER_INFO: 'Claims from the userinfo endpoint.',
    REPLAY: 'Whether it was used before.',
  },
);

const CheckOutcomeEnum = graphqlEnum<CheckVerdict['outcome']>('CheckOutcome', 'What a check came to.', {
  PASSED: 'It holds.',
  REFUSED: 'A sign-in would be refused for it.',
  NOT_APPLIED: 'It needs the request, which a captured message has lost. Nothing is said.',
  NOT_REACHED: 'An earlier check refused.',
});

@ObjectType('CheckVerdict', { description: 'What one check of a captured message came to.' })
export class CheckVerdictType implements CheckVerdict {
  @Field(() => CheckNameEnum, { description: 'The check.' })
  check!: CheckName;

  @Field(() => CheckOutcomeEnum, { description: 'What it came to.' })
  outcome!: CheckVerdict['outcome'];

  @Field(() => ErrorCodeEnum, { nullable: true, description: 'Code of the refusal.' })
  code!: ErrorCode | null;

  @Field(() => String, { nullable: true, description: 'Why, in a sentence.' })
  detail!: string | null;
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

  @Field(() => [CheckVerdictType], {
    description: 'The checks of a captured message, one by one; empty for claims, of which there is nothing to check.',
  })
  checks!: readonly CheckVerdict[];

  @Field(() => LoginTraceType, {
    description: 'How it was decided: with the values that claims gave; of a captured message what a trace keeps.',
  })
  trace!: LoginTraceType;

  @Field(() => ProvisioningActionEnum, { nullable: true, description: 'What it would do to the account.' })
  provisioningAction!: ProvisioningPlan['action'] | null;

  @Field(() => Int, { nullable: true, description: 'Version of the trust relationship that allows it.' })
  trustVersion!: number | null;

  @Field(() => Int, { description: 'Version of the mapping that made the profile.' })
  mappingVersion!: number;
}

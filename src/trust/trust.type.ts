/** The GraphQL face of a trust relationship, its versions and their terms. */
import { Field, Int, ObjectType } from 'type-graphql';
import { AssuranceLevels } from '../graphql/assurance.js';
import { connectionType } from '../graphql/connection.js';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { DateTimeScalar, DisplayNameScalar, SentenceScalar } from '../graphql/scalars.js';
import type { TrustTerms } from '../login/facts.js';
import type { TrustRelationship, TrustState, TrustVersion } from './trust.entity.js';

export const TrustStateEnum = graphqlEnum<TrustState>('TrustState', 'The life of a trust relationship.', {
  DRAFT: 'Written down and never in force.',
  ACTIVE: 'A version is in force, within its dates.',
  SUSPENDED: 'Nobody signs in by it; an activation ends the suspension.',
  ENDED: 'Over for good, kept as evidence.',
});

export const ProvisioningModeEnum = graphqlEnum<TrustTerms['provisioningMode']>(
  'ProvisioningMode',
  'What a sign-in may do to accounts.',
  {
    OFF: 'Nothing: only accounts that are there sign in, and stay as they are.',
    UPDATE_ONLY: 'Bring accounts that are there up to date.',
    CREATE_AND_UPDATE: 'Create an account at the first sign-in too.',
  },
);

/** Terms as they are handed to the schema: with whose they are, for the edge to the identity providers. */
export interface TermsSource extends TrustTerms {
  readonly partnerId: string;
}

@ObjectType('TrustTerms', { description: 'Under which terms a partner may sign people in to an application.' })
export class TrustTermsType
  implements Pick<TrustTerms, 'releasedAttributes' | 'maxAuthenticationAgeSeconds' | 'provisioningMode'>
{
  @Field(() => [String], { description: 'Names of the attributes that may be released; nothing else leaves the hub.' })
  releasedAttributes!: string[];

  /** Resolved from `minimum`. */
  @Field(() => AssuranceLevels, { description: 'Levels that a sign-in must reach.' })
  minimumAssurance?: AssuranceLevels;

  @Field(() => Int, { nullable: true, description: 'Oldest sign-in at the identity provider; null for no bound.' })
  maxAuthenticationAgeSeconds!: number | null;

  @Field(() => ProvisioningModeEnum, { description: 'What a sign-in may do to accounts.' })
  provisioningMode!: TrustTerms['provisioningMode'];

  @Field(() => DateTimeScalar, { nullable: true, description: 'From when they count; null for always.' })
  validFrom!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Until when they count, exclusive; null for ever.' })
  validUntil!: string | null;
}

@ObjectType('TrustVersion', { description: 'One version of the terms. It never changes.' })
export class TrustVersionType
  implements Pick<TrustVersion, 'version' | 'createdBy' | 'createdAt' | 'activatedBy' | 'activatedAt'>
{
  @Field(() => Int, { description: 'Counts from 1.' })
  version!: number;

  @Field(() => String, { description: 'Who wrote it.' })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: 'When it was written.' })
  createdAt!: Date;

  @Field(() => String, { nullable: true, description: 'Who last put it in force; null if nobody did.' })
  activatedBy!: string | null | undefined;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last put in force.' })
  activatedAt!: Date | null | undefined;
}

@ObjectType('TrustRelationship', {
  implements: Node,
  description: 'The agreement by which one partner signs its people in to one application.',
})
export class TrustRelationshipType
  extends Node
  implements
    Pick<
      TrustRelationship,
      'id' | 'purpose' | 'owner' | 'state' | 'activeVersion' | 'latestVersion' | 'createdAt' | 'updatedAt'
    >
{
  @Field(() => SentenceScalar, { description: 'What it is for.' })
  purpose!: string;

  @Field(() => DisplayNameScalar, { description: 'Who answers for it.' })
  owner!: string;

  @Field(() => TrustStateEnum, { description: 'Whether people can sign in by it.' })
  state!: TrustState;

  @Field(() => Int, { nullable: true, description: 'The version in force, or last in force; null for a draft.' })
  activeVersion!: number | null | undefined;

  @Field(() => Int, { description: 'The newest version; `changeTrustTerms` names it.' })
  latestVersion!: number;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const TrustRelationshipConnection = connectionType('TrustRelationship', () => TrustRelationshipType);
export const TrustVersionConnection = connectionType('TrustVersion', () => TrustVersionType);

@ObjectType({ description: 'The trust relationship after the change.' })
export class TrustRelationshipPayload {
  @Field(() => TrustRelationshipType, { description: 'The trust relationship.' })
  trustRelationship!: TrustRelationship;
}

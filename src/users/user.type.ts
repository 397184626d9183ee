/** The GraphQL face of people: the anchor, its memberships, and the identities behind those. */
import { Field, Int, ObjectType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { AttributeValueScalar, DateTimeScalar } from '../graphql/scalars.js';
import type { AttributeValue } from '../login/facts.js';
import type { Uuid } from '../shared/ids.js';
import type {
  FederatedIdentity,
  Membership,
  MembershipOrigin,
  MembershipState,
  User,
  UserState,
} from './user.entity.js';

export const UserStateEnum = graphqlEnum<UserState>('UserState', 'Whether a person is known at all.', {
  ACTIVE: 'Known; whether a sign-in passes is decided by the membership.',
  SUSPENDED: 'No membership of the person signs in.',
  ERASED: 'Personal data is gone; only the id is left.',
});

export const MembershipStateEnum = graphqlEnum<MembershipState>('MembershipState', 'The life of a membership.', {
  INVITED: 'Has not signed in yet.',
  ACTIVE: 'Signs in.',
  SUSPENDED: 'Does not sign in; can be reinstated.',
  RETIRED: 'Does not sign in, for good: no later sign-in of the same subject revives it.',
  ERASED: 'Personal data is gone; only the id is left.',
});

export const MembershipOriginEnum = graphqlEnum<MembershipOrigin>('MembershipOrigin', 'How a membership came to be.', {
  INVITATION: 'Somebody was invited.',
  JIT: 'By signing in for the first time.',
  SCIM: 'The partner provisioned it.',
  SELF_REGISTRATION: 'The person registered.',
  LINKING: 'By proof of two sign-ins.',
});

@ObjectType('User', { implements: Node, description: 'A person: no more than an anchor for memberships.' })
export class UserType extends Node implements Pick<User, 'id' | 'region' | 'state' | 'createdAt'> {
  @Field(() => String, { description: 'Residency: the region that holds the person.' })
  region!: string;

  @Field(() => UserStateEnum, { description: 'Whether the person is known at all.' })
  state!: UserState;

  @Field(() => DateTimeScalar, { description: 'When the person first came.' })
  createdAt!: Date;
}

export const UserConnection = connectionType('User', () => UserType);

/** One attribute of a membership, with the one who gave it. */
@ObjectType('MembershipAttribute', { description: 'An attribute of a membership, and who gave its values.' })
export class MembershipAttributeType {
  @Field(() => String, { description: 'Name in the attribute catalogue.' })
  name!: string;

  @Field(() => [AttributeValueScalar], { description: 'Its values, in the order in which they were given.' })
  values!: readonly AttributeValue[];

  partnerId!: Uuid;
  /** null for values of the hub's own (C18). */
  identityProviderId!: Uuid | null;
}

@ObjectType('Membership', { implements: Node, description: 'A person for one partner.' })
export class MembershipType
  extends Node
  implements
    Pick<
      Membership,
      | 'id'
      | 'state'
      | 'origin'
      | 'originTrustVersion'
      | 'email'
      | 'displayName'
      | 'lastLoginAt'
      | 'createdAt'
      | 'updatedAt'
    >
{
  @Field(() => MembershipStateEnum, { description: 'Whether it signs in.' })
  state!: MembershipState;

  @Field(() => MembershipOriginEnum, { description: 'How it came to be.' })
  origin!: MembershipOrigin;

  @Field(() => Int, {
    nullable: true,
    description: 'Version of the trust relationship that vouched for it when it came to be.',
  })
  originTrustVersion!: number | null | undefined;

  @Field(() => String, { nullable: true, description: 'The mapped e-mail address; it never identifies.' })
  email!: string | null | undefined;

  @Field(() => String, { nullable: true, description: 'A name for people, from the mapped attributes.' })
  displayName!: string | null | undefined;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it last signed in.' })
  lastLoginAt!: Date | null | undefined;

  @Field(() => DateTimeScalar, { description: 'When it came to be.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When its profile or state last changed.' })
  updatedAt!: Date;
}

@ObjectType('FederatedIdentity', {
  implements: Node,
  description: 'What links a membership to a subject of an identity provider. The whole tuple is the key.',
})
export class FederatedIdentityType
  extends Node
  implements
    Pick<
      FederatedIdentity,
      | 'id'
      | 'subjectSource'
      | 'subjectFormat'
      | 'nameQualifier'
      | 'spNameQualifier'
      | 'subject'
      | 'createdAt'
      | 'lastLoginAt'
    >
{
  @Field(() => String, { description: '`NAME_ID`, `SUB`, or the name of the claim that the subject is read from.' })
  subjectSource!: string;

  @Field(() => String, { description: 'Format of a NameID; empty where the protocol states none.' })
  subjectFormat!: string;

  @Field(() => String, { description: 'NameQualifier of a NameID; empty where there is none.' })
  nameQualifier!: string;

  @Field(() => String, { description: 'SPNameQualifier of a NameID; empty where there is none.' })
  spNameQualifier!: string;

  @Field(() => String, { description: 'The identifier that the identity provider uses for the person.' })
  subject!: string;

  @Field(() => DateTimeScalar, { description: 'When it was first seen.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last signed in.' })
  lastLoginAt!: Date;
}

@ObjectType({ description: 'The membership after the change.' })
export class MembershipPayload {
  @Field(() => MembershipType, { description: 'The membership.' })
  membership!: Membership;
}

@ObjectType({ description: 'The membership, and how many of its sessions ended.' })
export class EndSessionsPayload {
  @Field(() => MembershipType, { description: 'The membership.' })
  membership!: Membership;

  @Field(() => Int, { description: 'Sessions that were live, and ended by this.' })
  ended!: number;
}

/** What callers may send about people, field by field. */
import { Field, ID, InputType } from 'type-graphql';
import { DisplayNameScalar, EmailAddressScalar } from '../graphql/scalars.js';
import type { MembershipState } from './user.entity.js';
import { MembershipStateEnum } from './user.type.js';

@InputType('UserFilter', {
  description: 'Narrows a list of people: those of whom one membership has everything that is given.',
})
export class UserFilterInput {
  @Field(() => ID, { nullable: true, description: 'A membership of this partner.' })
  partnerId?: string | null;

  @Field(() => MembershipStateEnum, { nullable: true, description: 'In this state.' })
  state?: MembershipState | null;

  @Field(() => EmailAddressScalar, { nullable: true, description: 'With exactly this address.' })
  email?: string | null;

  @Field(() => DisplayNameScalar, { nullable: true, description: 'Part of the name or of the address, in any case.' })
  search?: string | null;

  @Field(() => ID, { nullable: true, description: 'With an identity of this identity provider.' })
  identityProviderId?: string | null;
}

@InputType({ description: 'Which membership, and why.' })
export class ChangeMembershipInput {
  @Field(() => ID, { description: 'The membership.' })
  id!: string;

  @Field(() => DisplayNameScalar, { nullable: true, description: 'The cause, for the audit log.' })
  reason?: string | null;
}

@InputType({ description: 'Whose sessions.' })
export class EndSessionsInput {
  @Field(() => ID, { description: 'The membership.' })
  membershipId!: string;
}

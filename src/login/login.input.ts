/** What callers may ask about logins. */
import { Field, ID, InputType } from 'type-graphql';
import { ErrorCodeEnum } from '../graphql/error-code.js';
import { DateTimeScalar, DisplayNameScalar } from '../graphql/scalars.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { LoginState } from './login.entity.js';
import { LoginStateEnum } from './login.type.js';

@InputType('LoginFilter', { description: 'Narrows a list of sign-ins; everything given must hold.' })
export class LoginFilterInput {
  @Field(() => ID, { nullable: true, description: 'Of this partner.' })
  partnerId?: string | null;

  @Field(() => ID, { nullable: true, description: 'To this application.' })
  applicationId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Through this identity provider.' })
  identityProviderId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of this membership.' })
  membershipId?: string | null;

  @Field(() => LoginStateEnum, { nullable: true, description: 'That came this far.' })
  state?: LoginState | null;

  @Field(() => ErrorCodeEnum, { nullable: true, description: 'Refused with this code.' })
  code?: ErrorCode | null;

  @Field(() => DisplayNameScalar, { nullable: true, description: 'With this reference, as the person read it.' })
  reference?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Begun not before this instant.' })
  since?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Begun before this instant.' })
  until?: Date | null;
}

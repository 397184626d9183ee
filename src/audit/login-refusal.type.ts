/** The GraphQL face of refusals by code. */
import { Field, Int, ObjectType } from 'type-graphql';
import { ErrorCodeEnum } from '../graphql/error-code.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { LoginRefusals } from './login-refusal.store.js';

@ObjectType('LoginRefusals', { description: 'How many sign-ins were refused for one reason.' })
export class LoginRefusalsType implements Pick<LoginRefusals, 'count' | 'lastAt'> {
  @Field(() => ErrorCodeEnum, { description: 'The reason.' })
  code!: ErrorCode;

  @Field(() => Int, { description: 'How many in the span of time.' })
  count!: number;

  @Field(() => DateTimeScalar, { description: 'When the newest of them was refused.' })
  lastAt!: Date;
}

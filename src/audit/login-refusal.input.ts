/** What callers may ask about refusals. */
import { Field, ID, InputType } from 'type-graphql';
import { DateTimeScalar } from '../graphql/scalars.js';
import { MAX_SPAN_DAYS } from './login-refusal.rules.js';

@InputType('LoginRefusalFilter', { description: 'Which refusals are counted; everything given must hold.' })
export class LoginRefusalFilterInput {
  @Field(() => ID, { nullable: true, description: 'Of this partner.' })
  partnerId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Through this identity provider.' })
  identityProviderId?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: `Refused not before this instant; 24 hours before \`until\` by default, ${MAX_SPAN_DAYS} days at most.`,
  })
  since?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Refused before this instant; now by default.' })
  until?: Date | null;
}

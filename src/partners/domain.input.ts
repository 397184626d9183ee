/** What callers may send about a domain. */
import { Field, ID, InputType } from 'type-graphql';
import { DomainNameScalar } from '../graphql/scalars.js';

@InputType({ description: 'A domain to claim.' })
export class AddDomainInput {
  @Field(() => ID, { description: 'The partner.' })
  partnerId!: string;

  @Field(() => DomainNameScalar, { description: 'The exact name, such as the part of e-mail addresses after `@`.' })
  name!: string;
}

@InputType({ description: 'Which domain.' })
export class DomainIdInput {
  @Field(() => ID, { description: 'The domain.' })
  id!: string;
}

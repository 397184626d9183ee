/** What callers may state of an assertion that would be sent. */
import { Field, ID, InputType } from 'type-graphql';
import { ClaimSetScalar } from '../graphql/claim-set.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { ClaimValue } from './contracts.js';

@InputType({ description: 'The NameID of a SAML assertion that would be sent.' })
export class SimulatedSubjectInput {
  @Field(() => String, { description: 'The identifier.' })
  value!: string;

  @Field(() => String, { nullable: true, description: 'Its format.' })
  format?: string | null;

  @Field(() => String, { nullable: true, description: 'Its NameQualifier.' })
  nameQualifier?: string | null;

  @Field(() => String, { nullable: true, description: 'Its SPNameQualifier.' })
  spNameQualifier?: string | null;
}

@InputType({ description: 'What an assertion that would be sent states of the authentication.' })
export class SimulatedAuthenticationInput {
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the person authenticated.' })
  authenticatedAt?: Date | null;

  @Field(() => String, { nullable: true, description: 'Authentication context: `acr` or AuthnContextClassRef.' })
  acr?: string | null;

  @Field(() => [String], { nullable: true, description: 'Authentication methods: `amr`.' })
  amr?: string[] | null;
}

@InputType({
  description:
    'What an identity provider would send for an application, or did send: exactly one of `claims`, `samlResponse` and `idToken`.',
})
export class SimulateLoginInput {
  @Field(() => ID, { description: 'The identity provider that would send it.' })
  identityProviderId!: string;

  @Field(() => ID, { description: 'The application that the person would sign in to.' })
  applicationId!: string;

  @Field(() => ClaimSetScalar, {
    nullable: true,
    description: 'Claims of the ID token, or attributes of the SAML assertion with a string or a list of strings each.',
  })
  claims?: Readonly<Record<string, ClaimValue>> | null;

  @Field(() => String, {
    nullable: true,
    description: 'Instead: a SAML Response, base64 as it is posted, 384 KiB at most.',
  })
  samlResponse?: string | null;

  @Field(() => String, { nullable: true, description: 'Instead: an ID token, a compact JWT, 64 KiB at most.' })
  idToken?: string | null;

  @Field(() => SimulatedSubjectInput, {
    nullable: true,
    description: 'NameID of a SAML assertion; an OpenID Provider states the subject among the claims.',
  })
  subject?: SimulatedSubjectInput | null;

  @Field(() => SimulatedAuthenticationInput, {
    nullable: true,
    description: 'What it states of the authentication; else what the claims state.',
  })
  authentication?: SimulatedAuthenticationInput | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The instant to judge and to decide at; now when left out, at which an old capture has expired.',
  })
  at?: Date | null;
}

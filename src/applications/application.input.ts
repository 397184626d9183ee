/** What callers may send about an application, field by field. */
import { Field, ID, InputType } from 'type-graphql';
import { AssuranceLevelsInput, levelsOfInput } from '../graphql/assurance.js';
import { DisplayNameScalar, SlugScalar } from '../graphql/scalars.js';
import type { ApplicationState, IdTokenAlgorithm, SubjectType } from './application.entity.js';
import type { ApplicationEdit } from './application.rules.js';
import type { NewApplication } from './application.service.js';
import type { ApplicationFilter } from './application.store.js';
import { ApplicationStateEnum, IdTokenAlgorithmEnum, SubjectTypeEnum } from './application.type.js';

@InputType('ApplicationFilter', { description: 'Narrows a list of applications; everything given must hold.' })
export class ApplicationFilterInput implements ApplicationFilter {
  @Field(() => ApplicationStateEnum, { nullable: true, description: 'In this state.' })
  state?: ApplicationState | null;

  @Field(() => DisplayNameScalar, { nullable: true, description: 'Part of the name or the slug, in any case.' })
  search?: string | null;
}

@InputType({ description: 'A new application.' })
export class CreateApplicationInput {
  @Field(() => SlugScalar, { description: 'Its name in addresses, unique; never changes.' })
  slug!: string;

  @Field(() => DisplayNameScalar, { description: 'Its name for people.' })
  name!: string;

  @Field(() => [String], { description: 'Where a sign-in may return to: https, or http on a loopback address.' })
  redirectUris!: string[];

  @Field(() => [String], { defaultValue: [], description: 'Where a logout may return to, by the same rules.' })
  postLogoutRedirectUris!: string[];

  @Field(() => Boolean, { defaultValue: false, description: 'Without a secret: on the own device of the person.' })
  isPublic!: boolean;

  @Field(() => SubjectTypeEnum, { defaultValue: 'PAIRWISE', description: 'How people are named to it.' })
  subjectType!: SubjectType;

  @Field(() => IdTokenAlgorithmEnum, { defaultValue: 'ES256', description: 'How its ID tokens are signed.' })
  idTokenSignedResponseAlg!: IdTokenAlgorithm;

  @Field(() => Boolean, { defaultValue: false, description: 'Put released claims into the ID token too.' })
  claimsInIdToken!: boolean;

  @Field(() => Boolean, { defaultValue: true, description: 'Refuse a request without PKCE.' })
  pkceRequired!: boolean;

  @Field(() => AssuranceLevelsInput, { nullable: true, description: 'Levels below which nobody signs in.' })
  minimumAssurance?: AssuranceLevelsInput | null;
}

@InputType({ description: 'A change of an application; what is left out stays.' })
export class UpdateApplicationInput {
  @Field(() => ID, { description: 'The application.' })
  id!: string;

  @Field(() => DisplayNameScalar, { nullable: true, description: 'Its name for people.' })
  name?: string | null;

  @Field(() => [String], { nullable: true, description: 'All places where a sign-in may return to.' })
  redirectUris?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'All places where a logout may return to.' })
  postLogoutRedirectUris?: string[] | null;

  @Field(() => IdTokenAlgorithmEnum, { nullable: true, description: 'How its ID tokens are signed.' })
  idTokenSignedResponseAlg?: IdTokenAlgorithm | null;

  @Field(() => Boolean, { nullable: true, description: 'Put released claims into the ID token too.' })
  claimsInIdToken?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: 'Refuse a request without PKCE.' })
  pkceRequired?: boolean | null;

  @Field(() => AssuranceLevelsInput, { nullable: true, description: 'All three levels, in place of those before.' })
  minimumAssurance?: AssuranceLevelsInput | null;
}

@InputType({ description: 'Which application.' })
export class ApplicationIdInput {
  @Field(() => ID, { description: 'The application.' })
  id!: string;
}

export function newApplication(input: CreateApplicationInput): NewApplication {
  const { slug, isPublic, subjectType, minimumAssurance, ...rest } = input;
  const { name, redirectUris, postLogoutRedirectUris, idTokenSignedResponseAlg, claimsInIdToken, pkceRequired } = rest;
  const minimum = levelsOfInput(minimumAssurance);
  const uris = { redirectUris, postLogoutRedirectUris };
  return {
    slug,
    isPublic,
    subjectType,
    settings: { name, ...uris, idTokenSignedResponseAlg, claimsInIdToken, pkceRequired, minimum },
  };
}

export function applicationEdit(input: UpdateApplicationInput): ApplicationEdit {
  const { id: _id, minimumAssurance, ...rest } = input;
  const { name, redirectUris, postLogoutRedirectUris, idTokenSignedResponseAlg, claimsInIdToken, pkceRequired } = rest;
  const minimum = minimumAssurance == null ? null : levelsOfInput(minimumAssurance);
  return {
    ...(name && { name }),
    ...(redirectUris && { redirectUris }),
    ...(postLogoutRedirectUris && { postLogoutRedirectUris }),
    ...(idTokenSignedResponseAlg && { idTokenSignedResponseAlg }),
    claimsInIdToken: claimsInIdToken ?? null,
    pkceRequired: pkceRequired ?? null,
    minimum,
  };
}

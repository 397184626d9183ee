/** The GraphQL face of an application. The digest of its secret has no field, and so no way out. */
import { Field, ObjectType } from 'type-graphql';
import { AssuranceLevels } from '../graphql/assurance.js';
import { connectionType } from '../graphql/connection.js';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { DateTimeScalar, DisplayNameScalar, SlugScalar } from '../graphql/scalars.js';
import type { Application, ApplicationState, IdTokenAlgorithm, SubjectType } from './application.entity.js';

export const ApplicationStateEnum = graphqlEnum<ApplicationState>('ApplicationState', 'The life of an application.', {
  ACTIVE: 'People can sign in to it.',
  DISABLED: 'Nobody signs in, and none of its tokens works; can be enabled.',
});

export const SubjectTypeEnum = graphqlEnum<SubjectType>('SubjectType', 'How a person is named to an application.', {
  PUBLIC: 'The same `sub` for all applications of that type.',
  PAIRWISE: 'A `sub` of its own: two applications cannot compare people.',
});

export const IdTokenAlgorithmEnum = graphqlEnum<IdTokenAlgorithm>('IdTokenAlgorithm', 'How ID tokens are signed.', {
  ES256: 'ECDSA on P-256 with SHA-256: short and fast.',
  RS256: 'RSA with SHA-256: what every library can.',
});

@ObjectType('Application', { implements: Node, description: 'An application that signs people in through the hub.' })
export class ApplicationType
  extends Node
  implements
    Pick<
      Application,
      | 'id'
      | 'slug'
      | 'name'
      | 'state'
      | 'clientId'
      | 'redirectUris'
      | 'postLogoutRedirectUris'
      | 'subjectType'
      | 'idTokenSignedResponseAlg'
      | 'claimsInIdToken'
      | 'pkceRequired'
      | 'createdAt'
      | 'updatedAt'
    >
{
  @Field(() => SlugScalar, { description: 'Its name in addresses; never changes.' })
  slug!: string;

  @Field(() => DisplayNameScalar, { description: 'Its name for people.' })
  name!: string;

  @Field(() => ApplicationStateEnum, { description: 'Whether people can sign in to it.' })
  state!: ApplicationState;

  @Field(() => String, { description: '`client_id` at the OpenID Provider.' })
  clientId!: string;

  @Field(() => [String], { description: 'Where a sign-in may return to, compared character by character.' })
  redirectUris!: string[];

  @Field(() => [String], { description: 'Where a logout may return to, compared character by character.' })
  postLogoutRedirectUris!: string[];

  @Field(() => SubjectTypeEnum, { description: 'How people are named to it; never changes.' })
  subjectType!: SubjectType;

  @Field(() => IdTokenAlgorithmEnum, { description: 'How its ID tokens are signed.' })
  idTokenSignedResponseAlg!: IdTokenAlgorithm;

  @Field(() => Boolean, { description: 'Whether released claims stand in the ID token too, and not only in userinfo.' })
  claimsInIdToken!: boolean;

  @Field(() => Boolean, { description: 'Whether a request without PKCE is refused; always true for a public one.' })
  pkceRequired!: boolean;

  /** Resolved from the three columns. */
  @Field(() => AssuranceLevels, { description: 'Levels below which nobody signs in, whatever the terms say.' })
  minimumAssurance?: AssuranceLevels;

  /** Resolved from whether there is a secret. */
  @Field(() => Boolean, { description: 'Whether it has no secret: an application on the own device of the person.' })
  isPublic?: boolean;

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const ApplicationConnection = connectionType('Application', () => ApplicationType);

@ObjectType({ description: 'The application after the change.' })
export class ApplicationPayload {
  @Field(() => ApplicationType, { description: 'The application.' })
  application!: Application;
}

@ObjectType({ description: 'The application, and the secret that was made for it.' })
export class ApplicationSecretPayload {
  @Field(() => ApplicationType, { description: 'The application.' })
  application!: Application;

  @Field(() => String, {
    nullable: true,
    description: 'The client secret, shown this once and kept as a digest; null for a public application.',
  })
  clientSecret!: string | null;
}

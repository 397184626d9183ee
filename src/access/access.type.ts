/** The GraphQL face of service clients and of tokens. No secret has a field; one is shown once in a payload. */
import { Field, ObjectType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { DateTimeScalar, DisplayNameScalar, textScalar } from '../graphql/scalars.js';
import type { ApiClient, ApiToken, Role } from './api-client.entity.js';
import { apiScopes } from './scopes.rules.js';

export const RoleEnum = graphqlEnum<Role>('Role', 'Who somebody is to the API.', {
  OPERATOR: 'Runs the hub.',
  AUDITOR: 'Reads everything, changes nothing.',
  PARTNER_ADMINISTRATOR: 'Looks after one partner.',
  APPLICATION_OWNER: 'Looks after some applications.',
});

export const ApiClientStateEnum = graphqlEnum<ApiClient['state']>('ApiClientState', 'The life of a service client.', {
  ACTIVE: 'Gets tokens.',
  REVOKED: 'Gets none, and those that it has are refused; for good.',
});

export const ApiScopeScalar = textScalar({
  name: 'ApiScope',
  description: `What a token may be used for, by area. One of ${apiScopes.map((scope) => `\`${scope}\``).join(', ')}.`,
  expected: 'There is no such scope.',
  parse: (text) => apiScopes.find((scope) => scope === text) ?? null,
});

@ObjectType('ApiClient', {
  implements: Node,
  description: 'A service that calls this API with client credentials. What it may do is read at every request.',
})
export class ApiClientType
  extends Node
  implements Pick<ApiClient, 'id' | 'clientId' | 'name' | 'role' | 'scopes' | 'state' | 'createdAt'>
{
  @Field(() => String, { description: '`client_id` at the token endpoint.' })
  clientId!: string;

  @Field(() => DisplayNameScalar, { description: 'Its name for people.' })
  name!: string;

  @Field(() => RoleEnum, { description: 'Who it is.' })
  role!: Role;

  @Field(() => [ApiScopeScalar], { description: 'The most that its tokens may be used for.' })
  scopes!: readonly string[];

  @Field(() => ApiClientStateEnum, { description: 'Whether it gets tokens.' })
  state!: ApiClient['state'];

  @Field(() => DateTimeScalar, { description: 'When it was created.' })
  createdAt!: Date;
}

@ObjectType('ApiToken', {
  implements: Node,
  description: 'A token that `entente token` issued to a person. The token itself is kept nowhere.',
})
export class ApiTokenType
  extends Node
  implements Pick<ApiToken, 'id' | 'subject' | 'role' | 'scopes' | 'expiresAt' | 'revokedAt' | 'createdAt'>
{
  @Field(() => String, { description: 'Who has it; the actor in the audit log.' })
  subject!: string;

  @Field(() => RoleEnum, { description: 'As whom.' })
  role!: Role;

  @Field(() => [ApiScopeScalar], { description: 'What it may be used for.' })
  scopes!: readonly string[];

  @Field(() => DateTimeScalar, { description: 'When it ends by itself.' })
  expiresAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was revoked; null if it was not.' })
  revokedAt!: Date | null | undefined;

  @Field(() => DateTimeScalar, { description: 'When it was issued.' })
  createdAt!: Date;
}

export const ApiClientConnection = connectionType('ApiClient', () => ApiClientType);
export const ApiTokenConnection = connectionType('ApiToken', () => ApiTokenType);

@ObjectType({ description: 'The service client, and the secret that was made for it.' })
export class ApiClientSecretPayload {
  @Field(() => ApiClientType, { description: 'The service client.' })
  apiClient!: ApiClient;

  @Field(() => String, { description: 'The client secret, shown this once and kept as a digest.' })
  clientSecret!: string;
}

@ObjectType({ description: 'The service client after the change.' })
export class ApiClientPayload {
  @Field(() => ApiClientType, { description: 'The service client.' })
  apiClient!: ApiClient;
}

@ObjectType({ description: 'The token after the change.' })
export class ApiTokenPayload {
  @Field(() => ApiTokenType, { description: 'The token.' })
  apiToken!: ApiToken;
}

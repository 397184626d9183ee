/** What callers may send about service clients and tokens, field by field. */
import { Field, ID, InputType } from 'type-graphql';
import { hubKey } from '../graphql/global-id.js';
import { DisplayNameScalar } from '../graphql/scalars.js';
import { ApiScopeScalar, RoleEnum } from './access.type.js';
import type { Role } from './api-client.entity.js';
import type { NewApiClient } from './api-client.service.js';

@InputType({ description: 'A new service client.' })
export class CreateApiClientInput {
  @Field(() => DisplayNameScalar, { description: 'Its name for people.' })
  name!: string;

  @Field(() => RoleEnum, { description: 'Who it is.' })
  role!: Role;

  @Field(() => [ApiScopeScalar], {
    nullable: true,
    description: 'Its scopes; all that the role may hold when left out.',
  })
  scopes?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'The partner of a partner administrator.' })
  partnerId?: string | null;

  @Field(() => [ID], { defaultValue: [], description: 'The applications of an application owner, 50 at most.' })
  applicationIds!: string[];
}

@InputType({ description: 'Which service client.' })
export class ApiClientIdInput {
  @Field(() => ID, { description: 'The service client.' })
  id!: string;
}

@InputType({ description: 'Which token.' })
export class ApiTokenIdInput {
  @Field(() => ID, { description: 'The token.' })
  id!: string;
}

/** @throws HubError NOT_FOUND for ids of another type */
export function newApiClient({ name, role, scopes, partnerId, applicationIds }: CreateApiClientInput): NewApiClient {
  return {
    name,
    role,
    scopes: scopes ?? null,
    partnerId: partnerId == null ? null : hubKey('Partner', partnerId),
    applicationIds: applicationIds.map((id) => hubKey('Application', id)),
  };
}

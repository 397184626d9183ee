/** The clients of the OpenID Provider as they stand: applications that are active, and service clients of the API. */
import { ApiClient } from '../access/api-client.entity.js';
import { type Sql, sql } from '../persistence/sql.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { ClientSource, DownstreamApplication } from '../protocols/oidc/downstream.clients.js';
import type { RequestMemory } from '../shared/request-memory.js';

/** Every request of an application asks for it: one statement, always as it stands. */
const APPLICATION = sql`select jsonb_build_object(
  'id', id, 'name', name, 'clientId', client_id, 'clientSecretHash', client_secret_hash, 'redirectUris', redirect_uris,
  'postLogoutRedirectUris', post_logout_redirect_uris, 'subjectType', subject_type,
  'idTokenSignedResponseAlg', id_token_signed_response_alg, 'claimsInIdToken', claims_in_id_token,
  'pkceRequired', pkce_required)::text as client
  from "control"."application" where state = 'ACTIVE' and client_id =`;

export class StoredClients implements ClientSource {
  readonly #uow: UnitOfWork;
  readonly #memory: RequestMemory;

  constructor(uow: UnitOfWork, memory: RequestMemory) {
    this.#uow = uow;
    this.#memory = memory;
  }

  /** The application as text of JSON, as part of another statement. @param clientId a column, or another expression */
  selectApplication(clientId: Sql): Sql {
    return sql`(${APPLICATION} ${clientId})`;
  }

  /** Takes what `selectApplication` gave: the same request does not ask again. */
  remember(clientId: string, client: string | null): DownstreamApplication | null {
    const application = client === null ? null : (JSON.parse(client) as DownstreamApplication);
    this.#memory.set(nameOf(clientId), application);
    return application;
  }

  async application(clientId: string): Promise<DownstreamApplication | null> {
    const known = this.#memory.get<DownstreamApplication>(nameOf(clientId));
    if (known !== undefined) return known;
    const rows = await this.#uow.rows<{ readonly client: string }>(hubScope, sql`${APPLICATION} ${clientId}`);
    return this.remember(clientId, rows[0]?.client ?? null);
  }

  apiClient(clientId: string) {
    return this.#uow.read(hubScope, (tx) => tx.em.findOne(ApiClient, { clientId, state: 'ACTIVE' }));
  }
}

function nameOf(clientId: string): string {
  return `application ${clientId}`;
}

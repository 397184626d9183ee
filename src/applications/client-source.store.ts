/** The clients of the OpenID Provider as they stand: applications that are active, and service clients of the API. */
import { ApiClient } from '../access/api-client.entity.js';
import { sql } from '../persistence/sql.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { ClientSource, DownstreamApplication } from '../protocols/oidc/downstream.clients.js';

/** Every request of an application asks for it: one statement, always as it stands. */
const ACTIVE_APPLICATION = sql`select jsonb_build_object(
  'id', id, 'name', name, 'clientId', client_id, 'clientSecretHash', client_secret_hash, 'redirectUris', redirect_uris,
  'postLogoutRedirectUris', post_logout_redirect_uris, 'subjectType', subject_type,
  'idTokenSignedResponseAlg', id_token_signed_response_alg, 'claimsInIdToken', claims_in_id_token,
  'pkceRequired', pkce_required)::text as client
  from "control"."application" where state = 'ACTIVE' and client_id = `;

export class StoredClients implements ClientSource {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  async application(clientId: string): Promise<DownstreamApplication | null> {
    const rows = await this.#uow.rows<{ readonly client: string }>(hubScope, sql`${ACTIVE_APPLICATION}${clientId}`);
    const [row] = rows;
    return row === undefined ? null : (JSON.parse(row.client) as DownstreamApplication);
  }

  apiClient(clientId: string) {
    return this.#uow.read(hubScope, (tx) => tx.em.findOne(ApiClient, { clientId, state: 'ACTIVE' }));
  }
}

/** The clients of the OpenID Provider as they stand: applications that are active, and service clients of the API. */
import { ApiClient } from '../access/api-client.entity.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { ClientSource } from '../protocols/oidc/downstream.clients.js';
import { Application } from './application.entity.js';

export class StoredClients implements ClientSource {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  async application(clientId: string) {
    const found = await this.#uow.read(hubScope, (tx) => tx.em.findOne(Application, { clientId, state: 'ACTIVE' }));
    if (found === null) return null;
    const { id, name, redirectUris, postLogoutRedirectUris, subjectType, idTokenSignedResponseAlg } = found;
    const { claimsInIdToken, pkceRequired } = found;
    return {
      id,
      name,
      clientId,
      clientSecretHash: found.clientSecretHash ?? null,
      redirectUris,
      postLogoutRedirectUris,
      subjectType,
      idTokenSignedResponseAlg,
      claimsInIdToken,
      pkceRequired,
    };
  }

  apiClient(clientId: string) {
    return this.#uow.read(hubScope, (tx) => tx.em.findOne(ApiClient, { clientId, state: 'ACTIVE' }));
  }
}

/**
 * Use cases of service clients: integrations that call the API by OAuth client credentials (RFC 6749, section 4.4).
 * Nobody hands on what the own token does not hold, so that a narrow token cannot make itself a wide one (H25).
 */
import { randomBytes } from 'node:crypto';
import { recordAudit } from '../audit/audit.store.js';
import { hashClientSecret, newClientSecret } from '../keys/client-secret.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import { addApiClient, findApiClient, grantExists, lockApiClient, pageOfApiClients } from './access.store.js';
import type { ApiClient } from './api-client.entity.js';
import { type GrantRequest, grantedScopes, grantProblems } from './grant.rules.js';
import { permit } from './permissions.js';
import { type RequestContext, scopeOf } from './request-context.js';

export interface NewApiClient extends GrantRequest {
  readonly name: string;
}

export interface ApiClientWithSecret {
  readonly apiClient: ApiClient;
  /** Shown this once. */
  readonly clientSecret: string;
}

export class ApiClientService {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  async find(context: RequestContext, id: Uuid): Promise<ApiClient | null> {
    permit(context, 'apiClients');
    return this.#uow.read(scopeOf(context.actor), (tx) => findApiClient(tx, id));
  }

  async list(context: RequestContext, page: PageRequest): Promise<Page<ApiClient>> {
    permit(context, 'apiClients');
    return this.#uow.read(scopeOf(context.actor), (tx) => pageOfApiClients(tx, page));
  }

  /** @throws HubError INPUT_INVALID, NOT_FOUND (the partner or an application), FORBIDDEN */
  async create(context: RequestContext, input: NewApiClient): Promise<ApiClientWithSecret> {
    permit(context, 'createApiClient');
    const scopes = scopesToGrant(context, input);
    const { name, role, partnerId, applicationIds } = input;
    const { now } = context;
    const clientSecret = newClientSecret();
    const apiClient = await this.#uow.write(scopeOf(context.actor), async (tx) => {
      if (!(await grantExists(tx, partnerId, applicationIds))) throw new HubError('NOT_FOUND');
      const client = await addApiClient(tx, {
        id: uuidv7(now),
        // Never that of an application: those begin with `app_`.
        clientId: `api_${randomBytes(16).toString('base64url')}`,
        name,
        secretHash: hashClientSecret(clientSecret),
        role,
        partnerId,
        applicationIds,
        scopes,
        state: 'ACTIVE',
        createdAt: now,
      });
      const target = { partnerId, targetType: 'ApiClient', targetId: client.id };
      const data = { clientId: client.clientId, name, role, scopes, applicationIds };
      await recordAudit(tx, context, { action: 'api-client.created', ...target, data });
      return client;
    });
    return { apiClient, clientSecret };
  }

  /** Its secret and every token that it holds are refused from now on. @throws HubError NOT_FOUND, STATE_TRANSITION */
  async revoke(context: RequestContext, id: Uuid): Promise<ApiClient> {
    permit(context, 'revokeApiClient');
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      const client = await lockApiClient(tx, id);
      if (client === null) throw new HubError('NOT_FOUND');
      if (client.state !== 'ACTIVE') throw new HubError('STATE_TRANSITION');
      client.state = 'REVOKED';
      const { partnerId, clientId } = client;
      const target = { partnerId: partnerId ?? null, targetType: 'ApiClient', targetId: id };
      await recordAudit(tx, context, { action: 'api-client.revoked', ...target, data: { clientId } });
      return client;
    });
  }
}

/** @throws HubError INPUT_INVALID, FORBIDDEN */
function scopesToGrant({ actor }: RequestContext, input: GrantRequest): readonly string[] {
  const problems = grantProblems(input);
  if (problems.length > 0) {
    const fields = problems.map(({ path, message }) => ({ path: `input.${path}`, message }));
    throw new HubError('INPUT_INVALID', undefined, fields);
  }
  const scopes = grantedScopes(input);
  if (scopes.every((scope) => actor.scopes.has(scope))) return scopes;
  const message = 'Your own token does not hold all of this.';
  throw new HubError('FORBIDDEN', message, [{ path: 'input.scopes', message }]);
}

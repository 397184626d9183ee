/** Applications and service clients as oidc-provider knows them: client metadata (RFC 7591 names), made at each look-up. */
import type { Adapter, AdapterPayload, Client } from 'oidc-provider';
import { clientSecretMatches } from '../../keys/client-secret.js';

/** An application, as far as the OpenID Provider must know it. */
export interface DownstreamApplication {
  readonly id: string;
  readonly name: string;
  readonly clientId: string;
  /** null for a public client. */
  readonly clientSecretHash: string | null;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly subjectType: 'PUBLIC' | 'PAIRWISE';
  readonly idTokenSignedResponseAlg: 'ES256' | 'RS256';
  readonly claimsInIdToken: boolean;
  readonly pkceRequired: boolean;
}

/** A client of the API: client credentials only, no end users. */
export interface DownstreamApiClient {
  readonly clientId: string;
  readonly name: string;
  readonly secretHash: string;
  readonly scopes: readonly string[];
}

export interface ClientSource {
  /** Active ones only: a disabled application is no client at all. */
  application(clientId: string): Promise<DownstreamApplication | null>;
  apiClient(clientId: string): Promise<DownstreamApiClient | null>;
}

/** RFC 6749, appendix A.1. */
const CLIENT_ID = /^[\x20-\x7e]+$/;
const APPLICATION_ID = 'entente_application_id';
const CLAIMS_IN_ID_TOKEN = 'entente_claims_in_id_token';
const PKCE_REQUIRED = 'entente_pkce_required';
const API_SCOPES = 'entente_api_scopes';

export class ClientDirectory {
  readonly extraMetadata = [APPLICATION_ID, CLAIMS_IN_ID_TOKEN, PKCE_REQUIRED, API_SCOPES] as const;
  readonly #source: ClientSource;

  constructor(source: ClientSource) {
    this.#source = source;
  }

  /** oidc-provider's adapter of the model `Client`: it reads, and never writes. */
  adapter(): Adapter {
    return {
      find: (clientId) => this.#find(clientId),
      findByUid: async () => undefined,
      findByUserCode: async () => undefined,
      upsert: readOnly,
      consume: readOnly,
      destroy: readOnly,
      revokeByGrantId: readOnly,
    };
  }

  secretMatches(given: string, stored: string): boolean {
    return clientSecretMatches(given, stored);
  }

  pkceRequired(client: Client): boolean {
    return client.clientAuthMethod === 'none' || client[PKCE_REQUIRED] !== false;
  }

  claimsInIdToken(client: Client): boolean {
    return client[CLAIMS_IN_ID_TOKEN] === true;
  }

  /** null for a client that is no application. */
  applicationId(client: Client): string | null {
    const id = client[APPLICATION_ID];
    return typeof id === 'string' ? id : null;
  }

  /** null for a client that is no client of the API. */
  apiScopes(client: Client): string | null {
    const scopes = client[API_SCOPES];
    return typeof scopes === 'string' ? scopes : null;
  }

  async #find(clientId: string): Promise<AdapterPayload | undefined> {
    if (!CLIENT_ID.test(clientId)) return undefined;
    const application = await this.#source.application(clientId);
    if (application !== null) return applicationMetadata(application);
    const apiClient = await this.#source.apiClient(clientId);
    return apiClient === null ? undefined : apiClientMetadata(apiClient);
  }
}

function applicationMetadata(application: DownstreamApplication): AdapterPayload {
  const { clientSecretHash } = application;
  return {
    client_id: application.clientId,
    client_name: application.name,
    ...(clientSecretHash === null ? {} : { client_secret: clientSecretHash }),
    token_endpoint_auth_method: clientSecretHash === null ? 'none' : 'client_secret_basic',
    application_type:
      clientSecretHash === null && application.redirectUris.some((uri) => !uri.startsWith('https:')) ? 'native' : 'web',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [...application.redirectUris],
    post_logout_redirect_uris: [...application.postLogoutRedirectUris],
    subject_type: application.subjectType === 'PAIRWISE' ? 'pairwise' : 'public',
    id_token_signed_response_alg: application.idTokenSignedResponseAlg,
    [APPLICATION_ID]: application.id,
    [CLAIMS_IN_ID_TOKEN]: application.claimsInIdToken,
    [PKCE_REQUIRED]: application.pkceRequired,
  } as AdapterPayload;
}

function apiClientMetadata(client: DownstreamApiClient): AdapterPayload {
  return {
    client_id: client.clientId,
    client_name: client.name,
    client_secret: client.secretHash,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    [API_SCOPES]: client.scopes.join(' '),
  } as AdapterPayload;
}

async function readOnly(): Promise<never> {
  throw new Error('clients are changed through the API of the hub');
}

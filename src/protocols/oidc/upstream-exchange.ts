/**
 * One token exchange with one OpenID Provider: lends openid-client our outbound HTTP, our keys, our clock and our reading
 * of JSON, so that none of its answers reaches the library unbounded (P2, P3, P5, P6, P11).
 */
import * as client from 'openid-client';
import type { Egress } from '../../egress/egress.js';
import type { UpstreamOidcConfig, UpstreamPending } from '../../login/contracts.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import { RefusedInFetch } from './upstream-errors.js';
import { type JsonObject, parseJsonObject } from './upstream-json.rules.js';
import type { UpstreamKeys } from './upstream-keys.js';
import { acceptedAlgorithms, isTemplate, type OpenIdProviderMetadata } from './upstream-metadata.rules.js';
import { peekToken, refuseTenant } from './upstream-token.rules.js';

const TOKEN_BYTES = 262_144;
/** openid-client fills the issuer template of this origin, and of no other, from `tid`; we then compare `tid` ourselves. */
const TEMPLATE_ORIGIN = new URL('https://login.microsoftonline.com/');

/** What is kept for a configuration as long as that very object lives: its vetted metadata and its keys. */
export interface Connection {
  readonly metadata: OpenIdProviderMetadata;
  readonly keys: Pick<UpstreamKeys, 'candidates'>;
}

/** One ID token that is to become an assertion. */
export interface Verification {
  readonly config: UpstreamOidcConfig;
  readonly connection: Connection;
  readonly pending: Extract<UpstreamPending, { kind: 'OIDC' }>;
  readonly now: Date;
  readonly egress: Pick<Egress, 'fetch'>;
}

export class Exchange {
  readonly #verification: Verification;
  #kid: string | undefined;
  #claims: JsonObject | null = null;
  #configuration: client.Configuration | null = null;

  constructor(verification: Verification) {
    this.#verification = verification;
  }

  /** @throws what openid-client throws; `refusalOf` reads it */
  async redeem(code: string): Promise<client.TokenEndpointResponse> {
    const { config, pending } = this.#verification;
    this.#configuration = await this.#configure();
    // State and issuer have been compared by our own rules; the library gets the code and nothing else of the callback.
    const callback = new URL(config.redirectUri);
    callback.search = new URLSearchParams({ code, state: pending.state }).toString();
    return client.authorizationCodeGrant(this.#configuration, callback, {
      pkceCodeVerifier: pending.codeVerifier,
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      idTokenExpected: true,
      ...(pending.maxAgeSeconds === null ? {} : { maxAge: pending.maxAgeSeconds }),
    });
  }

  hasUserInfo(): boolean {
    const { config, connection } = this.#verification;
    return config.fetchUserInfo && connection.metadata.userinfo_endpoint !== undefined;
  }

  /** @throws what openid-client throws */
  async userInfo(accessToken: string, subject: string): Promise<client.UserInfoResponse> {
    if (this.#configuration === null) throw new Error('User information is read after the code is redeemed.');
    return client.fetchUserInfo(this.#configuration, accessToken, subject);
  }

  /** The refusal of a foreign tenant, which outranks what the library says of its issuer. */
  tenantRefusal(): Refusal | null {
    const { config, connection } = this.#verification;
    return this.#claims === null ? null : refuseTenant(config, connection.metadata.issuer, this.#claims);
  }

  async #configure(): Promise<client.Configuration> {
    const { config, connection, now } = this.#verification;
    const { metadata } = connection;
    const server: Record<string, unknown> = {
      ...metadata,
      // `iss` of the callback is compared by upstream-callback.rules.ts, which knows the tenants behind a template.
      authorization_response_iss_parameter_supported: false,
      userinfo_signing_alg_values_supported: acceptedAlgorithms(config),
    };
    const clientMetadata = {
      // The library takes a list here although its type says one name; the metadata's own list would let `none` in (P3).
      id_token_signed_response_alg: acceptedAlgorithms(config) as unknown as string,
      [client.clockSkew]: Math.floor(now.getTime() / 1_000) - Math.floor(Date.now() / 1_000),
      [client.clockTolerance]: config.clockSkewSeconds,
    };
    const authentication =
      config.tokenEndpointAuthMethod === 'client_secret_basic'
        ? client.ClientSecretBasic(config.clientSecret)
        : client.ClientSecretPost(config.clientSecret);
    const configuration = isTemplate(metadata.issuer)
      ? await client.discovery(TEMPLATE_ORIGIN, config.clientId, clientMetadata, authentication, {
          [client.customFetch]: async () => Response.json(server),
        })
      : new client.Configuration(
          server as unknown as client.ServerMetadata,
          config.clientId,
          clientMetadata,
          authentication,
        );
    configuration[client.customFetch] = (url, init) => this.#fetch(url, init);
    client.enableNonRepudiationChecks(configuration);
    // Whether plain http may be spoken is decided by egress, address by address.
    client.allowInsecureRequests(configuration);
    return configuration;
  }

  async #fetch(url: string, init: client.CustomFetchOptions): Promise<Response> {
    const { connection, egress, now } = this.#verification;
    if (url === connection.metadata.jwks_uri && init.method === 'GET') {
      const keys = await connection.keys.candidates(this.#kid, now);
      if (!keys.ok) throw new RefusedInFetch(keys.refusal);
      return Response.json({ keys: keys.value });
    }
    const answer = await egress.fetch(url, init);
    const text = await answer.text();
    if (text.length > TOKEN_BYTES) throw new RefusedInFetch(refusal('EGRESS_LIMIT', 'The answer is too large.'));
    if (answer.status === 200) this.#examine(text, mediaTypeOf(answer), url);
    return new Response(text, { status: answer.status, headers: answer.headers });
  }

  /** Refuses ambiguous JSON before the library parses it, and learns which key the token asks for. */
  #examine(text: string, mediaType: string, url: string): void {
    const isToken = url === this.#verification.connection.metadata.token_endpoint;
    if (mediaType === 'application/jwt') {
      const peeked = peekToken(text);
      if (!peeked.ok) throw new RefusedInFetch(peeked.refusal);
      this.#kid = peeked.value.kid;
      return;
    }
    const body = parseJsonObject(text);
    if (body === null) {
      const code = isToken ? 'OIDC_CALLBACK' : 'OIDC_USERINFO';
      throw new RefusedInFetch(refusal(code, 'The answer is no unambiguous JSON object.'));
    }
    if (!isToken || typeof body.id_token !== 'string') return;
    const peeked = peekToken(body.id_token);
    if (!peeked.ok) throw new RefusedInFetch(peeked.refusal);
    this.#kid = peeked.value.kid;
    this.#claims = peeked.value.claims;
  }
}

function mediaTypeOf(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

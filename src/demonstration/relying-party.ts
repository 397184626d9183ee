/**
 * An application's side of OpenID Connect, on openid-client: the request, the code, userinfo and the way out. It reaches
 * the hub where it listens, since the public name of a hub need not resolve on the hub's own machine.
 */
import * as client from 'openid-client';
import type { Egress } from '../egress/egress.js';
import type { Place } from './addresses.js';

const SCOPE = 'openid email profile roles organization';

export interface RelyingPartyParts {
  readonly hub: Place;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  readonly egress: Egress;
}

/** What the application remembers between its request and the answer. */
export interface PendingRequest {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface SignedIn {
  readonly idToken: string;
  readonly accessToken: string;
  readonly idTokenClaims: Readonly<Record<string, unknown>>;
  readonly userInfo: Readonly<Record<string, unknown>>;
}

export class RelyingParty {
  readonly #parts: RelyingPartyParts;
  #configuration: Promise<client.Configuration> | null = null;

  constructor(parts: RelyingPartyParts) {
    this.#parts = parts;
  }

  async begin(hints: Readonly<Record<string, string>>): Promise<{ url: string; pending: PendingRequest }> {
    const configuration = await this.#discovered();
    const pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#parts.redirectUri,
      scope: SCOPE,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: 'S256',
      ...hints,
    });
    return { url: url.href, pending };
  }

  /** @param query the query of the redirect back, as it came */
  async finish(query: string, pending: PendingRequest): Promise<SignedIn> {
    const configuration = await this.#discovered();
    const callback = new URL(`${this.#parts.redirectUri}?${query}`);
    const tokens = await client.authorizationCodeGrant(configuration, callback, {
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.codeVerifier,
      idTokenExpected: true,
    });
    const idTokenClaims = tokens.claims();
    if (idTokenClaims === undefined || tokens.id_token === undefined) throw new Error('The hub sent no ID token.');
    const userInfo = await client.fetchUserInfo(configuration, tokens.access_token, idTokenClaims.sub);
    return { idToken: tokens.id_token, accessToken: tokens.access_token, idTokenClaims, userInfo };
  }

  /** What the hub answers to the access token now; null when it takes it no more (RFC 6750, section 3.1). */
  async userInfo({ accessToken, idTokenClaims }: SignedIn): Promise<Readonly<Record<string, unknown>> | null> {
    try {
      return await client.fetchUserInfo(await this.#discovered(), accessToken, String(idTokenClaims.sub));
    } catch (fault) {
      if (fault instanceof client.WWWAuthenticateChallengeError) return null;
      throw fault;
    }
  }

  async endSessionUrl(idToken: string): Promise<string> {
    const configuration = await this.#discovered();
    const after = { id_token_hint: idToken, post_logout_redirect_uri: this.#parts.postLogoutRedirectUri };
    return client.buildEndSessionUrl(configuration, after).href;
  }

  /** Read once; after a failure again at the next request, since the hub may just be starting. */
  #discovered(): Promise<client.Configuration> {
    this.#configuration ??= this.#discover().catch((fault: unknown) => {
      this.#configuration = null;
      throw fault;
    });
    return this.#configuration;
  }

  async #discover(): Promise<client.Configuration> {
    const { hub, clientId, clientSecret, egress } = this.#parts;
    const configuration = await client.discovery(
      new URL(hub.url),
      clientId,
      undefined,
      client.ClientSecretBasic(clientSecret),
      {
        execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
        [client.customFetch]: (url, options) => {
          const target = new URL(url);
          return egress.fetch(
            target.origin === hub.url ? new URL(target.pathname + target.search, hub.local) : url,
            options,
          );
        },
      },
    );
    return configuration;
  }
}

/** An application that signs people in through the hub: openid-client, driven by hand. */
import * as client from 'openid-client';
import type { TestApplication } from './federation.js';
import type { UserAgent, Visit } from './user-agent.js';

export interface SignInRequest {
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export class RelyingParty {
  readonly #config: client.Configuration;
  readonly application: TestApplication;

  private constructor(config: client.Configuration, application: TestApplication) {
    this.#config = config;
    this.application = application;
  }

  static async discover(hubUrl: string, application: TestApplication): Promise<RelyingParty> {
    const config = await client.discovery(new URL(hubUrl), application.clientId, application.clientSecret, undefined, {
      execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
    });
    return new RelyingParty(config, application);
  }

  async request(parameters: Readonly<Record<string, string>> = {}): Promise<SignInRequest> {
    const [state, nonce, codeVerifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const url = client.buildAuthorizationUrl(this.#config, {
      redirect_uri: this.application.redirectUri,
      scope: 'openid email profile',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      ...parameters,
    });
    return { url: url.href, state, nonce, codeVerifier };
  }

  /** From the request to the redirect back, or to the page that stands in the way. */
  async visit(agent: UserAgent, parameters: Readonly<Record<string, string>> = {}) {
    const request = await this.request(parameters);
    const visit = await agent.follow(request.url, this.application.redirectUri);
    return { request, visit };
  }

  redeem(request: SignInRequest, visit: Visit) {
    return client.authorizationCodeGrant(this.#config, new URL(visit.url), {
      expectedNonce: request.nonce,
      expectedState: request.state,
      pkceCodeVerifier: request.codeVerifier,
    });
  }

  /** A whole sign-in; fails where a page stands in the way. */
  async signIn(agent: UserAgent, parameters: Readonly<Record<string, string>> = {}) {
    const { request, visit } = await this.visit(agent, parameters);
    return this.redeem(request, visit);
  }

  userInfo(accessToken: string, subject: string) {
    return client.fetchUserInfo(this.#config, accessToken, subject);
  }

  refresh(refreshToken: string) {
    return client.refreshTokenGrant(this.#config, refreshToken);
  }

  introspect(token: string) {
    return client.tokenIntrospection(this.#config, token);
  }

  revoke(token: string) {
    return client.tokenRevocation(this.#config, token);
  }
}

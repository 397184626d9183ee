/** Calls of an application to the hub's endpoints, as raw HTTP: for answers that a well-kept library would hide. */
import type { TestApplication } from './federation.js';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

type Parameters = Readonly<Record<string, string>>;

export class TokenClient {
  readonly #hubUrl: string;
  readonly application: TestApplication;

  constructor(hubUrl: string, application: TestApplication) {
    this.#hubUrl = hubUrl;
    this.application = application;
  }

  redeem(code: string, codeVerifier: string, over: Parameters = {}): Promise<Answer> {
    const { redirectUri } = this.application;
    const parameters = { grant_type: 'authorization_code', code, code_verifier: codeVerifier };
    return this.#post('token', { ...parameters, redirect_uri: redirectUri, ...over });
  }

  refresh(refreshToken: string, over: Parameters = {}): Promise<Answer> {
    return this.#post('token', { grant_type: 'refresh_token', refresh_token: refreshToken, ...over });
  }

  introspect(token: string): Promise<Answer> {
    return this.#post('introspect', { token });
  }

  revoke(token: string): Promise<Answer> {
    return this.#post('revoke', { token });
  }

  async userInfo(accessToken: string): Promise<Answer> {
    const response = await fetch(`${this.#hubUrl}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
    });
    return answerOf(response);
  }

  async #post(endpoint: string, parameters: Parameters): Promise<Answer> {
    const { clientId, clientSecret } = this.application;
    const credentials = [clientId, clientSecret].map(encodeURIComponent).join(':');
    const response = await fetch(`${this.#hubUrl}/oidc/${endpoint}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, accept: 'application/json' },
      body: new URLSearchParams(parameters),
    });
    return answerOf(response);
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, body, headers: response.headers };
}

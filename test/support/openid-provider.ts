/**
 * A fake OpenID Provider on 127.0.0.1 under full control of a test: honest until it is told otherwise. It speaks real HTTP,
 * so that a flow test can send a browser to `/authorize`, which signs the configured person in at once.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; text and bytes as they are. */
  readonly body?: unknown;
  /** Takes the response over: slow, cut off, endless. */
  readonly raw?: (response: ServerResponse) => void;
}

export interface OpenIdProviderOverrides {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly subject?: string;
  /** Claims of the person, beside the protocol claims of the ID token. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly userInfo?: Readonly<Record<string, unknown>>;
  readonly algorithm?: 'RS256' | 'ES256' | 'PS256';
  /** The instant of `iat`, `exp` and `auth_time`. Default: the system's. */
  readonly now?: () => Date;
  /** Path below the origin that the issuer has, such as `/tenant/v2.0`. */
  readonly issuerPath?: string;
}

interface Grant {
  readonly nonce: string | null;
  readonly redirectUri: string;
  readonly challenge: string | null;
}

type Override = (context: { readonly request: IncomingMessage; readonly body: URLSearchParams }) => Answer | undefined;

interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export interface OpenIdProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly origin: string;
  /** `127.0.0.1:port`, as an entry of the egress allow list. */
  readonly hostPort: string;
  /** What arrived, as `METHOD /path`. */
  readonly requests: string[];
  readonly tokenRequests: URLSearchParams[];
  /** `Authorization` header of each token request. */
  readonly tokenAuthorizations: (string | undefined)[];
  discovery(): Record<string, unknown>;
  jwks(): { keys: JWK[] };
  /** The redirect URL with code and state as a browser gets it from the authorization endpoint, without HTTP. */
  authorize(url: string): string;
  /** Replaces the signing key; `keepOld` publishes both. */
  rotateKey(options?: { readonly keepOld?: boolean; readonly kid?: string }): Promise<void>;
  /** Signs any header and payload, with the current key or another one. */
  sign(payload: Record<string, unknown> | string, header?: Record<string, unknown>, key?: CryptoKey): Promise<string>;
  /** The honest answer to a token request that a test has held back. */
  answerToken(body: URLSearchParams, response: ServerResponse): Promise<void>;
  claimsFor(nonce: string | null): Record<string, unknown>;
  currentKey(): SigningKey;
  set(changes: Partial<OpenIdProviderSettings>): void;
  close(): Promise<void>;
}

/** Everything a test may change while the provider runs. */
export interface OpenIdProviderSettings {
  subject: string;
  claims: Readonly<Record<string, unknown>>;
  userInfo: Readonly<Record<string, unknown>>;
  /** Last word on the claims of the ID token; undefined members disappear. */
  idTokenClaims: (claims: Record<string, unknown>) => Record<string, unknown>;
  idTokenHeader: Readonly<Record<string, unknown>>;
  /** Makes the compact ID token from the claims, instead of an honest signature. */
  idToken: ((claims: Record<string, unknown>) => Promise<string> | string) | null;
  /** Members of the discovery document that are changed; undefined removes one. */
  discovery: Readonly<Record<string, unknown>>;
  /** Parameters of the redirect back; null removes one. */
  callback: Readonly<Record<string, string | null>>;
  /** An OAuth error instead of a code. */
  authorizationError: string | null;
  jwks: (() => unknown) | null;
  onDiscovery: Override | null;
  onToken: Override | null;
  onUserInfo: Override | null;
  onJwks: Override | null;
}

const initial: Omit<OpenIdProviderSettings, 'subject' | 'claims' | 'userInfo'> = {
  idTokenClaims: (claims) => claims,
  idTokenHeader: {},
  idToken: null,
  discovery: {},
  callback: {},
  authorizationError: null,
  jwks: null,
  onDiscovery: null,
  onToken: null,
  onUserInfo: null,
  onJwks: null,
};

export async function startOpenIdProvider(overrides: OpenIdProviderOverrides = {}): Promise<OpenIdProvider> {
  const algorithm = overrides.algorithm ?? 'ES256';
  const now = overrides.now ?? (() => new Date());
  const clientId = overrides.clientId ?? 'entente-hub';
  const clientSecret = overrides.clientSecret ?? 'a secret: of 100% + the hub';
  const settings: OpenIdProviderSettings = {
    ...initial,
    subject: overrides.subject ?? 'person-1',
    claims: overrides.claims ?? {},
    userInfo: overrides.userInfo ?? {},
  };
  const grants = new Map<string, Grant>();
  const accessTokens = new Map<string, string>();
  const requests: string[] = [];
  const tokenRequests: URLSearchParams[] = [];
  const tokenAuthorizations: (string | undefined)[] = [];
  let keys = [await newKey(algorithm, 'key-1')];
  const current = () => keys[0] as SigningKey;

  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}${overrides.issuerPath ?? ''}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    requests.push(`${request.method} ${url.pathname}`);
    const body = new URLSearchParams(await read(request));
    const context = { request, body };
    if (url.pathname.endsWith('/.well-known/openid-configuration')) {
      return send(response, settings.onDiscovery?.(context) ?? { body: provider.discovery() });
    }
    switch (url.pathname) {
      case '/authorize':
        return send(response, { status: 302, headers: { location: provider.authorize(url.href) } });
      case '/jwks':
        return send(response, settings.onJwks?.(context) ?? { body: settings.jwks?.() ?? provider.jwks() });
      case '/token':
        return send(response, settings.onToken?.(context) ?? (await token(request, body)));
      case '/userinfo':
        return send(response, settings.onUserInfo?.(context) ?? userInfo(request));
      default:
        return send(response, { status: 404, body: 'not here' });
    }
  }

  async function token(request: IncomingMessage, body: URLSearchParams): Promise<Answer> {
    tokenRequests.push(body);
    tokenAuthorizations.push(request.headers.authorization);
    if (!authenticates(request, body)) return { status: 401, body: { error: 'invalid_client' } };
    return redeem(body);
  }

  async function redeem(body: URLSearchParams): Promise<Answer> {
    const code = body.get('code') ?? '';
    const grant = grants.get(code);
    grants.delete(code);
    if (grant === undefined || body.get('redirect_uri') !== grant.redirectUri || !provesCode(grant, body)) {
      return { status: 400, body: { error: 'invalid_grant', error_description: 'the code is not known' } };
    }
    const accessToken = randomBytes(16).toString('base64url');
    accessTokens.set(accessToken, settings.subject);
    const claims = JSON.parse(JSON.stringify(settings.idTokenClaims(provider.claimsFor(grant.nonce))));
    const idToken = settings.idToken === null ? await provider.sign(claims) : await settings.idToken(claims);
    return { body: { access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token: idToken } };
  }

  function authenticates(request: IncomingMessage, body: URLSearchParams): boolean {
    const basic = request.headers.authorization?.match(/^Basic (.+)$/)?.[1];
    if (basic === undefined) return body.get('client_id') === clientId && body.get('client_secret') === clientSecret;
    const [id, secret] = Buffer.from(basic, 'base64').toString('utf8').split(':');
    const decode = (text: string | undefined) => decodeURIComponent((text ?? '').replaceAll('+', ' '));
    return decode(id) === clientId && decode(secret) === clientSecret;
  }

  function userInfo(request: IncomingMessage): Answer {
    const subject = accessTokens.get(request.headers.authorization?.slice('Bearer '.length) ?? '');
    if (subject === undefined) {
      return { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, body: '' };
    }
    return { body: { sub: subject, ...settings.userInfo } };
  }

  const provider: OpenIdProvider = {
    issuer,
    clientId,
    clientSecret,
    origin,
    hostPort: new URL(origin).host,
    requests,
    tokenRequests,
    tokenAuthorizations,
    discovery: () => ({
      issuer,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      jwks_uri: `${origin}/jwks`,
      userinfo_endpoint: `${origin}/userinfo`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      scopes_supported: ['openid', 'profile', 'email'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: [algorithm],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      authorization_response_iss_parameter_supported: true,
      ...settings.discovery,
    }),
    jwks: () => ({ keys: keys.map((key) => key.jwk) }),
    authorize: (url) => {
      const asked = new URL(url).searchParams;
      const back = new URL(asked.get('redirect_uri') ?? 'http://127.0.0.1/no-redirect-uri');
      const code = randomBytes(16).toString('base64url');
      grants.set(code, {
        nonce: asked.get('nonce'),
        redirectUri: back.href,
        challenge: asked.get('code_challenge'),
      });
      const result = settings.authorizationError === null ? { code } : { error: settings.authorizationError };
      const parameters = { ...result, state: asked.get('state'), iss: issuer, ...settings.callback };
      for (const [name, value] of Object.entries(parameters)) if (value !== null) back.searchParams.set(name, value);
      return back.href;
    },
    rotateKey: async (options = {}) => {
      const next = await newKey(algorithm, options.kid ?? `key-${keys.length + 1}-${randomBytes(4).toString('hex')}`);
      keys = options.keepOld ? [next, ...keys] : [next];
    },
    sign: (payload, header = {}, key = current().privateKey) => {
      const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
      return new CompactSign(new TextEncoder().encode(text))
        .setProtectedHeader({ alg: algorithm, kid: current().jwk.kid as string, ...settings.idTokenHeader, ...header })
        .sign(key);
    },
    answerToken: async (body, response) => send(response, await redeem(body)),
    claimsFor: (nonce) => {
      const seconds = Math.floor(now().getTime() / 1_000);
      return {
        iss: issuer,
        sub: settings.subject,
        aud: clientId,
        iat: seconds,
        exp: seconds + 300,
        auth_time: seconds,
        nonce: nonce ?? undefined,
        ...settings.claims,
      };
    },
    currentKey: current,
    set: (changes) => {
      Object.assign(settings, changes);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
}

async function newKey(algorithm: string, kid: string): Promise<SigningKey> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  return {
    privateKey: pair.privateKey,
    jwk: { ...(await exportJWK(pair.publicKey)), kid, alg: algorithm, use: 'sig' },
  };
}

function provesCode(grant: Grant, body: URLSearchParams): boolean {
  const verifier = body.get('code_verifier') ?? '';
  return grant.challenge === null || createHash('sha256').update(verifier).digest('base64url') === grant.challenge;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer.raw !== undefined) {
    answer.raw(response);
    return;
  }
  const isRaw = typeof answer.body === 'string' || answer.body instanceof Uint8Array;
  const headers = { ...(isRaw ? {} : { 'content-type': 'application/json' }), ...answer.headers };
  response.writeHead(answer.status ?? 200, headers);
  response.end(isRaw ? answer.body : JSON.stringify(answer.body ?? {}));
}

/**
 * The hub as OpenID Provider, on oidc-provider: its settings, each with its reason (THREATS 2.2). Its own session is
 * subordinate to the hub's: the login prompt asks the gate, and so does every token (DESIGN, section 4).
 */
import { createHmac } from 'node:crypto';
import {
  type AccountClaims,
  type Configuration,
  errors,
  type interactionPolicy as InteractionPolicy,
  interactionPolicy,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider';
import type { AttributeDefinitionFacts } from '../../login/facts.js';
import type { Origin } from '../../login/login.store.js';
import type { Released, ReleaseOutcome } from '../../login/release.js';
import { encodeAccountId } from './downstream.account.rules.js';
import { type AdapterParts, ArtifactAdapter } from './downstream.adapter.store.js';
import { claimsByScope, releasedClaims } from './downstream.claims.rules.js';
import type { ClientDirectory } from './downstream.clients.js';

export const ACCESS_TOKEN_SECONDS = 600;
const CODE_SECONDS = 60;
const ID_TOKEN_SECONDS = 600;
const INTERACTION_SECONDS = 900;
const API_TOKEN_SECONDS = 600;

/** Parameters beside the standard ones with which an application names the organization (docs/reference/routing.md). */
export const hintParameters = ['idp_hint', 'organization', 'domain_hint'] as const;

export interface DownstreamPages {
  /** A page for an error that may not be redirected; records it and returns what to show. */
  error(refused: RefusedRequest): Promise<Page>;
  logoutConfirm(question: LogoutQuestion): Page;
  loggedOut(): Page;
}

export interface RefusedRequest {
  /** OAuth error code. */
  readonly code: string;
  readonly detail: string;
  readonly applicationId: string | null;
  readonly origin: Origin;
}

export interface LogoutQuestion {
  readonly action: string;
  readonly xsrf: string;
  readonly applicationName?: string;
  readonly postLogoutRedirectUri?: string;
}

export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface BrowserRequest {
  readonly cookieHeader: string | undefined;
  readonly origin: Origin;
}

export interface DownstreamParts {
  /** Issuer, without a trailing slash. */
  readonly url: string;
  readonly jwks: readonly Readonly<Record<string, unknown>>[];
  readonly cookieKeys: readonly string[];
  readonly pairwiseKey: Buffer;
  readonly adapter: AdapterParts;
  readonly clients: ClientDirectory;
  readonly attributes: readonly AttributeDefinitionFacts[];
  readonly sessionSeconds: number;
  readonly gate: {
    forGrant(grantId: string): Promise<ReleaseOutcome>;
    opened(released: Released, grantId: string): Promise<void>;
    hangsOn(grantId: string, released: Released): Promise<boolean>;
  };
  /** The session of the browser with these cookies, for the application that asks. */
  readonly browserSession: (cookieHeader: string | undefined, applicationId: string) => Promise<ReleaseOutcome>;
  /** The person has signed out in the browser with these cookies; returns the cookie that says so. */
  readonly endBrowserSession: (request: BrowserRequest) => Promise<string>;
  /** Global id of a login, as GraphQL shows it. */
  readonly loginNodeId: (partnerId: string, loginId: string) => string;
  readonly pages: DownstreamPages;
  readonly fetch: typeof fetch;
}

export function createOpenIdProvider(parts: DownstreamParts): Provider {
  const requests = new BrowserRequests(parts);
  const provider = new Provider(parts.url, configuration(parts, requests));
  // Addresses come from ENTENTE_URL and never from a request (THREATS H10); the mount sets these headers itself.
  provider.proxy = true;
  provider.Client.prototype.compareClientSecret = async function compare(
    this: { clientSecret?: string },
    actual: string,
  ) {
    return parts.clients.secretMatches(actual, this.clientSecret ?? '');
  };
  provider.use(async (ctx, next) => {
    await next();
    if (!isSignOut(ctx as KoaContextWithOIDC)) return;
    const origin = { sourceIp: ctx.ip, correlationId: correlationOf(ctx) };
    ctx.append('Set-Cookie', await parts.endBrowserSession({ cookieHeader: ctx.req.headers.cookie, origin }));
  });
  return provider;
}

/** The person has answered "yes": oidc-provider's own session is gone, and the hub's follows. */
function isSignOut(ctx: KoaContextWithOIDC): boolean {
  return (
    ctx.oidc?.route === 'end_session_confirm' &&
    (ctx.oidc.session as { destroyed?: boolean } | undefined)?.destroyed === true
  );
}

/** One ruling per authorization request, however many checks ask for it. */
class BrowserRequests {
  readonly #outcomes = new WeakMap<KoaContextWithOIDC, Promise<ReleaseOutcome>>();
  readonly #parts: DownstreamParts;

  constructor(parts: DownstreamParts) {
    this.#parts = parts;
  }

  outcome(ctx: KoaContextWithOIDC): Promise<ReleaseOutcome> {
    const known = this.#outcomes.get(ctx);
    if (known !== undefined) return known;
    const applicationId = ctx.oidc.client && this.#parts.clients.applicationId(ctx.oidc.client);
    const asked: Promise<ReleaseOutcome> =
      typeof applicationId === 'string'
        ? this.#parts.browserSession(ctx.req.headers.cookie, applicationId)
        : Promise.resolve({ kind: 'NONE' });
    this.#outcomes.set(ctx, asked);
    return asked;
  }

  /** The released session, if it is the one that oidc-provider's own session speaks of. */
  async released(ctx: KoaContextWithOIDC, accountId: string | undefined): Promise<Released | null> {
    const outcome = await this.outcome(ctx);
    if (outcome.kind !== 'ALLOW' || accountId === undefined) return null;
    return accountOf(outcome.released) === accountId ? outcome.released : null;
  }
}

function configuration(parts: DownstreamParts, requests: BrowserRequests): Configuration {
  const secure = parts.url.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure, signed: true } as const;
  const scopes = claimsByScope(parts.attributes);
  return {
    adapter: (model) => (model === 'Client' ? parts.clients.adapter() : new ArtifactAdapter(parts.adapter, model)),
    jwks: { keys: [...parts.jwks] } as Configuration['jwks'],
    routes: routes(),
    scopes: ['openid', 'offline_access', ...Object.keys(scopes).filter((scope) => scope !== 'openid')],
    claims: { ...scopes, sid: null, iss: null },
    // Whether released claims stand in the ID token is the application's choice: `claims()` leaves them out otherwise.
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_ctx, accountId, client) =>
      createHmac('sha256', parts.pairwiseKey).update(`${client.clientId} ${accountId}`).digest('base64url'),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    pkce: { required: (_ctx, client) => parts.clients.pkceRequired(client) },
    extraParams: [...hintParameters],
    extraClientMetadata: { properties: [...parts.clients.extraMetadata] },
    rotateRefreshToken: true,
    // A refresh token lives no longer than the person's session, so it is no offline access and needs no consent prompt.
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    cookies: {
      names: {
        session: secure ? '__Host-entente-oidc' : 'entente-oidc',
        interaction: secure ? '__Secure-entente-interaction' : 'entente-interaction',
        resume: secure ? '__Secure-entente-resume' : 'entente-resume',
      },
      long: cookie,
      short: cookie,
      keys: [...parts.cookieKeys],
    },
    ttl: lifetimes(parts.sessionSeconds),
    interactions: { policy: policy(requests), url: (_ctx, interaction) => `/oidc/interaction/${interaction.uid}` },
    findAccount: (ctx, accountId, token) => findAccount(parts, requests, ctx, accountId, token),
    loadExistingGrant: (ctx) => loadGrant(parts, requests, ctx),
    features: features(parts),
    fetch: parts.fetch,
    fetchResponseBodyLimits: { jwks_uri: 262_144, sector_identifier_uri: 65_536 },
    renderError: async (ctx, out, error) => {
      // The description of a client error is constant text of the library; anything else stays inside.
      const detail = error instanceof errors.OIDCProviderError ? (error.error_description ?? '') : 'fault';
      const client = ctx.oidc?.client;
      const applicationId = client === undefined ? null : parts.clients.applicationId(client);
      const origin = { sourceIp: ctx.ip, correlationId: correlationOf(ctx) };
      show(ctx, await parts.pages.error({ code: out.error, detail, applicationId, origin }));
    },
  } as Configuration;
}

function routes(): Configuration['routes'] {
  return {
    authorization: '/oidc/auth',
    end_session: '/oidc/logout',
    introspection: '/oidc/introspect',
    jwks: '/oidc/jwks',
    pushed_authorization_request: '/oidc/par',
    revocation: '/oidc/revoke',
    token: '/oidc/token',
    userinfo: '/oidc/userinfo',
  };
}

function lifetimes(sessionSeconds: number): Configuration['ttl'] {
  return {
    AccessToken: ACCESS_TOKEN_SECONDS,
    AuthorizationCode: CODE_SECONDS,
    ClientCredentials: API_TOKEN_SECONDS,
    Grant: sessionSeconds,
    IdToken: ID_TOKEN_SECONDS,
    Interaction: INTERACTION_SECONDS,
    RefreshToken: sessionSeconds,
    Session: sessionSeconds,
  };
}

/**
 * The login prompt asks the hub's session. There is no consent prompt of the library's own: where an application asks
 * for one, the partner organization is the authorized party and the interaction answers it.
 */
function policy(requests: BrowserRequests): InteractionPolicy.DefaultPolicy {
  const { Check, Prompt, base } = interactionPolicy;
  const prompts = base();
  prompts.get('login')?.checks.add(
    new Check('hub_session', 'a sign-in through the hub is needed', 'login_required', async (ctx) => {
      const released = await requests.released(ctx, ctx.oidc.session?.accountId);
      return released === null ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT;
    }),
  );
  prompts.remove('consent');
  prompts.add(new Prompt({ name: 'consent', requestable: true }));
  return prompts;
}

function features(parts: DownstreamParts): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: async (_ctx, client, token) => {
        if (token.clientId !== client.clientId) return false;
        const { grantId } = token as { grantId?: string };
        return grantId === undefined || (await parts.gate.forGrant(grantId)).kind === 'ALLOW';
      },
    },
    revocation: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: async (ctx) => show(ctx, parts.pages.logoutConfirm(logoutQuestion(ctx))),
      postLogoutSuccessSource: async (ctx) => show(ctx, parts.pages.loggedOut()),
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: async (_ctx, _client, oneOf) => oneOf ?? [],
      getResourceServerInfo: async (_ctx, resource, client) => {
        // Only service clients get tokens for the API: any other token of the hub is refused there (RFC 8707).
        const scope = resource === `${parts.url}/graphql` ? parts.clients.apiScopes(client) : null;
        if (scope === null) throw new errors.InvalidTarget();
        return {
          scope,
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: API_TOKEN_SECONDS,
          jwt: { sign: { alg: 'ES256' } },
        };
      },
    },
  };
}

async function findAccount(
  parts: DownstreamParts,
  requests: BrowserRequests,
  ctx: KoaContextWithOIDC,
  accountId: string,
  token?: { readonly grantId?: string | undefined },
) {
  const released = token === undefined ? await requests.released(ctx, accountId) : await byGrant(parts, token.grantId);
  if (released === null || accountOf(released) !== accountId) return undefined;
  return {
    accountId,
    claims: async (use: string): Promise<AccountClaims> => claimsOf(parts, released, use, ctx),
  };
}

async function byGrant(parts: DownstreamParts, grantId: string | undefined): Promise<Released | null> {
  if (grantId === undefined) return null;
  const outcome = await parts.gate.forGrant(grantId);
  return outcome.kind === 'ALLOW' ? outcome.released : null;
}

function claimsOf(parts: DownstreamParts, released: Released, use: string, ctx: KoaContextWithOIDC): AccountClaims {
  const { session, policy, assurance, release } = released;
  const client = ctx.oidc.client;
  const full = use !== 'id_token' || (client !== undefined && parts.clients.claimsInIdToken(client));
  return {
    sub: accountOf(released),
    ...(full ? releasedClaims(session.membership.attributes, release, policy.attributes) : {}),
    partner: policy.partner.slug,
    idp: `${policy.partner.slug}.${policy.identityProvider.slug}`,
    login_id: parts.loginNodeId(session.partnerId, session.loginId),
    ...withoutNull(assurance),
  };
}

/** "No claim" is none, not level 1 (C73): a level that is not there is not stated. */
function withoutNull(levels: Readonly<Record<'ial' | 'aal' | 'fal', number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(levels).filter((entry): entry is [string, number] => entry[1] !== null));
}

/** One grant per session and application, made when the gate has let the session through. */
async function loadGrant(parts: DownstreamParts, requests: BrowserRequests, ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc;
  const released = await requests.released(ctx, session?.accountId);
  if (released === null || client === undefined || session === undefined) return undefined;
  const wanted = [...ctx.oidc.requestParamOIDCScopes].join(' ');
  const knownId = session.grantIdFor(client.clientId);
  const known = knownId === undefined ? undefined : await provider.Grant.find(knownId);
  if (known !== undefined && knownId !== undefined && (await parts.gate.hangsOn(knownId, released))) {
    const before = known.getOIDCScope();
    known.addOIDCScope(wanted);
    if (known.getOIDCScope() !== before) await known.save();
    return known;
  }
  const grant = new provider.Grant({ accountId: accountOf(released), clientId: client.clientId });
  grant.addOIDCScope(wanted);
  const grantId = await grant.save();
  await parts.gate.opened(released, grantId);
  return grant;
}

export function accountOf(released: Released): string {
  const { session } = released;
  return encodeAccountId({ partnerId: session.partnerId, membershipId: session.membership.id });
}

function logoutQuestion(ctx: KoaContextWithOIDC): LogoutQuestion {
  const { client, session } = ctx.oidc;
  const { secret, postLogoutRedirectUri } = (session?.state ?? {}) as Record<string, string | undefined>;
  return {
    action: ctx.oidc.urlFor('end_session_confirm'),
    xsrf: secret ?? '',
    ...(client?.clientName === undefined ? {} : { applicationName: client.clientName }),
    ...(postLogoutRedirectUri === undefined ? {} : { postLogoutRedirectUri }),
  };
}

/** Set by the mount; see oidc.routes.ts. */
export const CORRELATION_HEADER = 'x-entente-correlation-id';

function correlationOf(ctx: { readonly req: { readonly headers: Readonly<Record<string, unknown>> } }): string {
  return String(ctx.req.headers[CORRELATION_HEADER] ?? '');
}

function show(ctx: KoaContextWithOIDC, page: Page): void {
  ctx.type = 'html';
  ctx.set({ ...page.headers });
  ctx.body = page.html;
}

/** The settings of oidc-provider, each with its reason. */
import { createHmac, createSecretKey } from 'node:crypto';
import {
  type Configuration,
  errors,
  type interactionPolicy as InteractionPolicy,
  interactionPolicy,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { findAccount, loadGrant } from './downstream.accounts.js';
import { ArtifactAdapter } from './downstream.adapter.store.js';
import { claimsByScope } from './downstream.claims.rules.js';
import type { DownstreamParts, LogoutQuestion, Page } from './downstream.contracts.js';
import { CookieSigner } from './downstream.cookies.js';
import { interactionPath } from './downstream.paths.rules.js';
import { type BrowserRequests, correlationOf } from './downstream.requests.js';

const ACCESS_TOKEN_SECONDS = 600;
const CODE_SECONDS = 60;
const ID_TOKEN_SECONDS = 600;
const INTERACTION_SECONDS = 900;
const API_TOKEN_SECONDS = 600;

/** Parameters beside the standard ones with which an application names the organization (docs/reference/sign-in.md). */
const hintParameters = ['idp_hint', 'organization', 'domain_hint'] as const;

export function configuration(parts: DownstreamParts, requests: BrowserRequests): Configuration {
  const secure = parts.url.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure, signed: true } as const;
  const scopes = claimsByScope(parts.attributes);
  const pairwiseKey = createSecretKey(parts.pairwiseKey);
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
      createHmac('sha256', pairwiseKey).update(`${client.clientId} ${accountId}`).digest('base64url'),
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
      keys: new CookieSigner(parts.cookieKeys),
    },
    ttl: lifetimes(parts.sessionSeconds),
    interactions: { policy: policy(requests), url: (_ctx, interaction) => interactionPath(interaction.uid) },
    findAccount: (ctx, accountId, token) => findAccount(parts, requests, ctx, accountId, token),
    loadExistingGrant: (ctx) => loadGrant(parts, requests, ctx),
    features: features(parts),
    // An application in a browser is one that cannot keep a secret; it calls from where it registered (H09).
    clientBasedCORS: (ctx, origin, client) =>
      (ctx.oidc.route === 'userinfo' || client.clientAuthMethod === 'none') &&
      origin !== 'null' &&
      (client.redirectUris ?? []).some((uri) => URL.canParse(uri) && new URL(uri).origin === origin),
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
    revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
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

export function logoutQuestion(ctx: KoaContextWithOIDC): LogoutQuestion {
  const { client, session } = ctx.oidc;
  const { secret, postLogoutRedirectUri } = (session?.state ?? {}) as Record<string, string | undefined>;
  return {
    action: ctx.oidc.urlFor('end_session_confirm'),
    xsrf: secret ?? '',
    ...(client?.clientName === undefined ? {} : { applicationName: client.clientName }),
    ...(postLogoutRedirectUri === undefined ? {} : { postLogoutRedirectUri }),
  };
}

export function show(ctx: KoaContextWithOIDC, page: Page, status?: number): void {
  ctx.type = 'html';
  ctx.set({ ...page.headers });
  ctx.body = page.html;
  if (status !== undefined) ctx.status = status;
}

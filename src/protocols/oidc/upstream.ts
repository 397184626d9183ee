/**
 * The hub as Relying Party of a partner's OpenID Provider: authorization code flow with PKCE, state and nonce
 * (OpenID Connect Core 1.0 section 3.1, RFC 9700 section 2.1). openid-client makes the token call and checks the ID token
 * including its signature; around it stand the checks that it leaves to its caller (THREATS 2.1, P1 to P11).
 */
import * as client from 'openid-client';
import type { Egress } from '../../egress/egress.js';
import type {
  AuthenticationAsk,
  Begun,
  Upstream,
  UpstreamOidcConfig,
  VerifiedAssertion,
} from '../../login/contracts.js';
import { sealVerified } from '../../login/verified-assertion.js';
import { HubError } from '../../shared/hub-error.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { readCallback, readCallbackState } from './upstream-callback.rules.js';
import { refusalOf } from './upstream-errors.js';
import { type Connection, Exchange, type Verification } from './upstream-exchange.js';
import { assertionFacts } from './upstream-facts.rules.js';
import { type JsonObject, parseJsonObject } from './upstream-json.rules.js';
import { UpstreamKeys } from './upstream-keys.js';
import {
  isIssuerOf,
  isTemplate,
  type OpenIdProviderMetadata,
  readMetadata,
  unacceptableEndpoint,
} from './upstream-metadata.rules.js';
import { refuseClaims, refuseTenant } from './upstream-token.rules.js';

export function createOidcUpstream(egress: Egress): Upstream<UpstreamOidcConfig> {
  // The key is the snapshot of the connection: a changed connection is another object and starts with no keys.
  const connections = new WeakMap<UpstreamOidcConfig, Connection>();
  const connect = (config: UpstreamOidcConfig): Result<Connection> => {
    const known = connections.get(config);
    if (known !== undefined) return ok(known);
    const made = newConnection(config, egress);
    if (made.ok) connections.set(config, made.value);
    return made;
  };
  return {
    begin: async (config, ask, now) => {
      const connection = connect(config);
      if (!connection.ok) throw new HubError(connection.refusal.code);
      return begin(config, connection.value.metadata, ask, now);
    },
    readState: readCallbackState,
    verify: async (config, inbound, pending, now) => {
      if (pending.kind !== 'OIDC') return refused(refusal('OIDC_STATE', 'The request was made by another protocol.'));
      const connection = connect(config);
      return connection.ok
        ? verify({ config, inbound, pending, now, egress, connection: connection.value })
        : connection;
    },
  };
}

function newConnection(config: UpstreamOidcConfig, egress: Egress): Result<Connection> {
  const metadata = readMetadata(config.metadata);
  if (!metadata.ok) {
    const facts = { member: metadata.member };
    return refused(refusal('OIDC_DISCOVERY', 'The stored metadata of the identity provider is incomplete.', facts));
  }
  // A stored document that speaks for another issuer than the connection is never used (O09).
  const issuer = metadata.value.issuer;
  if (issuer !== config.issuer && !isTemplate(issuer)) {
    return refused(refusal('OIDC_DISCOVERY', 'The stored metadata is of another issuer.', { member: 'issuer' }));
  }
  const endpoint = unacceptableEndpoint(metadata.value, (url) => egress.accepts(url));
  if (endpoint !== null) {
    return refused(
      refusal('OIDC_DISCOVERY', 'A stored endpoint of the identity provider is out of bounds.', { member: endpoint }),
    );
  }
  return ok({ metadata: metadata.value, keys: new UpstreamKeys(egress, metadata.value.jwks_uri) });
}

async function begin(
  config: UpstreamOidcConfig,
  metadata: OpenIdProviderMetadata,
  ask: AuthenticationAsk,
  now: Date,
): Promise<Begun> {
  const nonce = client.randomNonce();
  const codeVerifier = client.randomPKCECodeVerifier();
  // max_age=0 beside prompt=login makes the provider state auth_time, so that the answer can be held to it.
  const maxAge = ask.forceAuthn ? 0 : ask.maxAgeSeconds;
  const prompt = ask.isPassive ? 'none' : ask.forceAuthn ? 'login' : null;
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: config.redirectUri,
    scope: [...new Set(['openid', ...config.scopes])].join(' '),
    state: ask.state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(ask.loginHint === null ? {} : { login_hint: ask.loginHint }),
    ...(ask.acrValues.length === 0 ? {} : { acr_values: ask.acrValues.join(' ') }),
    ...(maxAge === null ? {} : { max_age: String(maxAge) }),
    ...(prompt === null ? {} : { prompt }),
  });
  const url = new URL(metadata.authorization_endpoint);
  // Set, not append: a query of the endpoint's own survives, and cannot double one of these.
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  return {
    message: { kind: 'redirect', url: url.href },
    pending: {
      kind: 'OIDC',
      state: ask.state,
      nonce,
      codeVerifier,
      maxAgeSeconds: ask.forceAuthn ? null : ask.maxAgeSeconds,
      reauthenticatedAfter: ask.forceAuthn ? now.toISOString() : null,
    },
  };
}

async function verify(verification: Verification): Promise<Result<VerifiedAssertion>> {
  const { config, connection, inbound, pending, now } = verification;
  const template = connection.metadata.issuer;
  const code = readCallback(inbound, {
    state: pending.state,
    isIssuer: (issuer) => isIssuerOf(template, config.allowedTenants, issuer),
    issuerRequired: connection.metadata.authorization_response_iss_parameter_supported === true,
  });
  if (!code.ok) return code;
  const exchange = new Exchange(verification);
  const redeemed = await redeem(exchange, code.value);
  if (!redeemed.ok) return redeemed;
  const { claims, idToken, accessToken } = redeemed.value;
  const bad =
    refuseTenant(config, template, claims) ??
    refuseClaims(claims, {
      config,
      template,
      now,
      reauthenticatedAfter: pending.reauthenticatedAfter,
    });
  if (bad !== null) return refused(bad);
  const userInfo = await readUserInfo(exchange, accessToken, claims);
  if (!userInfo.ok) return userInfo;
  const facts = assertionFacts(config, idToken, claims, userInfo.value);
  return facts.ok ? ok(sealVerified(facts.value)) : facts;
}

interface Redeemed {
  readonly idToken: string;
  readonly accessToken: string;
  readonly claims: JsonObject;
}

async function redeem(exchange: Exchange, code: string): Promise<Result<Redeemed>> {
  try {
    const answer = await exchange.redeem(code);
    const idToken = answer.id_token;
    const claims = idToken === undefined ? null : payloadOf(idToken);
    if (idToken === undefined || claims === null) {
      return refused(refusal('OIDC_CALLBACK', 'The token answer carries no ID token.'));
    }
    return ok({ idToken, accessToken: answer.access_token, claims });
  } catch (error) {
    return refused(exchange.tenantRefusal() ?? refusalOf(error, 'token'));
  }
}

async function readUserInfo(
  exchange: Exchange,
  accessToken: string,
  claims: JsonObject,
): Promise<Result<JsonObject | null>> {
  if (!exchange.hasUserInfo()) return ok(null);
  try {
    return ok((await exchange.userInfo(accessToken, String(claims.sub))) as unknown as JsonObject);
  } catch (error) {
    return refused(userInfoRefusal(refusalOf(error, 'userinfo')));
  }
}

/** Whatever is wrong with a signed userinfo answer is wrong with the user information, not with the ID token. */
function userInfoRefusal(reason: Refusal): Refusal {
  const kept = ['EGRESS_DENIED', 'EGRESS_LIMIT', 'IDP_UNAVAILABLE', 'OIDC_USERINFO'];
  return kept.includes(reason.code) ? reason : { ...reason, code: 'OIDC_USERINFO' };
}

/** The claims that the library has just proved, read once more from the same bytes by the strict reader. */
function payloadOf(idToken: string): JsonObject | null {
  return parseJsonObject(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

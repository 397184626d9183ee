/**
 * The hub as Relying Party of a partner's OpenID Provider: authorization code flow with PKCE, state and nonce
 * (OpenID Connect Core 1.0 section 3.1, RFC 9700 section 2.1). openid-client makes the token call and checks the ID token
 * including its signature; around it stand the checks that it leaves to its caller.
 */
import * as client from 'openid-client';
import type { Egress } from '../../egress/egress.js';
import type {
  AuthenticationAsk,
  Begun,
  InboundMessage,
  Upstream,
  UpstreamOidcConfig,
  VerifiedAssertion,
} from '../../login/contracts.js';
import { sealVerified } from '../../login/verified-assertion.js';
import { HubError } from '../../shared/hub-error.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { readCallback, readCallbackState } from './upstream-callback.rules.js';
import { OidcConnections } from './upstream-connection.js';
import { refusalOf } from './upstream-errors.js';
import { Exchange, type Verification } from './upstream-exchange.js';
import { assertionFacts } from './upstream-facts.rules.js';
import type { JsonObject } from './upstream-json.rules.js';
import { isIssuerOf, type OpenIdProviderMetadata } from './upstream-metadata.rules.js';
import { redeem } from './upstream-redeem.js';
import { refuseClaims, refuseTenant } from './upstream-token.rules.js';

export function createOidcUpstream(
  egress: Egress,
  connections: OidcConnections = new OidcConnections(egress),
): Upstream<UpstreamOidcConfig> {
  return {
    begin: async (config, ask, now) => {
      const connection = connections.of(config);
      if (!connection.ok) throw new HubError(connection.refusal.code);
      return begin(config, connection.value.metadata, ask, now);
    },
    readState: readCallbackState,
    verify: async (config, inbound, pending, now) => {
      if (pending.kind !== 'OIDC') return refused(refusal('OIDC_STATE', 'The request was made by another protocol.'));
      const connection = connections.of(config);
      return connection.ok
        ? verify({ config, pending, now, egress, connection: connection.value }, inbound)
        : connection;
    },
  };
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

async function verify(verification: Verification, inbound: InboundMessage): Promise<Result<VerifiedAssertion>> {
  const { config, connection, pending, now } = verification;
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

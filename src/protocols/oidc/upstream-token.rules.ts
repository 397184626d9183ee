/**
 * What is decided about an ID token beside the checks of openid-client: before them its type and its JSON, after them
 * tenant, times, authorized party and re-authentication (OpenID Connect Core 1.0 section 3.1.3.7, RFC 8725 section 3.11;
 * O08, O11, O25).
 */
import type { UpstreamOidcConfig } from '../../login/contracts.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { type JsonObject, parseJsonObject } from './upstream-json.rules.js';
import { isIssuerOf, isTemplate } from './upstream-metadata.rules.js';

const MAX_TOKEN_LENGTH = 65_536;
/** An ID token is remembered against replay until it expires: one that lives longer than this is refused instead. */
const MAX_LIFETIME_SECONDS = 31 * 86_400;
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const ID_TOKEN_TYPES = ['jwt', 'id_token+jwt'];

export interface PeekedToken {
  readonly kid: string | undefined;
  readonly claims: JsonObject;
}

/** Header and claims of a compact JWT before any of it is proved: good for choosing a key and for refusing. */
export function peekToken(compact: string): Result<PeekedToken> {
  const noJwt = refusal('OIDC_CALLBACK', 'The ID token is no JWT.', { length: compact.length });
  if (compact.length > MAX_TOKEN_LENGTH) return refused(noJwt);
  const parts = compact.split('.', 6);
  if (parts.length === 5) return refused(refusal('OIDC_ALG', 'The ID token is encrypted.'));
  const [header, claims] = parts.slice(0, 2).map((part) => parseJsonObject(base64UrlText(part)));
  if (parts.length !== 3 || !parts.every((part) => BASE64URL.test(part)) || !header) return refused(noJwt);
  if (!claims) return refused(refusal('OIDC_CLAIM', 'The claims of the ID token are no unambiguous JSON object.'));
  const type = typeof header.typ === 'string' ? header.typ.toLowerCase().replace(/^application\//, '') : header.typ;
  if (type !== undefined && !(typeof type === 'string' && ID_TOKEN_TYPES.includes(type))) {
    return refused(refusal('OIDC_TYP', 'The header says that this is another kind of token.'));
  }
  // A logout token is told by `events` (OpenID Connect Back-Channel Logout 1.0 section 2.4).
  if (claims.events !== undefined) return refused(refusal('OIDC_TYP', 'The token is a security event token.'));
  if (header.b64 !== undefined)
    return refused(refusal('OIDC_ALG', 'The header uses an extension.', { extension: 'b64' }));
  if (header.kid !== undefined && typeof header.kid !== 'string') {
    return refused(refusal('OIDC_KEY', 'The key id is no text.'));
  }
  return ok({ kid: header.kid, claims });
}

/** The tenant decides first, so that a person of a foreign tenant is told from a token of a foreign issuer. */
export function refuseTenant(config: UpstreamOidcConfig, template: string, claims: JsonObject): Refusal | null {
  if (!isTemplate(template) && config.allowedTenants.length === 0) return null;
  const tenant = claims.tid;
  if (typeof tenant !== 'string' || !config.allowedTenants.includes(tenant)) {
    return refusal('OIDC_TENANT', 'The tenant of the ID token is not one of the partner.');
  }
  return null;
}

export interface TokenExpectation {
  readonly config: UpstreamOidcConfig;
  readonly template: string;
  readonly now: Date;
  /** ISO 8601; the person had to authenticate after this instant. */
  readonly reauthenticatedAfter: string | null;
}

/** The checks that openid-client leaves to its caller; `claims` have passed its own. */
export function refuseClaims(claims: JsonObject, expected: TokenExpectation): Refusal | null {
  const { config, template, now } = expected;
  const skew = config.clockSkewSeconds;
  const seconds = Math.floor(now.getTime() / 1_000);
  const bad = (claim: string) => refusal('OIDC_CLAIM', 'A claim of the ID token is not acceptable.', { claim });
  if (typeof claims.iss !== 'string' || !isIssuerOf(template, config.allowedTenants, claims.iss)) {
    return refusal('OIDC_ISS_MISMATCH', 'The ID token comes from another issuer.', { claim: 'iss' });
  }
  if (Array.isArray(claims.aud) && !claims.aud.every((one) => typeof one === 'string')) return bad('aud');
  if (claims.azp !== undefined && claims.azp !== config.clientId) return bad('azp');
  if (typeof claims.iat !== 'number' || claims.iat > seconds + skew || claims.iat < 0) return bad('iat');
  if (typeof claims.exp !== 'number' || claims.exp > seconds + MAX_LIFETIME_SECONDS) return bad('exp');
  if (typeof claims.sub !== 'string' || claims.sub === '' || claims.sub.length > 255) return bad('sub');
  const authTime = claims.auth_time;
  if (authTime !== undefined && !(typeof authTime === 'number' && authTime >= 0 && authTime <= seconds + skew)) {
    return bad('auth_time');
  }
  if (expected.reauthenticatedAfter !== null) {
    const earliest = Date.parse(expected.reauthenticatedAfter) / 1_000 - skew;
    if (typeof authTime !== 'number' || !(authTime >= earliest)) return bad('auth_time');
  }
  return null;
}

function base64UrlText(part: string): string {
  const bytes = Buffer.from(part, 'base64url');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return '';
  }
}

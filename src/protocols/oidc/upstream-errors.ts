/**
 * Turns what openid-client, oauth4webapi and egress throw into refusals with our codes. Only codes, claim names and
 * status numbers are taken over: the errors of these libraries carry tokens and keys in `cause`.
 */
import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { EgressError } from '../../egress/egress.js';
import type { ErrorCode } from '../../shared/error-catalogue.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import { idpError } from './upstream-callback.rules.js';

/** Carries a refusal of ours through the library, which calls our fetch. */
export class RefusedInFetch extends Error {
  readonly refusal: Refusal;

  constructor(reason: Refusal) {
    super(reason.code);
    this.refusal = reason;
  }
}

type Endpoint = 'token' | 'userinfo';
type Bag = Readonly<Record<string, unknown>>;

/** Total: whatever is thrown becomes a refusal. */
export function refusalOf(error: unknown, endpoint: Endpoint): Refusal {
  const chain = causes(error);
  for (const one of chain) {
    if (one instanceof RefusedInFetch) return one.refusal;
    if (one instanceof EgressError) return egressRefusal(one, endpoint);
    if (one instanceof ResponseBodyError) return bodyError(one, endpoint);
    if (one instanceof AuthorizationResponseError) return idpError(one.error, 'authorization');
    if (one instanceof WWWAuthenticateChallengeError) {
      return endpoint === 'userinfo'
        ? refusal('OIDC_USERINFO', 'The userinfo endpoint refused the access token.', { status: one.status })
        : statusRefusal(one.status, endpoint);
    }
    const status = one instanceof Response ? one.status : null;
    if (status !== null && status !== 200) return statusRefusal(status, endpoint);
  }
  if (endpoint === 'userinfo') return refusal('OIDC_USERINFO', 'The user information is not acceptable.', facts(chain));
  return tokenRefusal(chain);
}

function causes(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (
    let one = error;
    one !== undefined && one !== null && chain.length < 6;
    one = (one as { cause?: unknown }).cause
  ) {
    chain.push(one);
  }
  return chain;
}

function egressRefusal(error: EgressError, endpoint: Endpoint): Refusal {
  const known = { endpoint, reason: error.reason };
  if (error.code === 'EGRESS_DENIED') {
    return refusal('EGRESS_DENIED', 'An endpoint of the identity provider is out of bounds.', known);
  }
  if (error.code === 'EGRESS_LIMIT' && error.reason === 'size') {
    return refusal('EGRESS_LIMIT', 'The identity provider sent too much.', known);
  }
  return refusal('IDP_UNAVAILABLE', 'The identity provider did not answer.', known);
}

function bodyError(error: ResponseBodyError, endpoint: Endpoint): Refusal {
  if (endpoint === 'token' && error.error === 'invalid_grant') {
    return refusal('OIDC_CODE', 'The token endpoint did not accept the code.', { status: error.status });
  }
  return error.status === 429 ? statusRefusal(429, endpoint) : idpError(error.error, endpoint, error.status);
}

function statusRefusal(status: number, endpoint: Endpoint): Refusal {
  return status >= 500 || status === 429
    ? refusal('IDP_UNAVAILABLE', 'The identity provider is out of order.', { endpoint, status })
    : refusal('IDP_ERROR', 'The identity provider answered with an unexpected status.', { endpoint, status });
}

/** Reads the code and the facts that oauth4webapi puts into its errors (`OperationProcessingError`, version 3). */
function tokenRefusal(chain: readonly unknown[]): Refusal {
  const code = chain.map((one) => (one as { code?: unknown }).code).find((one) => typeof one === 'string') ?? '';
  const bag = (chain.find((one) => isBag(one)) ?? {}) as Bag;
  const known = facts(chain);
  const say = (hubCode: ErrorCode, detail: string) => refusal(hubCode, detail, known);
  switch (code) {
    case 'OAUTH_JWT_CLAIM_COMPARISON_FAILED':
      if (bag.claim === 'iss') return say('OIDC_ISS_MISMATCH', 'The ID token comes from another issuer.');
      if (bag.claim === 'nonce') return say('OIDC_NONCE', 'The nonce of the ID token is not the one of the request.');
      return say('OIDC_CLAIM', 'A claim of the ID token has another value than it must.');
    case 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED':
      return say('OIDC_CLAIM', 'The ID token is not valid at this time.');
    case 'OAUTH_KEY_SELECTION_FAILED':
      return say('OIDC_KEY', 'No single key of the identity provider fits the ID token.');
    case 'OAUTH_UNSUPPORTED_OPERATION':
      if ('body' in bag) return say('OIDC_CALLBACK', 'The token answer has an unknown token type.');
      if ('alg' in bag || 'header' in bag) {
        return say('OIDC_ALG', 'The ID token uses an algorithm or extension that is not acceptable.');
      }
      return say('OIDC_KEY', 'The key of the identity provider is not acceptable.');
    case 'OAUTH_INVALID_RESPONSE':
      return invalidResponse(bag, say);
    case 'OAUTH_TIMEOUT':
    case 'OAUTH_ABORT':
      return say('IDP_UNAVAILABLE', 'The identity provider did not answer in time.');
    default:
      return chain.some((one) => one instanceof DOMException)
        ? say('OIDC_KEY', 'The key of the identity provider cannot be read.')
        : say('OIDC_CALLBACK', 'The token answer is malformed.');
  }
}

function invalidResponse(bag: Bag, say: (code: ErrorCode, detail: string) => Refusal): Refusal {
  if ('signature' in bag) return say('OIDC_SIGNATURE', 'The signature of the ID token is not valid.');
  if ('header' in bag) return say('OIDC_ALG', 'The algorithm of the ID token is not on the list.');
  if (!('claims' in bag)) return say('OIDC_CALLBACK', 'The token answer is malformed.');
  const claims = bag.claims as Bag;
  return claims.nonce === undefined
    ? say('OIDC_NONCE', 'The ID token carries no nonce.')
    : say('OIDC_CLAIM', 'A claim of the ID token is missing or of the wrong type.');
}

/** The object that oauth4webapi hands over as cause: never an Error, never a Response. */
function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !(value instanceof Error) && !(value instanceof Response);
}

function facts(chain: readonly unknown[]): Record<string, string> {
  const bag = chain.find(isBag);
  const code = chain.map((one) => (one as { code?: unknown }).code).find((one) => typeof one === 'string');
  return {
    ...(typeof code === 'string' ? { library: code } : {}),
    ...(typeof bag?.claim === 'string' ? { claim: bag.claim } : {}),
  };
}

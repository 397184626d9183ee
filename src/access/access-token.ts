/**
 * Access tokens of the API: JWTs of RFC 9068 that the hub signs itself, good for `{ENTENTE_URL}/graphql` and nothing
 * else (RFC 8707). A token says who calls; what the caller may do is read from the database at every request, so that a
 * revocation or a narrower role counts at once.
 */
import { createLocalJWKSet, importJWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { HubSigningKey } from '../keys/keyring.service.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import { HubError } from '../shared/hub-error.js';
import { isUuid } from '../shared/ids.js';
import { ApiClient, ApiToken } from './api-client.entity.js';
import type { Actor } from './request-context.js';
import { effectiveScopes } from './scopes.rules.js';

/** `client_id` of the tokens that the command line issues; no client can be registered under it. */
export const COMMAND_LINE_CLIENT = 'entente-command-line';
const ALGORITHM = 'ES256';
const MAX_TOKEN_LENGTH = 4_096;

export interface AccessTokenClaims {
  readonly subject: string;
  readonly clientId: string;
  readonly tokenId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** The hub's face towards tokens: issuer, audience and keys. */
export class AccessTokens {
  readonly #issuer: string;
  readonly #audience: string;
  readonly #keys: readonly HubSigningKey[];

  /** @param url public base URL of the hub. @param keys the hub's signing keys, newest first per algorithm. */
  constructor(url: string, keys: readonly HubSigningKey[]) {
    this.#issuer = url;
    this.#audience = `${url}/graphql`;
    this.#keys = keys.filter(({ alg }) => alg === ALGORITHM);
  }

  async sign(claims: AccessTokenClaims): Promise<string> {
    const [key] = this.#keys;
    if (key === undefined) throw new Error(`the keyring holds no ${ALGORITHM} key`);
    return new SignJWT({ client_id: claims.clientId })
      .setProtectedHeader({ typ: 'at+jwt', alg: ALGORITHM, kid: key.kid })
      .setIssuer(this.#issuer)
      .setAudience(this.#audience)
      .setSubject(claims.subject)
      .setJti(claims.tokenId)
      .setIssuedAt(claims.issuedAt)
      .setExpirationTime(claims.expiresAt)
      .sign(await importJWK(key, ALGORITHM));
  }

  /** RFC 9068 section 4. null for every token that is not exactly ours, for exactly this resource, now. */
  async verify(token: string, now: Date): Promise<JWTPayload | null> {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    try {
      const { payload } = await jwtVerify(token, await this.#publicKeys(), {
        typ: 'at+jwt',
        algorithms: [ALGORITHM],
        issuer: this.#issuer,
        audience: this.#audience,
        requiredClaims: ['exp', 'iat', 'jti', 'sub', 'client_id'],
        currentDate: now,
      });
      return payload.aud === this.#audience ? payload : null;
    } catch {
      return null;
    }
  }

  #cachedKeys: ReturnType<typeof createLocalJWKSet> | undefined;

  async #publicKeys(): Promise<ReturnType<typeof createLocalJWKSet>> {
    this.#cachedKeys ??= createLocalJWKSet({
      keys: this.#keys.map(({ d: _private, ...publicKey }) => publicKey),
    });
    return this.#cachedKeys;
  }
}

export class AccessTokenVerifier {
  readonly #tokens: AccessTokens;
  readonly #uow: UnitOfWork;
  readonly #clock: Clock;

  constructor(tokens: AccessTokens, uow: UnitOfWork, clock: Clock) {
    this.#tokens = tokens;
    this.#uow = uow;
    this.#clock = clock;
  }

  /** @param authorization the header as it came. @throws HubError UNAUTHENTICATED, whatever the reason. */
  async authenticate(authorization: string | undefined): Promise<Actor> {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization ?? '')?.[1];
    const now = this.#clock.now();
    const claims = token === undefined ? null : await this.#tokens.verify(token, now);
    const actor = claims === null ? null : await this.#actor(claims, now);
    if (actor === null) throw new HubError('UNAUTHENTICATED');
    return actor;
  }

  #actor(claims: JWTPayload, now: Date): Promise<Actor | null> {
    return this.#uow.read(hubScope, async ({ em }) => {
      if (claims.client_id === COMMAND_LINE_CLIENT) {
        const id = claims.jti ?? '';
        const row = isUuid(id) ? await em.findOne(ApiToken, { id }) : null;
        const isGood = row !== null && row.revokedAt === null && row.expiresAt > now;
        return isGood ? actorOf(row.subject, row, null) : null;
      }
      const clientId = String(claims.client_id);
      const row = await em.findOne(ApiClient, { clientId, state: 'ACTIVE' });
      return row === null ? null : actorOf(row.clientId, row, String(claims.scope ?? ''));
    });
  }
}

type Grant = Pick<ApiClient, 'role' | 'partnerId' | 'applicationIds' | 'scopes'>;

/** @param requested `scope` of a client's token (RFC 6749 section 3.3): it may narrow what the row grants, never widen. */
function actorOf(id: string, grant: Grant, requested: string | null): Actor | null {
  const { role, partnerId = null, applicationIds } = grant;
  if ((role === 'PARTNER_ADMINISTRATOR') !== (partnerId !== null)) return null;
  const asked = requested === null ? null : new Set(requested.split(' '));
  const scopes = effectiveScopes(
    role,
    grant.scopes.filter((scope) => asked === null || asked.has(scope)),
  );
  return { role, id, partnerId, applicationIds: role === 'APPLICATION_OWNER' ? applicationIds : [], scopes };
}

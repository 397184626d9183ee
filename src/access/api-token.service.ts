/** Short-lived tokens for people at a terminal, until people sign in to the API: issued on the hub's own machine. */
import { recordAudit, recordAuditFrom } from '../audit/audit.store.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import { HubError } from '../shared/hub-error.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import { type AccessTokens, COMMAND_LINE_CLIENT } from './access-token.js';
import { ApiToken, type Role } from './api-client.entity.js';
import { permit } from './permissions.js';
import type { RequestContext } from './request-context.js';
import { effectiveScopes, roleScopes } from './scopes.rules.js';

export const MAX_TOKEN_SECONDS = 12 * 3_600;

export interface TokenRequest {
  readonly role: Role;
  /** Who it is for; stands in the audit log as the actor. */
  readonly subject: string;
  /** Demanded for a partner administrator, refused for everybody else. */
  readonly partnerId?: Uuid | null;
  /** For an application owner. */
  readonly applicationIds?: readonly Uuid[];
  /** All that the role may hold when left out. */
  readonly scopes?: readonly string[];
  /** 1 to 43 200. */
  readonly ttlSeconds: number;
}

export interface IssuedToken {
  readonly id: Uuid;
  /** The bearer token; shown once, stored nowhere. */
  readonly token: string;
  readonly expiresAt: Date;
}

export class ApiTokenService {
  readonly #uow: UnitOfWork;
  readonly #tokens: AccessTokens;
  readonly #clock: Clock;

  constructor(uow: UnitOfWork, tokens: AccessTokens, clock: Clock) {
    this.#uow = uow;
    this.#tokens = tokens;
    this.#clock = clock;
  }

  /** Called by the command line alone, never by the API. @throws HubError INPUT_INVALID */
  async issue(request: TokenRequest): Promise<IssuedToken> {
    const now = this.#clock.now();
    const row = tokenRow(request, now);
    await this.#uow.write(hubScope, async (tx) => {
      await tx.em.insert(ApiToken, row);
      const origin = {
        actorKind: 'SYSTEM',
        actorId: COMMAND_LINE_CLIENT,
        correlationId: null,
        sourceIp: null,
        now,
      } as const;
      const data = { subject: row.subject, role: row.role, scopes: row.scopes, expiresAt: row.expiresAt.toISOString() };
      await recordAuditFrom(tx, origin, {
        action: 'api-token.issued',
        partnerId: row.partnerId,
        targetType: 'ApiToken',
        targetId: row.id,
        data,
      });
    });
    const { id, subject, expiresAt } = row;
    const claims = { subject, clientId: COMMAND_LINE_CLIENT, tokenId: id, issuedAt: now, expiresAt };
    return { id, token: await this.#tokens.sign(claims), expiresAt };
  }

  /** From now on the token is refused. @throws HubError NOT_FOUND */
  async revoke(context: RequestContext, id: Uuid): Promise<void> {
    permit(context, 'revokeApiToken');
    await this.#uow.write(hubScope, async (tx) => {
      const row = await tx.em.findOne(ApiToken, { id });
      if (row === null || row.revokedAt !== null) throw new HubError('NOT_FOUND');
      row.revokedAt = context.now;
      const { partnerId } = row;
      await recordAudit(tx, context, { action: 'api-token.revoked', partnerId, targetType: 'ApiToken', targetId: id });
    });
  }
}

function tokenRow(request: TokenRequest, now: Date) {
  const { role, subject, partnerId = null, applicationIds = [], ttlSeconds } = request;
  const scopes = [...effectiveScopes(role, request.scopes ?? roleScopes[role])];
  const unknown = request.scopes?.find((scope) => !scopes.some((held) => held === scope));
  if (unknown !== undefined) throw invalid('scopes', 'The role cannot hold this scope.');
  if ((role === 'PARTNER_ADMINISTRATOR') !== (partnerId !== null)) {
    throw invalid('partnerId', 'A partner administrator has a partner, and nobody else has.');
  }
  if ((role === 'APPLICATION_OWNER') !== applicationIds.length > 0) {
    throw invalid('applicationIds', 'An application owner has applications, and nobody else has.');
  }
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TOKEN_SECONDS) {
    throw invalid('ttlSeconds', `Use 1 to ${MAX_TOKEN_SECONDS} seconds.`);
  }
  if (!/^[\x21-\x7e]{1,200}$/.test(subject)) throw invalid('subject', 'Use 1 to 200 printable ASCII characters.');
  const expiresAt = new Date(now.getTime() + ttlSeconds * 1_000);
  return {
    id: uuidv7(now),
    subject,
    role,
    partnerId,
    applicationIds,
    scopes,
    expiresAt,
    revokedAt: null,
    createdAt: now,
  };
}

function invalid(path: string, message: string): HubError {
  return new HubError('INPUT_INVALID', undefined, [{ path, message }]);
}

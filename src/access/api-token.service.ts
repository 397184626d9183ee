/** Short-lived tokens for people at a terminal, until people sign in to the API: issued on the hub's own machine. */
import { recordAudit, recordAuditFrom } from '../audit/audit.store.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import { HubError } from '../shared/hub-error.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import { addApiToken, findApiToken, lockApiToken, pageOfApiTokens } from './access.store.js';
import { type AccessTokens, COMMAND_LINE_CLIENT } from './access-token.js';
import type { ApiToken, Role } from './api-client.entity.js';
import { grantedScopes, grantProblems } from './grant.rules.js';
import { permit } from './permissions.js';
import { type RequestContext, scopeOf } from './request-context.js';

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
      await addApiToken(tx, row);
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

  async find(context: RequestContext, id: Uuid): Promise<ApiToken | null> {
    permit(context, 'apiTokens');
    return this.#uow.read(scopeOf(context.actor), (tx) => findApiToken(tx, id));
  }

  async list(context: RequestContext, page: PageRequest): Promise<Page<ApiToken>> {
    permit(context, 'apiTokens');
    return this.#uow.read(scopeOf(context.actor), (tx) => pageOfApiTokens(tx, page));
  }

  /** From now on the token is refused. @throws HubError NOT_FOUND, STATE_TRANSITION */
  async revoke(context: RequestContext, id: Uuid): Promise<ApiToken> {
    permit(context, 'revokeApiToken');
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      const row = await lockApiToken(tx, id);
      if (row === null) throw new HubError('NOT_FOUND');
      if (row.revokedAt) throw new HubError('STATE_TRANSITION');
      row.revokedAt = context.now;
      const { partnerId } = row;
      await recordAudit(tx, context, { action: 'api-token.revoked', partnerId, targetType: 'ApiToken', targetId: id });
      return row;
    });
  }
}

function tokenRow(request: TokenRequest, now: Date) {
  const { role, subject, partnerId = null, applicationIds = [], ttlSeconds } = request;
  const grant = { role, partnerId, applicationIds, scopes: request.scopes ?? null };
  const [problem] = grantProblems(grant);
  if (problem !== undefined) throw invalid(problem.path, problem.message);
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
    scopes: grantedScopes(grant),
    expiresAt,
    revokedAt: null,
    createdAt: now,
  };
}

function invalid(path: string, message: string): HubError {
  return new HubError('INPUT_INVALID', undefined, [{ path, message }]);
}

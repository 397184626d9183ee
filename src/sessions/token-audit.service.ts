/** Tells the audit log what became of tokens: handed in twice, or given back. Found by grant, so that the partner reads it. */
import type { AuditAction } from '../audit/actions.js';
import { recordAuditFrom } from '../audit/audit.store.js';
import type { Origin } from '../login/login.store.js';
import { hubScope, type Tx, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import { handleHash } from '../shared/ids.js';
import { findSessionByGrant } from './session.store.js';

export class TokenAudit {
  readonly #uow: UnitOfWork;
  readonly #clock: Clock;

  constructor(uow: UnitOfWork, clock: Clock) {
    this.#uow = uow;
    this.#clock = clock;
  }

  /** Inside the transaction that revokes the family (RFC 9700, section 4.14.2). */
  reused(tx: Tx, model: string, grantId: string): Promise<void> {
    const nobody = { correlationId: null, sourceIp: null };
    return this.#record(tx, { action: 'token.reused', code: 'TOKEN_REUSE' }, model, grantId, nobody);
  }

  /** An application has given a token back (RFC 7009). */
  revoked(model: string, grantId: string, origin: Origin): Promise<void> {
    return this.#uow.write(hubScope, (tx) => this.#record(tx, { action: 'token.revoked' }, model, grantId, origin));
  }

  async #record(
    tx: Tx,
    what: { readonly action: AuditAction; readonly code?: string },
    model: string,
    grantId: string,
    origin: { readonly correlationId: string | null; readonly sourceIp: string | null },
  ): Promise<void> {
    const found = await findSessionByGrant(tx, grantId);
    const applicationId = found?.opened.applicationId ?? null;
    const actor = { actorKind: 'SERVICE', actorId: applicationId ?? 'unknown', now: this.#clock.now() } as const;
    await recordAuditFrom(
      tx,
      { ...actor, ...origin },
      {
        ...what,
        partnerId: found?.session.partnerId ?? null,
        applicationId,
        loginId: found?.session.loginId ?? null,
        targetType: 'Grant',
        targetId: handleHash(grantId),
        data: { model },
      },
    );
  }
}

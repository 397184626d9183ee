/** Writes audit events, always inside the transaction of the change that they tell of (promise 4). */
import type { RequestContext } from '../access/request-context.js';
import type { Tx } from '../persistence/unit-of-work.js';
import { RESERVED_PARTNER_ID, type Uuid, uuidv7 } from '../shared/ids.js';
import type { AuditAction } from './actions.js';
import { type ActorKind, AuditEvent } from './audit.entity.js';

export interface AuditEntry {
  readonly action: AuditAction;
  readonly partnerId?: Uuid | null;
  readonly targetType?: string;
  readonly targetId?: string;
  readonly applicationId?: Uuid | null;
  readonly loginId?: Uuid | null;
  readonly code?: string | null;
  /** Names, numbers and identifiers; never secrets, tokens or assertion bytes. */
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Origin {
  readonly actorKind: ActorKind;
  readonly actorId: string;
  readonly correlationId: string | null;
  readonly sourceIp: string | null;
  readonly now: Date;
}

/** An event caused by a caller of the API. */
export function recordAudit(tx: Tx, context: RequestContext, entry: AuditEntry): Promise<void> {
  const { actor, correlationId, sourceIp, now } = context;
  return recordAuditFrom(tx, { actorKind: actor.role, actorId: actor.id, correlationId, sourceIp, now }, entry);
}

/** An event caused by an end user's browser, an IdP or the hub itself. */
export async function recordAuditFrom(tx: Tx, origin: Origin, entry: AuditEntry): Promise<void> {
  await tx.em.insert(AuditEvent, {
    partnerId: entry.partnerId ?? RESERVED_PARTNER_ID,
    id: uuidv7(origin.now),
    action: entry.action,
    actorKind: origin.actorKind,
    actorId: origin.actorId,
    targetType: entry.targetType ?? null,
    targetId: entry.targetId ?? null,
    applicationId: entry.applicationId ?? null,
    loginId: entry.loginId ?? null,
    code: entry.code ?? null,
    data: entry.data ?? {},
    correlationId: origin.correlationId,
    sourceIp: origin.sourceIp,
    occurredAt: origin.now,
  });
}

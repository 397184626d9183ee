/** Writes audit events, always inside the transaction of the change that they tell of (promise 4), and reads them. */

import type { FilterQuery } from '@mikro-orm/postgresql';
import type { RequestContext } from '../access/request-context.js';
import { json, sql } from '../persistence/sql.js';
import type { ReadTx, Writes } from '../persistence/unit-of-work.js';
import { idsWithin, RESERVED_PARTNER_ID, type TimeWindow, type Uuid, uuidv7 } from '../shared/ids.js';
import { type Page, type PageRequest, pageOf } from '../shared/page.js';
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
export function recordAudit(tx: Writes, context: RequestContext, entry: AuditEntry): Promise<void> {
  const { actor, correlationId, sourceIp, now } = context;
  return recordAuditFrom(tx, { actorKind: actor.role, actorId: actor.id, correlationId, sourceIp, now }, entry);
}

/** An event caused by an end user's browser, an IdP or the hub itself. */
export function recordAuditFrom(tx: Writes, origin: Origin, entry: AuditEntry): Promise<void> {
  return tx.write(sql`insert into "regional"."audit_event" (partner_id, id, action, actor_kind, actor_id, target_type,
    target_id, application_id, login_id, code, data, correlation_id, source_ip, occurred_at) values (
    ${entry.partnerId ?? RESERVED_PARTNER_ID}, ${uuidv7(origin.now)}, ${entry.action}, ${origin.actorKind},
    ${origin.actorId}, ${entry.targetType ?? null}, ${entry.targetId ?? null}, ${entry.applicationId ?? null},
    ${entry.loginId ?? null}, ${entry.code ?? null}, ${json(entry.data ?? {})}, ${origin.correlationId},
    ${origin.sourceIp}, ${origin.now})`);
}

export interface AuditFilter extends TimeWindow {
  readonly partnerId?: Uuid | null;
  readonly applicationId?: Uuid | null;
  readonly loginId?: Uuid | null;
  readonly action?: AuditAction | null;
  readonly code?: string | null;
  readonly actorKind?: ActorKind | null;
  readonly actorId?: string | null;
  readonly target?: { readonly type: string; readonly id: Uuid } | null;
}

/** Newest first. */
export async function pageOfAuditEvents(
  tx: ReadTx,
  filter: AuditFilter,
  request: PageRequest,
): Promise<Page<AuditEvent>> {
  const { since, until, target, ...columns } = filter;
  const where: FilterQuery<AuditEvent>[] = [];
  if (since || until) where.push({ id: idsWithin({ since, until }) });
  if (request.after !== null) where.push({ id: { $lt: request.after } });
  if (target) where.push({ targetType: target.type, targetId: target.id });
  for (const [column, value] of Object.entries(columns)) {
    if (value != null) where.push({ [column]: value });
  }
  const options = { orderBy: { id: 'desc' }, limit: request.first + 1 } as const;
  return pageOf(await tx.em.find(AuditEvent, { $and: where }, options), request);
}

export function findAuditEvent(tx: ReadTx, partnerId: Uuid, id: Uuid): Promise<AuditEvent | null> {
  return tx.em.findOne(AuditEvent, { partnerId, id });
}

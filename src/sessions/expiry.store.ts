/** Sessions that time has ended: told of when they reach their limit, forgotten a while after. */
import { recordAuditFrom } from '../audit/audit.store.js';
import type { Tx } from '../persistence/unit-of-work.js';
import { Session } from './session.entity.js';
import { endSession } from './session.store.js';

const nobody = { actorKind: 'SYSTEM', actorId: 'sweeper', correlationId: null, sourceIp: null } as const;

/** Ends live sessions that are past their absolute limit. The gate has refused them since then (decideRelease). */
export async function endExpiredSessions(tx: Tx, limit: number, now: Date): Promise<number> {
  const where = { state: 'LIVE', absoluteUntil: { $lt: now } } as const;
  const expired = await tx.em.find(Session, where, { limit, orderBy: { absoluteUntil: 'asc' } });
  for (const { partnerId, id, loginId } of expired) {
    if (!(await endSession(tx, partnerId, id, 'EXPIRED', now))) continue;
    await recordAuditFrom(
      tx,
      { ...nobody, now },
      {
        action: 'session.ended',
        partnerId,
        loginId,
        targetType: 'Session',
        targetId: id,
        data: { reason: 'EXPIRED' },
      },
    );
  }
  return expired.length;
}

/** Deletes sessions that ended before the instant, with what they opened. */
export async function forgetEndedSessions(tx: Tx, before: Date, limit: number): Promise<number> {
  const { affectedRows } = await tx.em.execute<{ affectedRows: number }>(
    'delete from "regional"."session" where (partner_id, id) in ' +
      `(select partner_id, id from "regional"."session" where state = 'ENDED' and ended_at < ? order by ended_at limit ?)`,
    [before.toISOString(), limit],
    'run',
  );
  return affectedRows;
}

/**
 * Refused sign-ins counted by code. Counted from the audit log: an event stands at the instant of the refusal, commits with
 * it, and is never changed. An index holds the refusals alone, so that the cost is what was refused and not what signed in.
 */
import type { ReadTx } from '../persistence/unit-of-work.js';
import { firstUuidOf, type Uuid } from '../shared/ids.js';
import type { Span } from './login-refusal.rules.js';

export interface LoginRefusalFilter {
  readonly partnerId: Uuid | null;
  readonly identityProviderId: Uuid | null;
}

export interface LoginRefusals {
  readonly code: string;
  readonly count: number;
  readonly lastAt: Date;
}

/** The most frequent first. */
export async function countLoginRefusals(
  tx: ReadTx,
  { partnerId, identityProviderId }: LoginRefusalFilter,
  { since, until }: Span,
): Promise<readonly LoginRefusals[]> {
  const conditions = ["action = 'login.denied'", 'code is not null', 'id >= ?'];
  const values = [firstUuidOf(since)];
  if (until !== null) {
    conditions.push('id < ?');
    values.push(firstUuidOf(until));
  }
  if (partnerId !== null) {
    conditions.push('partner_id = ?');
    values.push(partnerId);
  }
  if (identityProviderId !== null) {
    conditions.push("actor_kind = 'IDENTITY_PROVIDER'", 'actor_id = ?');
    values.push(identityProviderId);
  }
  const rows = await tx.em.execute<{ code: string; count: number; last_at: Date }[]>(
    `select code, count(*)::int as count, max(occurred_at) as last_at from "regional"."audit_event"
      where ${conditions.join(' and ')} group by code order by count(*) desc, code`,
    values,
  );
  return rows.map(({ code, count, last_at }) => ({ code, count, lastAt: new Date(last_at) }));
}

/** What a logout of an IdP needs of the tables: that it is the first of its kind, and the sessions that it could mean. */
import { sql, textOf } from '../persistence/sql.js';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import { handleHash, type Uuid } from '../shared/ids.js';
import { Session } from './session.entity.js';

const MOST = 2_000;

/** Remembers a request until it cannot pass again; false when it came before, on whatever replica. */
export async function takeInLogout(
  tx: Tx,
  idp: { readonly partnerId: Uuid; readonly identityProviderId: Uuid },
  requestId: string,
  until: Date,
): Promise<boolean> {
  const statement = sql`insert into "regional"."assertion_replay" (partner_id, identity_provider_id, assertion_hash,
    expires_at) values (${idp.partnerId}, ${idp.identityProviderId}, ${handleHash(`logout ${requestId}`)}, ${until})
    on conflict do nothing`;
  const { affectedRows } = await tx.em.execute<{ affectedRows: number }>(textOf(statement), [], 'run');
  return affectedRows === 1;
}

/** Sessions of a person through an IdP, whichever partner uses it, live ones first; ended ones until they are forgotten. */
export function sessionsOfSubject(tx: ReadTx, identityProviderId: Uuid, upstreamSubjectHash: string) {
  return tx.em.find(
    Session,
    { identityProviderId, upstreamSubjectHash },
    {
      fields: ['partnerId', 'id', 'loginId', 'state', 'upstreamSessionHash'],
      orderBy: { state: 'desc', createdAt: 'desc' },
      limit: MOST,
    },
  );
}

/**
 * What time has ended in the room of logins: requests that nobody answered, assertions that the replay table need not
 * remember any more, artefacts of the OpenID Provider. Bounded batches, each inside the caller's transaction.
 */
import type { Tx } from '../persistence/unit-of-work.js';
import { refusal } from '../shared/refusal.js';
import { refusalNote } from './decide.rules.js';
import { Login, PendingLogin } from './login.entity.js';
import { finishDeniedLogin } from './login.store.js';
import { emptyTrace } from './trace.js';

/** A login that never came back ends as every other one does: with its code, its trace and its audit event. */
export async function endExpiredLogins(tx: Tx, before: Date, limit: number, now: Date): Promise<number> {
  const expired = await tx.em.find(
    PendingLogin,
    { expiresAt: { $lt: before } },
    { limit, orderBy: { expiresAt: 'asc' } },
  );
  const because = refusal('LOGIN_EXPIRED', 'nobody came back from the identity provider in time');
  const trace = { ...emptyTrace, stages: [refusalNote('verify', because)] };
  for (const { partnerId, stateHash, loginId, stage } of expired) {
    const login = stage === 'SPENT' ? null : await tx.em.findOne(Login, { partnerId, id: loginId, state: 'BEGUN' });
    if (login !== null) {
      const { reference, applicationId = null, identityProviderId = null, protocol = null } = login;
      const identity = { id: loginId, reference, partnerId, applicationId, identityProviderId, protocol };
      await finishDeniedLogin(tx, identity, because, trace, null, { sourceIp: null, correlationId: loginId }, now);
    }
    await tx.em.nativeDelete(PendingLogin, { partnerId, stateHash });
  }
  return expired.length;
}

export function forgetReplays(tx: Tx, before: Date, limit: number): Promise<number> {
  return deleteExpired(tx, 'assertion_replay', ['partner_id', 'identity_provider_id', 'assertion_hash'], before, limit);
}

export function forgetArtifacts(tx: Tx, before: Date, limit: number): Promise<number> {
  return deleteExpired(tx, 'oidc_artifact', ['model', 'id_hash'], before, limit);
}

async function deleteExpired(
  tx: Tx,
  table: 'assertion_replay' | 'oidc_artifact',
  key: readonly string[],
  before: Date,
  limit: number,
): Promise<number> {
  const columns = key.join(', ');
  const { affectedRows } = await tx.em.execute<{ affectedRows: number }>(
    `delete from "regional"."${table}" where (${columns}) in ` +
      `(select ${columns} from "regional"."${table}" where expires_at < ? order by expires_at limit ?)`,
    [before.toISOString(), limit],
    'run',
  );
  return affectedRows;
}

/**
 * The hub's session: started or renewed by a login, found by the handle in the browser's cookie, ended by logout or by
 * an administrator. Its handle is stored as a digest, and renewed at every login (H06).
 */
import type { RequestContext } from '../access/request-context.js';
import { recordAudit } from '../audit/audit.store.js';
import type { FalCeiling, MembershipFacts, SessionFacts } from '../login/facts.js';
import { idsByOwner } from '../persistence/ids-by-owner.js';
import { json, type Sql, sql, textOf } from '../persistence/sql.js';
import { changesOne, type Question } from '../persistence/statement-transaction.js';
import type { ReadTx, StatementTx, Tx } from '../persistence/unit-of-work.js';
import { handleHash, type Uuid, uuidv7 } from '../shared/ids.js';
import { loadMembership } from '../users/person.store.js';
import { Session, SessionApplication } from './session.entity.js';

export interface SessionStart {
  readonly partnerId: Uuid;
  readonly membershipId: Uuid;
  readonly identityProviderId: Uuid;
  readonly loginId: Uuid;
  readonly handle: string;
  readonly authenticatedAt: Date;
  readonly authenticationTimeStated: boolean;
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly falCeiling: FalCeiling;
  /** null: the IdP cannot end it by itself. */
  readonly upstreamSubjectHash: string | null;
  readonly upstreamSessionHash: string | null;
  readonly idleUntil: Date;
  readonly absoluteUntil: Date;
}

export interface LiveSession {
  readonly partnerId: Uuid;
  readonly loginId: Uuid;
  readonly facts: SessionFacts;
  readonly membership: MembershipFacts;
}

export interface StartedSession {
  readonly id: Uuid;
  /** false: the session that the browser had goes on, under a new handle. */
  readonly started: boolean;
  /** The session of the same partner that had to end for this one. */
  readonly replaced: Uuid | null;
}

export interface PreviousSession {
  readonly id: Uuid;
  readonly handleHash: string;
  readonly membershipId: Uuid;
  readonly identityProviderId: Uuid;
}

/** The live session of this partner that the browser had before; null when it had none, or that of another partner. */
export function previousSession(partnerId: Uuid, handle: string | null): Question<PreviousSession | null> {
  if (handle === null) return { statements: [], read: () => null };
  const statement = sql`select id, handle_hash as "handleHash", membership_id as "membershipId",
    identity_provider_id as "identityProviderId" from "regional"."session" where partner_id = ${partnerId} and handle_hash = ${handleHash(handle)} and state = 'LIVE'`;
  return { statements: [statement], read: ([answer]) => answer?.rows[0] ?? null };
}

/**
 * Starts a session. The session that this browser had before is renewed when it belongs to the same person through the
 * same IdP, so that applications opened by it stay open; else it is ended. Of two logins that renew the same session in
 * the same instant one does, and the other starts its own.
 */
export async function startSession(
  tx: StatementTx,
  start: SessionStart,
  previous: PreviousSession | null,
  now: Date,
): Promise<StartedSession> {
  const { partnerId, membershipId, identityProviderId } = start;
  const isSame = previous?.membershipId === membershipId && previous.identityProviderId === identityProviderId;
  if (isSame) {
    const [renewed] = await tx.ask(renewal(start, previous));
    if (renewed) return { id: previous.id, started: false, replaced: null };
  }
  const ended =
    previous === null || isSame ? [] : await tx.ask(changesOne(ending(partnerId, previous.id, 'REPLACED', now)));
  const id = uuidv7(now);
  await tx.write(sql`insert into "regional"."session" (partner_id, id, handle_hash, membership_id, identity_provider_id,
    login_id, state, authenticated_at, authentication_time_stated, acr, amr, fal_ceiling, upstream_subject_hash,
    upstream_session_hash, idle_until, absolute_until, created_at)
    values (${partnerId}, ${id}, ${handleHash(start.handle)}, ${membershipId}, ${identityProviderId}, ${start.loginId},
    'LIVE', ${start.authenticatedAt}, ${start.authenticationTimeStated}, ${start.acr}, ${json(start.amr)},
    ${start.falCeiling}, ${start.upstreamSubjectHash}, ${start.upstreamSessionHash}, ${start.idleUntil},
    ${start.absoluteUntil}, ${now})`);
  return { id, started: true, replaced: ended[0] === true && previous !== null ? previous.id : null };
}

/** Puts the session under the new handle. */
function renewal(start: SessionStart, previous: PreviousSession): Question<boolean> {
  return changesOne(sql`update "regional"."session" set login_id = ${start.loginId},
    authenticated_at = ${start.authenticatedAt}, authentication_time_stated = ${start.authenticationTimeStated},
    acr = ${start.acr}, amr = ${json(start.amr)}, fal_ceiling = ${start.falCeiling},
    upstream_subject_hash = ${start.upstreamSubjectHash}, upstream_session_hash = ${start.upstreamSessionHash},
    idle_until = ${start.idleUntil},
    absolute_until = ${start.absoluteUntil}, handle_hash = ${handleHash(start.handle)}
    where partner_id = ${start.partnerId} and id = ${previous.id} and handle_hash = ${previous.handleHash} and state = 'LIVE'`);
}

/** The session behind a handle, in whatever state, with its membership. */
export async function findSessionByHandle(tx: ReadTx, handle: string): Promise<LiveSession | null> {
  return withMembership(tx, await tx.em.findOne(Session, { handleHash: handleHash(handle) }));
}

/** The session that a grant of the OpenID Provider hangs on. */
export async function findSessionByGrant(
  tx: ReadTx,
  grantId: string,
): Promise<{ readonly session: LiveSession; readonly opened: SessionApplication } | null> {
  const opened = await tx.em.findOne(SessionApplication, { grantHash: handleHash(grantId) });
  if (opened === null) return null;
  const { partnerId, sessionId } = opened;
  const session = await withMembership(tx, await tx.em.findOne(Session, { partnerId, id: sessionId }));
  return session === null ? null : { session, opened };
}

async function withMembership(tx: ReadTx, session: Session | null): Promise<LiveSession | null> {
  if (session === null) return null;
  const membership = await loadMembership(tx, session.partnerId, session.membershipId);
  if (membership === null) return null;
  const { partnerId, loginId } = session;
  return { partnerId, loginId, facts: factsOf(session), membership };
}

function factsOf(session: Session): SessionFacts {
  return {
    id: session.id,
    state: session.state,
    membershipId: session.membershipId,
    identityProviderId: session.identityProviderId,
    authenticatedAt: session.authenticatedAt.toISOString(),
    authenticationTimeStated: session.authenticationTimeStated,
    idleUntil: session.idleUntil.toISOString(),
    absoluteUntil: session.absoluteUntil.toISOString(),
    acr: session.acr ?? null,
    amr: session.amr,
    falCeiling: session.falCeiling ?? null,
  };
}

/** Moves the idle bound of a live session. */
export function touching(partnerId: Uuid, id: Uuid, idleUntil: Date): Sql {
  return sql`update "regional"."session" set idle_until = ${idleUntil}
    where partner_id = ${partnerId} and id = ${id} and state = 'LIVE'`;
}

/** Remembers that a session has opened an application, under which grant, and at which epochs that was decided. */
export function opening(
  opened: Pick<
    SessionApplication,
    'partnerId' | 'sessionId' | 'applicationId' | 'partnerEpoch' | 'applicationEpoch' | 'grantHash' | 'decidedAt'
  >,
): Sql {
  return sql`insert into "regional"."session_application" (partner_id, session_id, application_id,
    partner_epoch, application_epoch, grant_hash, decided_at) values (${opened.partnerId}, ${opened.sessionId},
    ${opened.applicationId}, ${opened.partnerEpoch}, ${opened.applicationEpoch}, ${opened.grantHash},
    ${opened.decidedAt}) on conflict (partner_id, session_id, application_id) do update set
    partner_epoch = excluded.partner_epoch, application_epoch = excluded.application_epoch,
    grant_hash = excluded.grant_hash, decided_at = excluded.decided_at`;
}

/** Ends one session; false when it had ended before. */
export async function endSession(tx: Tx, partnerId: Uuid, id: Uuid, reason: string, now: Date): Promise<boolean> {
  const ended = await tx.em.execute<{ affectedRows: number }>(textOf(ending(partnerId, id, reason, now)), [], 'run');
  return ended.affectedRows === 1;
}

function ending(partnerId: Uuid, id: Uuid, reason: string, now: Date): Sql {
  return sql`update "regional"."session" set state = 'ENDED', ended_reason = ${reason}, ended_at = ${now}
    where partner_id = ${partnerId} and id = ${id} and state = 'LIVE'`;
}

/** Ends every live session of a membership, each with its audit event; how many there were. */
export async function endSessionsOf(
  tx: Tx,
  context: RequestContext,
  membership: SessionOwner,
  reason: string,
): Promise<number> {
  const { partnerId, id: membershipId } = membership;
  const live = await tx.em.find(Session, { partnerId, membershipId, state: 'LIVE' }, { fields: ['id', 'loginId'] });
  for (const { id, loginId } of live) {
    if (!(await endSession(tx, partnerId, id, reason, context.now))) continue;
    const target = { partnerId, loginId, targetType: 'Session', targetId: id };
    await recordAudit(tx, context, { ...target, action: 'session.ended', data: { reason } });
  }
  return live.length;
}

/** Whose sessions: a membership. */
export interface SessionOwner {
  readonly partnerId: Uuid;
  readonly id: Uuid;
}

/** The newest sessions of many memberships, by membership. */
export async function newestSessions(
  tx: ReadTx,
  memberships: readonly SessionOwner[],
  first: number,
): Promise<ReadonlyMap<Uuid, readonly Session[]>> {
  const list = { table: '"regional"."session"', column: 'membership_id', id: 'id', order: 'desc' } as const;
  const lists = await idsByOwner(tx, list, memberships, { first, after: null });
  const ids = [...lists.values()].flat();
  const partnerIds = [...new Set(memberships.map(({ partnerId }) => partnerId))];
  const sessions = await tx.em.find(Session, { partnerId: { $in: partnerIds }, id: { $in: ids } });
  const byId = new Map(sessions.map((session) => [session.id, session]));
  return new Map([...lists].map(([owner, listed]) => [owner, listed.flatMap((id) => byId.get(id) ?? [])]));
}

export function findSession(tx: ReadTx, { partnerId, id }: SessionOwner): Promise<Session | null> {
  return tx.em.findOne(Session, { partnerId, id });
}

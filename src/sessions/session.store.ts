/**
 * The hub's session: started or renewed by a login, found by the handle in the browser's cookie, ended by logout or by
 * an administrator. Its handle is stored as a digest, and renewed at every login (H06).
 */
import type { RequestContext } from '../access/request-context.js';
import { recordAudit } from '../audit/audit.store.js';
import type { MembershipFacts, SessionFacts } from '../login/facts.js';
import { idsByOwner } from '../persistence/ids-by-owner.js';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
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
  /** There was a handle, and no live session of this partner behind it. */
  readonly previousElsewhere: boolean;
}

/**
 * Starts a session. The session that this browser had before is renewed when it belongs to the same person through the
 * same IdP, so that applications opened by it stay open; else it is ended. Of two logins that renew the same session in
 * the same instant one does, and the other starts its own.
 */
export async function startSession(
  tx: Tx,
  start: SessionStart,
  previousHandle: string | null,
  now: Date,
): Promise<StartedSession> {
  const { partnerId, membershipId, identityProviderId, handle, ...columns } = start;
  const before = previousHandle === null ? null : handleHash(previousHandle);
  const live = { partnerId, handleHash: before ?? '', state: 'LIVE' } as const;
  const previous = before === null ? null : await tx.em.findOne(Session, live);
  const renewed = { ...columns, handleHash: handleHash(handle) };
  const previousElsewhere = before !== null && previous === null;
  const isSame = previous?.membershipId === membershipId && previous.identityProviderId === identityProviderId;
  if (isSame && (await tx.em.nativeUpdate(Session, { ...live, id: previous.id }, renewed)) === 1) {
    return { id: previous.id, started: false, replaced: null, previousElsewhere };
  }
  const ended = previous !== null && !isSame && (await endSession(tx, partnerId, previous.id, 'REPLACED', now));
  const id = uuidv7(now);
  await tx.em.insert(Session, {
    ...renewed,
    partnerId,
    id,
    membershipId,
    identityProviderId,
    state: 'LIVE',
    createdAt: now,
  });
  return { id, started: true, replaced: ended ? previous.id : null, previousElsewhere };
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
  };
}

export async function touchSession(tx: Tx, partnerId: Uuid, id: Uuid, idleUntil: Date): Promise<void> {
  await tx.em.nativeUpdate(Session, { partnerId, id, state: 'LIVE' }, { idleUntil });
}

/** Remembers that a session has opened an application, under which grant, and at which epochs that was decided. */
export async function recordOpened(
  tx: Tx,
  opened: Pick<
    SessionApplication,
    'partnerId' | 'sessionId' | 'applicationId' | 'partnerEpoch' | 'applicationEpoch' | 'grantHash' | 'decidedAt'
  >,
): Promise<void> {
  await tx.em.upsert(SessionApplication, opened);
}

/** Ends one session; false when it had ended before. */
export async function endSession(tx: Tx, partnerId: Uuid, id: Uuid, reason: string, now: Date): Promise<boolean> {
  const ended = { state: 'ENDED', endedReason: reason, endedAt: now } as const;
  return (await tx.em.nativeUpdate(Session, { partnerId, id, state: 'LIVE' }, ended)) === 1;
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

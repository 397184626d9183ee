/**
 * The session behind a browser's handle or behind a grant, with its membership and the policy epochs of this instant:
 * one statement, since every token of every application asks for it.
 */
import type { MembershipFacts, SessionFacts } from '../login/facts.js';
import type { Epochs } from '../persistence/policy-epoch.js';
import { type Sql, sql } from '../persistence/sql.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import { handleHash, type Uuid } from '../shared/ids.js';
import { MEMBERSHIP_FACTS } from '../users/person.store.js';
import type { LiveSession } from './session.store.js';

export interface FoundSession {
  readonly session: LiveSession;
  readonly applicationId: Uuid;
  /** null when the partner or the application is gone. */
  readonly epochs: Epochs | null;
}

const FOUND = sql`jsonb_build_object(
  'partnerId', s.partner_id, 'loginId', s.login_id,
  'epochs', case when p.id is null or a.id is null then null
    else jsonb_build_object('partner', p.policy_epoch, 'application', a.policy_epoch) end,
  'facts', jsonb_build_object('id', s.id, 'state', s.state, 'membershipId', s.membership_id,
    'identityProviderId', s.identity_provider_id, 'authenticatedAt', s.authenticated_at,
    'authenticationTimeStated', s.authentication_time_stated, 'idleUntil', s.idle_until, 'absoluteUntil', s.absolute_until, 'acr', s.acr, 'amr', s.amr,
    'falCeiling', s.fal_ceiling),
  'membership', ${MEMBERSHIP_FACTS})::text as found`;
/**
 * From one session to what hangs on it. Row-level security hides from the planner how many rows a table gives, so that
 * it would begin at whichever table is small; each `limit 1` makes it go on from the row that it has.
 */
const MEMBERSHIP = sql`cross join lateral (select m.* from "regional"."membership" m
  where m.partner_id = s.partner_id and m.id = s.membership_id limit 1) m
  left join lateral (select p.* from "control"."partner" p where p.id = s.partner_id limit 1) p on true`;

/** Whatever state the session is in: whether it still counts is decided by rule. */
export function sessionOfBrowser(handle: string, applicationId: Uuid): Sql {
  return sql`select ${FOUND}, a.id as application_id
    from (select s.* from "regional"."session" s where s.handle_hash = ${handleHash(handle)} limit 1) s ${MEMBERSHIP}
    left join "control"."application" a on a.id = ${applicationId}`;
}

export function sessionOfGrant(grantId: string): Sql {
  return sql`select ${FOUND}, o.application_id from (select o.* from "regional"."session_application" o
    where o.grant_hash = ${handleHash(grantId)} limit 1) o
    cross join lateral (select s.* from "regional"."session" s
    where s.partner_id = o.partner_id and s.id = o.session_id limit 1) s ${MEMBERSHIP}
    left join lateral (select a.* from "control"."application" a where a.id = o.application_id limit 1) a on true`;
}

export function findSessionForBrowser(uow: UnitOfWork, handle: string, applicationId: Uuid) {
  return find(uow, sessionOfBrowser(handle, applicationId));
}

export function findSessionForGrant(uow: UnitOfWork, grantId: string) {
  return find(uow, sessionOfGrant(grantId));
}

/** The JSON text of `found`. */
interface Found {
  readonly partnerId: Uuid;
  readonly loginId: Uuid;
  readonly epochs: Epochs | null;
  readonly facts: SessionFacts;
  readonly membership: MembershipFacts;
}

async function find(uow: UnitOfWork, statement: Sql): Promise<FoundSession | null> {
  const rows = await uow.rows<{ readonly found: string; readonly application_id: Uuid }>(hubScope, statement);
  const [row] = rows;
  if (row === undefined) return null;
  const { partnerId, loginId, epochs, facts, membership } = JSON.parse(row.found) as Found;
  const applicationId = row.application_id;
  const iso = (instant: string) => new Date(instant).toISOString();
  const { authenticatedAt, idleUntil, absoluteUntil } = facts;
  const instants = {
    authenticatedAt: iso(authenticatedAt),
    idleUntil: iso(idleUntil),
    absoluteUntil: iso(absoluteUntil),
  };
  return { session: { partnerId, loginId, facts: { ...facts, ...instants }, membership }, applicationId, epochs };
}

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
    'authenticationTimeStated', s.authentication_time_stated, 'idleUntil', s.idle_until, 'absoluteUntil', s.absolute_until, 'acr', s.acr, 'amr', s.amr),
  'membership', ${MEMBERSHIP_FACTS})::text as found`;
const MEMBERSHIP = sql`join "regional"."membership" m on m.partner_id = s.partner_id and m.id = s.membership_id
  left join "control"."partner" p on p.id = s.partner_id`;
const FROM_GRANT = sql`from "regional"."session_application" o
  join "regional"."session" s on s.partner_id = o.partner_id and s.id = o.session_id ${MEMBERSHIP}
  left join "control"."application" a on a.id = o.application_id`;

/** Whatever state the session is in: whether it still counts is decided by rule. */
export function findSessionForBrowser(uow: UnitOfWork, handle: string, applicationId: Uuid) {
  return find(
    uow,
    sql`select ${FOUND}, a.id as application_id from "regional"."session" s ${MEMBERSHIP}
      left join "control"."application" a on a.id = ${applicationId} where s.handle_hash = ${handleHash(handle)} limit 1`,
  );
}

export function findSessionForGrant(uow: UnitOfWork, grantId: string) {
  return find(
    uow,
    sql`select ${FOUND}, o.application_id ${FROM_GRANT} where o.grant_hash = ${handleHash(grantId)} limit 1`,
  );
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

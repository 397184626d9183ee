/** Look-ups of the router, one statement each: from slug or domain to partner, and by what it may sign people in. */
import { type Sql, sql } from '../persistence/sql.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import type { TrustFacts } from './facts.js';

export function findPartnerIdBySlug(uow: UnitOfWork, slug: string): Promise<Uuid | null> {
  return idOf(uow, sql`select id from "control"."partner" where slug = ${slug}`);
}

export function findPartnerIdByProvedDomain(uow: UnitOfWork, name: string): Promise<Uuid | null> {
  return idOf(uow, sql`select partner_id as id from "control"."proved_domain" where name = ${name}`);
}

export interface Routable {
  readonly trust: TrustFacts | null;
  /** Active IdPs that the partner may use, the oldest first; none of a partner that is not active. */
  readonly identityProviderIds: readonly Uuid[];
}

/** One that has not ended, of which there is one at most; else the last one, which tells why it is refused. */
const trustOf = (
  partnerId: Uuid,
  applicationId: Uuid,
) => sql`select jsonb_build_object('relationshipId', t.id, 'state', t.state, 'version', t.active_version, 'terms', v.terms)
  from "control"."trust_relationship" t left join "control"."trust_version" v
  on v.partner_id = t.partner_id and v.trust_relationship_id = t.id and v.version = t.active_version
  where t.partner_id = ${partnerId} and t.application_id = ${applicationId} order by (t.state = 'ENDED'), t.id desc limit 1`;
const identityProvidersOf = (partnerId: Uuid) => sql`select jsonb_agg(i.id order by i.created_at, i.id)
  from "control"."identity_provider_association" a
  join "control"."partner" p on p.id = a.partner_id and p.state = 'ACTIVE'
  join "control"."identity_provider" i
  on i.partner_id = a.owner_partner_id and i.id = a.identity_provider_id and i.state = 'ACTIVE'
  where a.partner_id = ${partnerId} and a.state = 'ACTIVE'`;

export async function findRoutable(uow: UnitOfWork, partnerId: Uuid, applicationId: Uuid): Promise<Routable> {
  const rows = await uow.rows<{ trust: string | null; ids: string | null }>(
    hubScope,
    sql`select (${trustOf(partnerId, applicationId)})::text as trust, (${identityProvidersOf(partnerId)})::text as ids`,
  );
  const { trust = null, ids = null } = rows[0] ?? {};
  return {
    trust: trust === null ? null : (JSON.parse(trust) as TrustFacts),
    identityProviderIds: ids === null ? [] : (JSON.parse(ids) as Uuid[]),
  };
}

async function idOf(uow: UnitOfWork, statement: Sql): Promise<Uuid | null> {
  const rows = await uow.rows<{ id: Uuid }>(hubScope, statement);
  return rows[0]?.id ?? null;
}

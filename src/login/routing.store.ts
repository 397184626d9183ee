/**
 * The router's look-up: from a hint to the partner and by what it may sign people in, in one statement whatever the hint
 * and whoever it names, so that neither time nor load tells a stranger who is a partner (H19).
 */
import { identityProviderAt } from '../identity-providers/address-book.store.js';
import { type Sql, sql } from '../persistence/sql.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import { RESERVED_PARTNER_ID, type Uuid } from '../shared/ids.js';
import { parseDomainName, parseSlug } from '../shared/values.js';
import type { TrustFacts } from './facts.js';

/** Whom a hint names: the address of an IdP, the slug of a partner, or a proved domain. */
export interface Wanted {
  readonly by: 'ADDRESS' | 'SLUG' | 'DOMAIN';
  readonly name: string;
}

export interface Routable {
  /** null when the hint names nobody. */
  readonly partnerId: Uuid | null;
  /** The one IdP that the hint names; null where it names a partner. */
  readonly identityProviderId: Uuid | null;
  readonly trust: TrustFacts | null;
  /** Active IdPs that the partner may use, the oldest first; none of a partner that is not active. */
  readonly identityProviderIds: readonly Uuid[];
}

interface Row {
  readonly partner_id: Uuid | null;
  readonly identity_provider_id: Uuid | null;
  readonly trust: string | null;
  readonly ids: string | null;
}

/** One that has not ended, of which there is one at most; else the last one, which tells why it is refused. */
const TRUST = sql`select jsonb_build_object('relationshipId', t.id, 'state', t.state, 'version', t.active_version,
  'terms', v.terms) from "control"."trust_relationship" t left join "control"."trust_version" v
  on v.partner_id = t.partner_id and v.trust_relationship_id = t.id and v.version = t.active_version
  where t.partner_id = w.partner_id and t.application_id = w.application_id
  order by (t.state = 'ENDED'), t.id desc limit 1`;
const IDENTITY_PROVIDERS = sql`select jsonb_agg(i.id order by i.created_at, i.id)
  from "control"."identity_provider_association" a
  join "control"."partner" p on p.id = a.partner_id and p.state = 'ACTIVE'
  join "control"."identity_provider" i
  on i.partner_id = a.owner_partner_id and i.id = a.identity_provider_id and i.state = 'ACTIVE'
  where a.partner_id = w.partner_id and a.state = 'ACTIVE'`;

export async function findRoutable(uow: UnitOfWork, wanted: Wanted, applicationId: Uuid): Promise<Routable> {
  const [row] = await uow.rows<Row>(
    hubScope,
    sql`with found as (${named(wanted)}), w as materialized (
      select coalesce((select partner_id from found), ${RESERVED_PARTNER_ID}) as partner_id,
      ${applicationId}::uuid as application_id)
      select (select partner_id from found) as partner_id,
      (select identity_provider_id from found) as identity_provider_id,
      (${TRUST})::text as trust, (${IDENTITY_PROVIDERS})::text as ids from w`,
  );
  return {
    partnerId: row?.partner_id ?? null,
    identityProviderId: row?.identity_provider_id ?? null,
    trust: row?.trust == null ? null : (JSON.parse(row.trust) as TrustFacts),
    identityProviderIds: row?.ids == null ? [] : (JSON.parse(row.ids) as Uuid[]),
  };
}

/** A name that nobody can have is looked up as the empty one: the statement stays the same. */
function named({ by, name }: Wanted): Sql {
  if (by === 'SLUG') {
    return sql`select id as partner_id, null::uuid as identity_provider_id from "control"."partner" where slug = ${parseSlug(name) ?? ''}`;
  }
  if (by === 'DOMAIN') {
    return sql`select partner_id, null::uuid as identity_provider_id from "control"."proved_domain" where name = ${parseDomainName(name) ?? ''}`;
  }
  return identityProviderAt(name);
}

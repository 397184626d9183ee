/** Reads who is behind a subject: the membership that (IdP, subject) leads to, and who else holds the same e-mail. */

import type { AssertedSubject } from '../login/contracts.js';
import type { MembershipFacts, PersonFacts, Profile } from '../login/facts.js';
import { type Sql, sql } from '../persistence/sql.js';
import type { Question } from '../persistence/statement-transaction.js';
import { partnerScope, type ReadTx, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import { Membership } from './user.entity.js';

export interface SubjectKey {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly subject: AssertedSubject;
}

/** The unique key of a federated identity (docs/concepts.md): absent qualifiers are empty strings, never null. */
export function identityColumns({ partnerId, identityProviderId, subject }: SubjectKey) {
  return {
    partnerId,
    identityProviderId,
    subjectSource: subject.source,
    subjectFormat: subject.format ?? '',
    nameQualifier: subject.nameQualifier ?? '',
    spNameQualifier: subject.spNameQualifier ?? '',
    subject: subject.value,
  };
}

/** Where the row `i` is the identity of this subject: the columns of the unique key `federated_identity_subject`. */
function isSubject(key: SubjectKey): Sql {
  const columns = identityColumns(key);
  return sql`i.partner_id = ${columns.partnerId} and i.identity_provider_id = ${columns.identityProviderId}
    and i.subject_source = ${columns.subjectSource} and i.subject_format = ${columns.subjectFormat}
    and i.name_qualifier = ${columns.nameQualifier} and i.sp_name_qualifier = ${columns.spNameQualifier}
    and i.subject = ${columns.subject}`;
}

/** MembershipFacts of the row `m`, as jsonb. */
export const MEMBERSHIP_FACTS = sql`jsonb_build_object('id', m.id, 'userId', m.user_id, 'state', m.state,
  'attributes', m.attributes, 'version', m.version)`;
const KNOWN = sql`select jsonb_build_object('federatedIdentityId', i.id, 'membership', case when m.id is null then null else
  ${MEMBERSHIP_FACTS}
  end) from identity i left join "regional"."membership" m on m.partner_id = i.partner_id and m.id = i.membership_id`;

export async function findPerson(uow: UnitOfWork, key: SubjectKey, profile: Profile): Promise<PersonFacts> {
  const rows = await uow.rows<{ known: string | null; holders: string | null }>(
    partnerScope(key.partnerId),
    sql`with identity as (select i.* from "regional"."federated_identity" i where ${isSubject(key)})
      select (${KNOWN})::text as known, (select jsonb_agg(m.id) from "regional"."membership" m
        where m.partner_id = ${key.partnerId} and m.email = ${emailOf(profile)} and m.state <> 'ERASED'
        and not exists (select 1 from identity))::text as holders`,
  );
  const { known = null, holders = null } = rows[0] ?? {};
  const found = known === null ? { membership: null, federatedIdentityId: null } : JSON.parse(known);
  return { ...(found as Omit<PersonFacts, 'sameEmail'>), sameEmail: holders === null ? [] : JSON.parse(holders) };
}

/**
 * Whether the person is still as gathered: the identity, and the state and version of the membership behind it. Waits for
 * any other first sign-in of the same subject.
 */
export function personAsGathered(key: SubjectKey, person: PersonFacts): Question<boolean> {
  const name = JSON.stringify(Object.values(identityColumns(key)));
  return {
    statements: [
      sql`select pg_advisory_xact_lock(hashtextextended(${name}, 1))`,
      sql`select i.id, m.version, m.state from "regional"."federated_identity" i left join "regional"."membership" m
        on m.partner_id = i.partner_id and m.id = i.membership_id where ${isSubject(key)}`,
    ],
    read: ([, answer]) => {
      const now: { id: Uuid; version: number | null; state: string | null } | undefined = answer?.rows[0];
      if ((now?.id ?? null) !== person.federatedIdentityId) return false;
      const { membership } = person;
      return membership === null || (now?.version === membership.version && now.state === membership.state);
    },
  };
}

/**
 * Whether no other membership of the partner holds the address: of two subjects that come for the first time with one
 * address, the second sees what the first became (C32).
 */
export function emailIsFree(partnerId: Uuid, email: string): Question<boolean> {
  return {
    statements: [
      sql`select pg_advisory_xact_lock(hashtextextended(${JSON.stringify([partnerId, email])}, 2))`,
      sql`select 1 from "regional"."membership"
        where partner_id = ${partnerId} and email = ${email} and state <> 'ERASED' limit 1`,
    ],
    read: ([, answer]) => answer?.affected === 0,
  };
}

export async function loadMembership(tx: ReadTx, partnerId: Uuid, id: Uuid): Promise<MembershipFacts | null> {
  const membership = await tx.em.findOne(Membership, { partnerId, id });
  if (membership === null) return null;
  const { userId, state, attributes, version } = membership;
  return { id, userId, state, attributes, version };
}

/** The mapped `email`, lower-case: for look-ups and collisions, never an identifier (promise 3). */
export function emailOf(profile: Profile): string | null {
  const email = Object.hasOwn(profile, 'email') ? profile.email?.[0] : undefined;
  return typeof email === 'string' ? email.toLowerCase() : null;
}

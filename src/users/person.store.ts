/** Reads who is behind a subject: the membership that (IdP, subject) leads to, and who else holds the same e-mail. */

import type { AssertedSubject } from '../login/contracts.js';
import type { MembershipFacts, PersonFacts, Profile } from '../login/facts.js';
import { partnerScope, type ReadTx, type Tx, type UnitOfWork } from '../persistence/unit-of-work.js';
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

/** The order of the unique key `federated_identity_subject`. */
const IDENTITY =
  'i.partner_id = ? and i.identity_provider_id = ? and i.subject_source = ? and i.subject_format = ? ' +
  'and i.name_qualifier = ? and i.sp_name_qualifier = ? and i.subject = ?';
/** MembershipFacts of the row `m`, as jsonb. */
export const MEMBERSHIP_FACTS =
  "jsonb_build_object('id', m.id, 'userId', m.user_id, 'state', m.state, 'attributes', m.attributes, 'version', m.version)";
const KNOWN = `select jsonb_build_object('federatedIdentityId', i.id, 'membership', case when m.id is null then null else
  ${MEMBERSHIP_FACTS}
  end) from identity i left join "regional"."membership" m on m.partner_id = i.partner_id and m.id = i.membership_id`;
const HOLDERS = `select jsonb_agg(m.id) from "regional"."membership" m
  where m.partner_id = ? and m.email = ? and m.state <> 'ERASED' and not exists (select 1 from identity)`;
const PERSON =
  `with identity as (select i.* from "regional"."federated_identity" i where ${IDENTITY}) ` +
  `select (${KNOWN})::text as known, (${HOLDERS})::text as holders`;

export async function findPerson(uow: UnitOfWork, key: SubjectKey, profile: Profile): Promise<PersonFacts> {
  const parameters = [...identityKey(key), key.partnerId, emailOf(profile)];
  const scope = partnerScope(key.partnerId);
  const { rows } = await uow.single<{ known: string | null; holders: string | null }>(scope, PERSON, parameters);
  const { known = null, holders = null } = rows[0] ?? {};
  const found = known === null ? { membership: null, federatedIdentityId: null } : JSON.parse(known);
  return { ...(found as Omit<PersonFacts, 'sameEmail'>), sameEmail: holders === null ? [] : JSON.parse(holders) };
}

const STILL =
  'select i.id, m.version, m.state from "regional"."federated_identity" i left join "regional"."membership" m ' +
  `on m.partner_id = i.partner_id and m.id = i.membership_id where ${IDENTITY}`;

/** Whether the person is still as gathered: the identity, and the state and version of the membership behind it. */
export async function isPersonAsGathered(tx: Tx, key: SubjectKey, person: PersonFacts): Promise<boolean> {
  const rows = await tx.em.execute<{ id: Uuid; version: number | null; state: string | null }[]>(
    STILL,
    identityKey(key),
  );
  const [now] = rows;
  if ((now?.id ?? null) !== person.federatedIdentityId) return false;
  return (
    person.membership === null || (now?.version === person.membership.version && now.state === person.membership.state)
  );
}

function identityKey(key: SubjectKey): string[] {
  const { partnerId, identityProviderId, ...subject } = identityColumns(key);
  const { subjectSource, subjectFormat, nameQualifier, spNameQualifier } = subject;
  return [partnerId, identityProviderId, subjectSource, subjectFormat, nameQualifier, spNameQualifier, subject.subject];
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

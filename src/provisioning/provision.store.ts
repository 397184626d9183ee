/** Carries out a provisioning plan: the person, the membership, the identity. One transaction with everything else. */

import type { AssertedSubject } from '../login/contracts.js';
import type { MembershipFacts, PersonFacts, ProvisioningPlan } from '../login/facts.js';
import { json, sql } from '../persistence/sql.js';
import type { Question } from '../persistence/statement-transaction.js';
import type { Writes } from '../persistence/unit-of-work.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import { emailIsFree, emailOf, identityColumns, personAsGathered } from '../users/person.store.js';
import { applyChanges } from './plan.rules.js';

export interface Provisioning {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly region: string;
  readonly subject: AssertedSubject;
  readonly person: PersonFacts;
  readonly plan: ProvisioningPlan;
  /** The agreement that vouches for a new membership (C2). */
  readonly trust: { readonly relationshipId: Uuid; readonly version: number };
}

/**
 * Whether the person is still as gathered. False: the caller must gather again (C33: N parallel first sign-ins make one
 * account).
 */
export function personUnchanged(provisioning: Provisioning): Question<boolean> {
  const { person, partnerId, plan } = provisioning;
  const asGathered = personAsGathered(provisioning, person);
  const profile = Object.fromEntries(plan.changes.map(({ attribute, after }) => [attribute, after]));
  const email = person.membership === null ? emailOf(profile) : null;
  if (email === null) return asGathered;
  const free = emailIsFree(partnerId, email);
  return {
    statements: [...asGathered.statements, ...free.statements],
    read: (answers) => asGathered.read(answers) && free.read(answers.slice(asGathered.statements.length)),
  };
}

/** Returns the membership as it stands after the plan. */
export async function provision(tx: Writes, provisioning: Provisioning, now: Date): Promise<MembershipFacts> {
  const { person, partnerId, plan, identityProviderId } = provisioning;
  const { membership } = person;
  if (membership === null) return create(tx, provisioning, now);
  await tx.write(sql`update "regional"."federated_identity" set last_login_at = ${now}
    where partner_id = ${partnerId} and id = ${person.federatedIdentityId}`);
  if (plan.action === 'NONE') {
    await tx.write(sql`update "regional"."membership" set last_login_at = ${now}
      where partner_id = ${partnerId} and id = ${membership.id}`);
    return membership;
  }
  const attributes = applyChanges(membership.attributes, plan.changes, identityProviderId);
  const version = membership.version + 1;
  const { email, displayName } = lookups(attributes);
  await tx.write(sql`update "regional"."membership" set attributes = ${json(attributes)}, email = ${email},
    display_name = ${displayName}, version = ${version}, last_login_at = ${now}, updated_at = ${now}
    where partner_id = ${partnerId} and id = ${membership.id}`);
  return { ...membership, attributes, version };
}

async function create(tx: Writes, provisioning: Provisioning, now: Date): Promise<MembershipFacts> {
  const { partnerId, region, trust } = provisioning;
  const [userId, id] = [uuidv7(now), uuidv7(now)];
  const attributes = applyChanges({}, provisioning.plan.changes, provisioning.identityProviderId);
  const { email, displayName } = lookups(attributes);
  await tx.write(sql`insert into "regional"."user_account" (id, home_partner_id, region, state, created_at)
    values (${userId}, ${partnerId}, ${region}, 'ACTIVE', ${now})`);
  await tx.write(sql`insert into "regional"."membership" (partner_id, id, user_id, state, origin, origin_trust_id,
    origin_trust_version, email, display_name, attributes, version, last_login_at, created_at, updated_at) values (
    ${partnerId}, ${id}, ${userId}, 'ACTIVE', 'JIT', ${trust.relationshipId}, ${trust.version}, ${email},
    ${displayName}, ${json(attributes)}, 1, ${now}, ${now}, ${now})`);
  const identity = identityColumns(provisioning);
  await tx.write(sql`insert into "regional"."federated_identity" (partner_id, id, membership_id, identity_provider_id,
    subject_source, subject_format, name_qualifier, sp_name_qualifier, subject, created_at, last_login_at) values (
    ${partnerId}, ${uuidv7(now)}, ${id}, ${identity.identityProviderId}, ${identity.subjectSource},
    ${identity.subjectFormat}, ${identity.nameQualifier}, ${identity.spNameQualifier}, ${identity.subject}, ${now},
    ${now})`);
  return { id, userId, state: 'ACTIVE', attributes, version: 1 };
}

function lookups(attributes: MembershipFacts['attributes']): { email: string | null; displayName: string | null } {
  const values = Object.fromEntries(Object.entries(attributes).map(([name, { values }]) => [name, values]));
  const name = [values.displayName?.[0], [values.givenName?.[0], values.familyName?.[0]].filter(Boolean).join(' ')];
  const displayName = name.find((part) => typeof part === 'string' && part !== '');
  return { email: emailOf(values), displayName: typeof displayName === 'string' ? displayName.slice(0, 400) : null };
}

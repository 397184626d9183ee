/** Carries out a provisioning plan: the person, the membership, the identity. One transaction with everything else. */

import type { AssertedSubject } from '../login/contracts.js';
import type { MembershipFacts, PersonFacts, ProvisioningPlan } from '../login/facts.js';
import type { Tx } from '../persistence/unit-of-work.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import { emailOf, identityColumns, isPersonAsGathered } from '../users/person.store.js';
import { FederatedIdentity, Membership, User } from '../users/user.entity.js';
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
 * Waits for any other first sign-in of the same subject, then looks whether the person is still as gathered. False: the
 * caller must gather again (C33: N parallel first sign-ins make one account).
 */
export async function personUnchanged(tx: Tx, provisioning: Provisioning): Promise<boolean> {
  const columns = identityColumns(provisioning);
  await tx.em.execute('select pg_advisory_xact_lock(hashtextextended(?, 1))', [JSON.stringify(Object.values(columns))]);
  if (!(await isPersonAsGathered(tx, provisioning, provisioning.person))) return false;
  return provisioning.person.membership !== null || isEmailFree(tx, provisioning);
}

/** Of two subjects that come for the first time with one address, the second sees what the first became (C32). */
async function isEmailFree(tx: Tx, { partnerId, plan }: Provisioning): Promise<boolean> {
  const email = emailOf(Object.fromEntries(plan.changes.map(({ attribute, after }) => [attribute, after])));
  if (email === null) return true;
  await tx.em.execute('select pg_advisory_xact_lock(hashtextextended(?, 2))', [JSON.stringify([partnerId, email])]);
  return (await tx.em.count(Membership, { partnerId, email, state: { $ne: 'ERASED' } })) === 0;
}

/** Returns the membership as it stands after the plan. */
export async function provision(tx: Tx, provisioning: Provisioning, now: Date): Promise<MembershipFacts> {
  const { person, partnerId } = provisioning;
  if (person.membership === null) return create(tx, provisioning, now);
  const { membership } = person;
  await tx.em.nativeUpdate(FederatedIdentity, { partnerId, id: person.federatedIdentityId }, { lastLoginAt: now });
  if (provisioning.plan.action === 'NONE') {
    await tx.em.nativeUpdate(Membership, { partnerId, id: membership.id }, { lastLoginAt: now });
    return membership;
  }
  const attributes = applyChanges(membership.attributes, provisioning.plan.changes, provisioning.identityProviderId);
  const version = membership.version + 1;
  const columns = { attributes, ...lookups(attributes), version, lastLoginAt: now, updatedAt: now };
  await tx.em.nativeUpdate(Membership, { partnerId, id: membership.id }, columns);
  return { ...membership, attributes, version };
}

async function create(tx: Tx, provisioning: Provisioning, now: Date): Promise<MembershipFacts> {
  const { partnerId, region, trust } = provisioning;
  const [userId, id] = [uuidv7(now), uuidv7(now)];
  const attributes = applyChanges({}, provisioning.plan.changes, provisioning.identityProviderId);
  await tx.em.insert(User, { id: userId, homePartnerId: partnerId, region, state: 'ACTIVE', createdAt: now });
  await tx.em.insert(Membership, {
    partnerId,
    id,
    userId,
    state: 'ACTIVE',
    origin: 'JIT',
    originTrustId: trust.relationshipId,
    originTrustVersion: trust.version,
    attributes,
    ...lookups(attributes),
    version: 1,
    lastLoginAt: now,
    createdAt: now,
    updatedAt: now,
  });
  await tx.em.insert(FederatedIdentity, {
    ...identityColumns(provisioning),
    id: uuidv7(now),
    membershipId: id,
    createdAt: now,
    lastLoginAt: now,
  });
  return { id, userId, state: 'ACTIVE', attributes, version: 1 };
}

function lookups(attributes: MembershipFacts['attributes']): { email: string | null; displayName: string | null } {
  const values = Object.fromEntries(Object.entries(attributes).map(([name, { values }]) => [name, values]));
  const name = [values.displayName?.[0], [values.givenName?.[0], values.familyName?.[0]].filter(Boolean).join(' ')];
  const displayName = name.find((part) => typeof part === 'string' && part !== '');
  return { email: emailOf(values), displayName: typeof displayName === 'string' ? displayName.slice(0, 400) : null };
}

/** Reads who is behind a subject: the membership that (IdP, subject) leads to, and who else holds the same e-mail. */

import type { AssertedSubject } from '../login/contracts.js';
import type { MembershipFacts, PersonFacts, Profile } from '../login/facts.js';
import type { ReadTx } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import { FederatedIdentity, Membership } from './user.entity.js';

export interface SubjectKey {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly subject: AssertedSubject;
}

/** The unique key of a federated identity (DESIGN, section 2): absent qualifiers are empty strings, never null. */
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

export async function loadPerson(tx: ReadTx, key: SubjectKey, profile: Profile): Promise<PersonFacts> {
  const identity = await tx.em.findOne(FederatedIdentity, identityColumns(key));
  if (identity !== null) {
    const membership = await loadMembership(tx, key.partnerId, identity.membershipId);
    return { membership, federatedIdentityId: identity.id, sameEmail: [] };
  }
  const email = emailOf(profile);
  const holders = email === null ? [] : await tx.em.find(Membership, { partnerId: key.partnerId, email });
  const alive = holders.filter((holder) => holder.state !== 'ERASED').map((holder) => holder.id);
  return { membership: null, federatedIdentityId: null, sameEmail: alive };
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

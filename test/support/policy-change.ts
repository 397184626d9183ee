/** Changes of policy as the rooms make them: the row, and the epoch in the same transaction. */
import { Application } from '../../src/applications/application.entity.js';
import { IdentityProvider } from '../../src/identity-providers/identity-provider.entity.js';
import type { TrustTerms } from '../../src/login/facts.js';
import { Domain } from '../../src/partners/domain.entity.js';
import { Partner } from '../../src/partners/partner.entity.js';
import { raiseApplicationEpoch, raisePartnerEpoch } from '../../src/persistence/policy-epoch.js';
import { hubScope } from '../../src/persistence/unit-of-work.js';
import { TrustRelationship, TrustVersion } from '../../src/trust/trust.entity.js';
import type { TestDatabase } from './database.js';
import type { TestApplication, TestPartner } from './federation.js';

export function setPartnerState(db: TestDatabase, { id }: TestPartner, state: Partner['state']): Promise<void> {
  return db.uow.write(hubScope, async (tx) => {
    await tx.em.nativeUpdate(Partner, { id }, { state });
    await raisePartnerEpoch(tx, id);
  });
}

export function setTrustState(
  db: TestDatabase,
  partner: TestPartner,
  application: TestApplication,
  state: TrustRelationship['state'],
): Promise<void> {
  return db.uow.write(hubScope, async (tx) => {
    const key = { partnerId: partner.id, applicationId: application.id };
    await tx.em.nativeUpdate(TrustRelationship, key, { state });
    await raisePartnerEpoch(tx, partner.id);
  });
}

export function setIdentityProviderState(
  db: TestDatabase,
  partner: TestPartner,
  state: IdentityProvider['state'],
): Promise<void> {
  return db.uow.write(hubScope, async (tx) => {
    await tx.em.nativeUpdate(IdentityProvider, { partnerId: partner.id, id: partner.identityProviderId }, { state });
    await raisePartnerEpoch(tx, partner.id);
  });
}

/** Every domain of the partner. */
export function setDomainState(
  db: TestDatabase,
  { id: partnerId }: TestPartner,
  state: Domain['state'],
): Promise<void> {
  return db.uow.write(hubScope, async (tx) => {
    await tx.em.nativeUpdate(Domain, { partnerId }, { state });
    await raisePartnerEpoch(tx, partnerId);
  });
}

export function setApplicationState(
  db: TestDatabase,
  { id }: TestApplication,
  state: Application['state'],
): Promise<void> {
  return db.uow.write(hubScope, async (tx) => {
    await tx.em.nativeUpdate(Application, { id }, { state });
    await raiseApplicationEpoch(tx, id);
  });
}

/** The next version of the terms, in force at once. */
export function activateTerms(
  db: TestDatabase,
  partner: TestPartner,
  application: TestApplication,
  version: number,
  over: Partial<TrustTerms>,
): Promise<void> {
  return db.uow.write(hubScope, async (tx) => {
    const key = { partnerId: partner.id, applicationId: application.id };
    const trust = await tx.em.findOneOrFail(TrustRelationship, key);
    const before = await tx.em.findOneOrFail(TrustVersion, { trustRelationshipId: trust.id, version: version - 1 });
    await tx.em.insert(TrustVersion, {
      ...key,
      trustRelationshipId: trust.id,
      version,
      terms: { ...before.terms, ...over },
      createdBy: 'test',
      createdAt: new Date(),
    });
    await tx.em.nativeUpdate(TrustRelationship, key, { activeVersion: version, latestVersion: version });
    await raisePartnerEpoch(tx, partner.id);
  });
}

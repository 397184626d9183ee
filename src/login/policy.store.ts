/** Reads the policy of one (partner, IdP, application): what a decision may rest on, as plain facts. */
import { Application } from '../applications/application.entity.js';
import { IdentityProvider, IdentityProviderAssociation } from '../identity-providers/identity-provider.entity.js';
import { AttributeDefinition, AttributeMapping } from '../mapping/mapping.entity.js';
import { Domain } from '../partners/domain.entity.js';
import { Partner } from '../partners/partner.entity.js';
import type { ReadTx } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import { TrustRelationship, TrustVersion } from '../trust/trust.entity.js';
import type { MappingFacts, PolicyFacts, TrustFacts } from './facts.js';

export interface PolicyKey {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
  readonly applicationId: Uuid;
}

/** null when the partner, the IdP, its association with the partner, or the application does not exist. */
export async function loadPolicy(tx: ReadTx, key: PolicyKey): Promise<PolicyFacts | null> {
  const { partnerId, identityProviderId, applicationId } = key;
  const partner = await tx.em.findOne(Partner, { id: partnerId });
  const application = await tx.em.findOne(Application, { id: applicationId });
  const association = await tx.em.findOne(IdentityProviderAssociation, { partnerId, identityProviderId });
  if (partner === null || application === null || association === null) return null;
  const owner = { partnerId: association.ownerPartnerId, id: identityProviderId };
  const identityProvider = await tx.em.findOne(IdentityProvider, owner);
  if (identityProvider === null) return null;
  const { settings } = identityProvider;
  return {
    partner: { id: partner.id, slug: partner.slug, state: partner.state, region: partner.region },
    provedDomains: (await tx.em.find(Domain, { partnerId, state: 'PROVED' })).map((domain) => domain.name),
    identityProvider: {
      id: identityProvider.id,
      slug: identityProvider.slug,
      protocol: identityProvider.protocol,
      state: association.state === 'ACTIVE' ? identityProvider.state : 'DISABLED',
      issuer: identityProvider.issuer,
      assuranceMap: identityProvider.assuranceMap,
      algorithmExceptions: settings.kind === 'SAML' ? settings.algorithmExceptions : [],
    },
    application: {
      id: application.id,
      slug: application.slug,
      state: application.state,
      minimum: {
        ial: level(application.minimumIal),
        aal: level(application.minimumAal),
        fal: level(application.minimumFal),
      },
      subjectType: application.subjectType,
    },
    trust: await loadTrust(tx, partnerId, applicationId),
    attributes: await loadAttributes(tx),
    mapping: await loadMapping(tx, association.ownerPartnerId, identityProviderId),
    epochs: { partner: partner.policyEpoch, application: application.policyEpoch },
  };
}

async function loadTrust(tx: ReadTx, partnerId: Uuid, applicationId: Uuid): Promise<TrustFacts | null> {
  const ofBoth = await tx.em.find(TrustRelationship, { partnerId, applicationId }, { orderBy: { id: 'desc' } });
  // One that has not ended, of which there is one at most; else the last one, which tells why it is refused.
  const trust = ofBoth.find(({ state }) => state !== 'ENDED') ?? ofBoth[0];
  if (trust === undefined) return null;
  const version = trust.activeVersion ?? null;
  const terms =
    version === null ? null : await tx.em.findOne(TrustVersion, { partnerId, trustRelationshipId: trust.id, version });
  return { relationshipId: trust.id, state: trust.state, version, terms: terms?.terms ?? null };
}

export async function loadAttributes(tx: ReadTx): Promise<PolicyFacts['attributes']> {
  const definitions = await tx.em.find(AttributeDefinition, {}, { orderBy: { name: 'asc' } });
  return definitions.map(({ name, type, multiValued, maxLength, claim, scope, traceValues }) => ({
    name,
    type,
    multiValued,
    maxLength,
    claim,
    scope,
    traceValues,
  }));
}

async function loadMapping(tx: ReadTx, partnerId: Uuid, identityProviderId: Uuid): Promise<MappingFacts> {
  const mapping = await tx.em.findOne(AttributeMapping, { partnerId, identityProviderId, state: 'ACTIVE' });
  if (mapping === null) throw new Error(`identity provider ${identityProviderId} has no active mapping`);
  return { id: mapping.id, version: mapping.version, rules: mapping.rules };
}

function level(value: number | null | undefined): 1 | 2 | 3 | null {
  return value === 1 || value === 2 || value === 3 ? value : null;
}

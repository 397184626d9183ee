/** Rows that most integration tests begin with, and callers of the API in each role. */
import type { Role } from '../../src/access/api-client.entity.js';
import type { RequestContext } from '../../src/access/request-context.js';
import { apiScopes } from '../../src/access/scopes.rules.js';
import {
  IdentityProvider,
  IdentityProviderAssociation,
  ServiceProviderProfile,
} from '../../src/identity-providers/identity-provider.entity.js';
import type { Protocol } from '../../src/login/contracts.js';
import { insertFirstMapping } from '../../src/mapping/mapping.store.js';
import { Partner } from '../../src/partners/partner.entity.js';
import { hubScope, type Tx, type UnitOfWork } from '../../src/persistence/unit-of-work.js';
import { type Uuid, uuidv7 } from '../../src/shared/ids.js';

export const noon = new Date('2026-03-01T12:00:00Z');

export function aCaller(role: Role, over: Partial<RequestContext['actor']> = {}): RequestContext {
  const actor = { role, id: `test:${role}`, partnerId: null, applicationIds: [], scopes: new Set(apiScopes), ...over };
  return { actor, correlationId: 'test-correlation', sourceIp: '192.0.2.1', now: noon };
}

export const anOperator = aCaller('OPERATOR');

export function anAdministratorOf(partnerId: Uuid): RequestContext {
  return aCaller('PARTNER_ADMINISTRATOR', { partnerId });
}

export async function insertPartner(tx: Tx, slug: string): Promise<Uuid> {
  const id = uuidv7(noon);
  const [name, region, state] = [slug, 'local', 'ACTIVE'] as const;
  await tx.em.insert(Partner, { id, slug, name, region, state, policyEpoch: 1, createdAt: noon, updatedAt: noon });
  return id;
}

/** An active IdP of the partner, associated with it, with the default rules of its protocol. */
export async function insertIdentityProvider(tx: Tx, partnerId: Uuid, slug: string, protocol: Protocol = 'OIDC') {
  const [id, profileId] = [uuidv7(noon), uuidv7(noon)];
  await tx.em.insert(ServiceProviderProfile, { partnerId, id: profileId, kind: 'DEDICATED', createdAt: noon });
  await tx.em.insert(IdentityProvider, {
    partnerId,
    id,
    slug,
    name: slug,
    protocol,
    state: 'ACTIVE',
    issuer: `https://${slug}.example`,
    settings: {
      kind: 'OIDC',
      clientId: 'hub',
      tokenEndpointAuthMethod: 'client_secret_basic',
      scopes: ['openid'],
      idTokenAlgorithms: ['RS256'],
      allowedTenants: [],
      fetchUserInfo: false,
      metadata: {},
    },
    subjectSource: { kind: 'SUB' },
    assuranceMap: {},
    clockSkewSeconds: 180,
    serviceProviderProfileId: profileId,
    createdAt: noon,
    updatedAt: noon,
  });
  const association = { partnerId, identityProviderId: id, ownerPartnerId: partnerId, state: 'ACTIVE' } as const;
  await tx.em.insert(IdentityProviderAssociation, { ...association, createdAt: noon });
  await insertFirstMapping(tx, { partnerId, identityProviderId: id }, protocol, { createdBy: 'test', now: noon });
  return id;
}

/** A partner with one IdP. */
export function insertPartnerWithIdentityProvider(uow: UnitOfWork, slug: string) {
  return uow.write(hubScope, async (tx) => {
    const partnerId = await insertPartner(tx, slug);
    return { partnerId, identityProviderId: await insertIdentityProvider(tx, partnerId, `${slug}-idp`) };
  });
}

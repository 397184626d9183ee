/** Look-ups of the router: from slug or domain to partner, and which of its IdPs are in use. */
import { IdentityProvider, IdentityProviderAssociation } from '../identity-providers/identity-provider.entity.js';
import { ProvedDomain } from '../partners/domain.entity.js';
import { Partner } from '../partners/partner.entity.js';
import type { ReadTx } from '../persistence/unit-of-work.js';
import { RESERVED_PARTNER_ID, type Uuid } from '../shared/ids.js';

export async function findPartnerIdBySlug(tx: ReadTx, slug: string): Promise<Uuid | null> {
  return (await tx.em.findOne(Partner, { slug, state: 'ACTIVE' }))?.id ?? null;
}

export async function findPartnerIdByProvedDomain(tx: ReadTx, name: string): Promise<Uuid | null> {
  const proved = await tx.em.findOne(ProvedDomain, { name });
  const partner = await tx.em.findOne(Partner, { id: proved?.partnerId ?? RESERVED_PARTNER_ID, state: 'ACTIVE' });
  return partner?.id ?? null;
}

/** Active IdPs that the partner may use, the oldest first. */
export async function usableIdentityProviders(tx: ReadTx, partnerId: Uuid): Promise<readonly Uuid[]> {
  const associations = await tx.em.find(IdentityProviderAssociation, { partnerId, state: 'ACTIVE' });
  const ids = associations.map((association) => association.identityProviderId);
  const active = await tx.em.find(IdentityProvider, { id: { $in: ids }, state: 'ACTIVE' });
  return active
    .sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
    .map((identityProvider) => identityProvider.id);
}

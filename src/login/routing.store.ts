/** Look-ups of the router: from slug or domain to partner, and which of its IdPs are in use. */
import { IdentityProvider, IdentityProviderAssociation } from '../identity-providers/identity-provider.entity.js';
import { ProvedDomain } from '../partners/domain.entity.js';
import { Partner } from '../partners/partner.entity.js';
import type { ReadTx } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';

export async function findPartnerIdBySlug(tx: ReadTx, slug: string): Promise<Uuid | null> {
  return (await tx.em.findOne(Partner, { slug }))?.id ?? null;
}

export async function findPartnerIdByProvedDomain(tx: ReadTx, name: string): Promise<Uuid | null> {
  const proved = await tx.em.findOne(ProvedDomain, { name });
  return proved?.partnerId ?? null;
}

/** Active IdPs that the partner may use, the oldest first; none of a partner that is not active. */
export async function usableIdentityProviders(tx: ReadTx, partnerId: Uuid): Promise<readonly Uuid[]> {
  const partner = await tx.em.findOne(Partner, { id: partnerId });
  const associations = await tx.em.find(IdentityProviderAssociation, { partnerId, state: 'ACTIVE' });
  const ids = associations.map((association) => association.identityProviderId);
  const active = await tx.em.find(IdentityProvider, { id: { $in: ids }, state: 'ACTIVE' });
  if (partner?.state !== 'ACTIVE') return [];
  return active
    .sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
    .map((identityProvider) => identityProvider.id);
}

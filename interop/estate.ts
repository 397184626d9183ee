/** A partner whose OpenID Provider is a program of somebody else. */
import { IdentityProvider } from '../src/identity-providers/identity-provider.entity.js';
import { hubScope } from '../src/persistence/unit-of-work.js';
import type { TestDatabase } from '../test/support/database.js';
import { aPartnerWithOpenIdProvider, type TestPartner } from '../test/support/federation.js';
import type { OpenIdProvider } from '../test/support/openid-provider.js';

type Client = Pick<OpenIdProvider, 'issuer' | 'clientId' | 'clientSecret'>;

export async function aPartnerWith(
  db: TestDatabase,
  slug: string,
  client: Client,
  discovery: Record<string, unknown>,
): Promise<TestPartner> {
  const partner = await aPartnerWithOpenIdProvider(db, slug, {
    ...client,
    discovery: () => discovery,
  } as OpenIdProvider);
  await db.uow.write(hubScope, async ({ em }) => {
    const key = { partnerId: partner.id, id: partner.identityProviderId };
    const { settings } = await em.findOneOrFail(IdentityProvider, key);
    if (settings.kind !== 'OIDC') throw new Error('not an OpenID Provider');
    await em.nativeUpdate(IdentityProvider, key, { settings: { ...settings, idTokenAlgorithms: ['RS256'] } });
  });
  return partner;
}

/** The addresses that the other side must know: `{idp}` in them is `<partner slug>.<IdP slug>` (docs/architecture.md). */
import { parseSlug } from '../shared/values.js';

export interface IdentityProviderAddresses {
  /** What a person pastes into a SAML IdP. The entityID is the metadata's own address, one per IdP. */
  readonly spEntityId: string;
  readonly spMetadataUrl: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
  /** What a person pastes into an OpenID Provider. */
  readonly redirectUri: string;
}

export function identityProviderAddress(partnerSlug: string, identityProviderSlug: string): string {
  return `${partnerSlug}.${identityProviderSlug}`;
}

/** null for a text that is no such address. A slug has no dot, so the first one separates. */
export function parseIdentityProviderAddress(address: string): { partnerSlug: string; slug: string } | null {
  const dot = address.indexOf('.');
  const [partnerSlug, slug] = [parseSlug(address.slice(0, Math.max(dot, 0))), parseSlug(address.slice(dot + 1))];
  return partnerSlug === null || slug === null ? null : { partnerSlug, slug };
}

export function addressesOf(baseUrl: string, partnerSlug: string, slug: string): IdentityProviderAddresses {
  const address = identityProviderAddress(partnerSlug, slug);
  const spMetadataUrl = `${baseUrl}/federation/saml/${address}/metadata`;
  return {
    spEntityId: spMetadataUrl,
    spMetadataUrl,
    acsUrl: `${baseUrl}/federation/saml/${address}/acs`,
    sloUrl: `${baseUrl}/federation/saml/${address}/slo`,
    redirectUri: `${baseUrl}/federation/oidc/${address}/callback`,
  };
}

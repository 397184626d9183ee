/** What the hub is towards a SAML IdP, as metadata. */
import type { UpstreamSamlConfig } from '../../login/contracts.js';

export function serviceProviderMetadata(_config: UpstreamSamlConfig, _now: Date): string | null {
  return null;
}

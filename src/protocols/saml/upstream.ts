/** SAML 2.0 upstream: the hub as service provider. */
import type { Upstream, UpstreamSamlConfig } from '../../login/contracts.js';
import { refusal } from '../../shared/refusal.js';
import { refused } from '../../shared/result.js';

export const samlUpstream: Upstream<UpstreamSamlConfig> = {
  begin: async () => {
    throw new Error('SAML is not connected');
  },
  verify: async () => refused(refusal('SAML_PROTOCOL', 'SAML is not connected')),
  readState: () => refused(refusal('SAML_PROTOCOL', 'SAML is not connected')),
};

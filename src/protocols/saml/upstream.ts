/**
 * The hub as SAML service provider of a partner's IdP: Web Browser SSO Profile (SAML profiles, section 4.1), request by
 * Redirect or POST, response by POST alone. `xml/` says which bytes a pinned key has signed; the checks of this room say
 * what these bytes mean for this request.
 */
import type { InboundMessage, Upstream, UpstreamPending, UpstreamSamlConfig } from '../../login/contracts.js';
import { sealVerified } from '../../login/verified-assertion.js';
import { refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { readRelayState, readResponseBytes } from './binding.rules.js';
import { assertionFacts } from './facts.rules.js';
import { responsePolicy } from './message.rules.js';
import { beginSaml } from './producing/authn-request.js';
import { verifyResponse } from './response.js';

export const samlUpstream: Upstream<UpstreamSamlConfig> = {
  begin: async (config, ask, now) => beginSaml(config, ask, now),
  readState: readRelayState,
  verify: async (config, inbound, pending, now) => verify(config, inbound, pending, now),
};

function verify(
  config: UpstreamSamlConfig,
  inbound: InboundMessage,
  pending: UpstreamPending,
  now: Date,
): Result<ReturnType<typeof sealVerified>> {
  if (pending.kind !== 'SAML') return refused(refusal('SAML_IRT', 'the request was made by another protocol'));
  const bytes = readResponseBytes(inbound);
  if (!bytes.ok) return bytes;
  const response = verifyResponse(bytes.value, responsePolicy(config, now));
  if (!response.ok) return response;
  const facts = assertionFacts({ ...response.value, config, pending, now });
  return facts.ok ? ok(sealVerified(facts.value)) : facts;
}

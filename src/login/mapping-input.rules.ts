/** What a mapping rule may see of a login, and nothing else (promise 11). */
import type { AssertionFacts } from './contracts.js';
import type { MappingInput, PolicyFacts } from './facts.js';

export function mappingInput(
  assertion: Pick<AssertionFacts, 'claims' | 'subject' | 'issuer' | 'authentication'>,
  policy: Pick<PolicyFacts, 'identityProvider' | 'partner' | 'provedDomains'>,
): MappingInput {
  const { acr, amr, authenticatedAt } = assertion.authentication;
  const { slug, protocol } = policy.identityProvider;
  return {
    claims: assertion.claims,
    subject: assertion.subject,
    idp: { slug, protocol, issuer: assertion.issuer },
    partner: { slug: policy.partner.slug, domains: policy.provedDomains },
    authn: { acr, amr, authenticatedAt },
  };
}

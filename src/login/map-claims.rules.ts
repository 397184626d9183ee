/** Stage 5: the claims of an assertion through the rules of its IdP. A rule sees this input and nothing else (promise 11). */
import { type CompiledMapping, type Mapped, mapAssertion } from '../mapping/map.rules.js';
import type { Result } from '../shared/result.js';
import type { AssertionFacts } from './contracts.js';
import type { MappingInput, PolicyFacts } from './facts.js';

type Assertion = Pick<AssertionFacts, 'claims' | 'subject' | 'issuer' | 'authentication'>;
type Policy = Pick<PolicyFacts, 'identityProvider' | 'partner' | 'provedDomains'>;

/** A mapping that does not compile any more refuses the login like a rule that fails. */
export function mapClaims(assertion: Assertion, policy: Policy, mapping: Result<CompiledMapping>): Mapped {
  if (!mapping.ok) return { ok: false, refusal: mapping.refusal, traces: [] };
  return mapAssertion(mappingInput(assertion, policy), mapping.value);
}

function mappingInput(assertion: Assertion, policy: Policy): MappingInput {
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

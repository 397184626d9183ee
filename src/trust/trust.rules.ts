/** Whether a trust relationship lets this IdP assert to this application at this instant, and which version of it does. */
import type { Assurance, TrustFacts, TrustTerms } from '../login/facts.js';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { meets } from './assurance.rules.js';

export interface TrustInForce {
  readonly relationshipId: string;
  readonly version: number;
  readonly terms: TrustTerms;
}

/** The version in force for this IdP: what can be known before the IdP has spoken. */
export function trustInForce(trust: TrustFacts | null, identityProviderId: string, now: Date): Result<TrustInForce> {
  if (trust === null) return refused(refusal('TRUST_NONE', 'there is no trust relationship with the application'));
  const { relationshipId, state, version, terms } = trust;
  const facts = { trustRelationship: relationshipId };
  if (state !== 'ACTIVE' || version === null || terms === null) {
    return refused(refusal('TRUST_NOT_ACTIVE', `the trust relationship is ${state}`, facts));
  }
  const { validFrom, validUntil, identityProviderIds } = terms;
  if (validFrom !== null && now.getTime() < Date.parse(validFrom)) {
    return refused(refusal('TRUST_NOT_ACTIVE', `the terms are valid from ${validFrom}`, facts));
  }
  if (validUntil !== null && now.getTime() >= Date.parse(validUntil)) {
    return refused(refusal('TRUST_NOT_ACTIVE', `the terms were valid until ${validUntil}`, facts));
  }
  if (identityProviderIds.length > 0 && !identityProviderIds.includes(identityProviderId)) {
    return refused(refusal('TRUST_NONE', 'the terms do not name this identity provider', facts));
  }
  return ok({ relationshipId, version, terms });
}

/** The same, for an authentication that has happened. @param authenticatedAt ISO 8601; null where the IdP did not say */
export function assessTrust(
  trust: TrustFacts | null,
  identityProviderId: string,
  assurance: Assurance,
  authenticatedAt: string | null,
  now: Date,
): Result<TrustInForce> {
  const inForce = trustInForce(trust, identityProviderId, now);
  if (!inForce.ok) return inForce;
  const { minimum, maxAuthenticationAgeSeconds: longest } = inForce.value.terms;
  const { ial, aal, fal } = assurance;
  if (!meets(assurance, minimum)) {
    return refused(
      refusal('TRUST_ASSURANCE', 'the authentication is below the minimum of the terms', { ial, aal, fal }),
    );
  }
  if (longest === null) return inForce;
  const age = authenticatedAt === null ? null : (now.getTime() - Date.parse(authenticatedAt)) / 1000;
  if (age === null || age > longest) {
    const facts = { ageSeconds: age === null ? null : Math.floor(age), maxAuthenticationAgeSeconds: longest };
    return refused(refusal('TRUST_AUTHN_AGE', 'the authentication is older than the terms allow', facts));
  }
  return inForce;
}

/**
 * Which claims an application reads: the released attributes under the claim names of the catalogue, and beside them who
 * vouched (C22): the partner, the IdP, the levels, and the id of the login that explains it all.
 */
import type { AttributeDefinitionFacts, AttributeValue, MembershipFacts } from '../../login/facts.js';

/** Claims of the hub itself, in scope `openid`. */
export const hubClaims = ['acr', 'amr', 'auth_time', 'partner', 'idp', 'login_id', 'ial', 'aal', 'fal'] as const;

export type Claims = Record<string, AttributeValue | readonly AttributeValue[]>;

/** Scope → claim names, as discovery publishes them. */
export function claimsByScope(definitions: readonly AttributeDefinitionFacts[]): Record<string, string[]> {
  const scopes: Record<string, string[]> = { openid: ['sub', ...hubClaims] };
  for (const { scope, claim } of definitions) {
    const claims = scopes[scope] ?? [];
    claims.push(claim);
    scopes[scope] = claims;
  }
  return scopes;
}

export function releasedClaims(
  attributes: MembershipFacts['attributes'],
  release: readonly string[],
  definitions: readonly AttributeDefinitionFacts[],
): Claims {
  const allowed = new Set(release);
  const claims: Claims = {};
  for (const { name, claim, multiValued } of definitions) {
    const values = allowed.has(name) && Object.hasOwn(attributes, name) ? attributes[name]?.values : undefined;
    const first = values?.[0];
    if (values === undefined || first === undefined) continue;
    claims[claim] = multiValued ? values : first;
  }
  return claims;
}

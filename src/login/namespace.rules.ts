/**
 * A partner speaks only for its own proved domains (promise 2, C16; SAML2int SDP-SP16): every e-mail address that
 * mapping made, and every subject that carries a scope after `@` (subject-id, eduPersonPrincipalName, e-mail NameID),
 * must lie in one of them. A subject without a scope is opaque and belongs to its IdP alone.
 */
import type { AttributeDefinitionFacts, MappedProfile } from './facts.js';

export interface ForeignName {
  /** Name of the attribute, or `subject`. */
  readonly kind: string;
  readonly domain: string;
}

interface Namespaces {
  readonly provedDomains: readonly string[];
  readonly attributes: readonly AttributeDefinitionFacts[];
}

export function foreignNames(mapped: MappedProfile, { provedDomains, attributes }: Namespaces): readonly ForeignName[] {
  const proved = new Set(provedDomains);
  const names: ForeignName[] = [];
  for (const definition of attributes) {
    if (definition.type !== 'EMAIL' || !Object.hasOwn(mapped.profile, definition.name)) continue;
    for (const value of mapped.profile[definition.name] ?? []) {
      names.push({ kind: definition.name, domain: domainAfterAt(String(value)) });
    }
  }
  if (mapped.subject.value.includes('@')) {
    names.push({ kind: 'subject', domain: domainAfterAt(mapped.subject.value) });
  }
  return names.filter((name) => !proved.has(name.domain));
}

function domainAfterAt(text: string): string {
  return text.slice(text.lastIndexOf('@') + 1).toLowerCase();
}

/**
 * A partner speaks only for its own proved domains (promise 2, C16; SAML2int SDP-SP16): every e-mail address that
 * mapping made, and every subject that carries a scope after `@` (subject-id, eduPersonPrincipalName, e-mail NameID),
 * must lie in one of them. A subject without a scope is opaque and belongs to its IdP alone. A domain can be given back:
 * what an account keeps of it leaves for no application.
 */
import { type Refusal, refusal } from '../shared/refusal.js';
import type { AttributeDefinitionFacts, MappedProfile, MembershipFacts, Profile } from './facts.js';

export interface ForeignName {
  /** Name of the attribute, or `subject`. */
  readonly kind: string;
  readonly domain: string;
}

interface Namespaces {
  readonly provedDomains: readonly string[];
  readonly attributes: readonly AttributeDefinitionFacts[];
}

export function foreignNames(mapped: MappedProfile, namespaces: Namespaces): readonly ForeignName[] {
  const { value } = mapped.subject;
  const subject = { kind: 'subject', domain: domainAfterAt(value) };
  const isForeign = value.includes('@') && !namespaces.provedDomains.includes(subject.domain);
  return [...foreignAddresses(mapped.profile, namespaces), ...(isForeign ? [subject] : [])];
}

/** The same of an account, whose addresses were asserted when the domain was still the partner's. */
export function foreignHeld(held: MembershipFacts['attributes'], namespaces: Namespaces): readonly ForeignName[] {
  const profile = Object.entries(held).map(([name, { values }]) => [name, values] as const);
  return foreignAddresses(Object.fromEntries(profile), namespaces);
}

export function domainNotOwned(foreign: readonly ForeignName[], detail: string): Refusal {
  const facts = { names: foreign.map((name) => name.kind), domains: foreign.map((name) => name.domain) };
  return refusal('DOMAIN_NOT_OWNED', detail, facts);
}

function foreignAddresses(profile: Profile, { provedDomains, attributes }: Namespaces): readonly ForeignName[] {
  const proved = new Set(provedDomains);
  const names: ForeignName[] = [];
  for (const definition of attributes) {
    if (definition.type !== 'EMAIL' || !Object.hasOwn(profile, definition.name)) continue;
    for (const value of profile[definition.name] ?? []) {
      names.push({ kind: definition.name, domain: domainAfterAt(String(value)) });
    }
  }
  return names.filter((name) => !proved.has(name.domain));
}

function domainAfterAt(text: string): string {
  return text.slice(text.lastIndexOf('@') + 1).toLowerCase();
}

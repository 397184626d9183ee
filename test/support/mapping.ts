/** Builders for rules, definitions and input of the mapping. */
import type { ClaimValue } from '../../src/login/contracts.js';
import type { AttributeDefinitionFacts, MappingInput, MappingRuleFacts } from '../../src/login/facts.js';
import { compileMapping, type Mapped, mapAssertion } from '../../src/mapping/map.rules.js';

export function aDefinition(over: Partial<AttributeDefinitionFacts> & { name: string }): AttributeDefinitionFacts {
  return {
    type: 'STRING',
    multiValued: false,
    maxLength: 200,
    claim: over.name,
    scope: 'profile',
    traceValues: 'FULL',
    ...over,
  };
}

export const definitions = [
  aDefinition({ name: 'email', type: 'EMAIL', maxLength: 254 }),
  aDefinition({ name: 'givenName' }),
  aDefinition({ name: 'roles', multiValued: true }),
  aDefinition({ name: 'active', type: 'BOOLEAN' }),
  aDefinition({ name: 'level', type: 'INTEGER' }),
  aDefinition({ name: 'hiredAt', type: 'DATE_TIME' }),
];

export function aRule(over: Partial<MappingRuleFacts> & { attribute: string; expression: string }): MappingRuleFacts {
  return {
    id: `00000000-0000-7000-8000-${over.attribute.length.toString(16).padStart(12, '0')}`,
    required: false,
    defaultValue: null,
    updateMode: 'ALWAYS',
    ...over,
  };
}

export function anInput(claims: Readonly<Record<string, ClaimValue>>, over: Partial<MappingInput> = {}): MappingInput {
  return {
    claims,
    subject: { source: 'NAME_ID', value: 'ann', format: null, nameQualifier: null, spNameQualifier: null },
    idp: { slug: 'main', protocol: 'SAML', issuer: 'https://idp.aurora.example' },
    partner: { slug: 'aurora', domains: ['aurora.example'] },
    authn: { acr: null, amr: ['pwd'], authenticatedAt: '2026-03-01T09:00:00Z' },
    ...over,
  };
}

export function mapWith(
  rules: readonly MappingRuleFacts[],
  claims: Readonly<Record<string, ClaimValue>>,
  catalogue: readonly AttributeDefinitionFacts[] = definitions,
): Mapped {
  const compiled = compileMapping({ id: '00000000-0000-7000-8000-000000000001', version: 3, rules }, catalogue);
  if (!compiled.ok) throw new Error(compiled.refusal.detail);
  return mapAssertion(anInput(claims), compiled.value);
}

/** The values of one attribute after one rule, or the code of the refusal. */
export function mapOne(
  attribute: string,
  expression: string,
  claims: Readonly<Record<string, ClaimValue>>,
): readonly unknown[] | string {
  const mapped = mapWith([aRule({ attribute, expression })], claims);
  return mapped.ok ? (mapped.value.profile[attribute] ?? []) : mapped.refusal.code;
}

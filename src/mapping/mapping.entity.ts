/** The catalogue of attributes, and per IdP the versions of its mapping. */
import { defineEntity, p } from '@mikro-orm/core';
import { IdentityProvider } from '../identity-providers/identity-provider.entity.js';
import type { MappingRuleFacts } from '../login/facts.js';
import { references } from '../persistence/reference.js';
import { catalogueRows, partnerRows } from '../persistence/tenant.js';

export const tracePolicies = ['FULL', 'MASKED', 'NONE'] as const;
export const attributeTypes = ['STRING', 'EMAIL', 'BOOLEAN', 'INTEGER', 'DATE_TIME'] as const;

const AttributeDefinitionSchema = defineEntity({
  name: 'AttributeDefinition',
  schema: 'control',
  tableName: 'attribute_definition',
  ...catalogueRows,
  properties: {
    id: p.uuid().primary(),
    name: p.string().length(64).unique(),
    description: p.string().length(500),
    type: p.enum(attributeTypes),
    multiValued: p.boolean(),
    maxLength: p.integer(),
    claim: p.string().length(120).unique(),
    scope: p.string().length(64),
    traceValues: p.enum(tracePolicies),
    createdAt: p.datetime(),
  },
});

export class AttributeDefinition extends AttributeDefinitionSchema.class {}
AttributeDefinitionSchema.setClass(AttributeDefinition);

const AttributeMappingSchema = defineEntity({
  name: 'AttributeMapping',
  schema: 'control',
  tableName: 'attribute_mapping',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    identityProviderId: p.uuid(),
    version: p.integer(),
    /** One version per IdP is in force; the ones before it stay as they were. */
    state: p.enum(['ACTIVE', 'SUPERSEDED'] as const),
    rules: p.json().$type<readonly MappingRuleFacts[]>(),
    createdBy: p.string().length(200),
    createdAt: p.datetime(),
    identityProvider: references(IdentityProvider, ['partner_id', 'identity_provider_id'], 'cascade'),
  },
  uniques: [{ properties: ['partnerId', 'identityProviderId', 'version'] }],
});

/** One immutable version of the ordered rules of an IdP. */
export class AttributeMapping extends AttributeMappingSchema.class {}
AttributeMappingSchema.setClass(AttributeMapping);

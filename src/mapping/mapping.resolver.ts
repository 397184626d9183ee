/** Attributes and mappings on the API: each field is one call of a service. */
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { lookupTenantKey, tenantKey } from '../graphql/global-id.js';
import { perRequest } from '../graphql/loaders.js';
import type { IdentityProvider } from '../identity-providers/identity-provider.entity.js';
import { IdentityProviderType } from '../identity-providers/identity-provider.type.js';
import type { AttributeDefinitionService } from './attribute-definition.service.js';
import { AttributeDefinitionPayload, AttributeDefinitionType } from './attribute-definition.type.js';
import type { RuleProblem } from './check.rules.js';
import type { AttributeDefinition, AttributeMapping } from './mapping.entity.js';
import {
  attributeDraft,
  ChangeAttributeMappingInput,
  DefineAttributeInput,
  MappingRuleInput,
  ruleDraft,
} from './mapping.input.js';
import type { MappingService } from './mapping.service.js';
import { AttributeMappingPayload, AttributeMappingType, MappingRuleProblemType } from './mapping.type.js';

@Resolver()
export class AttributeDefinitionResolver {
  readonly #definitions: AttributeDefinitionService;

  constructor(definitions: AttributeDefinitionService) {
    this.#definitions = definitions;
  }

  @Query(() => [AttributeDefinitionType], {
    description: 'The whole catalogue of attributes by name, 200 at most. Permission: `mapping:read`.',
  })
  async attributeDefinitions(@Ctx() context: RequestContext): Promise<readonly AttributeDefinition[]> {
    return this.#definitions.list(context);
  }

  @Mutation(() => AttributeDefinitionPayload, {
    description:
      'Adds an attribute to the catalogue, for good. Rules may make it and terms may release it from now on. Permission: operator, scope `mapping:write`. Errors: INPUT_INVALID, CONFLICT.',
  })
  async defineAttribute(
    @Ctx() context: RequestContext,
    @Arg('input', () => DefineAttributeInput) input: DefineAttributeInput,
  ): Promise<AttributeDefinitionPayload> {
    return { attributeDefinition: await this.#definitions.define(context, attributeDraft(input)) };
  }
}

@Resolver()
export class MappingResolver {
  readonly #mappings: MappingService;

  constructor(mappings: MappingService) {
    this.#mappings = mappings;
  }

  @Query(() => AttributeMappingType, {
    nullable: true,
    description:
      'The rules in force of an identity provider; null when there is none to see. Permission: operator, auditor or administrator of the partner, scope `mapping:read`.',
  })
  async attributeMapping(
    @Ctx() context: RequestContext,
    @Arg('identityProviderId', () => ID, { description: 'The identity provider.' }) id: string,
  ): Promise<AttributeMapping | null> {
    const key = lookupTenantKey('IdentityProvider', id);
    return key && this.#mappings.current(context, { partnerId: key.partnerId, identityProviderId: key.id });
  }

  @Query(() => [MappingRuleProblemType], {
    description:
      'Every problem that rules have, without saving them; none when they could be put in force. Permission: operator, auditor or partner administrator, scope `mapping:read`.',
  })
  async checkMappingRules(
    @Ctx() context: RequestContext,
    @Arg('rules', () => [MappingRuleInput], { description: 'The rules, complete and in order.' })
    rules: MappingRuleInput[],
  ): Promise<readonly RuleProblem[]> {
    return this.#mappings.check(context, rules.map(ruleDraft));
  }

  @Mutation(() => AttributeMappingPayload, {
    description:
      'Puts new rules of an identity provider in force as the next version, from the next login on. Permission: operator or administrator of the partner, scope `mapping:write`. Errors: NOT_FOUND, STALE_VERSION, RULE_INVALID, RULE_TOO_COSTLY, ATTRIBUTE_UNKNOWN.',
  })
  async changeAttributeMapping(
    @Ctx() context: RequestContext,
    @Arg('input', () => ChangeAttributeMappingInput) input: ChangeAttributeMappingInput,
  ): Promise<AttributeMappingPayload> {
    const { partnerId, id: identityProviderId } = tenantKey('IdentityProvider', input.identityProviderId);
    const { expectedVersion } = input;
    const rules = input.rules.map(ruleDraft);
    const change = { partnerId, identityProviderId, expectedVersion, rules };
    return { attributeMapping: await this.#mappings.change(context, change) };
  }
}

@Resolver(() => IdentityProviderType)
export class IdentityProviderMappingResolver {
  readonly #mapping: (context: RequestContext, id: string) => Promise<AttributeMapping | null>;

  constructor(mappings: MappingService) {
    this.#mapping = perRequest((context, ids) => mappings.currentOfMany(context, ids));
  }

  @FieldResolver(() => AttributeMappingType, { nullable: true, description: 'Its rules in force.' })
  async attributeMapping(
    @Root() { id }: IdentityProvider,
    @Ctx() context: RequestContext,
  ): Promise<AttributeMapping | null> {
    return this.#mapping(context, id);
  }
}

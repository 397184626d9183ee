/** Identity providers on the API: each operation is one call of a service. */
import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { type Connection, ConnectionArgs, connection, pageRequest } from '../graphql/connection.js';
import { hubKey, lookupTenantKey, tenantKey } from '../graphql/global-id.js';
import type { IdentityProviderCreation } from './creation.service.js';
import type { IdentityProvider } from './identity-provider.entity.js';
import {
  CreateOidcIdentityProviderInput,
  CreateSamlIdentityProviderInput,
  commonOf,
  filterOf,
  given,
  IdentityProviderFilterInput,
  IdentityProviderIdInput,
  ReplaceSamlMetadataInput,
  UpdateIdentityProviderInput,
} from './identity-provider.input.js';
import type { IdentityProviderService } from './identity-provider.service.js';
import { IdentityProviderConnection, IdentityProviderPayload, IdentityProviderType } from './identity-provider.type.js';
import type { SamlMetadataService } from './saml-metadata.service.js';

const readers = 'Permission: `identity-providers:read`; a partner administrator sees those of the own partner.';
const writers = 'Permission: operator or administrator of the partner, scope `identity-providers:write`.';
const document =
  'METADATA_INVALID, METADATA_NO_SIGNING_KEY, METADATA_EXPIRED, METADATA_ENDPOINT, METADATA_SIGNATURE, METADATA_FETCH, CERTIFICATE_INVALID, CERTIFICATE_EXPIRED, CERTIFICATE_WEAK, EGRESS_DENIED, EGRESS_LIMIT';

@Resolver(() => IdentityProviderType)
export class IdentityProviderResolver {
  readonly #identityProviders: IdentityProviderService;
  readonly #creation: IdentityProviderCreation;
  readonly #samlMetadata: SamlMetadataService;

  constructor(
    identityProviders: IdentityProviderService,
    creation: IdentityProviderCreation,
    samlMetadata: SamlMetadataService,
  ) {
    this.#identityProviders = identityProviders;
    this.#creation = creation;
    this.#samlMetadata = samlMetadata;
  }

  @Query(() => IdentityProviderType, {
    nullable: true,
    description: `One identity provider; null when there is none to see. ${readers}`,
  })
  async identityProvider(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<IdentityProvider | null> {
    const key = lookupTenantKey('IdentityProvider', id);
    return key === null ? null : this.#identityProviders.find(context, key);
  }

  @Query(() => IdentityProviderConnection, { description: `Identity providers, oldest first. ${readers}` })
  async identityProviders(
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => IdentityProviderFilterInput, { nullable: true, description: 'Narrows the list.' })
    filter: IdentityProviderFilterInput | null,
  ): Promise<Connection<IdentityProvider>> {
    return connection(await this.#identityProviders.list(context, filterOf(filter), pageRequest(page)));
  }

  @Mutation(() => IdentityProviderPayload, {
    description: `Connects an identity provider by SAML, as a draft with keys of its own and the default mapping. ${writers} Errors: NOT_FOUND, INPUT_INVALID, FORBIDDEN, SLUG_TAKEN, ENTITY_ID_TAKEN, STATE_TRANSITION, CONFLICT, ${document}.`,
  })
  async createSamlIdentityProvider(
    @Ctx() context: RequestContext,
    @Arg('input', () => CreateSamlIdentityProviderInput) input: CreateSamlIdentityProviderInput,
  ): Promise<IdentityProviderPayload> {
    const partnerId = hubKey('Partner', input.partnerId);
    const wanted = { ...given(input), ...commonOf(input), partnerId };
    return { identityProvider: await this.#creation.createSaml(context, wanted) };
  }

  @Mutation(() => IdentityProviderPayload, {
    description: `Connects an OpenID Provider by discovery, as a draft with the default mapping. ${writers} Errors: NOT_FOUND, INPUT_INVALID, FORBIDDEN, SLUG_TAKEN, ENTITY_ID_TAKEN, STATE_TRANSITION, CONFLICT, OIDC_DISCOVERY, EGRESS_DENIED, EGRESS_LIMIT.`,
  })
  async createOidcIdentityProvider(
    @Ctx() context: RequestContext,
    @Arg('input', () => CreateOidcIdentityProviderInput) input: CreateOidcIdentityProviderInput,
  ): Promise<IdentityProviderPayload> {
    const partnerId = hubKey('Partner', input.partnerId);
    const wanted = { ...given(input), ...commonOf(input), partnerId };
    return { identityProvider: await this.#creation.createOidc(context, wanted) };
  }

  @Mutation(() => IdentityProviderPayload, {
    description: `Changes settings; live sessions are decided again. Only an operator makes its statements worth more or lets it use old algorithms. ${writers} Errors: NOT_FOUND, INPUT_INVALID, FORBIDDEN.`,
  })
  async updateIdentityProvider(
    @Ctx() context: RequestContext,
    @Arg('input', () => UpdateIdentityProviderInput) input: UpdateIdentityProviderInput,
  ): Promise<IdentityProviderPayload> {
    const key = tenantKey('IdentityProvider', input.id);
    const edit = { ...given(input), ...commonOf(input), nameIdFormat: input.nameIdFormat };
    return { identityProvider: await this.#identityProviders.update(context, key, edit) };
  }

  @Mutation(() => IdentityProviderPayload, {
    description: `Takes new metadata of the same entityID: its signing keys are the only ones from now on. ${writers} Errors: NOT_FOUND, INPUT_INVALID, FORBIDDEN, CONFLICT, ${document}.`,
  })
  async replaceSamlMetadata(
    @Ctx() context: RequestContext,
    @Arg('input', () => ReplaceSamlMetadataInput) { id, ...source }: ReplaceSamlMetadataInput,
  ): Promise<IdentityProviderPayload> {
    const key = tenantKey('IdentityProvider', id);
    return { identityProvider: await this.#samlMetadata.replace(context, key, source) };
  }

  @Mutation(() => IdentityProviderPayload, {
    description: `Lets people sign in through a draft or a disabled identity provider; what an operator disabled, an operator alone activates again. ${writers} Errors: NOT_FOUND, FORBIDDEN, STATE_TRANSITION, CERTIFICATE_EXPIRED.`,
  })
  async activateIdentityProvider(
    @Ctx() context: RequestContext,
    @Arg('input', () => IdentityProviderIdInput) { id }: IdentityProviderIdInput,
  ): Promise<IdentityProviderPayload> {
    const key = tenantKey('IdentityProvider', id);
    return { identityProvider: await this.#identityProviders.changeState(context, key, 'activate') };
  }

  @Mutation(() => IdentityProviderPayload, {
    description: `Stops every sign-in through an identity provider at once, on every replica; its sessions end. ${writers} Errors: NOT_FOUND, STATE_TRANSITION.`,
  })
  async disableIdentityProvider(
    @Ctx() context: RequestContext,
    @Arg('input', () => IdentityProviderIdInput) { id }: IdentityProviderIdInput,
  ): Promise<IdentityProviderPayload> {
    const key = tenantKey('IdentityProvider', id);
    return { identityProvider: await this.#identityProviders.changeState(context, key, 'disable') };
  }
}

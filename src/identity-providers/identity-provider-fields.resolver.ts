/** Fields of an identity provider that are made of several rows, and the edge that leads to it. Batched per request. */
import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { type AssuranceLevels, levelsOfInput } from '../graphql/assurance.js';
import { type Connection, ConnectionArgs } from '../graphql/connection.js';
import { pagesPerRequest, perRequest } from '../graphql/loaders.js';
import type { Partner } from '../partners/partner.entity.js';
import type { PartnerService } from '../partners/partner.service.js';
import { PartnerType } from '../partners/partner.type.js';
import type { IdentityProviderAddresses } from './addresses.rules.js';
import type { IdentityProvider, IdentityProviderKey, OidcSettings } from './identity-provider.entity.js';
import type { IdentityProviderService } from './identity-provider.service.js';
import {
  AssuranceMapEntry,
  IdentityProviderConnection,
  IdentityProviderType,
  OidcSettingsType,
  SamlSettingsType,
  SigningCertificateType,
} from './identity-provider.type.js';

@Resolver(() => IdentityProviderType)
export class IdentityProviderFieldsResolver {
  readonly #identityProviders: IdentityProviderService;
  readonly #partner: (context: RequestContext, id: string) => Promise<Partner | null>;
  readonly #keys: (context: RequestContext, key: string) => Promise<readonly IdentityProviderKey[] | null>;

  constructor(identityProviders: IdentityProviderService, partners: PartnerService) {
    this.#identityProviders = identityProviders;
    this.#partner = perRequest((context, ids) => partners.findMany(context, ids));
    this.#keys = perRequest(async (context, keys) => {
      const refs = keys.map((key) => JSON.parse(key) as { partnerId: string; id: string });
      const found = await identityProviders.keysOf(context, refs);
      return new Map(keys.map((key, index) => [key, found.get(refs[index]?.id ?? '') ?? []]));
    });
  }

  @FieldResolver(() => PartnerType, { description: 'The partner that owns it.' })
  async partner(@Root() { partnerId }: IdentityProvider, @Ctx() context: RequestContext): Promise<Partner | null> {
    return this.#partner(context, partnerId);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'SAML: entityID of the hub towards it, for its settings.',
  })
  spEntityId(@Root() row: IdentityProvider, @Ctx() context: RequestContext): Promise<string | null> {
    return this.#address(context, row, 'SAML', 'spEntityId');
  }

  @FieldResolver(() => String, { nullable: true, description: 'SAML: where it sends responses, by POST.' })
  acsUrl(@Root() row: IdentityProvider, @Ctx() context: RequestContext): Promise<string | null> {
    return this.#address(context, row, 'SAML', 'acsUrl');
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'SAML: where it sends logout requests, by Redirect or POST, always signed.',
  })
  sloUrl(@Root() row: IdentityProvider, @Ctx() context: RequestContext): Promise<string | null> {
    return this.#address(context, row, 'SAML', 'sloUrl');
  }

  @FieldResolver(() => String, { nullable: true, description: 'SAML: metadata of the hub towards it, with both keys.' })
  spMetadataUrl(@Root() row: IdentityProvider, @Ctx() context: RequestContext): Promise<string | null> {
    return this.#address(context, row, 'SAML', 'spMetadataUrl');
  }

  @FieldResolver(() => String, { nullable: true, description: 'OIDC: redirect URI to register there.' })
  redirectUri(@Root() row: IdentityProvider, @Ctx() context: RequestContext): Promise<string | null> {
    return this.#address(context, row, 'OIDC', 'redirectUri');
  }

  @FieldResolver(() => SamlSettingsType, { nullable: true, description: 'Its settings, where it speaks SAML.' })
  saml(@Root() { settings }: IdentityProvider): SamlSettingsType | null {
    if (settings.kind !== 'SAML') return null;
    return { ...settings, metadataSigningFingerprint: settings.metadataSigner?.fingerprint ?? null };
  }

  @FieldResolver(() => OidcSettingsType, { nullable: true, description: 'Its settings, where it speaks OIDC.' })
  oidc(@Root() { settings }: IdentityProvider): OidcSettings | null {
    return settings.kind === 'OIDC' ? settings : null;
  }

  @FieldResolver(() => [AssuranceMapEntry], { description: 'What its statements are worth; others are worth nothing.' })
  assuranceMap(@Root() { assuranceMap }: IdentityProvider): { context: string; levels: AssuranceLevels }[] {
    return Object.entries(assuranceMap).map(([context, levels]) => ({ context, levels: levelsOfInput(levels) }));
  }

  @FieldResolver(() => [SigningCertificateType], {
    description:
      'SAML: its pinned certificates, those in use first; 100 at most. OIDC: none, keys are read at sign-in.',
  })
  async signingCertificates(
    @Root() { partnerId, id }: IdentityProvider,
    @Ctx() context: RequestContext,
  ): Promise<readonly IdentityProviderKey[]> {
    return (await this.#keys(context, JSON.stringify({ partnerId, id }))) ?? [];
  }

  async #address(
    context: RequestContext,
    { partnerId, slug, protocol }: IdentityProvider,
    wanted: IdentityProvider['protocol'],
    name: keyof IdentityProviderAddresses,
  ): Promise<string | null> {
    if (protocol !== wanted) return null;
    const partner = await this.#partner(context, partnerId);
    return partner && this.#identityProviders.addresses(partner.slug, slug)[name];
  }
}

@Resolver(() => PartnerType)
export class PartnerIdentityProvidersResolver {
  readonly #pages: (
    context: RequestContext,
    partnerId: string,
    args: ConnectionArgs,
  ) => Promise<Connection<IdentityProvider>>;

  constructor(identityProviders: IdentityProviderService) {
    this.#pages = pagesPerRequest((context, ids, page) => identityProviders.ofPartners(context, ids, page));
  }

  @FieldResolver(() => IdentityProviderConnection, { description: 'Identity providers that it owns, oldest first.' })
  async identityProviders(
    @Root() { id }: Partner,
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
  ): Promise<Connection<IdentityProvider>> {
    return this.#pages(context, id, page);
  }
}

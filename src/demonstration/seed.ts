/**
 * What the demonstration needs in the hub, made by the hub's own use cases with an operator as the actor, so that the
 * audit log shows it like everything else. Each step looks first: a second start makes nothing twice, and what somebody
 * changed in between (a suspended partner, other terms) stays as it is.
 */
import { X509Certificate } from 'node:crypto';
import type { RequestContext } from '../access/request-context.js';
import { apiScopes } from '../access/scopes.rules.js';
import type { ApiServices } from '../api.js';
import type { Application } from '../applications/application.entity.js';
import type { IdentityProvider } from '../identity-providers/identity-provider.entity.js';
import { clientSecretMatches } from '../keys/client-secret.js';
import type { Domain } from '../partners/domain.entity.js';
import type { Partner } from '../partners/partner.entity.js';
import type { Clock } from '../shared/clock.js';
import type { Uuid } from '../shared/ids.js';
import { MAX_PAGE } from '../shared/page.js';
import { noAssurance } from '../trust/assurance.rules.js';
import { type DemonstrationPlaces, LOOPBACK, type Place } from './addresses.js';
import {
  aurora,
  borealis,
  type DemonstrationApplication,
  type DemonstrationPartner,
  HUB_CLIENT_ID,
  IDENTITY_PROVIDER_SLUG,
  OWNER,
  orders,
  reports,
  SAML_ENTITY_ID,
} from './estate.js';
import { metadataOf, ssoUrlOf } from './saml-identity-provider.js';

const LOOPBACK_ORIGIN = `http://${LOOPBACK}:`;

import type { DemonstrationSecrets, SecretFile } from './secrets.js';

export interface SeedParts {
  readonly services: ApiServices;
  readonly places: DemonstrationPlaces;
  readonly clock: Clock;
  readonly file: SecretFile;
  readonly secrets: DemonstrationSecrets;
  /** Made at this start: the hub does not know them yet. */
  readonly secretsAreNew: boolean;
}

/** An application as its own side knows it. */
export interface SeededApplication {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Seeded {
  readonly orders: SeededApplication;
  readonly reports: SeededApplication;
  /** Under which the hub knows the OpenID Provider. */
  readonly openIdProviderSlug: string;
}

export async function seedDemonstration(parts: SeedParts): Promise<Seeded> {
  const seed = new Seed(parts);
  const auroraRow = await seed.partner(aurora);
  const borealisRow = await seed.partner(borealis);
  await seed.mapping(aurora, await seed.samlIdentityProvider(auroraRow));
  const openIdProvider = await seed.openIdProvider(borealisRow);
  await seed.mapping(borealis, openIdProvider);
  const ordersRow = await seed.application(orders, parts.places.orders);
  const reportsRow = await seed.application(reports, parts.places.reports);
  for (const partner of [auroraRow, borealisRow]) {
    await seed.trust(partner, orders, ordersRow.row);
    await seed.trust(partner, reports, reportsRow.row);
  }
  return { orders: ordersRow.own, reports: reportsRow.own, openIdProviderSlug: openIdProvider.slug };
}

class Seed {
  readonly #parts: SeedParts;
  #secrets: DemonstrationSecrets;

  constructor(parts: SeedParts) {
    this.#parts = parts;
    this.#secrets = parts.secrets;
  }

  async partner({ slug, name, domain }: DemonstrationPartner): Promise<Partner> {
    const { partners, domains } = this.#parts.services;
    const context = this.#operator();
    const partner = (await partners.find(context, { slug })) ?? (await partners.create(context, { slug, name }));
    const claimed = await this.#domainsOf(partner);
    const row =
      claimed.find((one) => one.name === domain) ??
      (await domains.add(context, { partnerId: partner.id, name: domain }));
    if (row.state === 'PENDING') await domains.assert(context, { partnerId: partner.id, id: row.id });
    return partner;
  }

  /** Its entityID is a name and stays; where it listens and what it signs with may be others than last time. */
  async samlIdentityProvider({ id: partnerId }: Partner): Promise<IdentityProvider> {
    const { identityProviders, identityProviderCreation, samlMetadata } = this.#parts.services;
    const { places, secrets } = this.#parts;
    const metadataXml = metadataOf({ place: places.aurora, keys: secrets.saml });
    const known = (await this.#identityProvidersOf(partnerId)).find(({ issuer }) => issuer === SAML_ENTITY_ID);
    if (known === undefined) {
      const name = aurora.identityProviderName;
      const input = { partnerId, slug: IDENTITY_PROVIDER_SLUG, name, metadataXml, requireSigned: 'BOTH' } as const;
      return this.#activated(await identityProviderCreation.createSaml(this.#operator(), input));
    }
    const keys = (await identityProviders.keysOf(this.#operator(), [known])).get(known.id) ?? [];
    const isPinned = keys.some(
      ({ certificatePem, state }) => state === 'ACTIVE' && sameCertificate(certificatePem, secrets.saml.certificatePem),
    );
    const isPlaced = known.settings.kind === 'SAML' && known.settings.ssoUrl === ssoUrlOf(places.aurora);
    if (!isPinned || !isPlaced) await samlMetadata.replace(this.#operator(), known, { metadataXml });
    return this.#activated(known);
  }

  /** Its issuer is its address: on other ports it is another one, and those of before are disabled. */
  async openIdProvider({ id: partnerId }: Partner): Promise<IdentityProvider> {
    const { identityProviders, identityProviderCreation } = this.#parts.services;
    const { places, secrets, secretsAreNew } = this.#parts;
    const issuer = places.borealis.local;
    const all = await this.#identityProvidersOf(partnerId);
    for (const other of all.filter((one) => one.issuer !== issuer && one.issuer.startsWith(LOOPBACK_ORIGIN))) {
      if (other.state === 'ACTIVE') await identityProviders.changeState(this.#operator(), other, 'disable');
    }
    const clientSecret = secrets.openIdClientSecret;
    const known = all.find((one) => one.issuer === issuer);
    if (known !== undefined) {
      if (secretsAreNew) await identityProviders.update(this.#operator(), known, { clientSecret });
      return this.#activated(known);
    }
    const taken = new Set(all.map(({ slug }) => slug));
    const numbered = [...taken, ''].map((_slug, index) => `${IDENTITY_PROVIDER_SLUG}-${index + 2}`);
    const slug = [IDENTITY_PROVIDER_SLUG, ...numbered].find((one) => !taken.has(one)) ?? IDENTITY_PROVIDER_SLUG;
    const name = borealis.identityProviderName;
    const client = { issuer, clientId: HUB_CLIENT_ID, clientSecret, fetchUserInfo: true };
    return this.#activated(
      await identityProviderCreation.createOidc(this.#operator(), { partnerId, slug, name, ...client }),
    );
  }

  /** In place of the first mapping of every new IdP; a later version is somebody's own and stays. */
  async mapping({ rules }: DemonstrationPartner, { partnerId, id }: IdentityProvider): Promise<void> {
    const { mappings } = this.#parts.services;
    const key = { partnerId, identityProviderId: id };
    const current = await mappings.current(this.#operator(), key);
    if (current?.version !== 1) return;
    await mappings.change(this.#operator(), { ...key, expectedVersion: 1, rules });
  }

  async trust(partner: Partner, application: DemonstrationApplication, { id: applicationId }: Application) {
    const { trust } = this.#parts.services;
    const partnerId = partner.id;
    const page = { first: MAX_PAGE, after: null };
    const all = (await trust.ofParents(this.#operator(), 'partnerId', [partnerId], page)).get(partnerId)?.rows ?? [];
    const known = all.find((one) => one.applicationId === applicationId);
    const row =
      known ??
      (await trust.create(this.#operator(), {
        partnerId,
        applicationId,
        purpose: application.purpose,
        owner: OWNER,
        terms: {
          identityProviders: [],
          releasedAttributes: application.releasedAttributes,
          minimum: noAssurance,
          maxAuthenticationAgeSeconds: null,
          provisioningMode: 'CREATE_AND_UPDATE',
          validFrom: null,
          validUntil: null,
        },
      }));
    if (row.state === 'DRAFT') await trust.activate(this.#operator(), row, row.latestVersion);
  }

  async application(
    application: DemonstrationApplication,
    { url }: Place,
  ): Promise<{ row: Application; own: SeededApplication }> {
    const { applications } = this.#parts.services;
    const { slug, name, subjectType, claimsInIdToken } = application;
    const uris = { redirectUris: [`${url}/callback`], postLogoutRedirectUris: [`${url}/`] };
    const row = await applications.find(this.#operator(), { slug });
    if (row === null) {
      const settings = {
        ...uris,
        name,
        claimsInIdToken,
        idTokenSignedResponseAlg: 'ES256',
        pkceRequired: true,
        minimum: noAssurance,
      } as const;
      const created = await applications.create(this.#operator(), { slug, isPublic: false, subjectType, settings });
      return this.#withSecret(slug, created.application, created.clientSecret);
    }
    // The ports may be others than last time.
    const isPlaced = row.redirectUris.includes(`${url}/callback`) && row.postLogoutRedirectUris.includes(`${url}/`);
    if (!isPlaced) await applications.update(this.#operator(), row.id, uris);
    const kept = this.#secrets.applications[slug];
    if (kept !== undefined && clientSecretMatches(kept, row.clientSecretHash ?? '')) {
      return { row, own: { clientId: row.clientId, clientSecret: kept } };
    }
    const rotated = await applications.rotateSecret(this.#operator(), row.id);
    return this.#withSecret(slug, rotated.application, rotated.clientSecret);
  }

  #withSecret(slug: DemonstrationApplication['slug'], row: Application, clientSecret: string | null) {
    if (clientSecret === null) throw new Error(`the application ${slug} of the demonstration has no secret`);
    const applications = { ...this.#secrets.applications, [slug]: clientSecret };
    this.#secrets = { ...this.#secrets, applications };
    this.#parts.file.save(this.#secrets);
    return { row, own: { clientId: row.clientId, clientSecret } };
  }

  async #domainsOf({ id }: Partner): Promise<readonly Domain[]> {
    const page = { first: MAX_PAGE, after: null };
    const pages = await this.#parts.services.domains.ofPartners(this.#operator(), [id], page);
    return pages.get(id)?.rows ?? [];
  }

  async #identityProvidersOf(partnerId: Uuid): Promise<readonly IdentityProvider[]> {
    const page = { first: MAX_PAGE, after: null };
    const pages = await this.#parts.services.identityProviders.ofPartners(this.#operator(), [partnerId], page);
    return pages.get(partnerId)?.rows ?? [];
  }

  /** A draft becomes active; one that was disabled on purpose stays so. */
  async #activated(identityProvider: IdentityProvider): Promise<IdentityProvider> {
    if (identityProvider.state !== 'DRAFT') return identityProvider;
    return this.#parts.services.identityProviders.changeState(this.#operator(), identityProvider, 'activate');
  }

  #operator(): RequestContext {
    const actor = {
      role: 'OPERATOR',
      id: 'demonstration',
      partnerId: null,
      applicationIds: [],
      scopes: new Set(apiScopes),
    } as const;
    return { actor, correlationId: 'demonstration', sourceIp: null, now: this.#parts.clock.now() };
  }
}

function sameCertificate(one: string, other: string): boolean {
  return new X509Certificate(one).raw.equals(new X509Certificate(other).raw);
}

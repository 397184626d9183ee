/** A partner that may sign in to an application: the rows behind a whole login. */
import { Application } from '../../src/applications/application.entity.js';
import {
  IdentityProvider,
  IdentityProviderAssociation,
  IdentityProviderKey,
  type SamlSettings,
  ServiceProviderKey,
  ServiceProviderProfile,
} from '../../src/identity-providers/identity-provider.entity.js';
import { clientSecretPlace, serviceProviderKeyPlace } from '../../src/identity-providers/upstream-config.store.js';
import { hashClientSecret, newClientSecret } from '../../src/keys/client-secret.js';
import { readPinnedCertificate } from '../../src/keys/pinned-certificate.js';
import { newServiceProviderKey } from '../../src/keys/service-provider-keys.js';
import type { SubjectSource } from '../../src/login/contracts.js';
import type { MappingRuleFacts, TrustTerms } from '../../src/login/facts.js';
import { insertFirstMapping, insertNextMapping } from '../../src/mapping/mapping.store.js';
import { Domain, ProvedDomain } from '../../src/partners/domain.entity.js';
import { Partner } from '../../src/partners/partner.entity.js';
import { hubScope, type Tx } from '../../src/persistence/unit-of-work.js';
import { type Uuid, uuidv7 } from '../../src/shared/ids.js';
import { TrustRelationship, TrustVersion } from '../../src/trust/trust.entity.js';
import type { TestDatabase } from './database.js';
import type { OpenIdProvider } from './openid-provider.js';
import type { SamlIdentityProvider } from './saml-identity-provider.js';

const terms: TrustTerms = {
  identityProviderIds: [],
  releasedAttributes: ['email', 'givenName', 'familyName'],
  minimum: { ial: null, aal: null, fal: null },
  maxAuthenticationAgeSeconds: null,
  provisioningMode: 'CREATE_AND_UPDATE',
  validFrom: null,
  validUntil: null,
};

export interface TestApplication {
  readonly id: Uuid;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
}

/** Settings of an application that a test may choose. */
export type ApplicationSettings = Partial<
  Pick<
    Application,
    | 'subjectType'
    | 'idTokenSignedResponseAlg'
    | 'name'
    | 'claimsInIdToken'
    | 'postLogoutRedirectUris'
    | 'minimumAal'
    | 'redirectUris'
  >
>;

export function anApplication(
  db: TestDatabase,
  slug: string,
  redirectUri: string,
  settings: ApplicationSettings = {},
): Promise<TestApplication> {
  return db.uow.write(hubScope, async (tx) => {
    const now = new Date();
    const [id, clientSecret] = [uuidv7(now), newClientSecret()];
    await tx.em.insert(Application, {
      id,
      slug,
      name: slug,
      state: 'ACTIVE',
      clientId: slug,
      clientSecretHash: hashClientSecret(clientSecret),
      redirectUris: [redirectUri],
      postLogoutRedirectUris: [],
      subjectType: 'PUBLIC',
      idTokenSignedResponseAlg: 'ES256',
      claimsInIdToken: false,
      pkceRequired: true,
      policyEpoch: 1,
      createdAt: now,
      updatedAt: now,
      ...settings,
    });
    return { id, clientId: slug, clientSecret, redirectUri };
  });
}

export interface TestPartner {
  readonly id: Uuid;
  readonly slug: string;
  readonly identityProviderId: Uuid;
  /** `{idp}` of the addresses. */
  readonly address: string;
}

/** Settings of an OpenID Provider's registration that a test may choose. */
export type RegistrationSettings = Partial<Pick<IdentityProvider, 'assuranceMap' | 'clockSkewSeconds'>>;

export function aPartnerWithOpenIdProvider(
  db: TestDatabase,
  slug: string,
  upstream: Pick<OpenIdProvider, 'issuer' | 'clientId' | 'clientSecret' | 'discovery'>,
  settings: RegistrationSettings = {},
): Promise<TestPartner> {
  return db.uow.write(hubScope, async (tx) => {
    const partnerId = await insertPartner(tx, slug);
    const now = new Date();
    const [identityProviderId, profileId] = [uuidv7(now), uuidv7(now)];
    await tx.em.insert(ServiceProviderProfile, { partnerId, id: profileId, kind: 'DEDICATED', createdAt: now });
    await tx.em.insert(IdentityProvider, {
      partnerId,
      id: identityProviderId,
      slug: 'main',
      name: 'Main',
      protocol: 'OIDC',
      state: 'ACTIVE',
      issuer: upstream.issuer,
      settings: {
        kind: 'OIDC',
        clientId: upstream.clientId,
        tokenEndpointAuthMethod: 'client_secret_basic',
        scopes: ['openid', 'email', 'profile'],
        idTokenAlgorithms: ['ES256'],
        allowedTenants: [],
        fetchUserInfo: false,
        metadata: upstream.discovery(),
      },
      clientSecretEncrypted: db.box.seal(upstream.clientSecret, clientSecretPlace(partnerId, identityProviderId)),
      subjectSource: { kind: 'SUB' },
      assuranceMap: {},
      clockSkewSeconds: 180,
      serviceProviderProfileId: profileId,
      createdAt: now,
      updatedAt: now,
      ...settings,
    });
    const association = { partnerId, identityProviderId, ownerPartnerId: partnerId, state: 'ACTIVE' } as const;
    await tx.em.insert(IdentityProviderAssociation, { ...association, createdAt: now });
    await insertFirstMapping(tx, { partnerId, identityProviderId }, 'OIDC', { createdBy: 'test', now });
    return { id: partnerId, slug, identityProviderId, address: `${slug}.main` };
  });
}

export interface TestSamlPartner extends TestPartner {
  /** PEM certificates of the hub towards this IdP. */
  readonly signingCertificate: string;
  readonly encryptionCertificate: string;
}

export interface SamlPartnerOptions {
  readonly settings?: Partial<SamlSettings>;
  readonly subjectSource?: SubjectSource;
  /** entityID of the IdP, where it is not the fake's own. */
  readonly entityId?: string;
  readonly assuranceMap?: IdentityProvider['assuranceMap'];
  /** Update mode of every rule of the first mapping. */
  readonly updateMode?: MappingRuleFacts['updateMode'];
}

export async function aPartnerWithSamlIdentityProvider(
  db: TestDatabase,
  slug: string,
  upstream: SamlIdentityProvider,
  options: SamlPartnerOptions = {},
): Promise<TestSamlPartner> {
  const now = new Date();
  const signing = await newServiceProviderKey('SIGNING', `${slug}.main`, now);
  const encryption = await newServiceProviderKey('ENCRYPTION', `${slug}.main`, now);
  const partner = await db.uow.write(hubScope, async (tx) => {
    const partnerId = await insertPartner(tx, slug);
    const [identityProviderId, profileId] = [uuidv7(now), uuidv7(now)];
    await tx.em.insert(ServiceProviderProfile, { partnerId, id: profileId, kind: 'DEDICATED', createdAt: now });
    for (const [use, key] of [
      ['SIGNING', signing],
      ['ENCRYPTION', encryption],
    ] as const) {
      const id = uuidv7(now);
      await tx.em.insert(ServiceProviderKey, {
        partnerId,
        id,
        serviceProviderProfileId: profileId,
        use,
        state: 'ACTIVE',
        certificatePem: key.certificatePem,
        privateKeyEncrypted: db.box.seal(key.privateKeyPem, serviceProviderKeyPlace(partnerId, id)),
        createdAt: now,
      });
    }
    await tx.em.insert(IdentityProvider, {
      partnerId,
      id: identityProviderId,
      slug: 'main',
      name: 'Main',
      protocol: 'SAML',
      state: 'ACTIVE',
      issuer: options.entityId ?? upstream.entityId,
      settings: { ...samlSettings(upstream), ...options.settings },
      subjectSource: options.subjectSource ?? { kind: 'NAME_ID' },
      assuranceMap: options.assuranceMap ?? {},
      clockSkewSeconds: 180,
      serviceProviderProfileId: profileId,
      createdAt: now,
      updatedAt: now,
    });
    await insertPinnedKey(tx, { partnerId, identityProviderId }, upstream.key.certificatePem);
    const association = { partnerId, identityProviderId, ownerPartnerId: partnerId, state: 'ACTIVE' } as const;
    await tx.em.insert(IdentityProviderAssociation, { ...association, createdAt: now });
    const author = { createdBy: 'test', now };
    const mapping = await insertFirstMapping(tx, { partnerId, identityProviderId }, 'SAML', author);
    const { updateMode } = options;
    if (updateMode !== undefined) {
      await insertNextMapping(
        tx,
        mapping,
        mapping.rules.map((rule) => ({ ...rule, updateMode })),
        author,
      );
    }
    return { id: partnerId, slug, identityProviderId, address: `${slug}.main` };
  });
  upstream.trust(signing.certificatePem);
  return {
    ...partner,
    signingCertificate: signing.certificatePem,
    encryptionCertificate: encryption.certificatePem,
  };
}

function samlSettings(upstream: SamlIdentityProvider): SamlSettings {
  return {
    kind: 'SAML',
    ssoUrl: upstream.ssoUrl,
    ssoBinding: 'REDIRECT',
    requireSigned: 'EITHER',
    requireEncrypted: false,
    allowTrailingSignature: false,
    signRequests: true,
    nameIdFormat: null,
    requestedAuthnContext: [],
    sloResponseUrl: null,
    sloBinding: null,
    metadataUrl: null,
    algorithmExceptions: [],
    metadataSigner: null,
  };
}

async function insertPinnedKey(
  tx: Tx,
  key: { readonly partnerId: Uuid; readonly identityProviderId: Uuid },
  certificatePem: string,
): Promise<void> {
  const now = new Date();
  const pinned = readPinnedCertificate(certificatePem, now);
  if (!pinned.ok) throw new Error(pinned.refusal.detail);
  await tx.em.insert(IdentityProviderKey, {
    ...key,
    ...pinned.value,
    id: uuidv7(now),
    state: 'ACTIVE',
    createdAt: now,
  });
}

async function insertPartner(tx: Tx, slug: string): Promise<Uuid> {
  const now = new Date();
  const [id, domainId] = [uuidv7(now), uuidv7(now)];
  const name = `${slug}.example`;
  const common = { slug, name: slug, region: 'local', state: 'ACTIVE', policyEpoch: 1 } as const;
  await tx.em.insert(Partner, { ...common, id, createdAt: now, updatedAt: now });
  const domain = { partnerId: id, id: domainId, name, state: 'PROVED', challenge: 'x', proof: 'OPERATOR' } as const;
  await tx.em.insert(Domain, { ...domain, provedAt: now, createdAt: now });
  await tx.em.insert(ProvedDomain, { name, partnerId: id, domainId });
  return id;
}

export function aTrust(
  db: TestDatabase,
  partner: TestPartner,
  application: TestApplication,
  over: Partial<TrustTerms> = {},
): Promise<Uuid> {
  return db.uow.write(hubScope, async (tx) => {
    const now = new Date();
    const id = uuidv7(now);
    const key = { partnerId: partner.id, applicationId: application.id };
    await tx.em.insert(TrustRelationship, {
      ...key,
      id,
      purpose: 'test',
      owner: 'test',
      state: 'ACTIVE',
      activeVersion: 1,
      latestVersion: 1,
      createdAt: now,
      updatedAt: now,
    });
    await tx.em.insert(TrustVersion, {
      ...key,
      trustRelationshipId: id,
      version: 1,
      terms: { ...terms, ...over },
      createdBy: 'test',
      createdAt: now,
    });
    return id;
  });
}

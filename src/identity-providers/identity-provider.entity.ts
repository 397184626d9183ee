/** An identity provider of a partner, its keys, what the hub is towards it, and which partners may use it. */
import { defineEntity, p } from '@mikro-orm/core';
import { roles } from '../access/api-client.entity.js';
import type { SamlAlgorithmException, SubjectSource } from '../login/contracts.js';
import type { AssuranceMap } from '../login/facts.js';
import { Partner } from '../partners/partner.entity.js';
import { references } from '../persistence/reference.js';
import { partnerRows } from '../persistence/tenant.js';

export const identityProviderProtocols = ['SAML', 'OIDC'] as const;
export const identityProviderStates = ['DRAFT', 'ACTIVE', 'DISABLED'] as const;
export type IdentityProviderState = (typeof identityProviderStates)[number];

/** Who signs the metadata of an IdP: the certificate, and its SHA-256, hex. */
export interface MetadataSigner {
  readonly certificatePem: string;
  readonly fingerprint: string;
}

/** Settings of a SAML IdP, from its metadata and from the integrator. */
export interface SamlSettings {
  readonly kind: 'SAML';
  readonly ssoUrl: string;
  readonly ssoBinding: 'REDIRECT' | 'POST';
  /** Where answers to its logout requests go, from its metadata; null: it names no place. */
  readonly sloResponseUrl: string | null;
  readonly sloBinding: 'REDIRECT' | 'POST' | null;
  readonly requireSigned: 'RESPONSE' | 'ASSERTION' | 'BOTH' | 'EITHER';
  readonly requireEncrypted: boolean;
  readonly allowTrailingSignature: boolean;
  readonly algorithmExceptions: readonly SamlAlgorithmException[];
  readonly signRequests: boolean;
  readonly nameIdFormat: string | null;
  readonly requestedAuthnContext: readonly string[];
  readonly metadataUrl: string | null;
  /** By whose key its metadata must be signed; null: signatures of metadata say nothing. */
  readonly metadataSigner: MetadataSigner | null;
}

/** Settings of an OpenID Provider. The client secret is a column of its own, encrypted. */
export interface OidcSettings {
  readonly kind: 'OIDC';
  readonly clientId: string;
  readonly tokenEndpointAuthMethod: 'client_secret_basic' | 'client_secret_post';
  readonly scopes: readonly string[];
  readonly idTokenAlgorithms: readonly string[];
  readonly allowedTenants: readonly string[];
  readonly fetchUserInfo: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const partnerReference = references(Partner, ['partner_id'], 'restrict');

const ServiceProviderProfileSchema = defineEntity({
  name: 'ServiceProviderProfile',
  schema: 'control',
  tableName: 'service_provider_profile',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    kind: p.enum(['DEDICATED', 'SHARED'] as const),
    createdAt: p.datetime(),
    partner: partnerReference,
  },
});

/** What the hub is towards an IdP: its keys hang on this profile, so that a roll is confirmed partner by partner. */
export class ServiceProviderProfile extends ServiceProviderProfileSchema.class {}
ServiceProviderProfileSchema.setClass(ServiceProviderProfile);

const IdentityProviderSchema = defineEntity({
  name: 'IdentityProvider',
  schema: 'control',
  tableName: 'identity_provider',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** Unique within the partner; with the partner's slug it makes the `{idp}` of the addresses: `aurora.main`. */
    slug: p.string().length(63),
    name: p.string().length(200),
    protocol: p.enum(identityProviderProtocols),
    state: p.enum(identityProviderStates),
    /** Who disabled it, while it is disabled: what an operator shut, its partner does not open again. */
    disabledByRole: p.enum(roles).nullable(),
    /** entityID (SAML) or issuer (OIDC). Unique within one partner, and not beyond: a refusal tells nothing of others. */
    issuer: p.string().length(1024),
    settings: p.json().$type<SamlSettings | OidcSettings>(),
    clientSecretEncrypted: p.text().nullable().hidden(),
    subjectSource: p.json().$type<SubjectSource>(),
    assuranceMap: p.json().$type<AssuranceMap>(),
    clockSkewSeconds: p.integer().default(180),
    serviceProviderProfileId: p.uuid(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    partner: partnerReference,
    profile: references(ServiceProviderProfile, ['partner_id', 'service_provider_profile_id'], 'restrict'),
  },
  uniques: [{ properties: ['partnerId', 'slug'] }, { properties: ['partnerId', 'issuer'] }],
});

export class IdentityProvider extends IdentityProviderSchema.class {}
IdentityProviderSchema.setClass(IdentityProvider);

const identityProviderReference = references(IdentityProvider, ['partner_id', 'identity_provider_id'], 'cascade');

const IdentityProviderKeySchema = defineEntity({
  name: 'IdentityProviderKey',
  schema: 'control',
  tableName: 'identity_provider_key',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    identityProviderId: p.uuid(),
    certificatePem: p.text(),
    /** SHA-256 of the DER certificate, hex. */
    fingerprint: p.string().length(64),
    notBefore: p.datetime(),
    notAfter: p.datetime(),
    state: p.enum(['ACTIVE', 'RETIRED'] as const),
    createdAt: p.datetime(),
    identityProvider: identityProviderReference,
  },
  uniques: [{ properties: ['partnerId', 'identityProviderId', 'fingerprint'] }],
});

/** A pinned signing certificate of a SAML IdP. */
export class IdentityProviderKey extends IdentityProviderKeySchema.class {}
IdentityProviderKeySchema.setClass(IdentityProviderKey);

const IdentityProviderAssociationSchema = defineEntity({
  name: 'IdentityProviderAssociation',
  schema: 'control',
  tableName: 'identity_provider_association',
  ...partnerRows,
  properties: {
    /** The partner that uses the IdP: the owner, or a further partner of the same group. */
    partnerId: p.uuid().primary(),
    identityProviderId: p.uuid().primary(),
    ownerPartnerId: p.uuid(),
    state: p.enum(['ACTIVE', 'SUSPENDED'] as const),
    createdAt: p.datetime(),
    partner: partnerReference,
    identityProvider: references(IdentityProvider, ['owner_partner_id', 'identity_provider_id'], 'cascade'),
  },
});

/** Which partner may use an IdP: many-to-many, since a group of companies shares IdPs. */
export class IdentityProviderAssociation extends IdentityProviderAssociationSchema.class {}
IdentityProviderAssociationSchema.setClass(IdentityProviderAssociation);

const ServiceProviderKeySchema = defineEntity({
  name: 'ServiceProviderKey',
  schema: 'control',
  tableName: 'service_provider_key',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    serviceProviderProfileId: p.uuid(),
    use: p.enum(['SIGNING', 'ENCRYPTION'] as const),
    state: p.enum(['ACTIVE', 'RETIRED'] as const),
    certificatePem: p.text(),
    privateKeyEncrypted: p.text().hidden(),
    createdAt: p.datetime(),
    profile: references(ServiceProviderProfile, ['partner_id', 'service_provider_profile_id'], 'cascade'),
  },
});

/** A key pair of the hub towards one IdP: signs AuthnRequests, or decrypts assertions. */
export class ServiceProviderKey extends ServiceProviderKeySchema.class {}
ServiceProviderKeySchema.setClass(ServiceProviderKey);

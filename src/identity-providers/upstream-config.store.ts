/** Reads an IdP as its protocol needs it: settings, pinned keys, and the hub's own keys and secret towards it, opened. */
import type { SamlKeyPair, UpstreamConfig, UpstreamOidcConfig, UpstreamSamlConfig } from '../login/contracts.js';
import { Partner } from '../partners/partner.entity.js';
import type { Place, SecretBox } from '../persistence/secret-box.js';
import { hubScope, type ReadTx, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { addressesOf, type IdentityProviderAddresses } from './addresses.rules.js';
import {
  IdentityProvider,
  IdentityProviderAssociation,
  IdentityProviderKey,
  type OidcSettings,
  type SamlSettings,
  ServiceProviderKey,
} from './identity-provider.entity.js';

export interface UpstreamConfigParts {
  readonly box: SecretBox;
  readonly baseUrl: string;
}

/** Where the private key of the hub towards an IdP is sealed. */
export function serviceProviderKeyPlace(partnerId: Uuid, keyId: Uuid): Place {
  return { column: 'service_provider_key.private_key', partnerId, rowId: keyId };
}

/** Where the client secret at an OpenID Provider is sealed. */
export function clientSecretPlace(partnerId: Uuid, identityProviderId: Uuid): Place {
  return { column: 'identity_provider.client_secret', partnerId, rowId: identityProviderId };
}

/** @param partnerId the partner that uses the IdP: its owner, or one that is associated with it */
export async function loadUpstreamConfig(
  tx: ReadTx,
  partnerId: Uuid,
  identityProviderId: Uuid,
  parts: UpstreamConfigParts,
): Promise<UpstreamConfig | null> {
  const association = await tx.em.findOne(IdentityProviderAssociation, { partnerId, identityProviderId });
  if (association === null) return null;
  const { ownerPartnerId } = association;
  const identityProvider = await tx.em.findOne(IdentityProvider, { partnerId: ownerPartnerId, id: identityProviderId });
  const owner = await tx.em.findOne(Partner, { id: ownerPartnerId });
  if (identityProvider === null || owner === null) return null;
  const { settings } = identityProvider;
  const addresses = addressesOf(parts.baseUrl, owner.slug, identityProvider.slug);
  const common = {
    partnerId,
    identityProviderId,
    subjectSource: identityProvider.subjectSource,
    clockSkewSeconds: identityProvider.clockSkewSeconds,
  };
  if (settings.kind === 'OIDC') return oidcConfig(identityProvider, settings, common, addresses.redirectUri, parts.box);
  return samlConfig(tx, identityProvider, settings, common, addresses, parts.box);
}

type Common = Pick<UpstreamConfig, 'partnerId' | 'identityProviderId' | 'subjectSource' | 'clockSkewSeconds'>;

function oidcConfig(
  identityProvider: IdentityProvider,
  settings: OidcSettings,
  common: Common,
  redirectUri: string,
  box: SecretBox,
): UpstreamOidcConfig {
  const { partnerId, id, issuer, clientSecretEncrypted } = identityProvider;
  if (!clientSecretEncrypted) throw new Error(`identity provider ${id} has no client secret`);
  const clientSecret = box.open(clientSecretEncrypted, clientSecretPlace(partnerId, id));
  return { ...settings, ...common, issuer, redirectUri, clientSecret };
}

async function samlConfig(
  tx: ReadTx,
  identityProvider: IdentityProvider,
  settings: SamlSettings,
  common: Common,
  addresses: Pick<IdentityProviderAddresses, 'spEntityId' | 'acsUrl' | 'sloUrl'>,
  box: SecretBox,
): Promise<UpstreamSamlConfig> {
  const { partnerId, id, issuer, serviceProviderProfileId } = identityProvider;
  const newest = { orderBy: { createdAt: 'desc' } } as const;
  const pinned = await tx.em.find(IdentityProviderKey, { partnerId, identityProviderId: id, state: 'ACTIVE' }, newest);
  const own = await tx.em.find(ServiceProviderKey, { partnerId, serviceProviderProfileId, state: 'ACTIVE' }, newest);
  const signers = own.filter((key) => key.use === 'SIGNING');
  const [signer] = signers;
  if (signer === undefined) throw new Error(`service provider profile ${serviceProviderProfileId} has no signing key`);
  const decryption = own.filter((key) => key.use === 'ENCRYPTION').map((key) => openKey(key, box));
  const { spEntityId: entityId, acsUrl, sloUrl } = addresses;
  const { metadataUrl: _url, metadataSigner: _signer, ...used } = settings;
  return {
    ...used,
    ...common,
    entityId: issuer,
    signingCertificates: pinned.map((key) => key.certificatePem),
    serviceProvider: {
      entityId,
      acsUrl,
      sloUrl,
      signing: openKey(signer, box),
      publishedSigningCertificates: signers.map((key) => key.certificatePem),
      decryption,
    },
  };
}

function openKey(key: ServiceProviderKey, box: SecretBox): SamlKeyPair {
  const privateKeyPem = box.open(key.privateKeyEncrypted, serviceProviderKeyPlace(key.partnerId, key.id));
  return { keyId: key.id, privateKeyPem, certificatePem: key.certificatePem };
}

/** A SAML IdP that may speak: one that was disabled is not heard, since its keys may be why. */
export function speakingSamlConfig(
  uow: UnitOfWork,
  { partnerId, identityProviderId }: { readonly partnerId: Uuid; readonly identityProviderId: Uuid },
  parts: UpstreamConfigParts,
): Promise<Result<UpstreamSamlConfig>> {
  return uow.read(hubScope, async (tx) => {
    const row = await tx.em.findOne(IdentityProvider, { partnerId, id: identityProviderId });
    if (row?.state !== 'ACTIVE') return refused(refusal('IDP_DISABLED', 'the identity provider is not active'));
    const config = await loadUpstreamConfig(tx, partnerId, identityProviderId, parts);
    if (config?.kind === 'SAML') return ok(config);
    return refused(refusal('IDP_UNKNOWN', 'there is no such SAML identity provider'));
  });
}

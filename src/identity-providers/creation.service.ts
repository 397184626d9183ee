/**
 * Connects a partner's identity provider: from SAML metadata, or by OpenID Connect discovery (C83, N25, N29). All that
 * comes from outside is fetched and read first; then everything is written in one transaction, as a draft.
 */
import { permit, requirePartner } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import { recordAudit } from '../audit/audit.store.js';
import { newServiceProviderKey } from '../keys/service-provider-keys.js';
import type { Protocol } from '../login/contracts.js';
import { insertFirstMapping } from '../mapping/mapping.store.js';
import { findPartner, lockPartner } from '../partners/partner.store.js';
import { brokenConstraint } from '../persistence/conflict.js';
import type { SecretBox } from '../persistence/secret-box.js';
import type { Tx, UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import { addressesOf } from './addresses.rules.js';
import type { IdentityProvider, OidcSettings, SamlSettings } from './identity-provider.entity.js';
import { refuseMoreWorth, refuseNewException, targetOf } from './identity-provider.service.js';
import {
  countIdentityProviders,
  insertIdentityProvider,
  insertServiceProviderKey,
  pinKeys,
} from './identity-provider.store.js';
import { metadataSigner, obtainSamlMetadata, refuseField, type SamlDocument } from './saml-document.js';
import {
  type CommonEdit,
  type CommonSettings,
  defaultCommonSettings,
  endpointsOf,
  newOidcSettings,
  newSamlSettings,
  type SettingsEdit,
  settingsProblems,
} from './settings.rules.js';
import type { IdentityProviderSources } from './sources.js';
import { clientSecretPlace, serviceProviderKeyPlace } from './upstream-config.store.js';

interface NewIdentityProvider extends SettingsEdit, CommonEdit {
  readonly partnerId: Uuid;
  readonly slug: string;
  readonly name: string;
}

export type NewSamlIdentityProvider = NewIdentityProvider &
  SamlDocument & {
    /** PEM or base64 of the certificate by whose key the metadata must be signed, now and later. */
    readonly metadataSigningCertificate?: string | undefined;
    /** The entity to take out of a signed aggregate. */
    readonly entityId?: string | undefined;
  };

export interface NewOidcIdentityProvider extends NewIdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface CreationParts {
  readonly uow: UnitOfWork;
  readonly box: SecretBox;
  readonly baseUrl: string;
  readonly sources: IdentityProviderSources;
}

/** A partner with more identity providers than this is none that we know of. */
export const MAX_IDENTITY_PROVIDERS = 50;

/** What the protocols have in common when a row is written. */
interface Draft {
  readonly protocol: Protocol;
  readonly issuer: string;
  /** Input field that the issuer came from. */
  readonly issuerField: string;
  readonly settings: SamlSettings | OidcSettings;
  readonly clientSecretEncrypted: string | null;
  readonly audit: Readonly<Record<string, unknown>>;
  /** Writes what only this protocol has. */
  readonly complete: (tx: Tx, identityProvider: IdentityProvider) => Promise<void>;
}

export class IdentityProviderCreation {
  readonly #parts: CreationParts;

  constructor(parts: CreationParts) {
    this.#parts = parts;
  }

  /**
   * @throws HubError NOT_FOUND, INPUT_INVALID, FORBIDDEN, SLUG_TAKEN, ENTITY_ID_TAKEN, STATE_TRANSITION, CONFLICT,
   *   METADATA_…, CERTIFICATE_…, EGRESS_…
   */
  async createSaml(context: RequestContext, input: NewSamlIdentityProvider): Promise<IdentityProvider> {
    permit(context, 'createSamlIdentityProvider');
    requirePartner(context, input.partnerId);
    refuseMoreWorth(context, {}, input.assuranceMap);
    refuseNewException(context, null, input.algorithmExceptions);
    const { sources, baseUrl } = this.#parts;
    const partnerSlug = await this.#partnerSlug(context, input.partnerId);
    const { metadataSigningCertificate: pin, entityId: wanted = null } = input;
    const signer = pin === undefined ? null : metadataSigner(pin, context.now);
    const demands = { now: context.now, signer, entityId: wanted };
    const { metadata, field, metadataUrl } = await obtainSamlMetadata(sources, input, demands);
    const { entityId, signingCertificates, ignoredCertificates } = metadata;
    const settings = newSamlSettings({ ...endpointsOf(metadata), metadataUrl, metadataSigner: signer }, input);
    const { spEntityId } = addressesOf(baseUrl, partnerSlug, input.slug);
    requireNoProblem(entityId, settings, input, 'SAML');
    const keys = await newKeys(spEntityId, context.now);
    return this.#create(context, input, uuidv7(context.now), {
      protocol: 'SAML',
      issuer: entityId,
      issuerField: field,
      settings,
      clientSecretEncrypted: null,
      audit: {
        keys: signingCertificates.map(({ fingerprint }) => fingerprint),
        ignored: ignoredCertificates,
        metadataSigner: signer?.fingerprint ?? null,
        algorithmExceptions: settings.algorithmExceptions,
        allowTrailingSignature: settings.allowTrailingSignature,
      },
      complete: async (tx, identityProvider) => {
        await pinKeys(tx, identityProvider, signingCertificates, context.now);
        await this.#sealKeys(tx, identityProvider, keys, context.now);
      },
    });
  }

  /**
   * @throws HubError NOT_FOUND, INPUT_INVALID, FORBIDDEN, SLUG_TAKEN, ENTITY_ID_TAKEN, STATE_TRANSITION, CONFLICT,
   *   OIDC_DISCOVERY, EGRESS_…
   */
  async createOidc(context: RequestContext, input: NewOidcIdentityProvider): Promise<IdentityProvider> {
    permit(context, 'createOidcIdentityProvider');
    requirePartner(context, input.partnerId);
    refuseMoreWorth(context, {}, input.assuranceMap);
    const { sources, box } = this.#parts;
    await this.#partnerSlug(context, input.partnerId);
    const metadata = await sources.discover(input.issuer);
    if (!metadata.ok) throw refuseField(metadata.refusal, 'input.issuer');
    const settings = newOidcSettings(metadata.value, input.clientId, input);
    if (!settings.ok) {
      const message = `The hub supports nothing of what \`${settings.member}\` names.`;
      throw new HubError('OIDC_DISCOVERY', undefined, [{ path: 'input.issuer', message }]);
    }
    requireNoProblem(input.issuer, settings.value, input, 'OIDC');
    const id = uuidv7(context.now);
    return this.#create(context, input, id, {
      protocol: 'OIDC',
      issuer: input.issuer,
      issuerField: 'input.issuer',
      settings: settings.value,
      clientSecretEncrypted: box.seal(input.clientSecret, clientSecretPlace(input.partnerId, id)),
      audit: { clientId: input.clientId },
      complete: async () => undefined,
    });
  }

  /** Asked before anything is fetched: nobody makes the hub call out for a partner that is not there. */
  async #partnerSlug(context: RequestContext, partnerId: Uuid): Promise<string> {
    const partner = await this.#parts.uow.read(scopeOf(context.actor), (tx) => findPartner(tx, { id: partnerId }));
    if (partner === null) throw new HubError('NOT_FOUND');
    return partner.slug;
  }

  #create(context: RequestContext, input: NewIdentityProvider, id: Uuid, draft: Draft): Promise<IdentityProvider> {
    const { partnerId, slug, name } = input;
    const { now } = context;
    const { protocol, issuer, settings, clientSecretEncrypted } = draft;
    const work = this.#parts.uow.write(scopeOf(context.actor), async (tx) => {
      await requireRoom(tx, partnerId);
      const identityProvider = await insertIdentityProvider(tx, {
        partnerId,
        id,
        slug,
        name,
        protocol,
        state: 'DRAFT',
        issuer,
        settings,
        clientSecretEncrypted,
        ...commonOf(protocol, input),
        serviceProviderProfileId: uuidv7(now),
        createdAt: now,
        updatedAt: now,
      });
      await draft.complete(tx, identityProvider);
      const key = { partnerId, identityProviderId: id };
      await insertFirstMapping(tx, key, protocol, { createdBy: context.actor.id, now });
      const data = { slug, name, protocol, issuer, ...draft.audit };
      await recordAudit(tx, context, { action: 'identity-provider.created', ...targetOf(identityProvider), data });
      return identityProvider;
    });
    return work.catch(asTaken(draft.issuerField));
  }

  async #sealKeys(tx: Tx, identityProvider: IdentityProvider, keys: readonly NewKey[], now: Date): Promise<void> {
    const { partnerId, serviceProviderProfileId } = identityProvider;
    for (const { use, privateKeyPem, certificatePem } of keys) {
      const id = uuidv7(now);
      await insertServiceProviderKey(tx, {
        partnerId,
        id,
        serviceProviderProfileId,
        use,
        state: 'ACTIVE',
        certificatePem,
        privateKeyEncrypted: this.#parts.box.seal(privateKeyPem, serviceProviderKeyPlace(partnerId, id)),
        createdAt: now,
      });
    }
  }
}

type NewKey = Awaited<ReturnType<typeof newServiceProviderKey>> & { readonly use: 'SIGNING' | 'ENCRYPTION' };

/** Keys of the hub towards this one IdP: unique to the pair (N25). */
function newKeys(entityId: string, now: Date): Promise<readonly NewKey[]> {
  const uses = ['SIGNING', 'ENCRYPTION'] as const;
  return Promise.all(uses.map(async (use) => ({ use, ...(await newServiceProviderKey(use, entityId, now)) })));
}

async function requireRoom(tx: Tx, partnerId: Uuid): Promise<void> {
  const partner = await lockPartner(tx, partnerId);
  if (partner === null) throw new HubError('NOT_FOUND');
  if (partner.state === 'RETIRED') throw new HubError('STATE_TRANSITION', 'The partner is retired.');
  if ((await countIdentityProviders(tx, partnerId)) >= MAX_IDENTITY_PROVIDERS) {
    throw new HubError('CONFLICT', `A partner has ${MAX_IDENTITY_PROVIDERS} identity providers at most.`);
  }
}

function commonOf(protocol: Protocol, input: NewIdentityProvider): CommonSettings {
  const defaults = defaultCommonSettings(protocol);
  return {
    subjectSource: input.subjectSource ?? defaults.subjectSource,
    assuranceMap: input.assuranceMap ?? defaults.assuranceMap,
    clockSkewSeconds: input.clockSkewSeconds ?? defaults.clockSkewSeconds,
  };
}

function requireNoProblem(
  issuer: string,
  settings: SamlSettings | OidcSettings,
  input: NewIdentityProvider,
  protocol: Protocol,
): void {
  const problems = settingsProblems(issuer, settings, commonOf(protocol, input), input);
  if (problems.length > 0) throw new HubError('INPUT_INVALID', undefined, problems);
}

/** Both names are unique within the partner alone: a refusal tells nothing of others (promise 2). */
function asTaken(issuerField: string): (fault: unknown) => never {
  return (fault) => {
    const constraint = brokenConstraint(fault);
    if (constraint === 'identity_provider_partner_id_slug_unique') {
      throw new HubError('SLUG_TAKEN', undefined, [{ path: 'input.slug', message: 'This slug is in use.' }]);
    }
    if (constraint === 'identity_provider_partner_id_issuer_unique') {
      const message = 'The partner has an identity provider of this name already.';
      throw new HubError('ENTITY_ID_TAKEN', undefined, [{ path: issuerField, message }]);
    }
    throw fault;
  };
}

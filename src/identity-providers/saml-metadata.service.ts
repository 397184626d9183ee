/**
 * Takes new metadata of a SAML IdP that is connected: keys are replaced, the entityID stays, and a signer that is pinned must
 * have signed (S45, L42). Refused metadata changes nothing.
 */
import { permit, requirePartner } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import { recordAudit } from '../audit/audit.store.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import type { IdentityProvider, MetadataSigner, SamlSettings } from './identity-provider.entity.js';
import { planKeys } from './identity-provider.rules.js';
import { raiseEpochsOf, targetOf } from './identity-provider.service.js';
import {
  findIdentityProvider,
  type IdentityProviderRef,
  lockIdentityProvider,
  markKeys,
  pinKeys,
  pinnedKeys,
} from './identity-provider.store.js';
import { metadataSigner, type ObtainedMetadata, obtainSamlMetadata, type SamlDocument } from './saml-document.js';
import { endpointsOf } from './settings.rules.js';
import type { IdentityProviderSources } from './sources.js';

export interface MetadataReplacement extends SamlDocument {
  /** PEM or base64 of the certificate by whose key it must be signed from now on; null: of nobody; undefined: as before. */
  readonly metadataSigningCertificate?: string | null | undefined;
}

export class SamlMetadataService {
  readonly #uow: UnitOfWork;
  readonly #sources: IdentityProviderSources;

  constructor(uow: UnitOfWork, sources: IdentityProviderSources) {
    this.#uow = uow;
    this.#sources = sources;
  }

  /**
   * @param document neither text nor address: the address that the metadata was last fetched from is read again
   * @throws HubError NOT_FOUND, INPUT_INVALID, FORBIDDEN, METADATA_…, CERTIFICATE_…, EGRESS_…
   */
  async replace(
    context: RequestContext,
    ref: IdentityProviderRef,
    document: MetadataReplacement,
  ): Promise<IdentityProvider> {
    permit(context, 'replaceSamlMetadata');
    requirePartner(context, ref.partnerId);
    const current = await this.#uow.read(scopeOf(context.actor), (tx) => findIdentityProvider(tx, ref));
    if (current === null) throw new HubError('NOT_FOUND');
    const settings = samlSettingsOf(current);
    const isSilent = document.metadataXml == null && document.metadataUrl == null;
    const wanted = isSilent ? { metadataUrl: settings.metadataUrl } : document;
    const signer = signerOf(context, settings.metadataSigner, document.metadataSigningCertificate);
    const demands = { now: context.now, signer, entityId: current.issuer };
    const obtained = await obtainSamlMetadata(this.#sources, wanted, demands);
    return this.#accept(context, ref, obtained, { before: settings.metadataSigner, after: signer });
  }

  #accept(
    context: RequestContext,
    ref: IdentityProviderRef,
    obtained: ObtainedMetadata,
    signer: { readonly before: MetadataSigner | null; readonly after: MetadataSigner | null },
  ): Promise<IdentityProvider> {
    const { signingCertificates, ignoredCertificates } = obtained.metadata;
    const endpoints = endpointsOf(obtained.metadata);
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      await raiseEpochsOf(tx, ref);
      const identityProvider = await lockIdentityProvider(tx, ref);
      if (identityProvider === null) throw new HubError('NOT_FOUND');
      const settings = samlSettingsOf(identityProvider);
      // The document was judged by another pin than the one that stands now.
      if (settings.metadataSigner?.fingerprint !== signer.before?.fingerprint) throw new HubError('CONFLICT');
      const given = signingCertificates.map(({ fingerprint }) => fingerprint);
      const plan = planKeys(await pinnedKeys(tx, ref), given);
      const added = signingCertificates.filter(({ fingerprint }) => plan.added.includes(fingerprint));
      await pinKeys(tx, ref, added, context.now);
      await markKeys(tx, ref, plan.restored, 'ACTIVE');
      await markKeys(tx, ref, plan.retired, 'RETIRED');
      const before = endpointsOf(settings);
      const metadataUrl = obtained.metadataUrl ?? settings.metadataUrl;
      identityProvider.settings = { ...settings, ...endpoints, metadataUrl, metadataSigner: signer.after };
      identityProvider.updatedAt = context.now;
      const endpoint = { before, after: endpoints };
      const fingerprints = { before: signer.before?.fingerprint ?? null, after: signer.after?.fingerprint ?? null };
      const data = { ...plan, ignored: ignoredCertificates, endpoint, metadataSigner: fingerprints };
      await recordAudit(tx, context, { action: 'identity-provider.keys-changed', ...targetOf(ref), data });
      return identityProvider;
    });
  }
}

/**
 * Who must have signed. A partner may pin a first signer; one that stands it neither changes nor drops, or whoever got hold of
 * its token could bring in metadata of their own after all. @throws HubError FORBIDDEN, CERTIFICATE_…
 */
function signerOf(
  { actor, now }: RequestContext,
  before: MetadataSigner | null,
  text: string | null | undefined,
): MetadataSigner | null {
  if (text === undefined) return before;
  const after = text === null ? null : metadataSigner(text, now);
  if (before === null || actor.role === 'OPERATOR' || after?.fingerprint === before.fingerprint) return after;
  const message = 'Only an operator changes or drops the signer of metadata that is pinned.';
  throw new HubError('FORBIDDEN', message, [{ path: 'input.metadataSigningCertificate', message }]);
}

function samlSettingsOf({ settings }: IdentityProvider): SamlSettings {
  if (settings.kind === 'SAML') return settings;
  throw new HubError('INPUT_INVALID', undefined, [{ path: 'input.id', message: 'This is no SAML identity provider.' }]);
}

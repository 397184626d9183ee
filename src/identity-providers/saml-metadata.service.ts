/**
 * Takes new metadata of a SAML IdP that is connected: keys are replaced, the entityID stays (S45). Refused metadata
 * changes nothing.
 */
import { permit, requirePartner } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import { recordAudit } from '../audit/audit.store.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import type { IdentityProvider, SamlSettings } from './identity-provider.entity.js';
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
import { type ObtainedMetadata, obtainSamlMetadata, type SamlDocument } from './saml-document.js';
import type { IdentityProviderSources } from './sources.js';

export class SamlMetadataService {
  readonly #uow: UnitOfWork;
  readonly #sources: IdentityProviderSources;

  constructor(uow: UnitOfWork, sources: IdentityProviderSources) {
    this.#uow = uow;
    this.#sources = sources;
  }

  /**
   * @param document neither text nor address: the address that the metadata was last fetched from is read again
   * @throws HubError NOT_FOUND, INPUT_INVALID, METADATA_…, CERTIFICATE_…, EGRESS_…
   */
  async replace(context: RequestContext, ref: IdentityProviderRef, document: SamlDocument): Promise<IdentityProvider> {
    permit(context, 'replaceSamlMetadata');
    requirePartner(context, ref.partnerId);
    const current = await this.#uow.read(scopeOf(context.actor), (tx) => findIdentityProvider(tx, ref));
    if (current === null) throw new HubError('NOT_FOUND');
    const settings = samlSettingsOf(current);
    const isSilent = document.metadataXml == null && document.metadataUrl == null;
    const wanted = isSilent ? { metadataUrl: settings.metadataUrl } : document;
    const obtained = await obtainSamlMetadata(this.#sources, wanted, context.now);
    if (obtained.metadata.entityId !== current.issuer) {
      const message = 'The metadata is of another entityID; connect it as a new identity provider.';
      throw new HubError('METADATA_INVALID', undefined, [{ path: obtained.field, message }]);
    }
    return this.#accept(context, ref, obtained);
  }

  #accept(context: RequestContext, ref: IdentityProviderRef, obtained: ObtainedMetadata): Promise<IdentityProvider> {
    const { ssoUrl, ssoBinding, signingCertificates, ignoredCertificates } = obtained.metadata;
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      await raiseEpochsOf(tx, ref);
      const identityProvider = await lockIdentityProvider(tx, ref);
      if (identityProvider === null) throw new HubError('NOT_FOUND');
      const given = signingCertificates.map(({ fingerprint }) => fingerprint);
      const plan = planKeys(await pinnedKeys(tx, ref), given);
      const added = signingCertificates.filter(({ fingerprint }) => plan.added.includes(fingerprint));
      await pinKeys(tx, ref, added, context.now);
      await markKeys(tx, ref, plan.restored, 'ACTIVE');
      await markKeys(tx, ref, plan.retired, 'RETIRED');
      const settings = samlSettingsOf(identityProvider);
      const before = { ssoUrl: settings.ssoUrl, ssoBinding: settings.ssoBinding };
      const metadataUrl = obtained.metadataUrl ?? settings.metadataUrl;
      identityProvider.settings = { ...settings, ssoUrl, ssoBinding, metadataUrl };
      identityProvider.updatedAt = context.now;
      const endpoint = { before, after: { ssoUrl, ssoBinding } };
      const data = { ...plan, ignored: ignoredCertificates, endpoint };
      await recordAudit(tx, context, { action: 'identity-provider.keys-changed', ...targetOf(ref), data });
      return identityProvider;
    });
  }
}

function samlSettingsOf({ settings }: IdentityProvider): SamlSettings {
  if (settings.kind === 'SAML') return settings;
  throw new HubError('INPUT_INVALID', undefined, [{ path: 'input.id', message: 'This is no SAML identity provider.' }]);
}

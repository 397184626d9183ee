/**
 * What a use case needs to learn from outside before it connects an identity provider. Protocols and outbound HTTP stand
 * behind these functions; the composition root puts them in. All of them run before the transaction.
 */
import type { PinnedCertificate } from '../keys/pinned-certificate.js';
import type { OpenIdProviderMetadata } from '../protocols/oidc/upstream-metadata.rules.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { Result } from '../shared/result.js';

/** What is taken over from the metadata of a SAML IdP. */
export interface SamlMetadata {
  readonly entityId: string;
  readonly ssoUrl: string;
  readonly ssoBinding: 'REDIRECT' | 'POST';
  readonly signingCertificates: readonly PinnedCertificate[];
  readonly ignoredCertificates: readonly { readonly fingerprint: string | null; readonly code: ErrorCode }[];
  readonly validUntil: Date | null;
}

export interface IdentityProviderSources {
  /** OIDC_DISCOVERY, EGRESS_DENIED or EGRESS_LIMIT when there is nothing to connect to. */
  readonly discover: (issuer: string) => Promise<Result<OpenIdProviderMetadata>>;
  /** METADATA_FETCH, EGRESS_DENIED or EGRESS_LIMIT. */
  readonly fetchSamlMetadata: (url: string) => Promise<Result<string>>;
  /** A code of METADATA_ or CERTIFICATE_. */
  readonly readSamlMetadata: (xml: string, now: Date) => Result<SamlMetadata>;
}

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
  readonly sloResponseUrl: string | null;
  readonly sloBinding: 'REDIRECT' | 'POST' | null;
  readonly signingCertificates: readonly PinnedCertificate[];
  readonly ignoredCertificates: readonly { readonly fingerprint: string | null; readonly code: ErrorCode }[];
  readonly validUntil: Date | null;
}

/** Which metadata a document must hold, and who must have signed it. */
export interface WantedMetadata {
  readonly now: Date;
  /** Certificate, PEM, by whose key the root must be signed; null: nobody's signature is asked for. */
  readonly signingCertificate: string | null;
  /** The entity to take out of the many of a signed aggregate; null: the document is about one. */
  readonly entityId: string | null;
}

export interface IdentityProviderSources {
  /** OIDC_DISCOVERY, EGRESS_DENIED or EGRESS_LIMIT when there is nothing to connect to. */
  readonly discover: (issuer: string) => Promise<Result<OpenIdProviderMetadata>>;
  /** METADATA_FETCH, EGRESS_DENIED or EGRESS_LIMIT. */
  readonly fetchSamlMetadata: (url: string, mayBeAggregate: boolean) => Promise<Result<string>>;
  /** A code of METADATA_ or CERTIFICATE_. */
  readonly readSamlMetadata: (xml: string, wanted: WantedMetadata) => Result<SamlMetadata>;
}

/** What the protocols learn of an identity provider while it is connected. All of it goes out through `egress/`. */
import { type Egress, EgressError } from '../egress/egress.js';
import type { IdentityProviderSources } from '../identity-providers/sources.js';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { discoverOpenIdProvider } from './oidc/discovery.js';
import { readIdentityProviderMetadata } from './saml/identity-provider-metadata.js';

const METADATA_BYTES = 524_288;
/** A federation signs the metadata of all its members in one document. */
const AGGREGATE_BYTES = 5 * 1_024 * 1_024;
/** The registered type (SAML metadata, appendix A.1), and what web servers make of a file. */
const METADATA_TYPES = ['application/samlmetadata+xml', 'application/xml', 'text/xml'];

/** @param allowInsecureEndpoints metadata may name http endpoints on the loopback interface: never in production */
export function identityProviderSources(
  egress: Egress,
  { allowInsecureEndpoints }: { readonly allowInsecureEndpoints: boolean },
): IdentityProviderSources {
  return {
    discover: (issuer) => discoverOpenIdProvider(issuer, egress),
    fetchSamlMetadata: (url, mayBeAggregate) =>
      fetchMetadata(url, egress, mayBeAggregate ? AGGREGATE_BYTES : METADATA_BYTES),
    readSamlMetadata: (xml, wanted) =>
      readIdentityProviderMetadata(Buffer.from(xml, 'utf8'), { ...wanted, allowInsecureEndpoints }),
  };
}

async function fetchMetadata(url: string, egress: Egress, maxBytes: number): Promise<Result<string>> {
  try {
    return ok(await egress.getText(url, { accept: METADATA_TYPES, maxBytes }));
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    const code = error.code === 'EGRESS_FAILED' ? 'METADATA_FETCH' : error.code;
    return refused(refusal(code, 'The metadata could not be fetched.', { reason: error.reason }));
  }
}

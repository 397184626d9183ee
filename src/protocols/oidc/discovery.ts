/**
 * Reads the discovery document of an OpenID Provider when an integrator connects it (OpenID Connect Discovery 1.0
 * section 4.3): the issuer in the document is the one that was asked for, to the letter, and every endpoint is one that
 * outbound HTTP would reach. What it returns is stored; a login never reads the document again (O09).
 */
import { type Egress, EgressError } from '../../egress/egress.js';
import { refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import { parseJsonObject } from './upstream-json.rules.js';
import {
  isTemplate,
  type OpenIdProviderMetadata,
  readMetadata,
  TENANT_PLACEHOLDER,
  unacceptableEndpoint,
} from './upstream-metadata.rules.js';

export type { OpenIdProviderMetadata } from './upstream-metadata.rules.js';

const DOCUMENT_BYTES = 262_144;

/** @returns the typed metadata; otherwise OIDC_DISCOVERY, EGRESS_DENIED or EGRESS_LIMIT, with the member that is wrong */
export async function discoverOpenIdProvider(issuer: string, egress: Egress): Promise<Result<OpenIdProviderMetadata>> {
  if (!isIssuerIdentifier(issuer)) {
    return failed('The issuer must be a URL without query, fragment, credentials and /.well-known/.', 'issuer');
  }
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
  let text: string;
  try {
    text = await egress.getText(`${base}/.well-known/openid-configuration`, {
      accept: ['application/json'],
      maxBytes: DOCUMENT_BYTES,
    });
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    const code = error.code === 'EGRESS_FAILED' ? 'OIDC_DISCOVERY' : error.code;
    return refused(refusal(code, 'The discovery document could not be read.', { reason: error.reason }));
  }
  const document = parseJsonObject(text);
  if (document === null) return failed('The discovery document is no acceptable JSON object.', 'document');
  const metadata = readMetadata(document);
  if (!metadata.ok)
    return failed('A member of the discovery document is missing or of the wrong type.', metadata.member);
  return accepted(issuer, metadata.value, egress);
}

function accepted(issuer: string, metadata: OpenIdProviderMetadata, egress: Egress): Result<OpenIdProviderMetadata> {
  if (metadata.issuer !== issuer && !isTemplateFor(metadata.issuer, issuer)) {
    return failed('The discovery document names another issuer.', 'issuer');
  }
  const bad = unacceptableEndpoint(metadata, (url) => egress.accepts(url));
  if (bad !== null) return failed('An endpoint is no acceptable https URL.', bad);
  if (metadata.response_types_supported !== undefined && !metadata.response_types_supported.includes('code')) {
    return failed('The provider does not support the code flow.', 'response_types_supported');
  }
  return ok(metadata);
}

function isIssuerIdentifier(issuer: string): boolean {
  if (issuer.length > 1_024 || !URL.canParse(issuer)) return false;
  const url = new URL(issuer);
  if (!['https:', 'http:'].includes(url.protocol) || url.username !== '' || url.password !== '') return false;
  return !issuer.includes('?') && !issuer.includes('#') && !issuer.includes('/.well-known/');
}

/**
 * Entra's `common` and `organizations` publish an issuer with `{tenantid}` where the tenant stands. Accepted when
 * exactly one path segment differs; every login then compares `tid` with the partner's tenants (O11).
 */
function isTemplateFor(template: string, issuer: string): boolean {
  if (!isTemplate(template)) return false;
  const [before, after, ...more] = template.split(TENANT_PLACEHOLDER);
  if (before === undefined || after === undefined || more.length > 0) return false;
  if (!before.endsWith('/') || !issuer.startsWith(before) || !issuer.endsWith(after)) return false;
  if (!URL.canParse(before) || new URL(before).origin !== new URL(issuer).origin) return false;
  const segment = issuer.slice(before.length, issuer.length - after.length);
  return segment !== '' && !segment.includes('/');
}

function failed(detail: string, member: string): Result<never> {
  return refused(refusal('OIDC_DISCOVERY', detail, { member }));
}

/**
 * Decides what of a discovery document is taken over: known members of the right type and nothing else (OpenID Connect
 * Discovery 1.0 section 3, RFC 8414), and which issuers a multi-tenant template stands for (O09, O11).
 */
import type { UpstreamOidcConfig } from '../../login/contracts.js';

/** Members keep the names of the specification, since the document is stored as it is used. */
export interface OpenIdProviderMetadata {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly userinfo_endpoint?: string;
  readonly end_session_endpoint?: string;
  readonly scopes_supported?: readonly string[];
  readonly acr_values_supported?: readonly string[];
  readonly claims_supported?: readonly string[];
  readonly response_types_supported?: readonly string[];
  readonly code_challenge_methods_supported?: readonly string[];
  readonly id_token_signing_alg_values_supported?: readonly string[];
  readonly token_endpoint_auth_methods_supported?: readonly string[];
  readonly userinfo_signing_alg_values_supported?: readonly string[];
  readonly authorization_response_iss_parameter_supported?: boolean;
  readonly backchannel_logout_supported?: boolean;
  readonly frontchannel_logout_supported?: boolean;
}

const requiredEndpoints = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const;
const optionalEndpoints = ['userinfo_endpoint', 'end_session_endpoint'] as const;
const lists = [
  'scopes_supported',
  'acr_values_supported',
  'claims_supported',
  'response_types_supported',
  'code_challenge_methods_supported',
  'id_token_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
  'userinfo_signing_alg_values_supported',
] as const;
const flags = [
  'authorization_response_iss_parameter_supported',
  'backchannel_logout_supported',
  'frontchannel_logout_supported',
] as const;

/** Asymmetric signatures of RFC 7518 and RFC 8037. `none` and HS256 are not choices: no configuration brings them back. */
const asymmetricAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const MAX_TEXT = 2_048;
const MAX_LIST = 200;
export const TENANT_PLACEHOLDER = '{tenantid}';

/** The typed part of a discovery document, or the name of the member that is missing or of the wrong type. */
export function readMetadata(
  document: Readonly<Record<string, unknown>>,
): { readonly ok: true; readonly value: OpenIdProviderMetadata } | { readonly ok: false; readonly member: string } {
  const value: Record<string, unknown> = {};
  for (const name of ['issuer', ...requiredEndpoints]) {
    if (!isText(document[name])) return { ok: false, member: name };
    value[name] = document[name];
  }
  const optional = [
    ...optionalEndpoints.map((name) => [name, isText] as const),
    ...lists.map((name) => [name, isTextList] as const),
    ...flags.map((name) => [name, (member: unknown) => typeof member === 'boolean'] as const),
  ];
  for (const [name, isAcceptable] of optional) {
    const member = document[name];
    if (member === undefined || member === null) continue;
    if (!isAcceptable(member)) return { ok: false, member: name };
    value[name] = member;
  }
  return { ok: true, value: value as unknown as OpenIdProviderMetadata };
}

/** The name of the first endpoint that is no URL which `accepts` lets pass, or null. `javascript:` ends here. */
export function unacceptableEndpoint(
  metadata: OpenIdProviderMetadata,
  accepts: (url: string) => boolean,
): string | null {
  const named = [...requiredEndpoints, ...optionalEndpoints].filter((name) => metadata[name] !== undefined);
  return named.find((name) => !accepts(String(metadata[name])) || String(metadata[name]).includes('#')) ?? null;
}

/** Does `issuer` belong to the connection? For a template: with the tenant filled in that the partner listed. */
export function isIssuerOf(template: string, allowedTenants: readonly string[], issuer: string): boolean {
  if (!isTemplate(template)) return issuer === template;
  return allowedTenants.some((tenant) => issuer === issuerOfTenant(template, tenant));
}

export function isTemplate(issuer: string): boolean {
  return issuer.includes(TENANT_PLACEHOLDER);
}

export function issuerOfTenant(template: string, tenant: string): string {
  return template.split(TENANT_PLACEHOLDER).join(tenant);
}

/** The signature algorithms that an ID token of this connection may use. */
export function acceptedAlgorithms(config: Pick<UpstreamOidcConfig, 'idTokenAlgorithms'>): readonly string[] {
  return config.idTokenAlgorithms.filter((algorithm) => asymmetricAlgorithms.includes(algorithm));
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TEXT;
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MAX_LIST && value.every(isText);
}

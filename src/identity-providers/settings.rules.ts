/**
 * What an identity provider is connected with: what its own documents say, what the integrator chose, and which
 * combinations cannot work or would weaken a login. Every problem names the input field.
 */
import {
  type Protocol,
  type SamlAlgorithmException,
  type SubjectSource,
  samlAlgorithmExceptions,
} from '../login/contracts.js';
import type { AssuranceMap } from '../login/facts.js';
import {
  acceptedAlgorithms,
  isTemplate,
  type OpenIdProviderMetadata,
} from '../protocols/oidc/upstream-metadata.rules.js';
import type { FieldProblem } from '../shared/hub-error.js';
import { levelsOf, meets } from '../trust/assurance.rules.js';
import type { OidcSettings, SamlSettings } from './identity-provider.entity.js';

/** The choices of the integrator; undefined leaves what is there, null takes an optional value away. */
export interface SettingsEdit {
  readonly requireSigned?: SamlSettings['requireSigned'] | undefined;
  readonly requireEncrypted?: boolean | undefined;
  readonly allowTrailingSignature?: boolean | undefined;
  readonly algorithmExceptions?: readonly SamlAlgorithmException[] | undefined;
  readonly signRequests?: boolean | undefined;
  readonly nameIdFormat?: string | null | undefined;
  readonly requestedAuthnContext?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly allowedTenants?: readonly string[] | undefined;
  readonly fetchUserInfo?: boolean | undefined;
  readonly tokenEndpointAuthMethod?: OidcSettings['tokenEndpointAuthMethod'] | undefined;
}

/** What holds for both protocols. */
export interface CommonSettings {
  readonly subjectSource: SubjectSource;
  readonly assuranceMap: AssuranceMap;
  readonly clockSkewSeconds: number;
}

/** A choice of these; undefined leaves what is there. */
export type CommonEdit = { readonly [K in keyof CommonSettings]?: CommonSettings[K] | undefined };

const samlChoices = [
  'requireSigned',
  'requireEncrypted',
  'allowTrailingSignature',
  'algorithmExceptions',
  'signRequests',
  'nameIdFormat',
  'requestedAuthnContext',
] as const satisfies readonly (keyof SettingsEdit)[];
const oidcChoices = [
  'scopes',
  'allowedTenants',
  'fetchUserInfo',
  'tokenEndpointAuthMethod',
] as const satisfies readonly (keyof SettingsEdit)[];

const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const MAX_CONTEXTS = 10;
const MAX_SCOPES = 30;
const MAX_TENANTS = 20;
const MAX_LEVELS = 50;
const MAX_SKEW_SECONDS = 300;
/** RFC 6749 section 3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]{1,120}$/;
/** One segment of the issuer's path: an identifier or a domain name of the tenant. */
const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export function defaultCommonSettings(protocol: Protocol): CommonSettings {
  const subjectSource: SubjectSource = protocol === 'SAML' ? { kind: 'NAME_ID' } : { kind: 'SUB' };
  return { subjectSource, assuranceMap: {}, clockSkewSeconds: 180 };
}

/** Where messages to a SAML IdP go, from its metadata. */
export type SamlEndpoints = Pick<SamlSettings, 'ssoUrl' | 'ssoBinding' | 'sloResponseUrl' | 'sloBinding'>;

export function endpointsOf({ ssoUrl, ssoBinding, sloResponseUrl, sloBinding }: SamlEndpoints): SamlEndpoints {
  return { ssoUrl, ssoBinding, sloResponseUrl, sloBinding };
}

/** EITHER takes the signature where IdPs differ: on the response or the assertion, always over what is read. */
export function newSamlSettings(
  endpoint: SamlEndpoints & Pick<SamlSettings, 'metadataUrl' | 'metadataSigner'>,
  edit: SettingsEdit,
): SamlSettings {
  const settings: SamlSettings = {
    kind: 'SAML',
    requireSigned: 'EITHER',
    requireEncrypted: false,
    allowTrailingSignature: false,
    algorithmExceptions: [],
    signRequests: true,
    nameIdFormat: null,
    requestedAuthnContext: [],
    ...endpoint,
  };
  return editedSettings(settings, edit);
}

/** Settings of a new OpenID Provider, or the member of its metadata that leaves nothing to choose. */
export function newOidcSettings(
  metadata: OpenIdProviderMetadata,
  clientId: string,
  edit: SettingsEdit,
): { readonly ok: true; readonly value: OidcSettings } | { readonly ok: false; readonly member: string } {
  const idTokenAlgorithms = acceptedAlgorithms({
    idTokenAlgorithms: metadata.id_token_signing_alg_values_supported ?? ['RS256'],
  });
  if (idTokenAlgorithms.length === 0) return { ok: false, member: 'id_token_signing_alg_values_supported' };
  const methods = authMethods(metadata);
  const tokenEndpointAuthMethod = edit.tokenEndpointAuthMethod ?? methods[0];
  if (tokenEndpointAuthMethod === undefined || !methods.includes(tokenEndpointAuthMethod)) {
    return { ok: false, member: 'token_endpoint_auth_methods_supported' };
  }
  const settings: OidcSettings = {
    kind: 'OIDC',
    clientId,
    tokenEndpointAuthMethod,
    scopes: ['openid', 'email', 'profile'],
    idTokenAlgorithms,
    allowedTenants: [],
    fetchUserInfo: metadata.userinfo_endpoint !== undefined,
    metadata: { ...metadata },
  };
  return { ok: true, value: editedSettings(settings, edit) };
}

/** Choices that were made and differ from what is there take its place. */
export function editedSettings<S extends SamlSettings | OidcSettings>(settings: S, edit: SettingsEdit): S {
  const choices = settings.kind === 'SAML' ? samlChoices : oidcChoices;
  const wanted = { ...edit, algorithmExceptions: edit.algorithmExceptions && inOrder(edit.algorithmExceptions) };
  const made = choices.filter((name) => wanted[name] !== undefined).map((name) => [name, wanted[name]]);
  return { ...settings, ...Object.fromEntries(made) };
}

/** Each once and always alike, so that two spellings of one set are no change. */
function inOrder(exceptions: readonly SamlAlgorithmException[]): readonly SamlAlgorithmException[] {
  return samlAlgorithmExceptions.filter((one) => exceptions.includes(one));
}

/** Choices that belong to the other protocol, and what cannot work in the settings as they would be. */
export function settingsProblems(
  issuer: string,
  settings: SamlSettings | OidcSettings,
  common: CommonSettings,
  edit: SettingsEdit,
): readonly FieldProblem[] {
  const foreign = settings.kind === 'SAML' ? oidcChoices : samlChoices;
  return [
    ...foreign
      .filter((name) => edit[name] !== undefined)
      .map((name) => problem(name, `This is no setting of an identity provider by ${settings.kind}.`)),
    ...commonProblems(settings.kind, common),
    ...(settings.kind === 'SAML' ? samlProblems(settings, common) : oidcProblems(issuer, settings)),
  ];
}

function commonProblems(protocol: Protocol, common: CommonSettings): readonly FieldProblem[] {
  const { subjectSource, assuranceMap, clockSkewSeconds } = common;
  const problems: FieldProblem[] = [];
  const other = protocol === 'SAML' ? 'SUB' : 'NAME_ID';
  if (subjectSource.kind === other) {
    problems.push(problem('subjectSource', `An identity provider by ${protocol} has no ${other}.`));
  }
  if (!Number.isInteger(clockSkewSeconds) || clockSkewSeconds < 0 || clockSkewSeconds > MAX_SKEW_SECONDS) {
    problems.push(problem('clockSkewSeconds', `Use 0 to ${MAX_SKEW_SECONDS}.`));
  }
  if (Object.keys(assuranceMap).length > MAX_LEVELS) {
    problems.push(problem('assuranceMap', `Use ${MAX_LEVELS} entries at most.`));
  }
  return problems;
}

function samlProblems(settings: SamlSettings, { subjectSource }: CommonSettings): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (settings.requestedAuthnContext.length > MAX_CONTEXTS) {
    problems.push(problem('requestedAuthnContext', `Use ${MAX_CONTEXTS} classes at most.`));
  }
  if (settings.nameIdFormat === TRANSIENT && subjectSource.kind === 'NAME_ID') {
    problems.push(problem('nameIdFormat', 'A transient NameID brings nobody back: choose a claim as subject source.'));
  }
  return problems;
}

function oidcProblems(issuer: string, settings: OidcSettings): readonly FieldProblem[] {
  const { scopes, allowedTenants, fetchUserInfo, tokenEndpointAuthMethod } = settings;
  const metadata = settings.metadata as unknown as OpenIdProviderMetadata;
  const problems: FieldProblem[] = [];
  if (scopes.length > MAX_SCOPES || !scopes.every((scope) => SCOPE_TOKEN.test(scope))) {
    problems.push(problem('scopes', `Use ${MAX_SCOPES} scopes at most, each without white space and quotes.`));
  }
  if (allowedTenants.length > MAX_TENANTS || !allowedTenants.every((tenant) => TENANT.test(tenant))) {
    problems.push(problem('allowedTenants', `Use ${MAX_TENANTS} tenants at most, each an identifier or a domain.`));
  }
  if ((isTemplate(issuer) || isTemplate(metadata.issuer)) && allowedTenants.length === 0) {
    problems.push(problem('allowedTenants', 'This issuer stands for every tenant: name those of the partner.'));
  }
  if (fetchUserInfo && metadata.userinfo_endpoint === undefined) {
    problems.push(problem('fetchUserInfo', 'The provider has no userinfo endpoint.'));
  }
  if (!authMethods(metadata).includes(tokenEndpointAuthMethod)) {
    problems.push(problem('tokenEndpointAuthMethod', 'The provider does not support this method.'));
  }
  return problems;
}

/** How a client with a secret can authenticate there; Basic is what a provider has that says nothing (Discovery 1.0, section 3). */
function authMethods(metadata: OpenIdProviderMetadata): readonly OidcSettings['tokenEndpointAuthMethod'][] {
  const supported = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return (['client_secret_basic', 'client_secret_post'] as const).filter((method) => supported.includes(method));
}

function problem(field: string, message: string): FieldProblem {
  return { path: `input.${field}`, message };
}

/** Whether any statement would be worth more than it is. What is agreed of an IdP is the operator's word to give (C73). */
export function isWorthMore(before: AssuranceMap, after: AssuranceMap): boolean {
  return Object.entries(after).some(([context, levels]) => !meets(levelsOf(before, context), levels));
}

/** Whether anything is excepted that was not. Old cryptography is the operator's risk to take; less of it is anybody's good. */
export function addsException(
  before: readonly SamlAlgorithmException[],
  after: readonly SamlAlgorithmException[],
): boolean {
  return after.some((one) => !before.includes(one));
}

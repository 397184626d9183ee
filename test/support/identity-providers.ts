/** The operations on identity providers, as an integrator sends them. */
import { globalId } from '../../src/graphql/global-id.js';
import { hubScope } from '../../src/persistence/unit-of-work.js';
import type { Uuid } from '../../src/shared/ids.js';
import type { GraphqlAnswer, TestApi } from './api.js';
import { insertPartner } from './estate.js';

const SHOWN = `id slug name protocol state issuer spEntityId acsUrl spMetadataUrl redirectUri clockSkewSeconds
  subjectSource { kind name } assuranceMap { context levels { ial aal fal } }
  saml { ssoUrl ssoBinding requireSigned requireEncrypted allowTrailingSignature signRequests nameIdFormat requestedAuthnContext metadataUrl
    algorithmExceptions metadataSigningFingerprint }
  oidc { clientId tokenEndpointAuthMethod scopes idTokenAlgorithms allowedTenants fetchUserInfo }
  signingCertificates { fingerprint notBefore notAfter state } partner { slug }`;

const inputs = {
  createSamlIdentityProvider: 'CreateSamlIdentityProviderInput',
  createOidcIdentityProvider: 'CreateOidcIdentityProviderInput',
  updateIdentityProvider: 'UpdateIdentityProviderInput',
  replaceSamlMetadata: 'ReplaceSamlMetadataInput',
  activateIdentityProvider: 'IdentityProviderIdInput',
  disableIdentityProvider: 'IdentityProviderIdInput',
} as const;

export type IdentityProviderOperation = keyof typeof inputs;
export const identityProviderOperations = Object.keys(inputs) as IdentityProviderOperation[];

export interface TestTenant {
  readonly id: Uuid;
  /** Global id. */
  readonly node: string;
  /** Token of an administrator of the partner. */
  readonly administrator: string;
}

export async function aTenant(api: TestApi, slug: string): Promise<TestTenant> {
  const id = await api.db.uow.write(hubScope, (tx) => insertPartner(tx, slug));
  const administrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: id });
  return { id, node: globalId('Partner', { id }), administrator };
}

/** One operation; as an operator unless told otherwise. */
export function send(
  api: TestApi,
  operation: IdentityProviderOperation,
  input: Readonly<Record<string, unknown>>,
  as?: string,
): Promise<GraphqlAnswer> {
  const document = `mutation ($input: ${inputs[operation]}!) {
    done: ${operation}(input: $input) { identityProvider { ${SHOWN} } } }`;
  return api.query(document, { input }, as === undefined ? {} : { as });
}

/** The identity provider that an operation left; fails the test when it was refused. */
export async function done(answer: Promise<GraphqlAnswer>) {
  const { data, errors } = await answer;
  expect(errors).toEqual([]);
  return data.done.identityProvider;
}

/** Code and fields of a refusal. */
export async function refusal(answer: Promise<GraphqlAnswer>) {
  const { errors } = await answer;
  expect(errors).toHaveLength(1);
  const { code, fields = [] } = errors[0]?.extensions ?? { code: 'none' };
  return { code, path: fields[0]?.path, message: fields[0]?.message, sentence: errors[0]?.message };
}

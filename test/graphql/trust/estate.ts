/** A partner with an IdP and an application, made through the API where it can be, and trust between them. */
import { globalId } from '../../../src/graphql/global-id.js';
import { AttributeDefinitionService } from '../../../src/mapping/attribute-definition.service.js';
import { createTestApi, fixedNow, type TestApi } from '../../support/api.js';
import { insertPartnerWithIdentityProvider } from '../../support/estate.js';

export const CREATE = `mutation ($input: CreateTrustRelationshipInput!) { createTrustRelationship(input: $input) {
  trustRelationship { id state activeVersion latestVersion } } }`;
export const CHANGE = `mutation ($input: ChangeTrustTermsInput!) { changeTrustTerms(input: $input) {
  trustRelationship { state activeVersion latestVersion } } }`;
export const ACTIVATE = `mutation ($id: ID!, $version: Int!) {
  activateTrustRelationship(input: { id: $id, version: $version }) { trustRelationship { state activeVersion } } }`;
export const SUSPEND = `mutation ($id: ID!) { suspendTrustRelationship(input: { id: $id }) { trustRelationship { state } } }`;
export const END = 'mutation ($id: ID!) { endTrustRelationship(input: { id: $id }) { trustRelationship { state } } }';

export const terms = { releasedAttributes: ['email'], provisioningMode: 'CREATE_AND_UPDATE' };

export interface Party {
  /** As it is stored. */
  readonly key: string;
  /** Global id. */
  readonly id: string;
  /** Global id of its IdP. */
  readonly identityProvider: string;
}

export async function createTrustApi(): Promise<TestApi> {
  const api = await createTestApi();
  await new AttributeDefinitionService(api.db.uow).installStandard(fixedNow);
  return api;
}

export async function aPartner(api: TestApi, slug: string): Promise<Party> {
  const { partnerId, identityProviderId } = await insertPartnerWithIdentityProvider(api.db.uow, slug);
  const identityProvider = globalId('IdentityProvider', { partnerId, id: identityProviderId });
  return { key: partnerId, id: globalId('Partner', { id: partnerId }), identityProvider };
}

export async function anApplication(api: TestApi, slug: string): Promise<string> {
  const input = { slug, name: slug, redirectUris: [`https://${slug}.example/callback`] };
  const document =
    'mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }';
  return (await api.query(document, { input })).data.createApplication.application.id;
}

/** A draft between the two. */
export async function aTrust(api: TestApi, partner: Party, applicationId: string, over = {}): Promise<string> {
  const common = { partnerId: partner.id, applicationId, purpose: 'Sign in.', owner: 'Purchasing' };
  const { data, errors } = await api.query(CREATE, { input: { ...common, terms: { ...terms, ...over } } });
  expect(errors).toEqual([]);
  return data.createTrustRelationship.trustRelationship.id;
}

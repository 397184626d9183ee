/**
 * Everything that two partners need to sign in, done through the API of a hub that is running and stays running: no
 * deployment, no restart, no row written by hand (C83).
 */
import { decodeGlobalId } from '../../src/graphql/global-id.js';
import { type DnsServer, startDnsServer } from '../support/dns-server.js';
import { type GraphqlClient, graphqlClient } from '../support/graphql-client.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { RelyingParty } from '../support/relying-party.js';
import { type SamlIdentityProvider, startSamlIdentityProvider } from '../support/saml-identity-provider.js';
import { makeSamlKey } from '../support/saml-keys.js';
import { UserAgent } from '../support/user-agent.js';

const redirectUri = 'http://127.0.0.1:1/callback';
const MAIL = 'urn:oid:0.9.2342.19200300.100.1.3';

let dns: DnsServer;
let provider: OpenIdProvider;
let idp: SamlIdentityProvider;
let hub: TestHub;
let operator: GraphqlClient;
let application: { id: string };
let party: RelyingParty;

beforeAll(async () => {
  dns = await startDnsServer();
  provider = await startOpenIdProvider({
    claims: { email: 'ada@borealis.example', email_verified: true, given_name: 'Ada', family_name: 'Lindqvist' },
  });
  idp = await startSamlIdentityProvider({
    attributes: { [MAIL]: ['kai@aurora.example'], givenName: ['Kai'], sn: ['Berg'] },
  });
  hub = await startTestHub({ egressAllow: [provider.hostPort], env: { ENTENTE_DNS_SERVERS: dns.address } });
  operator = await graphqlClient(hub);
  const created = await operator.ask(
    `mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { clientSecret application { id clientId } } }`,
    { input: { slug: 'orders', name: 'Orders', redirectUris: [redirectUri], subjectType: 'PUBLIC' } },
  );
  application = created.createApplication.application;
  const { clientId } = created.createApplication.application;
  const { clientSecret } = created.createApplication;
  party = await RelyingParty.discover(hub.url, { id: application.id, clientId, clientSecret, redirectUri });
});
afterAll(async () => {
  await hub.close();
  await provider.close();
  await idp.close();
  await dns.close();
});

/** By the operator: the partner, and its agreement with the application. */
async function aPartner(slug: string) {
  const created = await operator.ask(
    'mutation ($input: CreatePartnerInput!) { createPartner(input: $input) { partner { id } } }',
    { input: { slug, name: slug } },
  );
  const partnerId: string = created.createPartner.partner.id;
  const terms = { releasedAttributes: ['email', 'givenName', 'familyName'], provisioningMode: 'CREATE_AND_UPDATE' };
  const trust = await operator.ask(
    'mutation ($input: CreateTrustRelationshipInput!) { createTrustRelationship(input: $input) { trustRelationship { id } } }',
    { input: { partnerId, applicationId: application.id, purpose: 'Orders', owner: 'Sales', terms } },
  );
  await operator.ask(
    'mutation ($input: ActivateTrustRelationshipInput!) { activateTrustRelationship(input: $input) { trustRelationship { id } } }',
    { input: { id: trust.createTrustRelationship.trustRelationship.id, version: 1 } },
  );
  const [key = ''] = decodeGlobalId(partnerId)?.key ?? [];
  return { partnerId, administrator: await graphqlClient(hub, key) };
}

/** By the partner's own administrator: a domain, proved by the record that the API asked for. */
async function proveDomain(administrator: GraphqlClient, partnerId: string, name: string) {
  const { addDomain } = await administrator.ask(
    'mutation ($input: AddDomainInput!) { addDomain(input: $input) { domain { id recordName recordValue } } }',
    { input: { partnerId, name } },
  );
  dns.set(addDomain.domain.recordName, [addDomain.domain.recordValue]);
  await administrator.ask('mutation ($id: ID!) { proveDomain(input: { id: $id }) { domain { state } } }', {
    id: addDomain.domain.id,
  });
}

async function change(administrator: GraphqlClient, operation: string, type: string, input: Record<string, unknown>) {
  const document = `mutation ($input: ${type}!) { done: ${operation}(input: $input) {
    identityProvider { id state spEntityId spMetadataUrl acsUrl redirectUri } } }`;
  return (await administrator.ask(document, { input })).done.identityProvider;
}

const activate = (administrator: GraphqlClient, id: string) =>
  change(administrator, 'activateIdentityProvider', 'IdentityProviderIdInput', { id });
const disable = (administrator: GraphqlClient, id: string) =>
  change(administrator, 'disableIdentityProvider', 'IdentityProviderIdInput', { id });

async function signIn(parameters: Record<string, string>) {
  const tokens = await party.signIn(new UserAgent(), parameters);
  return party.userInfo(tokens.access_token, tokens.claims()?.sub ?? '');
}

/** Whether anything but a code comes back to the application. */
async function isRefused(parameters: Record<string, string>): Promise<boolean> {
  const { visit } = await party.visit(new UserAgent(), parameters);
  return !(visit.url.startsWith(redirectUri) && new URL(visit.url).searchParams.has('code'));
}

describe('a partner that is onboarded through the API of a running hub', () => {
  it('signs in from its OpenID Provider at once, and not before it is active [C83] [C16] [C24] [N29]', async () => {
    const { partnerId, administrator } = await aPartner('borealis');
    await proveDomain(administrator, partnerId, 'borealis.example');
    const {
      id,
      state,
      redirectUri: callback,
    } = await change(administrator, 'createOidcIdentityProvider', 'CreateOidcIdentityProviderInput', {
      partnerId,
      slug: 'main',
      name: 'Main',
      issuer: provider.issuer,
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
    });
    expect([state, callback]).toEqual(['DRAFT', `${hub.url}/federation/oidc/borealis.main/callback`]);
    expect(await isRefused({ idp_hint: 'borealis.main' })).toBe(true);

    expect((await activate(administrator, id)).state).toBe('ACTIVE');
    const person = { email: 'ada@borealis.example', given_name: 'Ada', family_name: 'Lindqvist' };
    expect(await signIn({ idp_hint: 'borealis.main' })).toMatchObject(person);
    // The proved domain leads there as well.
    expect(await signIn({ login_hint: 'ada@borealis.example' })).toMatchObject(person);

    await disable(administrator, id);
    expect(await isRefused({ idp_hint: 'borealis.main' })).toBe(true);
    await activate(administrator, id);
    expect(await signIn({ idp_hint: 'borealis.main' })).toMatchObject(person);
  });

  it('signs in with the client secret that was last given', async () => {
    const { identityProviders } = await operator.ask(
      '{ identityProviders(filter: { protocol: OIDC }) { edges { node { id } } } }',
    );
    const { id } = identityProviders.edges[0].node;
    const secret = (clientSecret: string) =>
      change(operator, 'updateIdentityProvider', 'UpdateIdentityProviderInput', { id, clientSecret });
    await secret('not the secret');
    expect(await isRefused({ idp_hint: 'borealis.main' })).toBe(true);
    await secret(provider.clientSecret);
    expect(await signIn({ idp_hint: 'borealis.main' })).toMatchObject({ email: 'ada@borealis.example' });
  });

  it('is refused a person of its domain as soon as the domain is given back [C16]', async () => {
    const found = await operator.ask('{ partner(slug: "borealis") { id domains { edges { node { id } } } } }');
    const { id } = found.partner.domains.edges[0].node;
    await operator.ask('mutation ($id: ID!) { removeDomain(input: { id: $id }) { domain { id } } }', { id });
    expect(await isRefused({ idp_hint: 'borealis.main' })).toBe(true);
    await proveDomain(operator, found.partner.id, 'borealis.example');
    expect(await signIn({ idp_hint: 'borealis.main' })).toMatchObject({ email: 'ada@borealis.example' });
  });

  it('signs in from its SAML IdP at once, and by the keys of the metadata that it gave last [C83] [C20] [N29] [S45]', async () => {
    const { partnerId, administrator } = await aPartner('aurora');
    await proveDomain(administrator, partnerId, 'aurora.example');
    const { id, spEntityId, spMetadataUrl, acsUrl } = await change(
      administrator,
      'createSamlIdentityProvider',
      'CreateSamlIdentityProviderInput',
      { partnerId, slug: 'main', name: 'Main', metadataXml: idp.metadata() },
    );
    // What the other side is told is what it then gets: metadata of the hub, and requests that name both addresses.
    const told = await (await fetch(spMetadataUrl)).text();
    expect(told).toContain(`entityID="${spEntityId}"`);
    expect(told).toContain(acsUrl);
    await activate(administrator, id);
    const person = { email: 'kai@aurora.example', given_name: 'Kai', family_name: 'Berg' };
    expect(await signIn({ idp_hint: 'aurora.main' })).toMatchObject(person);
    expect(idp.lastRequest()).toMatchObject({ issuer: spEntityId, acsUrl });

    const next = await makeSamlKey();
    const rolled = idp.metadata().replace(idp.key.certificateBase64, next.certificateBase64);
    await change(administrator, 'replaceSamlMetadata', 'ReplaceSamlMetadataInput', { id, metadataXml: rolled });
    expect(await isRefused({ idp_hint: 'aurora.main' })).toBe(true);
    await change(administrator, 'replaceSamlMetadata', 'ReplaceSamlMetadataInput', { id, metadataXml: idp.metadata() });
    expect(await signIn({ idp_hint: 'aurora.main' })).toMatchObject(person);
  });
});

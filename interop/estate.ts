/** A hub on which everything is set up as an integrator does it: through GraphQL over HTTP. */
import { type GraphqlClient, graphqlClient } from '../test/support/graphql-client.js';
import { startTestHub, type TestHub } from '../test/support/hub.js';

export interface InteropHub {
  readonly hub: TestHub;
  /** The registered application. */
  readonly application: { readonly id: string; readonly clientId: string; readonly clientSecret: string };
  /** A partner with a proved domain of its name under `.example`, that may sign in to the application. */
  addPartner(slug: string): Promise<string>;
  /** Connects and activates an IdP, the only one of its partner, as `{slug}.main`. */
  connect(kind: 'Saml' | 'Oidc', partnerId: string, settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** The newest login of a partner with what each stage said: what to show when it did not go well. */
  lastLoginOf(slug: string): Promise<string>;
  /** The memberships of a partner, as an auditor would look. */
  emailsOf(slug: string): Promise<readonly string[]>;
}

interface UserEdge {
  readonly node: { readonly memberships: readonly { readonly email: string }[] };
}

const development = { NODE_ENV: 'development', ENTENTE_DEMO: 'off', LOG_LEVEL: 'fatal' };

/** @param port where the hub will listen; whoever must know its address beforehand chooses it */
export async function startInteropHub(
  port: number,
  egressAllow: readonly string[],
  redirectUri: string,
): Promise<InteropHub> {
  const publicUrl = `http://127.0.0.1:${port}`;
  const started = await startTestHub({ egressAllow, publicUrl, env: { ...development, PORT: String(port) } });
  const hub = { ...started, url: publicUrl };
  try {
    return await setUp(hub, redirectUri);
  } catch (fault) {
    await hub.close();
    throw fault;
  }
}

async function setUp(hub: TestHub, redirectUri: string): Promise<InteropHub> {
  const operator = await graphqlClient(hub);
  const { createApplication } = await operator.ask(
    `mutation ($input: CreateApplicationInput!) {
       createApplication(input: $input) { clientSecret application { id clientId } } }`,
    { input: { slug: 'orders', name: 'Orders', redirectUris: [redirectUri], subjectType: 'PUBLIC' } },
  );
  const { id, clientId } = createApplication.application;
  return {
    hub,
    application: { id, clientId, clientSecret: createApplication.clientSecret },
    addPartner: (slug) => addPartner(operator, slug, id),
    connect: (kind, partnerId, settings) => connect(operator, kind, partnerId, settings),
    lastLoginOf: async (slug) => {
      const found = await operator.ask(
        `query ($slug: Slug!) { partner(slug: $slug) { lastLogins(first: 1) {
           state code trace { stages { stage outcome summary facts { name values } } } } } }`,
        { slug },
      );
      return JSON.stringify(found, null, 2);
    },
    emailsOf: async (slug) => {
      const { partner } = await operator.ask(
        'query ($slug: Slug!) { partner(slug: $slug) { users(first: 10) { edges { node { memberships { email } } } } } }',
        { slug },
      );
      return partner.users.edges.flatMap(({ node }: UserEdge) => node.memberships.map(({ email }) => email));
    },
  };
}

async function addPartner(operator: GraphqlClient, slug: string, applicationId: string): Promise<string> {
  const { createPartner } = await operator.ask(
    'mutation ($input: CreatePartnerInput!) { createPartner(input: $input) { partner { id } } }',
    { input: { slug, name: slug } },
  );
  const partnerId: string = createPartner.partner.id;
  const { addDomain } = await operator.ask(
    'mutation ($input: AddDomainInput!) { addDomain(input: $input) { domain { id } } }',
    { input: { partnerId, name: `${slug}.example` } },
  );
  await operator.ask('mutation ($id: ID!) { assertDomain(input: { id: $id }) { domain { state } } }', {
    id: addDomain.domain.id,
  });
  const terms = { releasedAttributes: ['email', 'givenName', 'familyName'], provisioningMode: 'CREATE_AND_UPDATE' };
  const { createTrustRelationship } = await operator.ask(
    `mutation ($input: CreateTrustRelationshipInput!) {
       createTrustRelationship(input: $input) { trustRelationship { id } } }`,
    { input: { partnerId, applicationId, purpose: 'Orders', owner: 'Sales', terms } },
  );
  await operator.ask(
    `mutation ($input: ActivateTrustRelationshipInput!) {
       activateTrustRelationship(input: $input) { trustRelationship { state } } }`,
    { input: { id: createTrustRelationship.trustRelationship.id, version: 1 } },
  );
  return partnerId;
}

async function connect(
  operator: GraphqlClient,
  kind: 'Saml' | 'Oidc',
  partnerId: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { done } = await operator.ask(
    `mutation ($input: Create${kind}IdentityProviderInput!) {
       done: create${kind}IdentityProvider(input: $input) { identityProvider { id } } }`,
    { input: { partnerId, slug: 'main', name: 'Main', ...settings } },
  );
  await operator.ask(
    'mutation ($id: ID!) { activateIdentityProvider(input: { id: $id }) { identityProvider { state } } }',
    { id: done.identityProvider.id },
  );
}

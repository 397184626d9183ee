import { decodeJwt } from 'jose';
import { anOperatorOf, askGraphql } from '../../support/graphql-http.js';
import { hint, type LoginEstate, startEstate } from '../../support/login-estate.js';
import { UserAgent } from '../../support/user-agent.js';

let estate: LoginEstate;
let operator: Awaited<ReturnType<typeof anOperatorOf>>;

beforeAll(async () => {
  estate = await startEstate();
  operator = await anOperatorOf(estate.hub);
});
afterAll(() => estate.close());

const PARTNERS = '{ partners { edges { node { slug } } } }';

interface Client {
  readonly id: string;
  readonly clientId: string;
  readonly secret: string;
}

async function aServiceClient(input: Record<string, unknown>): Promise<Client> {
  const document = `mutation ($input: CreateApiClientInput!) { createApiClient(input: $input) { clientSecret apiClient { id clientId } } }`;
  const { clientSecret, apiClient } = (await operator(document, { input: { name: 'test', ...input } })).createApiClient;
  return { ...apiClient, secret: clientSecret };
}

async function grant(client: Pick<Client, 'clientId' | 'secret'>, parameters: Record<string, string>) {
  const credentials = Buffer.from(`${client.clientId}:${client.secret}`).toString('base64');
  const response = await fetch(`${estate.hub.url}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...parameters }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

function resource(): { resource: string } {
  return { resource: `${estate.hub.url}/graphql` };
}

async function tokenOf(client: Client, parameters: Record<string, string> = {}): Promise<string> {
  const { status, body } = await grant(client, { ...resource(), ...parameters });
  expect([status, body.error]).toEqual([200, undefined]);
  return body.access_token ?? '';
}

describe('a service client', () => {
  it('gets by client credentials a short token for the API, and calls it with that', async () => {
    const client = await aServiceClient({ role: 'AUDITOR', scopes: ['partners:read'] });
    const token = await tokenOf(client, { scope: 'partners:read' });
    const { aud, iss, client_id, exp = 0, iat = 0 } = decodeJwt(token);
    expect({ aud, iss, client_id, seconds: exp - iat }).toEqual({
      ...{ aud: `${estate.hub.url}/graphql`, iss: estate.hub.url, client_id: client.clientId, seconds: 600 },
    });
    const reply = await askGraphql(estate.hub.url, token, PARTNERS);
    expect(reply).toMatchObject({ status: 200, data: { partners: { edges: [{ node: { slug: 'borealis' } }] } } });
    expect(await askGraphql(estate.hub.url, token, '{ apiClients { edges { node { id } } } }')).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('may ask for less than it holds, and gets no more by asking for more', async () => {
    const client = await aServiceClient({ role: 'AUDITOR', scopes: ['partners:read', 'trust:read'] });
    const narrow = await tokenOf(client, { scope: 'trust:read' });
    expect((await askGraphql(estate.hub.url, narrow, PARTNERS)).code).toBe('FORBIDDEN');
    const { status, body } = await grant(client, { ...resource(), scope: 'trust:read access:write' });
    const wide = status === 200 ? (body.access_token ?? '') : null;
    if (wide === null) expect(body.error).toBe('invalid_scope');
    else
      expect((await askGraphql(estate.hub.url, wide, '{ apiClients { edges { node { id } } } }')).code).toBe(
        'FORBIDDEN',
      );
  });

  it('of a partner sees that partner alone [C25]', async () => {
    const partner = (await operator('{ partner(slug: "borealis") { id } }')).partner.id;
    await operator('mutation { createPartner(input: { slug: "neighbour", name: "Neighbour" }) { partner { id } } }');
    const client = await aServiceClient({
      role: 'PARTNER_ADMINISTRATOR',
      partnerId: partner,
      scopes: ['partners:read'],
    });
    const { data } = await askGraphql(estate.hub.url, await tokenOf(client, { scope: 'partners:read' }), PARTNERS);
    expect(data.partners.edges).toEqual([{ node: { slug: 'borealis' } }]);
    await operator('mutation ($id: ID!) { retirePartner(input: { id: $id }) { partner { id } } }', {
      id: (await operator('{ partner(slug: "neighbour") { id } }')).partner.id,
    });
  });

  it('that was revoked is refused at once, at the token endpoint and with the token that it has', async () => {
    const client = await aServiceClient({ role: 'AUDITOR' });
    const token = await tokenOf(client, { scope: 'partners:read' });
    expect((await askGraphql(estate.hub.url, token, PARTNERS)).status).toBe(200);
    await operator('mutation ($id: ID!) { revokeApiClient(input: { id: $id }) { apiClient { state } } }', {
      id: client.id,
    });
    expect(await askGraphql(estate.hub.url, token, PARTNERS)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await grant(client, resource())).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it.each([
    ['a wrong secret', { secret: 'ents_wrong' }, {}, 'invalid_client'],
    ['the resource of somebody else', {}, { resource: 'https://elsewhere.example/graphql' }, 'invalid_target'],
    ['a resource that only begins alike', {}, { resource: 'http://127.0.0.1/graphql/more' }, 'invalid_target'],
  ])('gets nothing with %s [H25]', async (_what, over, parameters, error) => {
    const client = await aServiceClient({ role: 'AUDITOR' });
    const { status, body } = await grant({ ...client, ...over }, { ...resource(), ...parameters });
    expect(body.error).toBe(error);
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it('gets a token that is good for nothing at the API where it names no resource', async () => {
    const client = await aServiceClient({ role: 'AUDITOR' });
    const { body } = await grant(client, {});
    expect(await askGraphql(estate.hub.url, body.access_token ?? 'none', PARTNERS)).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
  });
});

describe('every other token of the hub', () => {
  it('is refused at the API: access, refresh and ID token of an application, and its code [H25]', async () => {
    const { request, visit } = await estate.party.visit(new UserAgent(), hint);
    const code = new URL(visit.url).searchParams.get('code') ?? '';
    const tokens = await estate.party.redeem(request, visit);
    const others = { code, access: tokens.access_token, id: tokens.id_token, refresh: tokens.refresh_token };
    for (const [kind, token] of Object.entries(others)) {
      expect([kind, typeof token]).toEqual([kind, 'string']);
      const reply = await askGraphql(estate.hub.url, token ?? '', PARTNERS);
      expect([kind, reply.status, reply.code]).toEqual([kind, 401, 'UNAUTHENTICATED']);
    }
  });

  it('cannot be asked for with the API as its audience by an application (RFC 8707) [H25]', async () => {
    const { clientId, clientSecret } = estate.application;
    const answer = await grant({ clientId, secret: clientSecret }, resource());
    expect(answer.status).toBe(400);
    const { visit } = await estate.party.visit(new UserAgent(), { ...hint, ...resource() });
    const error = visit.status === 0 ? new URL(visit.url).searchParams.get('error') : null;
    expect(error ?? visit.status).toBe(error === null ? 400 : 'invalid_target');
  });

  it('of the API is refused at userinfo and introspection of applications', async () => {
    const { token } = await estate.hub.app.tokens.issue({ role: 'OPERATOR', subject: 'test', ttlSeconds: 60 });
    expect((await estate.client.userInfo(token)).status).toBe(401);
    expect((await estate.client.introspect(token)).body.active).not.toBe(true);
  });
});

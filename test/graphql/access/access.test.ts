import type { Role } from '../../../src/access/api-client.entity.js';
import { ApiClient } from '../../../src/access/api-client.entity.js';
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { decodeGlobalId, globalId } from '../../../src/graphql/global-id.js';
import { clientSecretMatches } from '../../../src/keys/client-secret.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { insertPartner } from '../../support/estate.js';

let api: TestApi;
let partnerKey: string;
let partnerId: string;
let applicationId: string;

const CREATE = `mutation ($input: CreateApiClientInput!) { createApiClient(input: $input) {
  clientSecret apiClient { id clientId name role scopes state partner { slug } applications { slug } } } }`;
const REVOKE = 'mutation ($id: ID!) { revokeApiClient(input: { id: $id }) { apiClient { state } } }';
const REVOKE_TOKEN = 'mutation ($id: ID!) { revokeApiToken(input: { id: $id }) { apiToken { id revokedAt } } }';
const LIST = '{ apiClients { edges { node { id clientId name scopes } } } }';

beforeAll(async () => {
  api = await createTestApi();
  partnerKey = await api.db.uow.write(hubScope, (tx) => insertPartner(tx, 'aurora'));
  partnerId = globalId('Partner', { id: partnerKey });
  const input = { slug: 'orders', name: 'Orders', redirectUris: ['https://orders.example/callback'] };
  const made = await api.query(
    'mutation ($input: CreateApplicationInput!) { createApplication(input: $input) { application { id } } }',
    { input },
  );
  applicationId = made.data.createApplication.application.id;
});
afterAll(() => api.close());

function rowOf(id: string): Promise<ApiClient> {
  return api.db.uow.read(hubScope, ({ em }) => em.findOneOrFail(ApiClient, { id: decodeGlobalId(id)?.key[0] ?? '' }));
}

async function refusal(input: Record<string, unknown>, as?: string) {
  const { data, errors } = await api.query(CREATE, { input: { name: 'x', ...input } }, as === undefined ? {} : { as });
  expect(data).toBeNull();
  return { code: errors[0]?.extensions.code, paths: errors[0]?.extensions.fields?.map(({ path }) => path) ?? [] };
}

describe('a service client', () => {
  it('is created with the scopes that it was given; its secret is shown once and kept as a digest [H02]', async () => {
    const input = { name: 'Provisioning', role: 'PARTNER_ADMINISTRATOR', scopes: ['partners:write'], partnerId };
    const { data, errors } = await api.query(CREATE, { input });
    expect(errors).toEqual([]);
    const { clientSecret, apiClient } = data.createApiClient;
    expect(apiClient).toMatchObject({
      ...{ name: 'Provisioning', role: 'PARTNER_ADMINISTRATOR', state: 'ACTIVE' },
      ...{ scopes: ['partners:read', 'partners:write'], partner: { slug: 'aurora' }, applications: [] },
    });
    expect(apiClient.clientId).toMatch(/^api_[\w-]{22}$/);
    const row = await rowOf(apiClient.id);
    expect(clientSecretMatches(clientSecret, row.secretHash)).toBe(true);
    const events = await api.db.uow.read(hubScope, ({ em }) =>
      em.find(AuditEvent, { action: 'api-client.created', targetId: row.id }),
    );
    expect(events).toMatchObject([{ partnerId: partnerKey, data: { name: 'Provisioning' } }]);
    for (const text of [JSON.stringify(events), JSON.stringify((await api.query(LIST)).data)]) {
      expect(text).not.toContain(clientSecret);
      expect(text).not.toContain(row.secretHash);
    }
  });

  it('of an application owner names its applications', async () => {
    const input = { name: 'Owner', role: 'APPLICATION_OWNER', applicationIds: [applicationId] };
    const { data } = await api.query(CREATE, { input });
    expect(data.createApiClient.apiClient).toMatchObject({ partner: null, applications: [{ slug: 'orders' }] });
    expect(data.createApiClient.apiClient.scopes).toContain('applications:write');
  });

  it.each([
    [{ role: 'PARTNER_ADMINISTRATOR' }, 'INPUT_INVALID', ['input.partnerId']],
    [{ role: 'OPERATOR', partnerId: 'PARTNER' }, 'INPUT_INVALID', ['input.partnerId']],
    [{ role: 'APPLICATION_OWNER' }, 'INPUT_INVALID', ['input.applicationIds']],
    [{ role: 'AUDITOR', applicationIds: ['APPLICATION'] }, 'INPUT_INVALID', ['input.applicationIds']],
    [{ role: 'AUDITOR', scopes: ['partners:write'] }, 'INPUT_INVALID', ['input.scopes']],
    [{ role: 'AUDITOR', scopes: [] }, 'INPUT_INVALID', ['input.scopes']],
    [{ role: 'AUDITOR', scopes: ['everything'] }, 'INPUT_INVALID', ['input.scopes.0']],
    [{ role: 'ADMIN' }, 'INPUT_INVALID', ['input.role']],
    [{ role: 'PARTNER_ADMINISTRATOR', partnerId: 'APPLICATION' }, 'NOT_FOUND', []],
    [{ role: 'APPLICATION_OWNER', applicationIds: ['MISSING'] }, 'NOT_FOUND', []],
  ])('%j is refused with %s at %j', async (input, code, paths) => {
    const missing = globalId('Application', { id: partnerKey });
    const text = JSON.stringify(input).replace('MISSING', missing).replace('APPLICATION"]', `${applicationId}"]`);
    const known = text
      .replace('"partnerId":"APPLICATION"', `"partnerId":"${applicationId}"`)
      .replace('"PARTNER"', `"${partnerId}"`);
    expect(await refusal(JSON.parse(known))).toEqual({ code, paths });
  });

  it('never gets more than the token that makes it: no narrow token makes itself a wide one [H25]', async () => {
    const narrow = await api.tokenFor({
      role: 'OPERATOR',
      scopes: ['access:write', 'partners:read', 'applications:read'],
    });
    expect(await refusal({ role: 'OPERATOR' }, narrow)).toEqual({ code: 'FORBIDDEN', paths: ['input.scopes'] });
    expect(await refusal({ role: 'OPERATOR', scopes: ['trust:write'] }, narrow)).toEqual({
      code: 'FORBIDDEN',
      paths: ['input.scopes'],
    });
    const input = { name: 'x', role: 'AUDITOR', scopes: ['partners:read'] };
    expect((await api.query(CREATE, { input }, { as: narrow })).errors).toEqual([]);
  });

  it('is revoked once and for good', async () => {
    const made = await api.query(CREATE, { input: { name: 'Gone', role: 'AUDITOR' } });
    const { id } = made.data.createApiClient.apiClient;
    expect((await api.query(REVOKE, { id })).data.revokeApiClient.apiClient.state).toBe('REVOKED');
    expect((await api.query(REVOKE, { id })).errors[0]?.extensions.code).toBe('STATE_TRANSITION');
    const missing = globalId('ApiClient', { id: partnerKey });
    for (const wrong of [missing, partnerId, 'AAAA']) {
      expect((await api.query(REVOKE, { id: wrong })).errors[0]?.extensions.code).toBe('NOT_FOUND');
    }
  });
});

describe('a token of the command line', () => {
  it('is listed without itself, and refused at the next request once revoked', async () => {
    const issued = await api.tokens.issue({ role: 'AUDITOR', subject: 'vera', ttlSeconds: 60 });
    const listed = await api.query('{ apiTokens(first: 100) { edges { node { id subject role expiresAt } } } }');
    const nodes = listed.data.apiTokens.edges.map(({ node }: { node: object }) => node);
    const id = globalId('ApiToken', { id: issued.id });
    expect(nodes).toContainEqual({ id, subject: 'vera', role: 'AUDITOR', expiresAt: '2026-03-01T09:01:00.000Z' });
    expect(JSON.stringify(nodes)).not.toContain(issued.token);
    const ask = () => api.query('{ apiTokens { edges { node { id } } } }', {}, { as: issued.token });
    expect((await ask()).status).toBe(200);
    expect((await api.query(REVOKE_TOKEN, { id })).data.revokeApiToken.apiToken.revokedAt).toBe(
      '2026-03-01T09:00:00.000Z',
    );
    expect(await ask()).toMatchObject({ status: 401, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect((await api.query(REVOKE_TOKEN, { id })).errors[0]?.extensions.code).toBe('STATE_TRANSITION');
    const events = await api.db.uow.read(hubScope, ({ em }) => em.find(AuditEvent, { targetId: issued.id }));
    expect(events.map(({ action }) => action).sort()).toEqual(['api-token.issued', 'api-token.revoked']);
  });
});

describe('access to the API', () => {
  it('is given and taken by an operator with the scope and by nobody else: every operation, every role [H25]', async () => {
    const made = await api.query(CREATE, { input: { name: 'Stays', role: 'AUDITOR' } });
    const { id } = made.data.createApiClient.apiClient;
    const token = await api.tokens.issue({ role: 'AUDITOR', subject: 'stays', ttlSeconds: 60 });
    const as: Record<Role, string> = {
      AUDITOR: await api.tokenFor({ role: 'AUDITOR' }),
      PARTNER_ADMINISTRATOR: await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: partnerKey }),
      APPLICATION_OWNER: await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [partnerKey] }),
      OPERATOR: await api.tokenFor({ role: 'OPERATOR', scopes: ['access:read', 'partners:write'] }),
    };
    const all: Role[] = ['AUDITOR', 'PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER', 'OPERATOR'];
    const attempts: [string, Record<string, unknown>, Role[]][] = [
      [CREATE, { input: { name: 'x', role: 'AUDITOR' } }, all],
      [REVOKE, { id }, all],
      [REVOKE_TOKEN, { id: globalId('ApiToken', { id: token.id }) }, all],
      [LIST, {}, ['PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER']],
      ['{ apiTokens { edges { node { id } } } }', {}, ['PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER']],
      [`{ node(id: "${id}") { id } }`, {}, ['PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER']],
    ];
    for (const [document, variables, roles] of attempts) {
      for (const role of roles) {
        const { errors } = await api.query(document, variables, { as: as[role] });
        expect([document.slice(0, 40), role, errors[0]?.extensions.code]).toEqual([
          document.slice(0, 40),
          role,
          'FORBIDDEN',
        ]);
      }
    }
    expect((await rowOf(id)).state).toBe('ACTIVE');
  });
});

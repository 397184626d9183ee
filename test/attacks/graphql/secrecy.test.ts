import { asOwner } from '../../support/database.js';
import { insertPartnerWithIdentityProvider } from '../../support/estate.js';
import { type HttpApi, startHttpApi } from './harness.js';

let http: HttpApi;
let administrator: string;
let operator: string;

beforeAll(async () => {
  http = await startHttpApi({ mode: 'production' });
  const { partnerId } = await insertPartnerWithIdentityProvider(http.api.db.uow, 'aurora');
  administrator = await http.api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId });
  operator = http.operator;
});
afterAll(() => http.close());

describe('in production', () => {
  it.each([
    '{ __schema { types { name } } }',
    '{ __type(name: "Partner") { fields { name } } }',
    'query { ...f } fragment f on Query { __schema { queryType { name } } }',
    '{ a: __type(name: "Query") { name } }',
  ])('tells a partner nothing of the schema: %s [G07]', async (query) => {
    const answer = await http.post({ query }, administrator);
    expect(answer.codes).toEqual(['FORBIDDEN']);
    expect(answer.text).not.toMatch(/queryType|Partner"/);
    expect((await http.post({ query }, operator)).status).toBe(200);
  });

  it.each([
    ['a field that nearly exists', '{ partnerz { edges { cursor } } }'],
    ['an argument that nearly exists', '{ partners(frist: 1) { edges { cursor } } }'],
    ['an input field that nearly exists', '{ partners(filter: { serch: "x" }) { edges { cursor } } }'],
    ['an enum value that nearly exists', '{ partners(filter: { state: ACTVE }) { edges { cursor } } }'],
    ['a type that nearly exists', '{ node(id: "x") { ... on Partnr { slug } } }'],
    ['a missing selection', '{ partners }'],
  ])('answers %s without a word of the schema [G07]', async (_what, query) => {
    const answer = await http.post({ query }, administrator);
    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(
      /did you mean|Cannot query|Connection|PartnerFilter|"first"|search|ACTIVE|SUSPENDED/i,
    );
  });

  it('says what is needed to `__typename` clients [G07]', async () => {
    expect((await http.post({ query: '{ __typename }' }, administrator)).text).toBe(
      '{"data":{"__typename":"Query"}}\n',
    );
  });

  it('tells no statement, stack or table of a fault: a correlation id, and the rest goes to the log [G14]', async () => {
    await asOwner(http.api.db.ownerUrl, (client) => client.query('alter table control.partner rename to nom'));
    const answer = await http.post({ query: '{ partners { edges { node { name } } } }' }, operator);
    await asOwner(http.api.db.ownerUrl, (client) => client.query('alter table control.nom rename to partner'));
    const [error] = JSON.parse(answer.text).errors;
    expect(error).toEqual({
      message: 'Something went wrong on our side.',
      path: ['partners'],
      extensions: { code: 'INTERNAL', correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    expect(answer.text).not.toMatch(/select|column|control\.|\.js|at /i);
    expect(http.api.faults).toHaveLength(1);
  });

  it('answers a broken body without its own words [G14]', async () => {
    for (const body of ['{', '[', '"x"', 'null', '{"query": 1}', '']) {
      const answer = await http.post(body, operator);
      expect([answer.status, answer.codes]).toEqual([400, ['QUERY_INVALID']]);
      expect(answer.text).not.toMatch(/JSON|position|fastify|FST/i);
    }
  });
});

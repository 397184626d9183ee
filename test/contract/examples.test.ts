import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { globalId } from '../../src/graphql/global-id.js';
import { createTestApi, type TestApi } from '../support/api.js';
import { insertLogin, insertRefusal, insertSession } from '../support/people.js';
import { allowedTrace, signInEstate } from '../support/signins.js';
import { type Statements, watchStatements } from '../support/statements.js';

const folder = 'docs/examples';
const examples = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

let api: TestApi;
let statements: Statements;
let variables: Record<string, unknown>;

beforeAll(async () => {
  api = await createTestApi();
  const { aurora, orders, ann } = await signInEstate(api);
  const columns = { applicationId: orders.id, trace: allowedTrace, reference: '0123456789', trustVersion: 1 };
  const login = await insertLogin(api.db.uow, ann, columns);
  await insertSession(api.db.uow, ann);
  await insertRefusal(api.db.uow, ann, 'TRUST_NONE', new Date(api.clock.now().getTime() - 1_000));
  const row = (type: string, id: string) => globalId(type, { partnerId: aurora.id, id });
  variables = {
    partner: globalId('Partner', { id: aurora.id }),
    identityProvider: row('IdentityProvider', aurora.identityProviderId),
    application: globalId('Application', { id: orders.id }),
    membership: row('Membership', ann.membershipId),
    login: row('Login', login),
    reference: '0123456789',
    claims: { sub: 'cy-1', email: 'cy@aurora.example', given_name: 'Cy' },
    idToken: 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA',
    reason: 'left the company',
    since: '2026-03-01T00:00:00Z',
  };
  const RENAME = 'mutation ($id: ID!) { updatePartner(input: { id: $id, name: "Aurora" }) { partner { id } } }';
  await api.query(RENAME, { id: variables.partner });
  statements = watchStatements(api.db);
});
afterAll(() => api.close());

/** Statements that one operation may send, its caller's token and the frames of transactions included. */
const budgets: Readonly<Record<string, number>> = {
  'portal.graphql': 40,
  'people.graphql': 40,
  'audit-events.graphql': 25,
  'login-refusals.graphql': 10,
};

/** Whether anything was found: an example that shows nothing shows nothing. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && 'edges' in value && isEmpty(value.edges);
}

describe('the examples in docs', () => {
  it.each(examples)('%s is valid, within the limits, and answers on a hub that has rows', async (name) => {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);
    const wanted = [...text.matchAll(/\$(\w+):/g)].map(([, variable]) => variable ?? '');
    const given = Object.fromEntries(wanted.filter((key) => key in variables).map((key) => [key, variables[key]]));
    statements.take();
    const { status, data, errors } = await api.query(text, given);
    expect([status, errors]).toEqual([200, []]);
    for (const root of Object.values(data)) expect(isEmpty(root)).toBe(false);
    const budget = budgets[name];
    if (budget !== undefined) expect(statements.take().length).toBeLessThanOrEqual(budget);
  });
});

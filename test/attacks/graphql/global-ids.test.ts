import { globalId } from '../../../src/graphql/global-id.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { type Tenants, twoTenants } from './tenants.js';

let api: TestApi;
let tenants: Tenants;
let administrator: string;

beforeAll(async () => {
  api = await createTestApi();
  tenants = await twoTenants(api);
  administrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: tenants.estate.aurora.id });
});
afterAll(() => api.close());

const READ = 'query ($id: ID!) { node(id: $id) { __typename id } login(id: $id) { id } user(id: $id) { id } }';

const bytesOf = (id: string) => Buffer.from(id, 'base64url');
const textOf = (bytes: Buffer) => bytes.toString('base64url');

describe('a global id that the hub did not write', () => {
  const forgeries: [string, (login: string) => string][] = [
    ['padded', (id) => `${id}=`],
    ['padded to four', (id) => id.padEnd(Math.ceil(id.length / 4) * 4 + 4, '=')],
    [
      'in the other alphabet',
      (id) =>
        textOf(Buffer.concat([bytesOf(id), Buffer.from([0xfb, 0xff])]))
          .replaceAll('-', '+')
          .replaceAll('_', '/'),
    ],
    ['with bits past its end', (id) => `${id.slice(0, -1)}${id.at(-1) === 'B' ? 'C' : 'B'}`],
    ['with trailing bytes', (id) => textOf(Buffer.concat([bytesOf(id), Buffer.from('x')]))],
    ['cut short', (id) => id.slice(0, -4)],
    ['with a space', (id) => ` ${id}`],
    ['with a line break', (id) => `${id}\n`],
    [
      'of another type',
      (id) => textOf(Buffer.from(bytesOf(id).toString('latin1').replace('Login:', 'Session:'), 'latin1')),
    ],
    [
      'of a type in lower case',
      (id) => textOf(Buffer.from(bytesOf(id).toString('latin1').replace('Login:', 'login:'), 'latin1')),
    ],
    ['of no type', (id) => textOf(bytesOf(id).subarray(6))],
    ['of a name that every object has', () => textOf(Buffer.concat([Buffer.from('Constructor:'), Buffer.alloc(16)]))],
    ['of the type `__proto__`', () => textOf(Buffer.concat([Buffer.from('__proto__:'), Buffer.alloc(16)]))],
    [
      'with the key of a row of the hub',
      (id) => textOf(Buffer.concat([Buffer.from('Login:'), bytesOf(id).subarray(-16)])),
    ],
    [
      'with its two keys exchanged',
      (id) => textOf(Buffer.concat([Buffer.from('Login:'), bytesOf(id).subarray(-16), bytesOf(id).subarray(-32, -16)])),
    ],
    ['that is SQL', () => "' or 1=1 --"],
    ['that is empty', () => ''],
    ['of a megabyte', () => 'A'.repeat(100_000)],
  ];

  it.each(forgeries)('%s names nothing [G11]', async (_what, forge) => {
    const login = tenants.own.Login ?? '';
    const { status, data, errors } = await api.query(READ, { id: forge(login) }, { as: administrator });
    expect([status, data, errors]).toEqual([200, { node: null, login: null, user: null }, []]);
    expect(api.faults).toEqual([]);
  });

  it('under the own partner does not reach the row of another one [G11]', async () => {
    const { aurora, borealis, bo } = tenants.estate;
    for (const partnerId of [aurora.id, borealis.id]) {
      const id = globalId('Membership', { partnerId, id: bo.membershipId });
      const { data } = await api.query('query ($id: ID!) { node(id: $id) { id } }', { id }, { as: administrator });
      expect(data).toEqual({ node: null });
      const CHANGE = 'mutation ($id: ID!) { suspendMembership(input: { id: $id }) { membership { id } } }';
      const { errors } = await api.query(CHANGE, { id }, { as: administrator });
      expect(errors[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
    }
  });

  it('but a real one is found, so that the others are refused for a reason [G11]', async () => {
    const { data } = await api.query(READ, { id: tenants.own.Login }, { as: administrator });
    expect(data).toEqual({
      node: { __typename: 'Login', id: tenants.own.Login },
      login: { id: tenants.own.Login },
      user: null,
    });
  });
});

describe('a cursor that the hub did not write', () => {
  const PAGE =
    'query ($after: String, $first: Int! = 20) { logins(first: $first, after: $after) { edges { node { id } } } }';

  it.each([
    ['a position that is SQL', "' or 1=1 --"],
    ['a padded position', `${Buffer.from('01a2104a-abda-7944-ae8b-2a8425f5eb96').toString('base64')}=`],
    ['an object', Buffer.from('{"id":{"$gt":""}}').toString('base64url')],
    ['a long one', 'A'.repeat(5_000)],
    ['nothing', ''],
  ])('is refused when it is %s [G11] [G16]', async (_what, after) => {
    const { errors } = await api.query(PAGE, { after }, { as: administrator });
    expect(errors[0]?.extensions).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'after' }] });
  });

  it('is a position and no permission: one made of the row of another tenant shows only own rows [G11]', async () => {
    const last = Buffer.from('ffffffff-ffff-7fff-bfff-ffffffffffff').toString('base64url');
    const { data } = await api.query(PAGE, { after: last }, { as: administrator });
    expect(data.logins.edges).toEqual([{ node: { id: tenants.own.Login } }]);
  });

  it.each([0, -1, 101, 2 ** 31 - 1])('is not needed to ask for %d rows: that is refused [G13]', async (first) => {
    const { errors } = await api.query(PAGE, { first }, { as: administrator });
    expect(errors[0]?.extensions.code).toMatch(/INPUT_INVALID|QUERY_TOO_COMPLEX/);
  });
});

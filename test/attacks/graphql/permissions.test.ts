import { getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { type Role, roles } from '../../../src/access/api-client.entity.js';
import { type Operation, type Permission, permissions } from '../../../src/access/permissions.js';
import { readPermission } from '../../../src/access/readable-types.js';
import { apiScopes, effectiveScopes, roleScopes } from '../../../src/access/scopes.rules.js';
import { apiRooms } from '../../../src/api.js';
import { buildApiSchema } from '../../../src/graphql/schema.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { argumentsWith, documentOf, type RootField, rootFields, type Tenants, twoTenants, typeAt } from './tenants.js';

const schema = buildApiSchema(apiRooms);
const fields = new Map(rootFields(schema).map((field) => [field.name, { ...field, selection: '{ __typename }' }]));

let api: TestApi;
let tenants: Tenants;
const tokens = new Map<string, string>();

beforeAll(async () => {
  api = await createTestApi();
  tenants = await twoTenants(api);
  for (const role of roles) tokens.set(role, await tokenOf(role, roleScopes[role]));
});
afterAll(() => api.close());

function tokenOf(role: Role, scopes: readonly string[]): Promise<string> {
  const { aurora, orders } = tenants.estate;
  return api.tokenFor({
    role,
    scopes,
    ...(role === 'PARTNER_ADMINISTRATOR' && { partnerId: aurora.id }),
    ...(role === 'APPLICATION_OWNER' && { applicationIds: [orders.id] }),
  });
}

/** All that the role may hold, but for one scope and for what would imply it. */
async function tokenWithout(role: Role, scope: string): Promise<string> {
  const key = `${role} without ${scope}`;
  const scopes = roleScopes[role].filter((held) => held !== scope && held.replace(/:write$/, ':read') !== scope);
  const token = tokens.get(key) ?? (await tokenOf(role, scopes));
  tokens.set(key, token);
  return token;
}

/** An id of every type that names nothing. */
const nothing: Record<string, string> = new Proxy({}, { get: () => 'nothing' });

/** Called with ids that name nothing: what is permitted goes on to look for them, and changes nothing. */
async function isForbidden(field: RootField, as: string): Promise<boolean> {
  const [path = ''] = field.idPaths;
  const { errors } = await api.query(documentOf(field), argumentsWith(field, path, 'nothing', nothing), { as });
  return errors.some(({ extensions, path: at }) => extensions.code === 'FORBIDDEN' && at?.length === 1);
}

const operations = Object.keys(permissions).filter((name) => fields.has(name)) as Operation[];

describe('the permission matrix', () => {
  it('has a row for every root field and a field for every row [G12]', () => {
    const planned = Object.keys(permissions).filter((name) => !fields.has(name));
    const undecided = [...fields.keys()].filter((name) => name !== 'node' && !(name in permissions));
    expect({ planned, undecided }).toEqual({ planned: [], undecided: [] });
  });

  it('decides about every type that can be reached [G12]', () => {
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && !type.name.startsWith('__'),
    );
    const roots = new Set([schema.getQueryType()?.name, schema.getMutationType()?.name]);
    const undecided = types.filter(({ name }) => !roots.has(name) && readPermission(name) === undefined);
    expect(undecided.map(({ name }) => name)).toEqual([]);
  });

  it('leaves no field whose type is guarded unguarded, by whatever path [G12]', async () => {
    const owner = tokens.get('APPLICATION_OWNER') ?? '';
    const paths = Object.values(schema.getTypeMap()).flatMap((type) => {
      if (!isObjectType(type) || type.name.startsWith('__')) return [];
      return Object.values(type.getFields()).flatMap((field) => {
        const target = getNamedType(field.type);
        const isGuarded = (isObjectType(target) && readPermission(target.name)) || isInterfaceType(target);
        return isGuarded ? [{ name: `${type.name}.${field.name}`, resolve: field.resolve }] : [];
      });
    });
    expect(paths.length).toBeGreaterThan(40);
    // An edge of a connection is data that its guarded list has made; everything else asks before it resolves.
    const unguarded = paths.filter(
      ({ name, resolve }) => resolve === undefined && !/Connection\.|Edge\.|Payload\./.test(name),
    );
    expect(unguarded.map(({ name }) => name)).toEqual([]);
    const { errors } = await api.query('{ logins { edges { node { membership { id } } } } }', {}, { as: owner });
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['FORBIDDEN']));
  });

  it.each(operations)(
    'lets %s be called by whom its row names, with its scope, and by nobody else [G12]',
    async (name) => {
      const field = fields.get(name) as RootField;
      const { roles: allowed, scope }: Permission = permissions[name];
      const answers: Record<string, boolean> = {};
      for (const role of roles) {
        answers[role] = await isForbidden(field, tokens.get(role) ?? '');
        expect(await isForbidden(field, await tokenWithout(role, scope))).toBe(true);
      }
      expect(answers).toEqual(Object.fromEntries(roles.map((role) => [role, !allowed.includes(role)])));
    },
  );

  it('gives nobody a scope beyond the role, whatever a token asks for [G12]', () => {
    for (const role of roles) {
      const held = effectiveScopes(role, apiScopes);
      expect([...held].sort()).toEqual([...roleScopes[role]].sort());
    }
    expect([...effectiveScopes('AUDITOR', apiScopes)].filter((scope) => scope.endsWith(':write'))).toEqual([]);
  });

  it('guards `node` by the type that the id names [G12]', async () => {
    const owner = tokens.get('APPLICATION_OWNER') ?? '';
    for (const [type, id] of Object.entries(tenants.own)) {
      const { data, errors } = await api.query(
        'query ($id: ID!) { node(id: $id) { __typename } }',
        { id },
        { as: owner },
      );
      const may = readPermission(type)?.roles.includes('APPLICATION_OWNER') ?? false;
      if (may) expect(data).toEqual({ node: { __typename: type } });
      else expect(errors[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
    }
    expect(typeAt('id', fields.get('user') as RootField)).toBe('User');
  });
});

import { getNamedType, isInterfaceType, isObjectType, isRequiredArgument } from 'graphql';
import { type Permission, permissions } from '../../../src/access/permissions.js';
import { apiRooms } from '../../../src/api.js';
import { globalId } from '../../../src/graphql/global-id.js';
import { buildApiSchema } from '../../../src/graphql/schema.js';
import { uuidv7 } from '../../../src/shared/ids.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { asOwner } from '../../support/database.js';
import { anApplication, aTrust } from '../../support/federation.js';
import {
  argumentsWith,
  documentOf,
  type RootField,
  rootFields,
  selectionOf,
  type Tenants,
  twoTenants,
  typeAt,
} from './tenants.js';

const schema = buildApiSchema(apiRooms);
const fields = rootFields(schema).map((field) => ({ ...field, selection: shallow(field) }));
/** Types that every caller may read: nobody's rows. */
const shared = new Set(['AttributeDefinition']);
/** Types that only operators and auditors read. */
const ofTheHub = new Set(['ApiClient', 'ApiToken']);

/** Small enough for the limits, deep enough to show what came back. */
function shallow(field: RootField): string {
  const root = field.kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  const type = root?.getFields()[field.name]?.type;
  return type === undefined ? '' : selectionOf(type, 1);
}

let api: TestApi;
let tenants: Tenants;
let administrator: string;
let owner: string;

beforeAll(async () => {
  api = await createTestApi();
  tenants = await twoTenants(api);
  const { aurora } = tenants.estate;
  // Aurora alone may sign in to it: the owner of an application sees every agreement with it.
  const stock = await anApplication(api.db, 'stock', 'https://stock.example/callback');
  await aTrust(api.db, aurora, stock);
  administrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: aurora.id });
  owner = await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [stock.id] });
});
afterAll(() => api.close());

/** Everything that Borealis holds, as one text. */
async function foreignRows(): Promise<string> {
  return asOwner(api.db.ownerUrl, async (client) => {
    await client.query("select set_config('entente.scope', 'hub', false)");
    const { rows } = await client.query<{ table: string }>(
      `select format('%I.%I', table_schema, table_name) as table from information_schema.columns
        where column_name = 'partner_id' and table_schema in ('control', 'regional') and table_name not like 'audit_event%' order by 1`,
    );
    const parts = [];
    for (const { table } of [...rows, { table: 'control.partner' }]) {
      const key = table === 'control.partner' ? 'id' : 'partner_id';
      const sql = `select jsonb_agg(t order by t::text) as rows from ${table} t where ${key} = $1`;
      parts.push(JSON.stringify((await client.query(sql, [tenants.estate.borealis.id])).rows));
    }
    return parts.join('\n');
  });
}

/** Ids that name nothing, in the shapes that a real one may have. */
function unknownIds(type: string): readonly string[] {
  const { aurora, borealis } = tenants.estate;
  const id = uuidv7();
  const isRow = !['Partner', 'User', 'Application', 'AttributeDefinition', 'ApiClient', 'ApiToken'].includes(type);
  if (!isRow) return [globalId(type, { id })];
  return [globalId(type, { partnerId: aurora.id, id }), globalId(type, { partnerId: borealis.id, id })];
}

async function answerTo(field: RootField, path: string, id: string, as: string): Promise<string> {
  const { own } = tenants;
  const { status, data, errors } = await api.query(documentOf(field), argumentsWith(field, path, id, own), { as });
  return JSON.stringify({ status, data, errors }).replaceAll(id, '<id>');
}

function mayCall(name: string, role: 'PARTNER_ADMINISTRATOR' | 'APPLICATION_OWNER'): boolean {
  const permission: Permission | undefined = permissions[name as keyof typeof permissions];
  return permission === undefined || permission.roles.includes(role);
}

const attacks = fields.flatMap((field) =>
  field.idPaths.map((path): [string, string, RootField] => [field.name, path, field]),
);

describe('an id of another tenant', () => {
  it('is tried at every place that takes one: there are some, and none on a field below the root', () => {
    expect(attacks.length).toBeGreaterThan(30);
    const nested = Object.values(schema.getTypeMap()).flatMap((type) => {
      const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
      if ((!isObjectType(type) && !isInterfaceType(type)) || isRoot) return [];
      const withIds = Object.values(type.getFields()).filter(({ args }) =>
        args.some((arg) => /\bID\b/.test(String(arg.type))),
      );
      return withIds.map(({ name }) => `${type.name}.${name}`);
    });
    expect(nested).toEqual([]);
  });

  it('exists for every type that has an id', () => {
    const node = schema.getType('Node');
    const types = isInterfaceType(node) ? schema.getPossibleTypes(node).map(({ name }) => name) : [];
    expect(types.filter((type) => !(type in tenants.foreign) && !shared.has(type) && !ofTheHub.has(type))).toEqual([]);
  });

  it.each(attacks)(
    'in %s, as %s, gets the answer of an id that never existed [G10] [C25]',
    async (name, path, field) => {
      const type = typeAt(path, field);
      const types = type in tenants.foreign ? [type] : Object.keys(tenants.foreign);
      const before = await foreignRows();
      for (const one of types) {
        for (const [role, as] of [
          ['PARTNER_ADMINISTRATOR', administrator],
          ['APPLICATION_OWNER', owner],
        ] as const) {
          if (!mayCall(name, role)) continue;
          const foreign = await answerTo(field, path, tenants.foreign[one] ?? '', as);
          for (const unknown of unknownIds(one)) expect(foreign).toBe(await answerTo(field, path, unknown, as));
          expect(foreign).not.toContain('borealis');
          // Said of the id, and not of something else that is wrong with the request.
          if (field.kind === 'mutation') expect(foreign).toMatch(/"code":"(NOT_FOUND|FORBIDDEN)"/);
          else if (role === 'PARTNER_ADMINISTRATOR' && one === type) {
            expect(foreign).not.toBe(await answerTo(field, path, tenants.own[one] ?? '', as));
          }
        }
      }
      expect(await foreignRows()).toBe(before);
    },
  );
});

describe('what a partner administrator reads from the top', () => {
  const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(
    ({ name, type, args }) =>
      mayCall(name, 'PARTNER_ADMINISTRATOR') &&
      getNamedType(type).name.endsWith('Connection') &&
      !args.some(isRequiredArgument),
  );

  it.each(lists.map((field): [string, (typeof lists)[number]] => [field.name, field]))(
    'by %s holds nothing of another partner, along every edge [C25] [G12]',
    async (name, field) => {
      const { data, errors } = await api.query(
        `{ ${name}(first: 5) ${selectionOf(field.type, 3)} }`,
        {},
        { as: administrator },
      );
      expect(errors).toEqual([]);
      const text = JSON.stringify(data);
      expect(text.length).toBeGreaterThan(500);
      for (const [type, id] of Object.entries(tenants.foreign)) {
        if (type !== 'Application') expect(text).not.toContain(id);
      }
      expect(text).not.toMatch(/borealis/i);
    },
  );
});

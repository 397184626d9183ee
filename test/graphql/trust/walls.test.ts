import type { Role } from '../../../src/access/api-client.entity.js';
import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { decodeGlobalId, globalId } from '../../../src/graphql/global-id.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { TrustRelationship } from '../../../src/trust/trust.entity.js';
import type { TestApi } from '../../support/api.js';
import * as estate from './estate.js';
import { ACTIVATE, CHANGE, CREATE, END, SUSPEND, terms } from './estate.js';

let api: TestApi;
let aurora: estate.Party;
let boreal: estate.Party;
let orders: string;
let billing: string;
let auroraOrders: string;
let borealBilling: string;

beforeAll(async () => {
  api = await estate.createTrustApi();
  [aurora, boreal] = [await estate.aPartner(api, 'aurora'), await estate.aPartner(api, 'boreal')];
  [orders, billing] = [await estate.anApplication(api, 'orders'), await estate.anApplication(api, 'billing')];
  auroraOrders = await estate.aTrust(api, aurora, orders);
  borealBilling = await estate.aTrust(api, boreal, billing);
});
afterAll(() => api.close());

const LIST = '{ trustRelationships { edges { node { id } } } }';
const FIND = 'query ($id: ID!) { trustRelationship(id: $id) { id } }';

async function tokenOf(role: Role): Promise<string> {
  const applicationIds = [decodeGlobalId(orders)?.key[0] ?? ''];
  if (role === 'PARTNER_ADMINISTRATOR') return api.tokenFor({ role, partnerId: aurora.key });
  return role === 'APPLICATION_OWNER' ? api.tokenFor({ role, applicationIds }) : api.tokenFor({ role });
}

async function idsOf(as: string): Promise<string[]> {
  const { data } = await api.query(LIST, {}, { as });
  return data.trustRelationships.edges.map(({ node }: { node: { id: string } }) => node.id);
}

describe('trust relationships behind the walls', () => {
  it('are seen by a partner administrator of the own partner alone [C25] [G10]', async () => {
    const as = await tokenOf('PARTNER_ADMINISTRATOR');
    expect(await idsOf(as)).toEqual([auroraOrders]);
    const { data } = await api.query(
      '{ applications { edges { node { slug trustRelationships { edges { node { id } } } } } } }',
      {},
      { as },
    );
    expect(data.applications.edges).toEqual([
      { node: { slug: 'orders', trustRelationships: { edges: [{ node: { id: auroraOrders } }] } } },
    ]);
  });

  it('are seen by an application owner of the own applications alone [C25] [G10]', async () => {
    const as = await tokenOf('APPLICATION_OWNER');
    expect(await idsOf(as)).toEqual([auroraOrders]);
    const NESTED = `query ($id: ID!) { trustRelationship(id: $id) { latestVersion versions { edges { node { terms { releasedAttributes } } } } application { slug } } }`;
    expect((await api.query(NESTED, { id: auroraOrders }, { as })).data.trustRelationship).toEqual({
      latestVersion: 1,
      versions: { edges: [{ node: { terms: { releasedAttributes: ['email'] } } }] },
      application: { slug: 'orders' },
    });
    const partner = await api.query(
      'query ($id: ID!) { trustRelationship(id: $id) { id partner { name } } }',
      { id: auroraOrders },
      { as },
    );
    expect(partner.data.trustRelationship).toEqual({ id: auroraOrders, partner: null });
    expect(partner.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('of somebody else look exactly as if they were not there [G10] [G11] [H26]', async () => {
    const { key = [] } = decodeGlobalId(borealBilling) ?? {};
    const strangers = [
      borealBilling,
      globalId('TrustRelationship', { partnerId: aurora.key, id: key[1] ?? '' }),
      globalId('TrustRelationship', { partnerId: boreal.key, id: boreal.key }),
      globalId('Partner', { id: boreal.key }),
      `${borealBilling}=`,
      'AAAA',
    ];
    for (const role of ['PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER'] as const) {
      const as = await tokenOf(role);
      for (const id of strangers) {
        expect((await api.query(FIND, { id }, { as })).data).toEqual({ trustRelationship: null });
        expect(
          (await api.query('query ($id: ID!) { node(id: $id) { ... on TrustRelationship { state } } }', { id }, { as }))
            .data?.node ?? null,
        ).toBeNull();
      }
      const filter = 'query ($id: ID!) { trustRelationships(filter: { partnerId: $id }) { edges { node { id } } } }';
      expect((await api.query(filter, { id: boreal.id }, { as })).data.trustRelationships.edges).toEqual([]);
    }
  });

  it('are changed by an operator with the scope and by nobody else: every mutation, every role [H25] [C13]', async () => {
    const input = { partnerId: aurora.id, applicationId: billing, purpose: 'x', owner: 'x', terms };
    const attempts: [string, Record<string, unknown>][] = [
      [CREATE, { input }],
      [CHANGE, { input: { id: auroraOrders, expectedVersion: 1, terms } }],
      [ACTIVATE, { id: auroraOrders, version: 1 }],
      [SUSPEND, { id: auroraOrders }],
      [END, { id: auroraOrders }],
    ];
    const callers = {
      AUDITOR: await tokenOf('AUDITOR'),
      PARTNER_ADMINISTRATOR: await tokenOf('PARTNER_ADMINISTRATOR'),
      APPLICATION_OWNER: await tokenOf('APPLICATION_OWNER'),
      'OPERATOR who may only read': await api.tokenFor({ role: 'OPERATOR', scopes: ['trust:read'] }),
      'OPERATOR of partners': await api.tokenFor({
        role: 'OPERATOR',
        scopes: ['partners:write', 'applications:write'],
      }),
    };
    const before = await state();
    for (const [document, variables] of attempts) {
      for (const [caller, as] of Object.entries(callers)) {
        const { data, errors } = await api.query(document, variables, { as });
        expect([caller, data, errors[0]?.extensions.code]).toEqual([caller, null, 'FORBIDDEN']);
      }
    }
    expect(await state()).toEqual(before);
  });

  it('need parties that are there: an unknown one and one of another type look alike [G11]', async () => {
    const gone = globalId('Partner', { id: '01890000-0000-7000-8000-000000000009' });
    const noApplication = globalId('Application', { id: aurora.key });
    const rest = { purpose: 'x', owner: 'x', terms };
    const answers = await Promise.all(
      [
        { partnerId: gone, applicationId: billing },
        { partnerId: billing, applicationId: billing },
        { partnerId: aurora.id, applicationId: noApplication },
        { partnerId: aurora.id, applicationId: 'AAAA' },
      ].map((parties) => api.query(CREATE, { input: { ...parties, ...rest } })),
    );
    for (const { errors } of answers) expect(errors).toEqual(answers[0]?.errors);
    expect(answers[0]?.errors[0]?.extensions.code).toBe('NOT_FOUND');
  });
});

function state() {
  return api.db.uow.read(hubScope, async ({ em }) => ({
    trust: (await em.find(TrustRelationship, {}, { orderBy: { id: 'asc' } })).map((row) => [
      row.state,
      row.latestVersion,
    ]),
    epochs: (await em.find(Partner, {}, { orderBy: { id: 'asc' } })).map(({ policyEpoch }) => policyEpoch),
    events: await em.count(AuditEvent, { action: { $like: 'trust.%' } }),
  }));
}

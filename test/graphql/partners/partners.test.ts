import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, type TestApi } from '../../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await createTestApi();
});
afterAll(() => api.close());

const CREATE = 'mutation ($input: CreatePartnerInput!) { createPartner(input: $input) { partner { id slug state } } }';

async function aPartner(slug: string, name = slug): Promise<string> {
  const { data, errors } = await api.query(CREATE, { input: { slug, name } });
  expect(errors).toEqual([]);
  return data.createPartner.partner.id;
}

function change(operation: string, id: string) {
  return api.query(`mutation ($id: ID!) { change: ${operation}(input: { id: $id }) { partner { id state } } }`, { id });
}

describe('partners', () => {
  it('are created with an audit event in the same transaction [C02]', async () => {
    const id = await aPartner('acme', 'Acme Corporation');
    const found = await api.query('query ($id: ID!) { partner(id: $id) { slug name region state } }', { id });
    expect(found.data.partner).toEqual({ slug: 'acme', name: 'Acme Corporation', region: 'local', state: 'ACTIVE' });
    const events = await api.db.uow.read(hubScope, ({ em }) => em.find(AuditEvent, { action: 'partner.created' }));
    expect(events).toMatchObject([{ actorKind: 'OPERATOR', actorId: 'test', data: { slug: 'acme' } }]);
  });

  it('refuse a slug that is in use, naming the input field', async () => {
    await aPartner('twice');
    const { data, errors } = await api.query(CREATE, { input: { slug: 'twice', name: 'Again' } });
    expect(data).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'SLUG_TAKEN', fields: [{ path: 'input.slug' }] } }]);
  });

  it('name the input field that a scalar refuses', async () => {
    const { status, errors } = await api.query(CREATE, { input: { slug: 'Not a slug', name: 'x' } });
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toEqual({
      code: 'INPUT_INVALID',
      fields: [{ path: 'input.slug', message: 'Use 1 to 63 of a-z, 0-9 and inner hyphens.' }],
    });
  });

  it('are suspended, reinstated and retired, and nothing else', async () => {
    const id = await aPartner('states');
    expect((await change('reinstatePartner', id)).errors[0]?.extensions.code).toBe('STATE_TRANSITION');
    expect((await change('suspendPartner', id)).data.change.partner.state).toBe('SUSPENDED');
    expect((await change('reinstatePartner', id)).data.change.partner.state).toBe('ACTIVE');
    expect((await change('retirePartner', id)).data.change.partner.state).toBe('RETIRED');
    expect((await change('reinstatePartner', id)).errors[0]?.extensions.code).toBe('STATE_TRANSITION');
  });

  it('are listed page by page, each once', async () => {
    for (const slug of ['page-a', 'page-b', 'page-c']) await aPartner(slug);
    const PAGE = `query ($after: String) { partners(first: 2, after: $after, filter: { search: "PAGE-" }) {
      edges { node { slug } } pageInfo { hasNextPage endCursor } } }`;
    const first = (await api.query(PAGE)).data.partners;
    const second = (await api.query(PAGE, { after: first.pageInfo.endCursor })).data.partners;
    const slugs = [...first.edges, ...second.edges].map(({ node }) => node.slug);
    expect(slugs.sort()).toEqual(['page-a', 'page-b', 'page-c']);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it('are read again through node(id)', async () => {
    const id = await aPartner('by-node');
    const { data } = await api.query('query ($id: ID!) { node(id: $id) { __typename id ... on Partner { slug } } }', {
      id,
    });
    expect(data.node).toEqual({ __typename: 'Partner', id, slug: 'by-node' });
  });
});

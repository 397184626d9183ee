import { readFileSync } from 'node:fs';
import { globalId } from '../../../src/graphql/global-id.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { Membership } from '../../../src/users/user.entity.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { aPartnerWithOpenIdProvider } from '../../support/federation.js';
import { insertLogin, insertPerson } from '../../support/people.js';
import { aConnectedProvider } from '../../support/signins.js';
import { type Statements, watchStatements } from '../../support/statements.js';
import { type Tenants, twoTenants } from './tenants.js';

let api: TestApi;
let tenants: Tenants;
let statements: Statements;

beforeAll(async () => {
  api = await createTestApi();
  tenants = await twoTenants(api);
  statements = watchStatements(api.db);
});
afterAll(() => api.close());

describe('an input', () => {
  const CREATE = 'mutation ($input: CreatePartnerInput!) { createPartner(input: $input) { partner { id } } }';
  const CHANGE =
    'mutation ($input: ChangeMembershipInput!) { reinstateMembership(input: $input) { membership { id } } }';

  it.each([
    ['the state of a partner', CREATE, { slug: 'mass', name: 'Mass', state: 'RETIRED' }],
    ['the key of a partner', CREATE, { slug: 'mass', name: 'Mass', id: '00000000-0000-7000-8000-000000000001' }],
    ['the epoch of a partner', CREATE, { slug: 'mass', name: 'Mass', policyEpoch: 99 }],
    ['the tenant of a membership', CHANGE, { id: 'x', partnerId: 'y' }],
    ['the state of a membership', CHANGE, { id: 'x', state: 'ACTIVE' }],
    ['the roles of a membership', CHANGE, { id: 'x', roles: ['admin'] }],
    ['a constructor', CREATE, { slug: 'mass', name: 'Mass', constructor: { prototype: { admin: true } } }],
  ])('takes no %s [G15]', async (_what, document, input) => {
    const { status, errors } = await api.query(document, { input });
    expect([status, errors[0]?.extensions.code]).toEqual([400, expect.stringMatching(/^(INPUT|QUERY)_INVALID$/)]);
    const { data } = await api.query('{ partners(filter: { search: "mass" }) { edges { cursor } } }');
    expect(data.partners.edges).toEqual([]);
  });

  it('sets nothing on the prototype of anything [G15]', async () => {
    const body = `{"query": ${JSON.stringify(CREATE)}, "variables": {"input": {"slug": "proto", "name": "x", "__proto__": {"polluted": true}}}}`;
    const headers = {
      authorization: `Bearer ${await api.tokenFor({ role: 'OPERATOR' })}`,
      'content-type': 'application/json',
    };
    const reply = await api.fastify.inject({ method: 'POST', url: '/graphql', headers, payload: body });
    expect(reply.statusCode).toBe(400);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['users', { search: { $gt: '' } }],
    ['users', { email: { $ne: null } }],
    ['users', { state: { $in: ['ACTIVE'] } }],
    ['users', { partnerId: ['x', 'y'] }],
    ['logins', { reference: { $like: '%' } }],
    ['logins', { code: "X' or '1'='1" }],
    ['logins', { since: { $gte: 0 } }],
    ['auditEvents', { actorId: { $ne: '' } }],
    ['auditEvents', { action: 'partner.created' }],
    ['partners', { domain: { $re: '.*' } }],
  ])('of %s takes no operator of the database as a filter: %j [G16]', async (name, filter) => {
    const type = {
      users: 'UserFilter',
      logins: 'LoginFilter',
      auditEvents: 'AuditEventFilter',
      partners: 'PartnerFilter',
    }[name];
    const answer = await api.query(`query ($f: ${type}) { ${name}(filter: $f) { edges { cursor } } }`, { f: filter });
    expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([400, 'INPUT_INVALID']);
  });

  it('is searched for as it stands, and not as a pattern or as SQL [G16]', async () => {
    for (const search of ["' or 1=1 --", '%', '_', '\\', 'ann%', '";drop table regional.membership;--']) {
      const { data, errors } = await api.query(
        'query ($s: DisplayName) { users(filter: { search: $s }) { edges { cursor } } }',
        { s: search },
      );
      expect([data?.users.edges, errors]).toEqual([[], []]);
    }
    expect(await api.db.uow.read(hubScope, ({ em }) => em.count(Membership, {}))).toBe(2);
  });
});

describe('a list', () => {
  const portal = readFileSync('docs/examples/portal.graphql', 'utf8');
  const people = readFileSync('docs/examples/people.graphql', 'utf8');

  async function sent(document: string, variables: Record<string, unknown>): Promise<number> {
    statements.take();
    const { errors } = await api.query(document, variables);
    expect(errors).toEqual([]);
    return statements.take().length;
  }

  it('sends as many statements for ten rows as for two, along every edge [G13]', async () => {
    const partner = tenants.own.Partner;
    const before = [await sent(portal, { first: 10 }), await sent(people, { partner })];
    const { ann, aurora } = tenants.estate;
    for (let index = 0; index < 8; index++) {
      const slug = `more-${index}`;
      const { id, identityProviderId } = await aPartnerWithOpenIdProvider(
        api.db,
        slug,
        aConnectedProvider(`https://idp.${slug}.example`),
      );
      await insertLogin(api.db.uow, { partnerId: id, identityProviderId });
      const key = { partnerId: aurora.id, identityProviderId: aurora.identityProviderId };
      await insertPerson(api.db.uow, key, { subject: `more-${index}`, email: `more-${index}@aurora.example` });
      await insertLogin(api.db.uow, ann);
    }
    expect([await sent(portal, { first: 10 }), await sent(people, { partner })]).toEqual(before);
  });
});

describe('a loader', () => {
  it('carries no row from the request of one tenant into that of another [G18]', async () => {
    const { aurora, borealis } = tenants.estate;
    const administrators = await Promise.all(
      [aurora, borealis].map(({ id }) => api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: id })),
    );
    const READ =
      '{ users { edges { node { memberships { email partner { slug } lastLogins { id } federatedIdentities { subject } } } } } }';
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => api.query(READ, {}, { as: administrators[index % 2] ?? '' })),
    );
    answers.forEach(({ data, errors }, index) => {
      expect(errors).toEqual([]);
      const [own, other] = index % 2 === 0 ? ['aurora', 'borealis'] : ['borealis', 'aurora'];
      expect(JSON.stringify(data)).toContain(`"slug":"${own}"`);
      expect(JSON.stringify(data)).not.toContain(other);
    });
  });

  it('reads the same row again after it changed, for the same caller [G18]', async () => {
    const id = globalId('Partner', { id: tenants.estate.aurora.id });
    const READ =
      'query ($id: ID!) { partner(id: $id) { name users(first: 1) { edges { node { memberships { partner { name } } } } } } }';
    await api.query(READ, { id });
    await api.query('mutation ($id: ID!) { updatePartner(input: { id: $id, name: "Anew" }) { partner { id } } }', {
      id,
    });
    const { data } = await api.query(READ, { id });
    expect(data.partner.users.edges[0].node.memberships[0].partner.name).toBe('Anew');
  });
});

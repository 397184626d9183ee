import { globalId } from '../../../src/graphql/global-id.js';
import { emptyTrace } from '../../../src/login/trace.js';
import { Domain } from '../../../src/partners/domain.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { uuidv7 } from '../../../src/shared/ids.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { noon } from '../../support/estate.js';
import { insertLogin } from '../../support/people.js';
import { allowedTrace, type SignInEstate, signInEstate } from '../../support/signins.js';

let api: TestApi;
let estate: SignInEstate;
let administrator: string;
let owner: string;
const logins: Record<string, string> = {};

const hour = 3_600_000;
const at = (hours: number) => new Date(noon.getTime() + hours * hour);

beforeAll(async () => {
  api = await createTestApi();
  estate = await signInEstate(api);
  const { aurora, borealis, orders, invoices, ann, bo } = estate;
  const { uow } = api.db;
  const insert = async (name: string, id: Promise<string>, partnerId: string) => {
    logins[name] = globalId('Login', { partnerId, id: await id });
  };
  const allowed = { trace: allowedTrace, trustVersion: 1, mappingVersion: 1, provisioningAction: 'CREATE' } as const;
  await insert(
    'ann',
    insertLogin(uow, ann, { ...allowed, applicationId: orders.id, begunAt: at(1), reference: 'ABCDEF0123' }),
    aurora.id,
  );
  await insert('bo', insertLogin(uow, bo, { ...allowed, applicationId: invoices.id, begunAt: at(2) }), borealis.id);
  const refused = {
    state: 'DENIED' as const,
    code: 'DOMAIN_NOT_OWNED',
    begunAt: at(3),
    applicationId: orders.id,
    trace: {
      ...emptyTrace,
      received: allowedTrace.received,
      stages: [
        {
          stage: 'trust' as const,
          outcome: 'REFUSED' as const,
          summary: 'the assertion names a domain that the partner has not proved',
          facts: { code: 'DOMAIN_NOT_OWNED', names: ['email'], domains: ['elsewhere.example'] },
        },
      ],
    },
  };
  await insert(
    'stranger',
    insertLogin(uow, { partnerId: aurora.id, identityProviderId: aurora.identityProviderId }, refused),
    aurora.id,
  );
  administrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: aurora.id });
  owner = await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [invoices.id] });
});
afterAll(() => api.close());

const LIST = `query ($filter: LoginFilter, $first: Int! = 20, $after: String) { logins(filter: $filter, first: $first, after: $after) {
  edges { node { id } } pageInfo { hasNextPage endCursor } } }`;

async function listed(filter: Record<string, unknown>, as?: string): Promise<(string | undefined)[]> {
  const { data, errors } = await api.query(LIST, { filter }, as === undefined ? {} : { as });
  expect(errors).toEqual([]);
  const names = new Map(Object.entries(logins).map(([name, id]) => [id, name]));
  return data.logins.edges.map(({ node }: { node: { id: string } }) => names.get(node.id));
}

const TRACE = `{ reference state code meaning protocol trustVersion mappingVersion provisioningAction
  partner { slug } application { slug } membership { email } identityProvider { slug lastLogins { reference } }
  trace {
    received { issuer claimNames undeclaredClaims authenticatedAt acr amr }
    stages { stage outcome summary facts { name values } }
    attributes { attribute expression reads outcome values }
    changes { attribute before after }
    release assurance { ial aal fal } undeclaredClaimCount } }`;

describe('logins', () => {
  it('are listed newest first, page by page', async () => {
    expect(await listed({})).toEqual(['stranger', 'bo', 'ann']);
    const first = (await api.query(LIST, { first: 2 })).data.logins;
    const second = (await api.query(LIST, { first: 2, after: first.pageInfo.endCursor })).data.logins;
    expect(second.edges.map(({ node }: { node: { id: string } }) => node.id)).toEqual([logins.ann]);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it('are found by partner, application, identity provider, person, state, code, reference and time', async () => {
    const { aurora, borealis, orders, ann } = estate;
    const idp = globalId('IdentityProvider', { partnerId: borealis.id, id: borealis.identityProviderId });
    expect(await listed({ partnerId: globalId('Partner', { id: aurora.id }) })).toEqual(['stranger', 'ann']);
    expect(await listed({ applicationId: globalId('Application', { id: orders.id }) })).toEqual(['stranger', 'ann']);
    expect(await listed({ identityProviderId: idp })).toEqual(['bo']);
    const person = globalId('Membership', { partnerId: ann.partnerId, id: ann.membershipId });
    expect(await listed({ membershipId: person })).toEqual(['ann']);
    expect(await listed({ state: 'DENIED' })).toEqual(['stranger']);
    expect(await listed({ code: 'DOMAIN_NOT_OWNED' })).toEqual(['stranger']);
    expect(await listed({ reference: 'ABCDEF0123' })).toEqual(['ann']);
    expect(await listed({ since: at(2).toISOString(), until: at(3).toISOString() })).toEqual(['bo']);
    expect(await listed({ since: '0001-01-01T00:00:00Z', until: '9999-12-31T00:00:00Z' })).toHaveLength(3);
  });

  it('are those of the own partner, and those to the own applications [C25] [G10]', async () => {
    expect(await listed({}, administrator)).toEqual(['stranger', 'ann']);
    expect(await listed({ partnerId: globalId('Partner', { id: estate.borealis.id }) }, administrator)).toEqual([]);
    expect(await listed({}, owner)).toEqual(['bo']);
    expect(await listed({ applicationId: globalId('Application', { id: estate.orders.id }) }, owner)).toEqual([]);
    const READ = 'query ($id: ID!) { login(id: $id) { id } node(id: $id) { id } }';
    const unknown = globalId('Login', { partnerId: estate.aurora.id, id: estate.ann.userId });
    for (const [as, id] of [
      [administrator, logins.bo],
      [owner, logins.ann],
    ] as const) {
      const [real, invented] = [await api.query(READ, { id }, { as }), await api.query(READ, { id: unknown }, { as })];
      expect(real.data).toEqual({ login: null, node: null });
      expect(real.data).toEqual(invented.data);
    }
  });

  it('show their whole trace: what came in, which rule made what, what was decided and why [C29] [N5]', async () => {
    const { data, errors } = await api.query(`query ($id: ID!) { login(id: $id) ${TRACE} }`, { id: logins.ann });
    expect(errors).toEqual([]);
    expect(data.login).toEqual({
      reference: 'ABCDEF0123',
      state: 'ALLOWED',
      code: null,
      meaning: null,
      protocol: 'OIDC',
      trustVersion: 1,
      mappingVersion: 1,
      provisioningAction: 'CREATE',
      partner: { slug: 'aurora' },
      application: { slug: 'orders' },
      membership: { email: 'ann@aurora.example' },
      identityProvider: {
        slug: 'main',
        lastLogins: [{ reference: expect.any(String) }, { reference: 'ABCDEF0123' }],
      },
      trace: {
        received: {
          issuer: 'https://idp.aurora.example',
          claimNames: ['sub', 'email', 'salary'],
          undeclaredClaims: ['salary'],
          authenticatedAt: '2026-03-01T11:59:00.000Z',
          acr: 'urn:acr:two-factors',
          amr: ['pwd', 'otp'],
        },
        stages: [
          {
            stage: 'TRUST',
            outcome: 'PASSED',
            summary: 'version 1 allows it',
            facts: [
              { name: 'aal', values: [] },
              { name: 'trustVersion', values: [1] },
            ],
          },
          {
            stage: 'PLAN',
            outcome: 'PASSED',
            summary: 'a new account with 2 attributes',
            facts: [{ name: 'action', values: ['CREATE'] }],
          },
          {
            stage: 'RELEASE',
            outcome: 'PASSED',
            summary: '1 attribute may leave',
            facts: [{ name: 'attributes', values: ['email'] }],
          },
        ],
        attributes: [
          {
            attribute: 'email',
            expression: 'claims.email',
            reads: ['email'],
            outcome: 'MAPPED',
            values: ['a…@aurora.example'],
          },
          {
            attribute: 'costCenter',
            expression: 'claims.cost_center',
            reads: ['cost_center'],
            outcome: 'MAPPED',
            values: ['4711'],
          },
        ],
        changes: [
          { attribute: 'email', before: [], after: ['a…@aurora.example'] },
          { attribute: 'costCenter', before: [], after: ['4711'] },
        ],
        release: ['email'],
        assurance: { ial: null, aal: 2, fal: 1 },
        undeclaredClaimCount: 1,
      },
    });
  });

  it('tell the public meaning of their code', async () => {
    const { data } = await api.query('query ($id: ID!) { login(id: $id) { code meaning } }', { id: logins.stranger });
    expect(data.login).toEqual({
      code: 'DOMAIN_NOT_OWNED',
      meaning: 'The person is outside the domains of the organization.',
    });
  });

  it("keep the partner's mapping and what was not released from the owner of the application [C40] [G12]", async () => {
    const { data, errors } = await api.query(
      `query ($id: ID!) { login(id: $id) { membership { email } partner { slug } trace {
        received { claimNames undeclaredClaims } stages { stage summary facts { name } }
        attributes { attribute expression values } changes { attribute } release } } }`,
      { id: logins.bo },
      { as: owner },
    );
    expect(errors.map(({ extensions, path }) => [extensions.code, path?.[1]])).toEqual([
      ['FORBIDDEN', 'membership'],
      ['FORBIDDEN', 'partner'],
    ]);
    expect(data.login.trace).toEqual({
      received: { claimNames: [], undeclaredClaims: [] },
      stages: [
        { stage: 'TRUST', summary: 'version 1 allows it', facts: [{ name: 'aal' }, { name: 'trustVersion' }] },
        { stage: 'PLAN', summary: 'on the side of the partner', facts: [] },
        { stage: 'RELEASE', summary: '1 attribute may leave', facts: [{ name: 'attributes' }] },
      ],
      attributes: [{ attribute: 'email', expression: '', values: ['a…@aurora.example'] }],
      changes: [{ attribute: 'email' }],
      release: ['email'],
    });
  });

  it('hang on partners, applications and memberships, newest first', async () => {
    const { data, errors } = await api.query(
      `{ partners { edges { node { slug lastLogins(first: 1) { id } users { edges { node { memberships { lastLogins { id } } } } } } } }
         applications { edges { node { slug lastLogins { id } } } } }`,
    );
    expect(errors).toEqual([]);
    type Listed = { edges: { node: { slug: string; lastLogins: { id: string }[] } }[] };
    const newest = ({ edges }: Listed) =>
      Object.fromEntries(edges.map(({ node }) => [node.slug, node.lastLogins.map(({ id }) => id)]));
    expect(newest(data.partners)).toEqual({ aurora: [logins.stranger], borealis: [logins.bo] });
    expect(newest(data.applications)).toEqual({ orders: [logins.stranger, logins.ann], invoices: [logins.bo] });
    const aurora = data.partners.edges.find(({ node }: { node: { slug: string } }) => node.slug === 'aurora');
    expect(aurora.node.users.edges[0].node.memberships).toEqual([{ lastLogins: [{ id: logins.ann }] }]);
  });
});

const EXPLAIN = `query ($id: ID!) { explainLogin(id: $id) { login { reference } sentences
  today { ruling code meaning stages { stage outcome } release assumptions } } }`;

describe('explainLogin', () => {
  it('tells the trace in sentences, and what the policy of today would rule [C29]', async () => {
    const { data, errors } = await api.query(EXPLAIN, { id: logins.ann });
    expect(errors).toEqual([]);
    expect(data.explainLogin.sentences).toEqual([
      'Sign-in ABCDEF0123 began at 2026-03-01T13:00:00.000Z through an OIDC identity provider.',
      'https://idp.aurora.example asserted a person by SUB and the claims sub, email, salary.',
      'The person authenticated at 2026-03-01T11:59:00.000Z.',
      'The authentication context was urn:acr:two-factors.',
      'The authentication methods were pwd, otp.',
      'No rule reads salary: dropped.',
      'email: the rule `claims.email` gave "a…@aurora.example".',
      'costCenter: the rule `claims.cost_center` gave "4711".',
      'Stage trust passed: version 1 allows it.',
      'Stage plan passed: a new account with 2 attributes.',
      'Stage release passed: 1 attribute may leave.',
      `The account's email went from nothing that is kept to "a…@aurora.example".`,
      `The account's costCenter went from nothing that is kept to "4711".`,
      'It was allowed by version 1 of the trust relationship, with version 1 of the mapping.',
      'Released to the application: email.',
    ]);
    expect(data.explainLogin.today).toMatchObject({ ruling: 'ALLOW', code: null, release: ['email'] });
  });

  it('sees that a refusal stands, and that it would not once the domain is proved [C16]', async () => {
    const { data } = await api.query(EXPLAIN, { id: logins.stranger });
    expect(data.explainLogin.sentences.at(-1)).toBe(
      'It was refused with DOMAIN_NOT_OWNED: The person is outside the domains of the organization.',
    );
    expect(data.explainLogin.today).toMatchObject({ ruling: 'DENY', code: 'DOMAIN_NOT_OWNED' });
    const { aurora } = estate;
    const row = { partnerId: aurora.id, id: uuidv7(), name: 'elsewhere.example', challenge: 'x', createdAt: noon };
    await api.db.uow.write(hubScope, ({ em }) =>
      em.insert(Domain, { ...row, state: 'PROVED', proof: 'OPERATOR', provedAt: noon }),
    );
    const again = await api.query(EXPLAIN, { id: logins.stranger });
    expect(again.data.explainLogin.today).toMatchObject({ ruling: 'ALLOW', code: null });
  });

  it('sees a suspension of today in a login of the past', async () => {
    const partner = globalId('Partner', { id: estate.borealis.id });
    await api.query('mutation ($id: ID!) { suspendPartner(input: { id: $id }) { partner { id } } }', { id: partner });
    const { data } = await api.query(EXPLAIN, { id: logins.bo });
    expect(data.explainLogin.today).toMatchObject({ ruling: 'DENY', code: 'PARTNER_SUSPENDED' });
    await api.query('mutation ($id: ID!) { reinstatePartner(input: { id: $id }) { partner { id } } }', { id: partner });
  });

  it('is null for what the caller may not see [G10]', async () => {
    expect((await api.query(EXPLAIN, { id: logins.bo }, { as: administrator })).data).toEqual({ explainLogin: null });
    expect((await api.query(EXPLAIN, { id: 'nonsense' }, { as: administrator })).data).toEqual({ explainLogin: null });
  });
});

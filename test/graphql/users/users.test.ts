import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { globalId } from '../../../src/graphql/global-id.js';
import { Partner } from '../../../src/partners/partner.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { Session } from '../../../src/sessions/session.entity.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { insertPartnerWithIdentityProvider } from '../../support/estate.js';
import { insertPerson, insertSession, type TestPerson } from '../../support/people.js';

let api: TestApi;
let partner: { partnerId: string; identityProviderId: string };
let other: typeof partner;
let ann: TestPerson;
let administrator: string;

beforeAll(async () => {
  api = await createTestApi();
  partner = await insertPartnerWithIdentityProvider(api.db.uow, 'aurora');
  other = await insertPartnerWithIdentityProvider(api.db.uow, 'borealis');
  const { identityProviderId } = partner;
  ann = await insertPerson(api.db.uow, partner, {
    attributes: {
      email: { values: ['ann@aurora.example'], identityProviderId },
      level: { values: [3], identityProviderId: null },
    },
  });
  await insertPerson(api.db.uow, partner, { subject: 'bo', email: 'bo@aurora.example', displayName: 'Bo 100%' });
  await insertPerson(api.db.uow, other, { subject: 'ann', email: 'ann@borealis.example', displayName: 'Ann Twin' });
  administrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: partner.partnerId });
});
afterAll(() => api.close());

const membershipId = (person: TestPerson) =>
  globalId('Membership', { partnerId: person.partnerId, id: person.membershipId });

interface SluggedPage {
  readonly edges: readonly { readonly node: { readonly slug: string } }[];
}

function bySlug({ edges }: SluggedPage) {
  return edges.map(({ node }) => node).sort((one, next) => one.slug.localeCompare(next.slug));
}

const LIST = `query ($filter: UserFilter) { users(filter: $filter) {
  edges { node { id memberships { email } } } pageInfo { hasNextPage } } }`;

async function emails(filter: Record<string, unknown>, as?: string): Promise<string[]> {
  const { data, errors } = await api.query(LIST, { filter }, as === undefined ? {} : { as });
  expect(errors).toEqual([]);
  return data.users.edges.flatMap(({ node }: { node: { memberships: { email: string }[] } }) =>
    node.memberships.map(({ email }) => email),
  );
}

describe('people', () => {
  it('show what each attribute is, who gave it, and which trust version vouched [C2] [C18]', async () => {
    const { data, errors } = await api.query(
      `query ($id: ID!) { user(id: $id) { region state memberships {
        state origin originTrustVersion email displayName lastLoginAt partner { slug } user { id }
        attributes { name values identityProvider { slug } } federatedIdentities { subjectSource subject membership { id } }
        sessions { state } } } }`,
      { id: globalId('User', { id: ann.userId }) },
    );
    expect(errors).toEqual([]);
    expect(data.user).toMatchObject({
      region: 'local',
      state: 'ACTIVE',
      memberships: [
        {
          state: 'ACTIVE',
          origin: 'JIT',
          originTrustVersion: 1,
          email: 'ann@aurora.example',
          partner: { slug: 'aurora' },
          user: { id: globalId('User', { id: ann.userId }) },
          attributes: [
            { name: 'email', values: ['ann@aurora.example'], identityProvider: { slug: 'aurora-idp' } },
            { name: 'level', values: [3], identityProvider: null },
          ],
          federatedIdentities: [{ subjectSource: 'SUB', subject: 'ann', membership: { id: membershipId(ann) } }],
          sessions: [],
        },
      ],
    });
  });

  it('are found by partner, state, address, part of a name, and identity provider', async () => {
    const idp = globalId('IdentityProvider', { partnerId: other.partnerId, id: other.identityProviderId });
    expect(await emails({ email: 'ANN@aurora.example' })).toEqual(['ann@aurora.example']);
    expect(await emails({ search: 'ann ' })).toEqual(['ann@aurora.example', 'ann@borealis.example']);
    expect(await emails({ search: '100%' })).toEqual(['bo@aurora.example']);
    expect(await emails({ search: '%' })).toEqual(['bo@aurora.example']);
    expect(await emails({ identityProviderId: idp })).toEqual(['ann@borealis.example']);
    expect(await emails({ partnerId: globalId('Partner', { id: other.partnerId }) })).toEqual(['ann@borealis.example']);
    expect(await emails({ state: 'SUSPENDED' })).toEqual([]);
  });

  it('are, for a partner administrator, those of the own partner, whatever the filter says [C25] [G10]', async () => {
    expect((await emails({}, administrator)).sort()).toEqual(['ann@aurora.example', 'bo@aurora.example']);
    expect(await emails({ partnerId: globalId('Partner', { id: other.partnerId }) }, administrator)).toEqual([]);
    expect(await emails({ partnerId: 'nonsense' }, administrator)).toEqual([]);
  });

  it('are read page by page, each once, and below their partner', async () => {
    const PAGE = `query ($after: String) { users(first: 2, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
    const first = (await api.query(PAGE)).data.users;
    const second = (await api.query(PAGE, { after: first.pageInfo.endCursor })).data.users;
    expect(new Set([...first.edges, ...second.edges].map(({ node }) => node.id)).size).toBe(3);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    const { data } = await api.query(
      '{ partners { edges { node { slug users(first: 1) { edges { node { id } } pageInfo { hasNextPage } } } } } }',
    );
    expect(bySlug(data.partners)).toMatchObject([
      {
        slug: 'aurora',
        users: { edges: [{ node: { id: globalId('User', { id: ann.userId }) } }], pageInfo: { hasNextPage: true } },
      },
      { slug: 'borealis', users: { pageInfo: { hasNextPage: false } } },
    ]);
  });

  it('and memberships, identities and sessions are read again through node(id)', async () => {
    const sessionId = await insertSession(api.db.uow, ann);
    const keys = { Membership: ann.membershipId, FederatedIdentity: ann.identityId, Session: sessionId };
    for (const [type, id] of Object.entries(keys)) {
      const key = globalId(type, { partnerId: ann.partnerId, id });
      const { data } = await api.query('query ($id: ID!) { node(id: $id) { __typename id } }', { id: key });
      expect(data.node).toEqual({ __typename: type, id: key });
    }
  });
});

describe('a membership', () => {
  const CHANGE = (operation: string) =>
    `mutation ($input: ChangeMembershipInput!) { change: ${operation}(input: $input) { membership { state sessions { state endedReason } } } }`;
  const change = (operation: string, person: TestPerson, as?: string) =>
    api.query(CHANGE(operation), { input: { id: membershipId(person), reason: 'left the company' } }, as ? { as } : {});
  const epoch = (id: string) =>
    api.db.uow.read(hubScope, async ({ em }) => (await em.findOneOrFail(Partner, { id })).policyEpoch);

  it('is suspended, reinstated and retired, and nothing else; each with actor, cause and time [C1] [C9]', async () => {
    const cy = await insertPerson(api.db.uow, partner, { subject: 'cy', email: 'cy@aurora.example' });
    const before = await epoch(partner.partnerId);
    expect((await change('reinstateMembership', cy)).errors[0]?.extensions.code).toBe('STATE_TRANSITION');
    expect((await change('suspendMembership', cy)).data.change.membership.state).toBe('SUSPENDED');
    expect((await change('suspendMembership', cy)).errors[0]?.extensions.code).toBe('STATE_TRANSITION');
    expect((await change('reinstateMembership', cy)).data.change.membership.state).toBe('ACTIVE');
    expect((await change('retireMembership', cy)).data.change.membership.state).toBe('RETIRED');
    expect((await change('reinstateMembership', cy)).errors[0]?.extensions.code).toBe('STATE_TRANSITION');
    expect(await epoch(partner.partnerId)).toBe(before + 3);
    const events = await api.db.uow.read(hubScope, ({ em }) =>
      em.find(AuditEvent, { targetId: cy.membershipId }, { orderBy: { id: 'asc' } }),
    );
    expect(events.map(({ action }) => action).sort()).toEqual([
      'membership.reinstated',
      'membership.retired',
      'membership.suspended',
    ]);
    expect(events.find(({ action }) => action === 'membership.suspended')).toMatchObject({
      actorKind: 'OPERATOR',
      actorId: 'test',
      data: { before: 'ACTIVE', after: 'SUSPENDED', reason: 'left the company' },
      occurredAt: api.clock.now(),
    });
  });

  it('takes its sessions with it when it is suspended, each with an audit event [C9]', async () => {
    const di = await insertPerson(api.db.uow, partner, { subject: 'di', email: 'di@aurora.example' });
    const sessions = [await insertSession(api.db.uow, di), await insertSession(api.db.uow, di)];
    const { data } = await change('suspendMembership', di);
    const ended = { state: 'ENDED', endedReason: 'MEMBERSHIP_SUSPENDED' };
    expect(data.change.membership.sessions).toEqual([ended, ended]);
    const events = await api.db.uow.read(hubScope, ({ em }) =>
      em.find(AuditEvent, { action: 'session.ended', targetId: { $in: sessions } }),
    );
    expect(events).toHaveLength(2);
  });

  it('loses its live sessions by endSessions, and stays as it is', async () => {
    const ed = await insertPerson(api.db.uow, partner, { subject: 'ed', email: 'ed@aurora.example' });
    await insertSession(api.db.uow, ed);
    const END = 'mutation ($input: EndSessionsInput!) { endSessions(input: $input) { ended membership { state } } }';
    const input = { membershipId: membershipId(ed) };
    expect((await api.query(END, { input })).data.endSessions).toEqual({ ended: 1, membership: { state: 'ACTIVE' } });
    expect((await api.query(END, { input })).data.endSessions.ended).toBe(0);
  });

  it('of another partner looks as if it did not exist, and stays as it was [C25] [G10]', async () => {
    const eve = await insertPerson(api.db.uow, other, { subject: 'eve', email: 'eve@borealis.example' });
    await insertSession(api.db.uow, eve);
    const ghost = { ...eve, membershipId: ann.userId };
    for (const operation of ['suspendMembership', 'reinstateMembership', 'retireMembership']) {
      const answers = [await change(operation, eve, administrator), await change(operation, ghost, administrator)];
      expect(answers.map(({ errors }) => errors[0]?.extensions)).toEqual([
        { code: 'NOT_FOUND' },
        { code: 'NOT_FOUND' },
      ]);
    }
    const live = await api.db.uow.read(hubScope, ({ em }) =>
      em.count(Session, { membershipId: eve.membershipId, state: 'LIVE' }),
    );
    expect(live).toBe(1);
    expect((await change('suspendMembership', eve)).data.change.membership.state).toBe('SUSPENDED');
  });

  it('is suspended by the administrator of its partner, and by no auditor', async () => {
    const flo = await insertPerson(api.db.uow, partner, { subject: 'flo', email: 'flo@aurora.example' });
    const auditor = await api.tokenFor({ role: 'AUDITOR' });
    expect((await change('suspendMembership', flo, auditor)).errors[0]?.extensions.code).toBe('FORBIDDEN');
    expect((await change('suspendMembership', flo, administrator)).data.change.membership.state).toBe('SUSPENDED');
  });
});

import { type AuditEntry, recordAuditFrom } from '../../../src/audit/audit.store.js';
import { globalId } from '../../../src/graphql/global-id.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { asOwner } from '../../support/database.js';
import { insertLogin, nextInstant } from '../../support/people.js';
import { type SignInEstate, signInEstate } from '../../support/signins.js';

let api: TestApi;
let estate: SignInEstate;
let loginId: string;

beforeAll(async () => {
  api = await createTestApi();
  estate = await signInEstate(api);
  const { aurora, borealis, orders, invoices, ann } = estate;
  loginId = await insertLogin(api.db.uow, ann, { applicationId: orders.id });
  await record({ action: 'partner.created', partnerId: aurora.id, targetType: 'Partner', targetId: aurora.id });
  await record({
    action: 'login.denied',
    partnerId: aurora.id,
    applicationId: orders.id,
    loginId,
    targetType: 'Login',
    targetId: loginId,
    code: 'TRUST_NONE',
  });
  await record({ action: 'login.allowed', partnerId: borealis.id, applicationId: invoices.id });
  await record({ action: 'signing-key.created' });
});
afterAll(() => api.close());

function record(entry: AuditEntry): Promise<void> {
  const origin = { actorKind: 'OPERATOR', actorId: 'olga', correlationId: 'c-1', sourceIp: '192.0.2.7' } as const;
  return api.db.uow.write(hubScope, (tx) => recordAuditFrom(tx, { ...origin, now: nextInstant() }, entry));
}

const LIST = `query ($filter: AuditEventFilter, $first: Int! = 20, $after: String) {
  auditEvents(filter: $filter, first: $first, after: $after) { edges { node { action actorId } } pageInfo { endCursor hasNextPage } } }`;

async function actions(filter: Record<string, unknown>, as?: string): Promise<string[]> {
  const { data, errors } = await api.query(LIST, { filter }, as === undefined ? {} : { as });
  expect(errors).toEqual([]);
  const events = data.auditEvents.edges.map(({ node }: { node: { action: string } }) => node.action);
  return events.filter((action: string) => action !== 'API_TOKEN_ISSUED');
}

describe('the audit log', () => {
  it('is read newest first, page by page [C58]', async () => {
    const by = { actorId: 'olga' };
    expect(await actions(by)).toEqual(['SIGNING_KEY_CREATED', 'LOGIN_ALLOWED', 'LOGIN_DENIED', 'PARTNER_CREATED']);
    const page = async (after: string | null) =>
      (await api.query(LIST, { filter: by, first: 3, after })).data.auditEvents;
    const first = await page(null);
    const second = await page(first.pageInfo.endCursor);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    expect(second.edges).toMatchObject([{ node: { action: 'PARTNER_CREATED' } }]);
  });

  it('is narrowed by partner, application, login, target, action, code, actor and time', async () => {
    const { aurora, orders } = estate;
    const partner = globalId('Partner', { id: aurora.id });
    const login = globalId('Login', { partnerId: aurora.id, id: loginId });
    const of = (filter: Record<string, unknown>) => actions({ actorId: 'olga', ...filter });
    expect(await of({ partnerId: partner })).toEqual(['LOGIN_DENIED', 'PARTNER_CREATED']);
    expect(await of({ applicationId: globalId('Application', { id: orders.id }) })).toEqual(['LOGIN_DENIED']);
    expect(await of({ loginId: login })).toEqual(['LOGIN_DENIED']);
    expect(await of({ targetId: login })).toEqual(['LOGIN_DENIED']);
    expect(await of({ targetId: partner })).toEqual(['PARTNER_CREATED']);
    expect(await of({ action: 'LOGIN_ALLOWED' })).toEqual(['LOGIN_ALLOWED']);
    expect(await of({ code: 'TRUST_NONE' })).toEqual(['LOGIN_DENIED']);
    expect(await of({ actorKind: 'END_USER' })).toEqual([]);
    expect(await of({ targetId: 'nonsense' })).toEqual([]);
    expect(await of({ since: '2026-03-01T11:00:00Z', until: '2026-03-01T13:00:00Z' })).toHaveLength(4);
    expect(await of({ until: '2026-03-01T12:00:00Z' })).toEqual([]);
  });

  it('shows a partner administrator the own partner, an application owner what concerns the own applications [C25] [G10]', async () => {
    const { aurora, borealis, invoices } = estate;
    const administrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: aurora.id });
    const owner = await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [invoices.id] });
    expect(await actions({}, administrator)).toEqual(['LOGIN_DENIED', 'PARTNER_CREATED']);
    expect(await actions({ partnerId: globalId('Partner', { id: borealis.id }) }, administrator)).toEqual([]);
    expect(await actions({}, owner)).toEqual(['LOGIN_ALLOWED']);
  });

  it('tells of each event who, what, to what, why and within which request', async () => {
    const { data, errors } = await api.query(
      `query ($filter: AuditEventFilter) { auditEvents(filter: $filter) { edges { node {
        action actorKind actorId targetType target code meaning data correlationId sourceIp occurredAt
        partner { slug } application { slug } login { reference } } } } }`,
      { filter: { action: 'LOGIN_DENIED' } },
    );
    expect(errors).toEqual([]);
    expect(data.auditEvents.edges).toMatchObject([
      {
        node: {
          action: 'LOGIN_DENIED',
          actorKind: 'OPERATOR',
          actorId: 'olga',
          targetType: 'Login',
          target: globalId('Login', { partnerId: estate.aurora.id, id: loginId }),
          code: 'TRUST_NONE',
          meaning: 'The organization may not sign in to this application.',
          data: {},
          correlationId: 'c-1',
          sourceIp: '192.0.2.7',
          partner: { slug: 'aurora' },
          application: { slug: 'orders' },
          login: { reference: expect.stringMatching(/^[0-9A-F]{10}$/) },
        },
      },
    ]);
  });

  it('keeps addresses of callers to operators and auditors [G12]', async () => {
    const READ = '{ auditEvents { edges { node { sourceIp } } } }';
    const administrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: estate.aurora.id });
    const shown = (await api.query(READ, {}, { as: administrator })).data.auditEvents.edges;
    expect(shown.map(({ node }: { node: { sourceIp: string } }) => node.sourceIp)).not.toContain('192.0.2.7');
    const auditor = await api.tokenFor({ role: 'AUDITOR' });
    const all = (await api.query(READ, {}, { as: auditor })).data.auditEvents.edges;
    expect(all.map(({ node }: { node: { sourceIp: string } }) => node.sourceIp)).toContain('192.0.2.7');
  });

  it.each([
    ['an update', "update regional.audit_event set action = 'nothing'"],
    ['a deletion', 'delete from regional.audit_event'],
    ['a truncation', 'truncate regional.audit_event'],
    ['an update of a partition', "update regional.audit_event_default set action = 'nothing'"],
    ['an insertion past the parent', 'insert into regional.audit_event_default select * from regional.audit_event'],
    ['a drop of its policy', 'drop policy tenant on regional.audit_event'],
    ['a trigger', 'create rule quiet as on insert to regional.audit_event do instead nothing'],
  ])('refuses the running hub %s [H04] [C58]', async (_what, sql) => {
    const attempt = asOwner(api.db.url, async (client) => {
      await client.query("select set_config('entente.scope', 'hub', false)");
      await client.query(sql);
    });
    await expect(attempt).rejects.toThrow(/permission denied|must be owner/);
  });

  it('fails the change whose event cannot be written [H04]', async () => {
    const partner = globalId('Partner', { id: estate.borealis.id });
    await asOwner(api.db.ownerUrl, (client) =>
      client.query("alter table regional.audit_event add constraint full_disk check (action <> 'partner.updated')"),
    );
    const RENAME = 'mutation ($id: ID!) { updatePartner(input: { id: $id, name: "Renamed" }) { partner { name } } }';
    const { data, errors } = await api.query(RENAME, { id: partner });
    expect(data).toBeNull();
    expect(errors[0]?.extensions.code).toBe('INTERNAL');
    const read = await api.query('query ($id: ID!) { partner(id: $id) { name } }', { id: partner });
    expect(read.data.partner.name).toBe('borealis');
  });
});

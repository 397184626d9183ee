/** Refused sign-ins counted by code: what is counted, for whom, over how long, and at what cost. */
import { globalId } from '../../../src/graphql/global-id.js';
import type { ErrorCode } from '../../../src/shared/error-catalogue.js';
import { createTestApi, fixedNow, type TestApi } from '../../support/api.js';
import { asOwner } from '../../support/database.js';
import { insertRefusal } from '../../support/people.js';
import { type SignInEstate, signInEstate } from '../../support/signins.js';

let api: TestApi;
let estate: SignInEstate;
let administrator: string;

const hour = 3_600_000;
/** Hours before the instant of every request. */
const ago = (hours: number) => new Date(fixedNow.getTime() - hours * hour);

beforeAll(async () => {
  api = await createTestApi();
  estate = await signInEstate(api);
  const { ann, bo } = estate;
  const refuse = (of: Parameters<typeof insertRefusal>[1], code: ErrorCode, hours: number) =>
    insertRefusal(api.db.uow, of, code, ago(hours));
  await refuse(ann, 'SAML_REPLAY', 3);
  await refuse(ann, 'SAML_REPLAY', 1);
  await refuse(ann, 'SAML_TIME', 2);
  await refuse({ ...ann, identityProviderId: null }, 'TRUST_NONE', 4);
  await refuse(ann, 'SAML_AUDIENCE', 25);
  await refuse(bo, 'OIDC_NONCE', 1);
  await refuse({ partnerId: null, identityProviderId: null }, 'LOGIN_UNKNOWN', 1);
  administrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: estate.aurora.id });
});
afterAll(() => api.close());

const COUNT = `query ($filter: LoginRefusalFilter) { loginRefusals(filter: $filter) { code meaning count lastAt } }`;

async function counted(filter: Record<string, unknown>, as?: string): Promise<[string, number][]> {
  const { data, errors } = await api.query(COUNT, { filter }, as === undefined ? {} : { as });
  expect(errors).toEqual([]);
  return data.loginRefusals.map(({ code, count }: { code: string; count: number }) => [code, count]);
}

const partner = (id: string) => globalId('Partner', { id });
const ofAurora: [string, number][] = [
  ['SAML_REPLAY', 2],
  ['SAML_TIME', 1],
  ['TRUST_NONE', 1],
];

describe('refused sign-ins', () => {
  it('are counted by code, the most frequent first, with the instant of the last [C48]', async () => {
    const filter = { partnerId: partner(estate.aurora.id) };
    expect(await counted(filter)).toEqual(ofAurora);
    const { data } = await api.query(COUNT, { filter });
    expect(data.loginRefusals[0]).toEqual({
      code: 'SAML_REPLAY',
      meaning: 'This response was used before.',
      count: 2,
      lastAt: ago(1).toISOString(),
    });
  });

  it('are of every partner and of none for an operator and an auditor [C48]', async () => {
    const all = [...ofAurora.slice(0, 1), ['LOGIN_UNKNOWN', 1], ['OIDC_NONCE', 1], ...ofAurora.slice(1)];
    expect(await counted({})).toEqual(all);
    expect(await counted({}, await api.tokenFor({ role: 'AUDITOR' }))).toEqual(all);
  });

  it('are of the own partner alone for its administrator [C48] [C25] [G10]', async () => {
    expect(await counted({}, administrator)).toEqual(ofAurora);
    expect(await counted({ partnerId: partner(estate.aurora.id) }, administrator)).toEqual(ofAurora);
    const { borealis } = estate;
    const foreign = globalId('IdentityProvider', { partnerId: borealis.id, id: borealis.identityProviderId });
    for (const filter of [{ partnerId: partner(borealis.id) }, { identityProviderId: foreign }]) {
      expect(await counted(filter)).toEqual([['OIDC_NONCE', 1]]);
      expect(await counted(filter, administrator)).toEqual([]);
    }
  });

  it('are not shown to the owner of an application, nor without the scope [G12]', async () => {
    const owner = await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [estate.orders.id] });
    const partnerId = estate.aurora.id;
    const scopes = ['audit:read', 'partners:read'];
    const narrow = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId, scopes });
    for (const as of [owner, narrow]) {
      expect((await api.query(COUNT, {}, { as })).errors[0]?.extensions.code).toBe('FORBIDDEN');
    }
  });

  it('are narrowed by identity provider and time [C48]', async () => {
    const { aurora, borealis } = estate;
    const id = globalId('IdentityProvider', { partnerId: aurora.id, id: aurora.identityProviderId });
    expect(await counted({ identityProviderId: id })).toEqual(ofAurora.slice(0, 2));
    expect(await counted({ identityProviderId: id, partnerId: partner(borealis.id) })).toEqual([]);
    expect(await counted({ partnerId: 'nonsense' })).toEqual([]);
    expect(await counted({ since: ago(2), until: ago(1) })).toEqual([['SAML_TIME', 1]]);
    expect(await counted({ until: ago(24) })).toEqual([['SAML_AUDIENCE', 1]]);
  });

  it('are counted over 31 days at most, and over a span that has a length [G13]', async () => {
    expect(await counted({ since: ago(31 * 24) })).toHaveLength(6);
    for (const filter of [
      { since: ago(31 * 24 + 1) },
      { since: ago(1), until: ago(1) },
      { since: ago(1), until: ago(2) },
    ]) {
      const { data, errors } = await api.query(COUNT, { filter });
      expect([data, errors[0]?.extensions.code]).toEqual([null, 'INPUT_INVALID']);
    }
  });

  it('are read from an index of the refusals alone, whatever signed in beside them', async () => {
    const statement = `select code, count(*) from regional.audit_event where action = 'login.denied'
      and code is not null and id >= '00000000-0000-7000-8000-000000000000' and partner_id = '${estate.aurora.id}' group by code`;
    const plan = await asOwner(api.db.url, async (client) => {
      await client.query(`select set_config('entente.scope', 'partner', false),
        set_config('entente.partner', '${estate.aurora.id}', false), set_config('enable_seqscan', 'off', false)`);
      const { rows } = await client.query(`explain ${statement}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).not.toMatch(/Seq Scan|login\.denied/);
    expect(plan).toMatch(/Index Cond: \(\(partner_id = '.*'::uuid\) AND \(id >= /);
  });
});

import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { globalId } from '../../../src/graphql/global-id.js';
import { Login, PendingLogin } from '../../../src/login/login.entity.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { Session } from '../../../src/sessions/session.entity.js';
import { FederatedIdentity, Membership, User } from '../../../src/users/user.entity.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { type SignInEstate, signInEstate } from '../../support/signins.js';

let api: TestApi;
let estate: SignInEstate;
let administrator: string;
let idp: string;
let orders: string;

beforeAll(async () => {
  api = await createTestApi();
  estate = await signInEstate(api);
  const { aurora } = estate;
  administrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: aurora.id });
  idp = globalId('IdentityProvider', { partnerId: aurora.id, id: aurora.identityProviderId });
  orders = globalId('Application', { id: estate.orders.id });
});
afterAll(() => api.close());

const SIMULATE = `query ($input: SimulateLoginInput!) { simulateLogin(input: $input) {
  ruling code meaning provisioningAction trustVersion mappingVersion
  trace { received { issuer subjectSource undeclaredClaims acr }
    stages { stage outcome facts { name values } }
    attributes { attribute outcome values problem } changes { attribute before after } release } } }`;

const newcomer = { sub: 'cy-1', email: 'cy@aurora.example', email_verified: true, given_name: 'Cy', shoe_size: 43 };

function simulate(input: Record<string, unknown> = {}, as = administrator) {
  return api.query(
    SIMULATE,
    { input: { identityProviderId: idp, applicationId: orders, claims: newcomer, ...input } },
    { as },
  );
}

async function stored(): Promise<readonly number[]> {
  const tables = [Login, PendingLogin, Session, User, Membership, FederatedIdentity];
  return api.db.uow.read(hubScope, ({ em }) => Promise.all(tables.map((table) => em.count<object>(table, {}))));
}

describe('simulateLogin', () => {
  it('tells how a newcomer would be decided, with the plan and the release, and stores nothing but an audit event [C29]', async () => {
    const before = await stored();
    const { data, errors } = await simulate();
    expect(errors).toEqual([]);
    const { trace, ...ruling } = data.simulateLogin;
    expect(ruling).toEqual({
      ruling: 'ALLOW',
      code: null,
      meaning: null,
      provisioningAction: 'CREATE',
      trustVersion: 1,
      mappingVersion: 1,
    });
    expect(trace.received).toMatchObject({ issuer: 'https://idp.aurora.example', subjectSource: 'SUB' });
    expect(trace.received.undeclaredClaims).toContain('shoe_size');
    expect(trace.changes).toContainEqual({ attribute: 'email', before: [], after: ['cy@aurora.example'] });
    expect([...trace.release].sort()).toEqual(['email', 'givenName']);
    expect(trace.stages.map(({ stage, outcome }: Record<string, string>) => `${stage} ${outcome}`)).toEqual([
      'TRUST PASSED',
      'ASSESS SKIPPED',
      'PLAN PASSED',
      'RELEASE PASSED',
      'CONSENT SKIPPED',
    ]);
    expect(await stored()).toEqual(before);
    const events = await api.db.uow.read(hubScope, ({ em }) => em.find(AuditEvent, { action: 'login.simulated' }));
    expect(events).toMatchObject([
      { actorKind: 'PARTNER_ADMINISTRATOR', targetId: estate.aurora.identityProviderId, data: { outcome: 'ALLOW' } },
    ]);
    expect(JSON.stringify(events)).not.toContain('cy@');
  });

  it('recognises the account behind the subject', async () => {
    const claims = { ...newcomer, sub: 'ann-1', email: 'ann@aurora.example' };
    const { data } = await simulate({ claims });
    expect(data.simulateLogin).toMatchObject({ ruling: 'ALLOW', provisioningAction: 'UPDATE' });
  });

  it.each([
    ['an address outside the domains', { claims: { ...newcomer, email: 'cy@borealis.example' } }, 'DOMAIN_NOT_OWNED'],
    ['no subject', { claims: { email: 'cy@aurora.example' } }, 'SUBJECT_MISSING'],
    ['the address of another account', { claims: { ...newcomer, email: 'ann@aurora.example' } }, 'PROVISION_COLLISION'],
  ])('refuses %s as a real sign-in would [C16]', async (_what, input, code) => {
    const { data, errors } = await simulate(input);
    expect(errors).toEqual([]);
    expect(data.simulateLogin).toMatchObject({ ruling: 'DENY', code, provisioningAction: null, trustVersion: null });
    expect(data.simulateLogin.trace.stages.at(-1)).toMatchObject({ outcome: 'REFUSED' });
  });

  it('refuses where there is no trust relationship, as far as the caller can see the application', async () => {
    const invoices = globalId('Application', { id: estate.invoices.id });
    const operator = await api.tokenFor({ role: 'OPERATOR' });
    expect((await simulate({ applicationId: invoices }, operator)).data.simulateLogin).toMatchObject({
      code: 'TRUST_NONE',
    });
    const hidden = await simulate({ applicationId: invoices });
    const unknown = await simulate({ applicationId: globalId('Application', { id: estate.ann.userId }) });
    expect(hidden.errors.map(({ extensions }) => extensions)).toEqual([{ code: 'NOT_FOUND' }]);
    expect(hidden.errors).toEqual(unknown.errors);
  });

  it("does not know another partner's identity provider [C25] [G10]", async () => {
    const { borealis, aurora, ann } = estate;
    const foreign = globalId('IdentityProvider', { partnerId: borealis.id, id: borealis.identityProviderId });
    const unknown = globalId('IdentityProvider', { partnerId: aurora.id, id: ann.userId });
    const forged = globalId('IdentityProvider', { partnerId: aurora.id, id: borealis.identityProviderId });
    const answers = [];
    for (const identityProviderId of [foreign, unknown, forged])
      answers.push((await simulate({ identityProviderId })).errors);
    expect(answers.map(([error]) => error?.extensions)).toEqual(Array(3).fill({ code: 'NOT_FOUND' }));
    expect(new Set(answers.map((errors) => JSON.stringify(errors))).size).toBe(1);
  });

  it('is not for the owner of an application', async () => {
    const owner = await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [estate.orders.id] });
    expect((await simulate({}, owner)).errors[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it.each([
    ['a claim that every object has of its own', '{"a": {"constructor": 1}}'],
    ['a list instead of an object', '[1]'],
    ['a tower of objects', `${'{"a":'.repeat(12)}1${'}'.repeat(12)}`],
    ['too many values', JSON.stringify({ a: Array(6_000).fill(0) })],
  ])('refuses %s as claims [G15] [G16]', async (_what, json) => {
    const { status, errors } = await simulate({ claims: JSON.parse(json) });
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toMatchObject({ code: 'INPUT_INVALID', fields: [{ path: 'input.claims' }] });
  });

  it('refuses claims that would be a prototype, before they are read [G15]', async () => {
    const { status, errors } = await simulate({ claims: JSON.parse('{"__proto__": {"admin": true}}') });
    expect([status, errors[0]?.extensions.code]).toEqual([400, 'QUERY_INVALID']);
  });

  it.each([
    ['an authentication context with a NUL', { acr: 'x\u0000y' }, 'OIDC_CLAIM'],
    ['a subject with a line break', { sub: 'cy\r\nadmin' }, 'SUBJECT_MISSING'],
    ['a subject that is written from right to left', { sub: 'cy\u202e1' }, 'SUBJECT_MISSING'],
  ])('refuses %s as a real sign-in would [G16] [H12]', async (_what, claim, code) => {
    const { data, errors } = await simulate({ claims: { ...newcomer, ...claim } });
    expect(errors).toEqual([]);
    expect(data.simulateLogin).toMatchObject({ ruling: 'DENY', code });
    expect(api.faults).toEqual([]);
  });

  it('holds against claims that no provider would send [G16]', async () => {
    const claims = { ...newcomer, auth_time: 1e300, amr: [1, 'pwd'], iss: 'https://evil.example', 'a\u0000\u202eb': 1 };
    const { data, errors } = await simulate({ claims });
    expect(errors).toEqual([]);
    const { received } = data.simulateLogin.trace;
    expect(received.issuer).toBe('https://idp.aurora.example');
    expect(received.undeclaredClaims).toContain('a\ufffd\ufffdb');
    expect(api.faults).toEqual([]);
  });
});

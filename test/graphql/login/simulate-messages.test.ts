import { AuditEvent } from '../../../src/audit/audit.entity.js';
import { globalId } from '../../../src/graphql/global-id.js';
import { AssertionReplay, Login, PendingLogin } from '../../../src/login/login.entity.js';
import { AttributeDefinitionService } from '../../../src/mapping/attribute-definition.service.js';
import { hubScope } from '../../../src/persistence/unit-of-work.js';
import { Session } from '../../../src/sessions/session.entity.js';
import type { Uuid } from '../../../src/shared/ids.js';
import { FederatedIdentity, Membership, User } from '../../../src/users/user.entity.js';
import { createTestApi, fixedNow, type GraphqlAnswer, hubUrl, type TestApi } from '../../support/api.js';
import {
  anApplication,
  aPartnerWithOpenIdProvider,
  aPartnerWithSamlIdentityProvider,
  aTrust,
  type TestPartner,
  type TestSamlPartner,
} from '../../support/federation.js';
import { type OpenIdProvider, startOpenIdProvider } from '../../support/openid-provider.js';
import { type SamlIdentityProvider, startSamlIdentityProvider } from '../../support/saml-identity-provider.js';
import { type SamlResponseOptions, samlResponse, toFormField } from '../../support/saml-messages.js';

const hour = 3_600_000;
let api: TestApi;
let samlIdp: SamlIdentityProvider;
let provider: OpenIdProvider;
let corvus: TestSamlPartner;
let delphin: TestPartner;
let ordersId: Uuid;
let orders: string;
let invoices: string;
let samlAdministrator: string;
let oidcAdministrator: string;

beforeAll(async () => {
  samlIdp = await startSamlIdentityProvider();
  provider = await startOpenIdProvider({
    now: () => fixedNow,
    subject: 'cy-1',
    claims: { email: 'cy@delphin.example', given_name: 'Cy' },
  });
  api = await createTestApi({ egressAllow: [provider.hostPort] });
  await new AttributeDefinitionService(api.db.uow).installStandard(fixedNow);
  corvus = await aPartnerWithSamlIdentityProvider(api.db, 'corvus', samlIdp);
  delphin = await aPartnerWithOpenIdProvider(api.db, 'delphin', provider);
  const application = await anApplication(api.db, 'orders', 'https://orders.example/callback');
  const other = await anApplication(api.db, 'invoices', 'https://invoices.example/callback');
  await aTrust(api.db, corvus, application);
  await aTrust(api.db, delphin, application);
  ordersId = application.id;
  orders = globalId('Application', { id: application.id });
  invoices = globalId('Application', { id: other.id });
  samlAdministrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: corvus.id });
  oidcAdministrator = await api.tokenFor({ role: 'PARTNER_ADMINISTRATOR', partnerId: delphin.id });
});
afterAll(async () => {
  await api.close();
  await provider.close();
  await samlIdp.close();
});

const SIMULATE = `query ($input: SimulateLoginInput!) { simulateLogin(input: $input) {
  ruling code provisioningAction checks { check outcome code }
  trace { received { assertionId subjectSource } stages { stage outcome }
    attributes { attribute values } changes { attribute after } release } } }`;

function idpOf({ id, identityProviderId }: TestPartner): string {
  return globalId('IdentityProvider', { partnerId: id, id: identityProviderId });
}

function simulate(partner: TestPartner, input: Record<string, unknown>, as: string): Promise<GraphqlAnswer> {
  return api.query(
    SIMULATE,
    { input: { identityProviderId: idpOf(partner), applicationId: orders, ...input } },
    { as },
  );
}

const simulateSaml = (input: Record<string, unknown>, as = samlAdministrator) => simulate(corvus, input, as);
const simulateOidc = (input: Record<string, unknown>, as = oidcAdministrator) => simulate(delphin, input, as);

/** A response as it was captured at the browser: it answers a request that is long gone. */
function captured(options: SamlResponseOptions = {}): string {
  const address = `${hubUrl}/federation/saml/corvus.main`;
  return samlResponse({
    now: fixedNow,
    issuer: samlIdp.entityId,
    destination: `${address}/acs`,
    audience: `${address}/metadata`,
    inResponseTo: '_request-of-yesterday',
    nameId: 'c0ffee-person-1',
    nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    attributes: { 'urn:oid:0.9.2342.19200300.100.1.3': ['cy@corvus.example'], givenName: ['Cy'] },
    signing: { key: samlIdp.key },
    ...options,
  });
}

function aToken(changes: Record<string, unknown> = {}): Promise<string> {
  return provider.sign(JSON.parse(JSON.stringify({ ...provider.claimsFor('nonce-of-yesterday'), ...changes })));
}

interface Verdict {
  readonly check: string;
  readonly outcome: string;
  readonly code: string | null;
}

function outcomesOf({ data }: GraphqlAnswer): Record<string, string> {
  const checks: Verdict[] = data.simulateLogin.checks;
  return Object.fromEntries(checks.map(({ check, outcome, code }) => [check, code ?? outcome]));
}

async function stored(): Promise<readonly number[]> {
  const tables = [Login, PendingLogin, AssertionReplay, Session, User, Membership, FederatedIdentity];
  return api.db.uow.read(hubScope, ({ em }) => Promise.all(tables.map((table) => em.count<object>(table, {}))));
}

function events() {
  return api.db.uow.read(hubScope, ({ em }) =>
    em.find(AuditEvent, { action: 'login.simulated' }, { orderBy: { id: 'asc' } }),
  );
}

/** Nothing is stored but one audit event, which holds no byte of the message. */
async function leavesOneEvent(sent: string, act: () => Promise<GraphqlAnswer>): Promise<GraphqlAnswer> {
  const [rows, before] = [await stored(), await events()];
  const answer = await act();
  expect(answer.errors).toEqual([]);
  expect(await stored()).toEqual(rows);
  const known = new Set(before.map(({ id }) => id));
  const [event, ...others] = (await events()).filter(({ id }) => !known.has(id));
  expect(others).toEqual([]);
  expect(event).toMatchObject({ code: answer.data.simulateLogin.code });
  const text = JSON.stringify(event);
  for (const secret of [sent.slice(100, 140), 'cy@', 'c0ffee']) expect(text).not.toContain(secret);
  return answer;
}

describe('simulateLogin with a captured SAML response', () => {
  it('passes a genuine one through the whole decision, and says which checks the lost request would have to make [C29]', async () => {
    const samlResponse = toFormField(captured());
    const answer = await leavesOneEvent(samlResponse, () => simulateSaml({ samlResponse }));
    const { trace, ...ruling } = answer.data.simulateLogin;
    expect(ruling).toMatchObject({ ruling: 'ALLOW', code: null, provisioningAction: 'CREATE' });
    expect(outcomesOf(answer)).toEqual({
      MESSAGE: 'PASSED',
      SIGNATURE: 'PASSED',
      ISSUER: 'PASSED',
      DESTINATION: 'PASSED',
      IN_RESPONSE_TO: 'NOT_APPLIED',
      SUBJECT_CONFIRMATION: 'PASSED',
      AUDIENCE: 'PASSED',
      CONDITIONS: 'PASSED',
      ISSUE_INSTANT: 'PASSED',
      AUTHENTICATION: 'PASSED',
      SESSION: 'PASSED',
      SUBJECT: 'PASSED',
      REAUTHENTICATION: 'NOT_APPLIED',
      REPLAY: 'NOT_APPLIED',
    });
    expect(trace.stages.map(({ stage, outcome }: Record<string, string>) => `${stage} ${outcome}`)).toEqual([
      'VERIFY PASSED',
      'MAP PASSED',
      'TRUST PASSED',
      'ASSESS SKIPPED',
      'PLAN PASSED',
      'RELEASE PASSED',
      'CONSENT SKIPPED',
    ]);
    expect(trace.received).toEqual({ assertionId: '_assertion-1', subjectSource: 'NAME_ID' });
  });

  it('shows of the person what the trace of a real sign-in keeps, since the message may be encrypted [C28]', async () => {
    const encryption = { certificatePem: corvus.encryptionCertificate };
    const { data } = await simulateSaml({ samlResponse: toFormField(captured({ encryption })) });
    expect(data.simulateLogin).toMatchObject({ ruling: 'ALLOW' });
    expect(JSON.stringify(data)).not.toContain('cy@corvus.example');
    expect(data.simulateLogin.trace.changes).toContainEqual({ attribute: 'email', after: ['c…@corvus.example'] });
  });

  it('may be had again and again: it uses nothing up', async () => {
    const samlResponse = toFormField(captured());
    for (const _ of [1, 2]) expect((await simulateSaml({ samlResponse })).data.simulateLogin.ruling).toBe('ALLOW');
  });

  it('refuses one that was changed, and reads nothing of it [S32]', async () => {
    const samlResponse = toFormField(captured().replace('c0ffee-person-1', 'c0ffee-person-2'));
    const answer = await leavesOneEvent(samlResponse, () => simulateSaml({ samlResponse }));
    expect(answer.data.simulateLogin).toMatchObject({ ruling: 'DENY', code: 'SAML_SIG_INVALID' });
    const { MESSAGE, SIGNATURE, ...others } = outcomesOf(answer);
    expect([MESSAGE, SIGNATURE]).toEqual(['PASSED', 'SAML_SIG_INVALID']);
    expect(Object.values(others).every((one) => one === 'NOT_REACHED' || one === 'NOT_APPLIED')).toBe(true);
    expect(answer.data.simulateLogin.trace).toMatchObject({
      received: { assertionId: null },
      stages: [{ stage: 'VERIFY', outcome: 'REFUSED' }],
    });
  });

  it('finds an old one expired, and valid at the instant it was made for', async () => {
    const made = new Date(fixedNow.getTime() - 30 * 24 * hour);
    const samlResponse = toFormField(captured({ now: made }));
    const today = await leavesOneEvent(samlResponse, () => simulateSaml({ samlResponse }));
    expect(today.data.simulateLogin).toMatchObject({ ruling: 'DENY', code: 'SAML_SUBJECT_CONF' });
    expect(outcomesOf(today)).toMatchObject({ AUDIENCE: 'PASSED', CONDITIONS: 'SAML_TIME', SUBJECT: 'NOT_REACHED' });
    const then = await simulateSaml({ samlResponse, at: made.toISOString() });
    expect(then.data.simulateLogin).toMatchObject({ ruling: 'ALLOW', code: null });
  });

  it('refuses one whose conditions have ended with the code for time', async () => {
    const options = { notOnOrAfter: new Date(fixedNow.getTime() - hour), notBefore: null };
    const { data } = await simulateSaml({ samlResponse: toFormField(captured(options)) });
    expect(data.simulateLogin).toMatchObject({ ruling: 'DENY', code: 'SAML_TIME' });
  });

  it('refuses one for another audience [S33]', async () => {
    const samlResponse = toFormField(captured({ audience: 'https://other.example' }));
    const answer = await leavesOneEvent(samlResponse, () => simulateSaml({ samlResponse }));
    expect(answer.data.simulateLogin).toMatchObject({ ruling: 'DENY', code: 'SAML_AUDIENCE' });
    expect(outcomesOf(answer)).toMatchObject({ SIGNATURE: 'PASSED', AUDIENCE: 'SAML_AUDIENCE', CONDITIONS: 'PASSED' });
  });

  it.each([
    ['that answers no request', 'SAML_IRT', { inResponseTo: null }],
    ['that names the empty request', 'SAML_SCHEMA', { inResponseTo: '' }],
    [
      'whose parts answer different requests',
      'SAML_IRT',
      { editAssertion: (xml: string) => xml.replace('_request-of-yesterday', '_another') },
    ],
  ])('refuses one %s: no request could make it good [S34]', async (_what, code, options) => {
    const { data } = await simulateSaml({ samlResponse: toFormField(captured(options)) });
    expect(data.simulateLogin).toMatchObject({ ruling: 'DENY', code });
  });

  it.each([
    ['SAML_MALFORMED', 'no base64 at all!'],
    ['SAML_MALFORMED', ''],
  ])('refuses with %s what is no response, before it is read', async (code, samlResponse) => {
    const { data } = await simulateSaml({ samlResponse });
    expect(data.simulateLogin).toMatchObject({ ruling: 'DENY', code });
  });

  it('takes no body beyond the limit of the API', async () => {
    const reply = await api.fastify.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${samlAdministrator}` },
      payload: { query: SIMULATE, variables: { input: { samlResponse: 'A'.repeat(512 * 1_024) } } },
    });
    expect(reply.statusCode).toBe(413);
  });
});

describe('simulateLogin with a captured ID token', () => {
  it('passes a genuine one, with the keys of the provider and without a call to its token endpoint [C29]', async () => {
    const idToken = await aToken();
    const answer = await leavesOneEvent(idToken, () => simulateOidc({ idToken }));
    expect(answer.data.simulateLogin).toMatchObject({ ruling: 'ALLOW', code: null, provisioningAction: 'CREATE' });
    expect(outcomesOf(answer)).toEqual({
      MESSAGE: 'PASSED',
      NONCE: 'NOT_APPLIED',
      SIGNATURE: 'PASSED',
      TENANT: 'PASSED',
      CLAIMS: 'PASSED',
      SUBJECT: 'PASSED',
      REAUTHENTICATION: 'NOT_APPLIED',
      REPLAY: 'NOT_APPLIED',
    });
    await simulateOidc({ idToken, at: new Date(fixedNow.getTime() - 60_000).toISOString() });
    expect(provider.requests).toEqual(['GET /jwks']);
  });

  it('refuses one that another key has signed, and reads nothing of it [O07]', async () => {
    const [header, , signature] = (await aToken()).split('.');
    const changed = (await aToken({ sub: 'cy-2' })).split('.')[1];
    const idToken = [header, changed, signature].join('.');
    const answer = await leavesOneEvent(idToken, () => simulateOidc({ idToken }));
    expect(answer.data.simulateLogin).toMatchObject({ ruling: 'DENY', code: 'OIDC_SIGNATURE' });
    expect(outcomesOf(answer)).toMatchObject({ SIGNATURE: 'OIDC_SIGNATURE', CLAIMS: 'NOT_REACHED' });
    expect(answer.data.simulateLogin.trace.received).toEqual({ assertionId: null, subjectSource: null });
  });

  it('finds an old one expired, and valid at the instant it was made for', async () => {
    const seconds = Math.floor(fixedNow.getTime() / 1_000) - 86_400;
    const idToken = await aToken({ iat: seconds, exp: seconds + 300, auth_time: seconds });
    const today = await leavesOneEvent(idToken, () => simulateOidc({ idToken }));
    expect(today.data.simulateLogin).toMatchObject({ ruling: 'DENY', code: 'OIDC_CLAIM' });
    const then = await simulateOidc({ idToken, at: new Date(seconds * 1_000).toISOString() });
    expect(then.data.simulateLogin).toMatchObject({ ruling: 'ALLOW', code: null });
  });

  it.each([
    ['another audience', { aud: 'another-client' }, 'CLAIMS', 'OIDC_CLAIM'],
    ['another issuer', { iss: 'https://evil.example' }, 'CLAIMS', 'OIDC_ISS_MISMATCH'],
    ['no nonce', { nonce: undefined }, 'NONCE', 'OIDC_NONCE'],
    ['a logout event', { events: {} }, 'MESSAGE', 'OIDC_TYP'],
  ])('refuses one with %s, as a real sign-in would [O08]', async (_what, changes, check, code) => {
    const idToken = await aToken(changes);
    const answer = await leavesOneEvent(idToken, () => simulateOidc({ idToken }));
    expect(answer.data.simulateLogin).toMatchObject({ ruling: 'DENY', code });
    expect(outcomesOf(answer)[check]).toBe(code);
  });

  it.each([
    ['too long', 'x'.repeat(65_537)],
    ['no JWT', 'a.b'],
    ['empty', ''],
  ])('refuses what is %s', async (_what, idToken) => {
    const { data } = await simulateOidc({ idToken });
    expect(data.simulateLogin).toMatchObject({ ruling: 'DENY', code: 'OIDC_CALLBACK' });
  });
});

describe('simulateLogin', () => {
  it.each([
    ['nothing', {}, ['input.claims']],
    ['null', { samlResponse: null }, ['input.claims']],
    ['two messages', { samlResponse: 'AAAA', idToken: 'a.b.c' }, ['input.samlResponse', 'input.idToken']],
    ['claims beside a message', { claims: { sub: 'x' }, samlResponse: 'AAAA' }, ['input.claims', 'input.samlResponse']],
    ['a subject beside a message', { samlResponse: 'AAAA', subject: { value: 'x' } }, ['input.subject']],
    ['a message of the other protocol', { idToken: 'a.b.c' }, ['input.idToken']],
  ])('takes exactly one thing that its identity provider could say, and not %s [G15]', async (_what, input, paths) => {
    const before = await events();
    const { errors } = await simulateSaml(input);
    expect(errors[0]?.extensions.code).toBe('INPUT_INVALID');
    expect(errors[0]?.extensions.fields?.map(({ path }) => path)).toEqual(paths);
    expect(await events()).toEqual(before);
  });

  it('tells an administrator nothing of a message for the identity provider of another partner [C25] [G10]', async () => {
    const idToken = await aToken();
    const unknown = { ...delphin, identityProviderId: corvus.id };
    const forged = { ...corvus, identityProviderId: delphin.identityProviderId };
    const before = await events();
    const answers = [
      await simulate(delphin, { idToken }, samlAdministrator),
      await simulate(delphin, { samlResponse: 'AAAA' }, samlAdministrator),
      await simulate(unknown, { idToken }, samlAdministrator),
      await simulate(forged, { idToken }, samlAdministrator),
      await simulate(corvus, { samlResponse: toFormField(captured()), applicationId: invoices }, samlAdministrator),
    ];
    for (const { errors } of answers) expect(errors[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
    expect(new Set(answers.map(({ errors }) => JSON.stringify(errors))).size).toBe(1);
    expect(await events()).toEqual(before);
  });

  it('is for operators and auditors as well, and not for the owner of an application [C27]', async () => {
    const samlResponse = toFormField(captured());
    for (const role of ['OPERATOR', 'AUDITOR'] as const) {
      const { data } = await simulateSaml({ samlResponse }, await api.tokenFor({ role }));
      expect(data.simulateLogin.ruling).toBe('ALLOW');
    }
    const owner = await api.tokenFor({ role: 'APPLICATION_OWNER', applicationIds: [ordersId] });
    const { errors } = await simulateSaml({ samlResponse }, owner);
    expect(errors[0]?.extensions.code).toBe('FORBIDDEN');
  });
});

/** One IdP with an exception for old algorithms beside one without: whole sign-ins, their trace and their worth. */
import { IdentityProvider } from '../../src/identity-providers/identity-provider.entity.js';
import { Login } from '../../src/login/login.entity.js';
import { raisePartnerEpoch } from '../../src/persistence/policy-epoch.js';
import { hubScope } from '../../src/persistence/unit-of-work.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import {
  anApplication,
  aPartnerWithSamlIdentityProvider,
  aTrust,
  type SamlPartnerOptions,
  type TestApplication,
  type TestSamlPartner,
} from '../support/federation.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { expectRejected } from '../support/reject-invariant.js';
import { RelyingParty } from '../support/relying-party.js';
import { type SamlIdentityProvider, startSamlIdentityProvider } from '../support/saml-identity-provider.js';
import { UserAgent } from '../support/user-agent.js';

const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const redirectUri = 'http://127.0.0.1:1/callback';
let db: TestDatabase;
let hub: TestHub;
let orders: { application: TestApplication; party: RelyingParty };
/** Terms demand a level of federation. */
let vault: { application: TestApplication; party: RelyingParty };
const idps: SamlIdentityProvider[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  hub = await startTestHub({ db });
  orders = await anParty('orders');
  vault = await anParty('vault');
});
afterAll(async () => {
  await hub.close();
  for (const idp of idps) await idp.close();
  await db.close();
});

async function anParty(slug: string) {
  const application = await anApplication(db, slug, redirectUri);
  return { application, party: await RelyingParty.discover(hub.url, application) };
}

async function aPartner(slug: string, options: SamlPartnerOptions) {
  const idp = await startSamlIdentityProvider({ attributes: { mail: [`ada@${slug}.example`] } });
  idps.push(idp);
  const partner = await aPartnerWithSamlIdentityProvider(db, slug, idp, {
    assuranceMap: { [PASSWORD]: { ial: null, aal: 1, fal: 2 } },
    ...options,
  });
  await aTrust(db, partner, orders.application);
  await aTrust(db, partner, vault.application, { minimum: { ial: null, aal: null, fal: 1 } });
  return { idp, partner };
}

function withSha1(idp: SamlIdentityProvider): void {
  idp.set({ response: () => ({ signing: { key: idp.key, algorithm: 'rsa-sha1', digest: 'sha1' } }) });
}

function excepting(algorithmExceptions: NonNullable<SamlPartnerOptions['settings']>['algorithmExceptions'] & object) {
  return { settings: { algorithmExceptions } };
}

async function signIn(partner: TestSamlPartner, { party } = orders, agent = new UserAgent()) {
  return party.signIn(agent, { idp_hint: partner.address });
}

async function refuses(code: Parameters<typeof expectRejected>[1]['code'], partner: TestSamlPartner, at = orders) {
  await expectRejected(db, { code }, async () => {
    const { url } = await at.party.request({ idp_hint: partner.address });
    return new UserAgent().follow(url);
  });
}

async function verifyStage(partner: TestSamlPartner) {
  const logins = await db.uow.read(hubScope, ({ em }) => em.find(Login, { partnerId: partner.id }));
  return logins.at(-1)?.trace.stages.find(({ stage }) => stage === 'verify')?.facts;
}

it('lets the SHA-1 of one IdP through, names it in the trace, and helps no other IdP [S23] [C29]', async () => {
  const old = await aPartner('old', excepting(['SHA1_SIGNATURE']));
  const current = await aPartner('current', {});
  withSha1(old.idp);
  expect((await signIn(old.partner)).claims()).toMatchObject({ partner: 'old', aal: 1 });
  expect(await verifyStage(old.partner)).toMatchObject({ algorithmExceptions: ['SHA1_SIGNATURE'] });
  withSha1(current.idp);
  await refuses('SAML_ALG_REFUSED', current.partner);
  current.idp.reset();
  expect((await signIn(current.partner)).claims()).toMatchObject({ partner: 'current', aal: 1, fal: 2 });
  expect(await verifyStage(current.partner)).not.toHaveProperty('algorithmExceptions');
});

it('lets the AES-CBC of one IdP through inside a signed Response alone [S25] [L20]', async () => {
  const { idp, partner } = await aPartner('blocks', excepting(['AES_CBC']));
  const encryption = { certificatePem: partner.encryptionCertificate, content: 'aes256-cbc' } as const;
  idp.set({ sign: 'response', response: () => ({ encryption }) });
  expect((await signIn(partner)).claims()?.partner).toBe('blocks');
  idp.set({ sign: 'assertion' });
  await refuses('SAML_ALG_REFUSED', partner);
});

it('leaves no level of federation to an IdP with an exception, at sign-in and in a live session [N5] [S23]', async () => {
  const { idp, partner } = await aPartner('faded', {});
  const agent = new UserAgent();
  expect((await signIn(partner, vault, agent)).claims()).toMatchObject({ fal: 2 });
  await db.uow.write(hubScope, async (tx) => {
    await raisePartnerEpoch(tx, partner.id);
    const row = await tx.em.findOneOrFail(IdentityProvider, { id: partner.identityProviderId });
    if (row.settings.kind === 'SAML') row.settings = { ...row.settings, algorithmExceptions: ['SHA1_SIGNATURE'] };
  });
  const { visit } = await vault.party.visit(agent, { idp_hint: partner.address, prompt: 'none' });
  expect(new URL(visit.url).searchParams.get('error')).not.toBeNull();
  expect(new URL(visit.url).searchParams.has('code')).toBe(false);
  withSha1(idp);
  await refuses('TRUST_ASSURANCE', partner, vault);
  expect((await signIn(partner)).claims()).not.toHaveProperty('fal');
});

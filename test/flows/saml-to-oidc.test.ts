import { Login } from '../../src/login/login.entity.js';
import { hubScope } from '../../src/persistence/unit-of-work.js';
import { FederatedIdentity, Membership } from '../../src/users/user.entity.js';
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
import {
  envelopedSignatureIsValid,
  type SamlIdentityProvider,
  startSamlIdentityProvider,
} from '../support/saml-identity-provider.js';
import { UserAgent } from '../support/user-agent.js';

const MAIL = 'urn:oid:0.9.2342.19200300.100.1.3';
const redirectUri = 'http://127.0.0.1:1/callback';
let hub: TestHub;
let db: TestDatabase;
let application: TestApplication;
let party: RelyingParty;
const idps: SamlIdentityProvider[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  hub = await startTestHub({ db });
  application = await anApplication(db, 'orders', redirectUri);
  party = await RelyingParty.discover(hub.url, application);
});
afterAll(async () => {
  await hub.close();
  for (const idp of idps) await idp.close();
  await db.close();
});

/** A partner of its own for each test, with one person at its IdP. */
async function aPartner(slug: string, options: SamlPartnerOptions = {}) {
  const idp = await startSamlIdentityProvider({
    attributes: { [MAIL]: [`ada@${slug}.example`], givenName: ['Ada'], sn: ['Lindqvist'] },
  });
  idps.push(idp);
  const partner = await aPartnerWithSamlIdentityProvider(db, slug, idp, options);
  await aTrust(db, partner, application);
  return { idp, partner };
}

function signIn(partner: TestSamlPartner) {
  return party.signIn(new UserAgent(), { idp_hint: partner.address });
}

function membershipsOf(partner: TestSamlPartner) {
  return db.uow.read(hubScope, ({ em }) => em.find(Membership, { partnerId: partner.id }));
}

describe('a login from a SAML IdP to an OIDC application', () => {
  it('signs in, provisions, releases what the terms allow and keeps the trace [C20] [C22] [C40] [N55] [N56]', async () => {
    const { idp, partner } = await aPartner('aurora');
    const tokens = await signIn(partner);
    expect(tokens.claims()).toMatchObject({ iss: hub.url, aud: 'orders', partner: 'aurora', idp: 'aurora.main' });
    const subject = tokens.claims()?.sub ?? '';
    expect(await party.userInfo(tokens.access_token, subject)).toMatchObject({
      sub: subject,
      email: 'ada@aurora.example',
      given_name: 'Ada',
      family_name: 'Lindqvist',
    });
    expect(idp.requests).toMatchObject([
      {
        binding: 'REDIRECT',
        signatureIsValid: true,
        issuer: `${hub.url}/federation/saml/aurora.main/metadata`,
        acsUrl: `${hub.url}/federation/saml/aurora.main/acs`,
      },
    ]);
    expect(await membershipsOf(partner)).toMatchObject([
      { email: 'ada@aurora.example', state: 'ACTIVE', origin: 'JIT' },
    ]);
    const logins = await db.uow.read(hubScope, ({ em }) => em.find(Login, { partnerId: partner.id }));
    expect(logins).toMatchObject([{ state: 'ALLOWED', protocol: 'SAML', provisioningAction: 'CREATE' }]);
    const { received, stages } = logins[0]?.trace ?? { received: null, stages: [] };
    expect(received).toMatchObject({
      issuer: idp.entityId,
      subjectSource: 'NAME_ID',
      subjectFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      claimNames: [MAIL, 'givenName', 'sn'],
      acr: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    });
    expect(stages.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
      'verify PASSED',
      'consume PASSED',
      'gather PASSED',
      'map PASSED',
      'trust PASSED',
      'assess SKIPPED',
      'plan PASSED',
      'release PASSED',
      'consent SKIPPED',
    ]);
  });

  it('finds the person again by subject, takes new values over and clears those that vanished [C30] [N12]', async () => {
    const { idp, partner } = await aPartner('boreas', { updateMode: 'CLEAR_IF_ABSENT' });
    const first = await signIn(partner);
    idp.set({ attributes: { [MAIL]: ['ada.new@boreas.example'], givenName: ['Augusta'] } });
    const second = await signIn(partner);
    const subject = first.claims()?.sub ?? '';
    expect(second.claims()?.sub).toBe(subject);
    const profile = await party.userInfo(second.access_token, subject);
    expect(profile).toMatchObject({ email: 'ada.new@boreas.example', given_name: 'Augusta' });
    expect(profile).not.toHaveProperty('family_name');
    const [membership, ...others] = await membershipsOf(partner);
    expect(others).toEqual([]);
    expect(membership?.attributes).not.toHaveProperty('familyName');
    const logins = await db.uow.read(hubScope, ({ em }) => em.find(Login, { partnerId: partner.id }));
    expect(logins.map(({ provisioningAction }) => provisioningAction).sort()).toEqual(['CREATE', 'UPDATE']);
  });

  it('takes another subject for another person, whatever its e-mail address [N12]', async () => {
    const { idp, partner } = await aPartner('calais');
    await signIn(partner);
    idp.set({ nameId: 'person-2', attributes: { [MAIL]: ['bo@calais.example'] } });
    await signIn(partner);
    expect((await membershipsOf(partner)).map(({ email }) => email).sort()).toEqual([
      'ada@calais.example',
      'bo@calais.example',
    ]);
    const identities = await db.uow.read(hubScope, ({ em }) => em.find(FederatedIdentity, { partnerId: partner.id }));
    expect(new Set(identities.map(({ subject }) => subject)).size).toBe(2);
  });

  it.each(['response', 'assertion', 'both'] as const)('takes a message whose %s is signed', async (sign) => {
    const slug = `dione-${sign}`;
    const requireSigned = ({ response: 'RESPONSE', assertion: 'ASSERTION', both: 'BOTH' } as const)[sign];
    const { idp, partner } = await aPartner(slug, { settings: { requireSigned } });
    idp.set({ sign });
    expect((await signIn(partner)).claims()?.partner).toBe(slug);
  });

  it('takes an encrypted assertion, and demands one where the connection says so', async () => {
    const { idp, partner } = await aPartner('eos', { settings: { requireEncrypted: true } });
    idp.set({ encryptTo: partner.encryptionCertificate, sign: 'both' });
    expect((await signIn(partner)).claims()?.partner).toBe('eos');
  });

  it('takes a Signature at the end of an assertion where the connection says so, and nowhere else [L6]', async () => {
    for (const allowTrailingSignature of [true, false]) {
      const slug = allowTrailingSignature ? 'enyo' : 'erato';
      const { idp, partner } = await aPartner(slug, { settings: { allowTrailingSignature } });
      idp.set({ sign: 'assertion', response: () => ({ signing: { key: idp.key, place: 'last' } }) });
      if (allowTrailingSignature) expect((await signIn(partner)).claims()?.partner).toBe(slug);
      else
        await expectRejected(db, { code: 'SAML_SCHEMA' }, async () =>
          new UserAgent().follow((await party.request({ idp_hint: partner.address })).url),
        );
    }
  });

  it('shows an IdP what the hub is: signed metadata at the entityID', async () => {
    const { partner } = await aPartner('epona');
    const entityId = `${hub.url}/federation/saml/epona.main/metadata`;
    const answer = await fetch(entityId);
    const xml = await answer.text();
    expect(answer.headers.get('content-type')).toMatch(/^application\/samlmetadata\+xml/);
    expect(envelopedSignatureIsValid(xml, partner.signingCertificate)).toBe(true);
    expect(xml).toContain(`entityID="${entityId}"`);
    expect(xml).toContain(partner.encryptionCertificate.replace(/-----[A-Z ]+-----|\s/g, ''));
    expect(await (await fetch(entityId)).text()).toBe(xml);
    expect((await fetch(entityId.replace('epona.main', 'epona.other'))).status).toBe(404);
  });

  it('sends a signed request by POST where the IdP wants it so', async () => {
    const { idp, partner } = await aPartner('fjord', { settings: { ssoBinding: 'POST' } });
    expect((await signIn(partner)).claims()?.partner).toBe('fjord');
    expect(idp.lastRequest()).toMatchObject({ binding: 'POST', signatureIsValid: true });
  });

  it('keys a person by subject-id, though the NameID is another one at each login [S43]', async () => {
    const name = 'urn:oasis:names:tc:SAML:attribute:subject-id';
    const { idp, partner } = await aPartner('gaia', { subjectSource: { kind: 'CLAIM', name } });
    const subjects: (string | undefined)[] = [];
    for (const nameId of ['_t1', '_t2']) {
      idp.set({
        nameId,
        nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
        attributes: { [name]: ['ada@gaia.example'], [MAIL]: ['ada@gaia.example'] },
      });
      subjects.push((await signIn(partner)).claims()?.sub);
    }
    expect(new Set(subjects).size).toBe(1);
    expect(await membershipsOf(partner)).toHaveLength(1);
  });

  it('demands a new authentication where the application does, and holds the IdP to it', async () => {
    const { idp, partner } = await aPartner('helios');
    const agent = new UserAgent();
    await party.signIn(agent, { idp_hint: partner.address });
    await party.signIn(agent, { idp_hint: partner.address, prompt: 'login' });
    expect(idp.requests.map(({ element }) => element.attribute('ForceAuthn'))).toEqual([null, 'true']);
    idp.set({ response: () => ({ authnInstant: new Date(Date.now() - 3_600_000) }) });
    const { visit } = await party.visit(agent, { idp_hint: partner.address, prompt: 'login' });
    expect(visit.status).toBe(403);
  });
});

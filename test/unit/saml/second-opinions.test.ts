/** What the hub sends as either side of SAML, in the eyes of xmlsec1, samlify and node-saml. */
import { createRequire } from 'node:module';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { newServiceProviderKey } from '../../../src/keys/service-provider-keys.js';
import type { SamlKeyPair, UpstreamSamlConfig } from '../../../src/login/contracts.js';
import { statusCodes } from '../../../src/protocols/saml/names.rules.js';
import { beginSaml } from '../../../src/protocols/saml/producing/authn-request.js';
import { identityProviderMetadata } from '../../../src/protocols/saml/producing/identity-provider-metadata.js';
import { logoutRequest, logoutResponse } from '../../../src/protocols/saml/producing/logout.js';
import { success } from '../../../src/protocols/saml/producing/message.js';
import { errorResponse, loginResponse, type Protection } from '../../../src/protocols/saml/producing/response.js';
import { byPost, byRedirect } from '../../../src/protocols/saml/producing/sending.js';
import { serviceProviderMetadata } from '../../../src/protocols/saml/producing/service-provider-metadata.js';
import { signed } from '../../../src/protocols/saml/producing/signing.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { ACS, address, HOSTILE, IDP, keyPair, SP, statement } from '../../support/saml-produced.js';
import { hasXmlsec, xmlsecDecrypt, xmlsecNote, xmlsecVerify } from '../../support/xmlsec.js';
import { config as base } from './message.js';

const NOW = new Date();
const SSO = 'https://hub.example/saml/sso';
const SLO = 'https://hub.example/saml/slo';
const RESPONSE = "/*[local-name()='Response']";
const ASSERTION = "//*[local-name()='Assertion']";
const ROOT = '/*';
let idp: SamlTestKey;
let curve: SamlTestKey;
let sp: SamlTestKey;
let hub: SamlKeyPair;

beforeAll(async () => {
  const made = await newServiceProviderKey('SIGNING', 'https://hub.example', NOW);
  hub = { keyId: 'hub', ...made };
  [idp, curve, sp] = await Promise.all([makeSamlKey(), makeSamlKey({ kind: 'EC' }), makeSamlKey()]);
});

function upstreamConfig(over: Partial<UpstreamSamlConfig> = {}): UpstreamSamlConfig {
  const serviceProvider = {
    ...base.serviceProvider,
    signing: hub,
    publishedSigningCertificates: [hub.certificatePem],
    decryption: [hub],
  };
  return { ...base, ...over, serviceProvider };
}

function protection(over: Partial<Protection> = {}): Protection {
  return { key: keyPair(idp), sign: 'BOTH', encryptTo: null, ...over };
}

function authnRequest(ssoBinding: 'POST' | 'REDIRECT', over: Partial<UpstreamSamlConfig> = {}) {
  const ask = {
    state: 'local.state',
    forceAuthn: true,
    isPassive: false,
    loginHint: null,
    acrValues: [],
    maxAgeSeconds: null,
  };
  return beginSaml(upstreamConfig({ ssoBinding, ...over }), ask, NOW).message;
}

function fieldOf(message: ReturnType<typeof byPost>, name: string): string {
  if (message.kind !== 'form-post') throw new Error(message.kind);
  return message.fields[name] ?? '';
}

function textOf(message: ReturnType<typeof byPost>, name: string): string {
  return Buffer.from(fieldOf(message, name), 'base64').toString('utf8');
}

/** The query of a redirect as a server of express hands it on, and the octets as they stand in it. */
function queryOf(message: ReturnType<typeof byRedirect>) {
  if (message.kind !== 'redirect') throw new Error(message.kind);
  const raw = message.url.slice(message.url.indexOf('?') + 1);
  return { query: Object.fromEntries(new URLSearchParams(raw)), octetString: raw.replace(/&Signature=.*$/, ''), raw };
}

const logoutAsk = () => ({
  issuer: IDP,
  destination: SLO,
  now: NOW,
  nameId: { value: 'b3f1-person-1', format: null, nameQualifier: IDP, spNameQualifier: SP },
  sessionIndexes: ['_session-1'],
  validSeconds: 60,
});

const xmlsec = hasXmlsec ? describe : describe.skip;

xmlsec(`xmlsec1 accepts${xmlsecNote}`, () => {
  it.each([
    ['RESPONSE', [RESPONSE]],
    ['ASSERTION', [ASSERTION]],
    ['BOTH', [RESPONSE, ASSERTION]],
  ] as const)('a Response signed as %s, hostile text and all [S50]', (sign, paths) => {
    const attributes = HOSTILE.map((value) => ({
      name: value,
      nameFormat: value,
      friendlyName: value,
      values: [value],
    }));
    const xml = loginResponse(address(NOW), statement(NOW, { attributes }), protection({ sign }));
    for (const path of paths) expect(xmlsecVerify(xml, idp.certificatePem, path)).toMatchObject({ accepted: true });
    const other = xmlsecVerify(xml, sp.certificatePem, paths[0]);
    expect(other.accepted).toBe(false);
  });

  it('a Response signed with a key on a curve', () => {
    const xml = loginResponse(address(NOW), statement(NOW), protection({ key: keyPair(curve) }));
    for (const path of [RESPONSE, ASSERTION]) {
      expect(xmlsecVerify(xml, curve.certificatePem, path)).toMatchObject({ accepted: true });
    }
  });

  it('an encrypted assertion: the signature around it, what it opens to, and the signature inside', () => {
    const encryptTo = { certificatePem: sp.certificatePem, keyTransport: 'RSA_OAEP_MGF1P' } as const;
    const xml = loginResponse(address(NOW), statement(NOW), protection({ encryptTo }));
    expect(xmlsecVerify(xml, idp.certificatePem, RESPONSE)).toMatchObject({ accepted: true });
    const opened = xmlsecDecrypt(xml, sp.privateKeyPem);
    expect(opened).toMatchObject({ accepted: true, stdout: expect.stringContaining('b3f1-person-1') });
    expect(xmlsecVerify(opened.stdout, idp.certificatePem, ASSERTION)).toMatchObject({ accepted: true });
    expect(xmlsecDecrypt(xml, idp.privateKeyPem).accepted).toBe(false);
  });

  it('refusals, messages of logout, requests and metadata', () => {
    const status = { code: statusCodes.responder, subcode: statusCodes.authnFailed, message: null };
    const sender = { issuer: IDP, destination: SLO, now: NOW };
    const documents: readonly (readonly [string, string])[] = [
      [errorResponse(address(NOW), status, keyPair(idp)), idp.certificatePem],
      [signed(logoutRequest(logoutAsk()).message, keyPair(idp)).text, idp.certificatePem],
      [signed(logoutResponse(sender, '_1', success).message, keyPair(idp)).text, idp.certificatePem],
      [textOf(authnRequest('POST'), 'SAMLRequest'), hub.certificatePem],
      [textOf(authnRequest('POST', { requestedAuthnContext: HOSTILE }), 'SAMLRequest'), hub.certificatePem],
      [serviceProviderMetadata(upstreamConfig(), NOW), hub.certificatePem],
    ];
    for (const [xml, certificatePem] of documents) {
      expect(xmlsecVerify(xml, certificatePem, ROOT)).toMatchObject({ accepted: true });
    }
  });
});

describe('node-saml accepts', () => {
  const saml = () =>
    new SAML({
      callbackUrl: ACS,
      issuer: SP,
      audience: SP,
      entryPoint: SSO,
      logoutUrl: SLO,
      idpCert: idp.certificatePem,
      idpIssuer: IDP,
      decryptionPvk: sp.privateKeyPem,
      wantAssertionsSigned: true,
      wantAuthnResponseSigned: true,
      validateInResponseTo: ValidateInResponseTo.never,
    });

  it.each([
    ['in clear', null],
    ['encrypted', { keyTransport: 'RSA_OAEP_MGF1P' }],
  ] as const)('a Response signed twice, %s', async (_how, encryption) => {
    const encryptTo = encryption === null ? null : { certificatePem: sp.certificatePem, ...encryption };
    const xml = loginResponse(address(NOW), statement(NOW), protection({ encryptTo }));
    const { profile } = await saml().validatePostResponseAsync({ SAMLResponse: Buffer.from(xml).toString('base64') });
    expect(profile).toMatchObject({
      issuer: IDP,
      nameID: 'b3f1-person-1',
      nameQualifier: IDP,
      spNameQualifier: SP,
      sessionIndex: '_session-1',
      inResponseTo: '_request-1',
      groups: ['one', 'two'],
      'urn:oid:0.9.2342.19200300.100.1.3': 'ada@aurora.example',
    });
  });

  it('and refuses one that somebody else signed', async () => {
    const xml = loginResponse(address(NOW), statement(NOW), protection({ key: keyPair(sp) }));
    const refused = saml().validatePostResponseAsync({ SAMLResponse: Buffer.from(xml).toString('base64') });
    await expect(refused).rejects.toThrow();
  });

  it('a LogoutRequest by POST and by Redirect', async () => {
    const { message } = logoutRequest(logoutAsk());
    const post = byPost(SLO, 'SAMLRequest', signed(message, keyPair(idp)).text, null);
    const form = { SAMLRequest: fieldOf(post, 'SAMLRequest') };
    expect((await saml().validatePostRequestAsync(form)).profile).toMatchObject({ nameID: 'b3f1-person-1' });
    const { query, raw } = queryOf(byRedirect(SLO, 'SAMLRequest', message.text, 'state', keyPair(idp)));
    const redirected = await saml().validateRedirectAsync(query, raw);
    expect(redirected).toMatchObject({ profile: { nameID: 'b3f1-person-1', sessionIndex: '_session-1' } });
  });

  it('a LogoutResponse by POST and by Redirect', async () => {
    const { message } = logoutResponse({ issuer: IDP, destination: SLO, now: NOW }, '_1', success);
    const post = byPost(SLO, 'SAMLResponse', signed(message, keyPair(idp)).text, null);
    const form = { SAMLResponse: fieldOf(post, 'SAMLResponse') };
    expect(await saml().validatePostResponseAsync(form)).toMatchObject({ loggedOut: true });
    const { query, raw } = queryOf(byRedirect(SLO, 'SAMLResponse', message.text, null, keyPair(idp)));
    expect(await saml().validateRedirectAsync(query, raw)).toMatchObject({ loggedOut: true });
  });
});

/** What is used of samlify as a reader; its own declarations bring the DOM's types with them. */
interface Flow {
  readonly extract: Readonly<Record<string, unknown>>;
}
interface Entity {
  parseLoginResponse(idp: Entity, binding: string, request: object): Promise<Flow>;
  parseLoginRequest(sp: Entity, binding: string, request: object): Promise<Flow>;
  parseLogoutRequest(from: Entity, binding: string, request: object): Promise<Flow>;
  parseLogoutResponse(from: Entity, binding: string, request: object): Promise<Flow>;
}
interface Samlify {
  setSchemaValidator(validator: { validate(): Promise<string> }): void;
  IdentityProvider(settings: object): Entity;
  ServiceProvider(settings: object): Entity;
}

describe('samlify accepts', () => {
  const samlify = createRequire(import.meta.url)('samlify') as Samlify;
  samlify.setSchemaValidator({ validate: () => Promise.resolve('accepted') });
  const wants = { wantLogoutRequestSigned: true, wantLogoutResponseSigned: true };
  const asserting = (over: object = {}) =>
    samlify.IdentityProvider({
      metadata: identityProviderMetadata({
        entityId: IDP,
        ssoUrl: SSO,
        sloUrl: SLO,
        signingCertificates: [idp.certificatePem],
        nameIdFormats: [],
        wantAuthnRequestsSigned: true,
      }),
      ...wants,
      ...over,
    });
  const relying = () => samlify.ServiceProvider({ metadata: serviceProviderMetadata(upstreamConfig(), NOW), ...wants });

  it.each([null, 'RSA_OAEP_MGF1P'] as const)('a Response signed twice, encrypted by %s', async (keyTransport) => {
    const encryptTo = keyTransport === null ? null : { certificatePem: hub.certificatePem, keyTransport };
    const xml = loginResponse(address(NOW), statement(NOW), protection({ encryptTo }));
    const reader = samlify.ServiceProvider({
      metadata: serviceProviderMetadata(upstreamConfig(), NOW),
      encPrivateKey: hub.privateKeyPem,
    });
    const from = asserting({ isAssertionEncrypted: keyTransport !== null, messageSigningOrder: 'encrypt-then-sign' });
    const body = { SAMLResponse: Buffer.from(xml).toString('base64') };
    const { extract } = await reader.parseLoginResponse(from, 'post', { body });
    expect(extract).toMatchObject({ nameID: 'b3f1-person-1', attributes: { groups: ['one', 'two'] } });
  });

  it('an AuthnRequest by POST and by Redirect', async () => {
    const body = { SAMLRequest: fieldOf(authnRequest('POST'), 'SAMLRequest') };
    const posted = await asserting().parseLoginRequest(relying(), 'post', { body });
    const { query, octetString } = queryOf(authnRequest('REDIRECT'));
    const redirected = await asserting().parseLoginRequest(relying(), 'redirect', { query, octetString });
    for (const { extract } of [posted, redirected]) {
      expect(extract).toMatchObject({
        issuer: base.serviceProvider.entityId,
        request: { assertionConsumerServiceUrl: base.serviceProvider.acsUrl, destination: base.ssoUrl },
      });
    }
  });

  it('messages of logout by POST and by Redirect', async () => {
    const from = asserting();
    const request = logoutRequest(logoutAsk()).message;
    const response = logoutResponse({ issuer: IDP, destination: SLO, now: NOW }, '_1', success).message;
    for (const binding of ['post', 'redirect'] as const) {
      const sent = (field: 'SAMLRequest' | 'SAMLResponse', message: typeof request) =>
        binding === 'post'
          ? { body: { [field]: fieldOf(byPost(SLO, field, signed(message, keyPair(idp)).text, null), field) } }
          : queryOf(byRedirect(SLO, field, message.text, null, keyPair(idp)));
      const asked = await relying().parseLogoutRequest(from, binding, sent('SAMLRequest', request));
      expect(asked.extract).toMatchObject({ issuer: IDP, nameID: 'b3f1-person-1' });
      const answered = await relying().parseLogoutResponse(from, binding, sent('SAMLResponse', response));
      expect(answered.extract).toMatchObject({ issuer: IDP, response: { inResponseTo: '_1' } });
    }
  });
});

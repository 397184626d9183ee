/** The SAML IdP of the demonstration in front of requests that are not the hub's (S49). */
import type { FastifyInstance } from 'fastify';
import { aurora, SAML_ENTITY_ID } from '../../../src/demonstration/estate.js';
import {
  createDemonstrationSamlIdentityProvider,
  ssoUrlOf,
} from '../../../src/demonstration/saml-identity-provider.js';
import { newServiceProviderKey } from '../../../src/keys/service-provider-keys.js';
import type { InboundMessage, SamlKeyPair } from '../../../src/login/contracts.js';
import { serviceProviderMetadata } from '../../../src/protocols/saml/producing/service-provider-metadata.js';
import { verifyResponse } from '../../../src/protocols/saml/response.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { anAuthnRequest, NOW, redirected } from '../../support/saml-received.js';
import { config as base } from '../../unit/saml/message.js';

const place = { port: 0, url: 'https://aurora.example', local: 'http://127.0.0.1:1' };
const { entityId, acsUrl } = base.serviceProvider;
let hubKey: SamlTestKey;
let idpKeys: SamlKeyPair;
let idp: FastifyInstance;

beforeAll(async () => {
  hubKey = await makeSamlKey();
  idpKeys = { keyId: 'idp', ...(await newServiceProviderKey('SIGNING', SAML_ENTITY_ID, NOW)) };
  const signing = { keyId: 'hub', privateKeyPem: hubKey.privateKeyPem, certificatePem: hubKey.certificatePem };
  const serviceProvider = {
    ...base.serviceProvider,
    signing,
    publishedSigningCertificates: [hubKey.certificatePem],
    decryption: [],
  };
  const metadata = serviceProviderMetadata({ ...base, serviceProvider }, NOW);
  idp = createDemonstrationSamlIdentityProvider({
    place,
    partner: aurora,
    keys: idpKeys,
    hub: { entityId, acsUrl, metadataUrl: entityId, egress: { getText: async () => metadata } },
    clock: { now: () => NOW },
  });
});
afterAll(() => idp?.close());

let counter = 0;

function ask(attributes: Readonly<Record<string, string | null>> = {}, issuer = entityId, key = hubKey) {
  counter += 1;
  const head = { ID: `_ask-${counter}`, Destination: ssoUrlOf(place), AssertionConsumerServiceURL: acsUrl };
  return visit(redirected('SAMLRequest', anAuthnRequest({ ...head, ...attributes }, [], issuer), key, 'state'));
}

async function visit({ rawQuery }: InboundMessage) {
  const { statusCode, body } = await idp.inject({ method: 'GET', url: `/sso?${rawQuery}` });
  return { statusCode, body };
}

const hidden = (body: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? '';

function signIn(requestId: string, person = aurora.people[0]?.id ?? '') {
  const payload = new URLSearchParams({ requestId, relayState: 'state', person }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return idp.inject({ method: 'POST', url: '/sign-in', headers, payload });
}

/** The response on a page that posts itself. */
function responseOn(body: string): string {
  return Buffer.from(hidden(body, 'SAMLResponse'), 'base64').toString('utf8');
}

it('asks who it is for a request of the hub, and answers that request once [S49]', async () => {
  const shown = await ask();
  expect(shown.statusCode).toBe(200);
  const requestId = hidden(shown.body, 'requestId');
  expect(requestId).toBe(`_ask-${counter}`);
  const answer = await signIn(requestId);
  const response = responseOn(answer.body);
  expect(response).toContain(`InResponseTo="${requestId}"`);
  const verified = verifyResponse(Buffer.from(response), {
    signingCertificates: [idpKeys.certificatePem],
    requireSigned: 'BOTH',
    requireEncrypted: false,
    allowTrailingSignature: false,
    decryptionKeys: [],
    algorithmExceptions: [],
    now: NOW,
  });
  expect(verified.ok).toBe(true);
  expect((await signIn(requestId)).statusCode).toBe(400);
});

it('answers a copy of a request that was answered with a page [S49]', async () => {
  const shown = await ask();
  await signIn(hidden(shown.body, 'requestId'));
  const again = await ask({ ID: hidden(shown.body, 'requestId') });
  expect([again.statusCode, /SAML_REPLAY/.test(again.body)]).toEqual([400, true]);
});

it.each([
  ['an address that is not registered', { AssertionConsumerServiceURL: 'https://evil.example/acs' }, 'SAML_ACS'],
  [
    'an index that is not registered',
    { AssertionConsumerServiceURL: null, AssertionConsumerServiceIndex: '5' },
    'SAML_ACS',
  ],
  ['another destination', { Destination: 'https://evil.example/sso' }, 'SAML_DESTINATION'],
])('shows a page here for a request with %s, and sends nothing anywhere [S49]', async (_what, attributes, code) => {
  const { statusCode, body } = await ask(attributes);
  expect([statusCode, body.includes(code), body.includes('SAMLResponse'), body.includes('evil')]).toEqual([
    400,
    true,
    false,
    false,
  ]);
});

it('shows a page here for a request that is unsigned, signed by another, or of another issuer [S49]', async () => {
  const head = { ID: '_plain', Destination: ssoUrlOf(place) };
  const answers = [
    await visit(redirected('SAMLRequest', anAuthnRequest(head, [], entityId), null, 'state')),
    await ask({}, entityId, await makeSamlKey()),
    await ask({}, 'https://evil.example'),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400]);
  expect(answers.map(({ body }) => /SAML_[A-Z_]+/.exec(body)?.[0])).toEqual([
    'SAML_SIG_MISSING',
    'SAML_SIG_INVALID',
    'SAML_ISSUER',
  ]);
});

it('tells the hub that it asks nobody where nobody may be asked [S49]', async () => {
  const { statusCode, body } = await ask({ IsPassive: 'true' });
  expect(statusCode).toBe(200);
  expect(responseOn(body)).toContain('urn:oasis:names:tc:SAML:2.0:status:NoPassive');
  expect(responseOn(body)).not.toContain('Assertion ');
});

it('tells the hub, at its registered address, that it will not answer by another binding [S49]', async () => {
  const { body } = await ask({ ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact' });
  expect(responseOn(body)).toContain('urn:oasis:names:tc:SAML:2.0:status:RequestDenied');
  expect(body).toContain(`action="${acsUrl}"`);
});

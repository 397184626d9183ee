/** What the hub says as an identity provider, read by a pysaml2 service provider, which checks signatures with xmlsec1. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identityProviderMetadata } from '../src/protocols/saml/producing/identity-provider-metadata.js';
import { logoutRequest, logoutResponse } from '../src/protocols/saml/producing/logout.js';
import { success } from '../src/protocols/saml/producing/message.js';
import { loginResponse, type Protection } from '../src/protocols/saml/producing/response.js';
import { byPost, byRedirect } from '../src/protocols/saml/producing/sending.js';
import { signed } from '../src/protocols/saml/producing/signing.js';
import { makeSamlKey, type SamlTestKey } from '../test/support/saml-keys.js';
import { ACS, address, HOSTILE, IDP, keyPair, SP, statement } from '../test/support/saml-produced.js';

const SLO = 'https://app.example/saml/slo';
const FOLDER = dirname(fileURLToPath(import.meta.url));
const sender = { issuer: IDP, destination: SLO, now: new Date() };
let idp: SamlTestKey;
let sp: SamlTestKey;

beforeAll(async () => {
  [idp, sp] = await Promise.all([makeSamlKey(), makeSamlKey()]);
});

function verdicts(messages: readonly object[]): readonly Readonly<Record<string, unknown>>[] {
  const metadata = identityProviderMetadata({
    entityId: IDP,
    ssoUrl: `${IDP}/sso`,
    sloUrl: `${IDP}/slo`,
    signingCertificates: [idp.certificatePem],
    nameIdFormats: [],
    wantAuthnRequestsSigned: false,
  });
  const { privateKeyPem, certificatePem } = sp;
  const given = { metadata, privateKeyPem, certificatePem, entityId: SP, acsUrl: ACS, sloUrl: SLO, messages };
  const python = process.env.ENTENTE_INTEROP_PYTHON;
  if (python === undefined) throw new Error('run `npm run interop`');
  const script = join(FOLDER, 'saml_service_provider.py');
  const { status, stdout, stderr } = spawnSync(python, [script], { input: JSON.stringify(given), encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function response(over: Partial<Protection> = {}, attributes = statement(sender.now).attributes): object {
  const protection = { key: keyPair(idp), sign: 'BOTH', encryptTo: null, ...over } as const;
  const xml = loginResponse(address(sender.now), statement(sender.now, { attributes }), protection);
  const message = Buffer.from(xml).toString('base64');
  return { kind: 'Response', binding: 'POST', message, request: '_request-1' };
}

function logout(kind: 'LogoutRequest' | 'LogoutResponse', key: SamlTestKey, binding: 'POST' | 'REDIRECT'): object {
  const { nameId } = statement(sender.now);
  const { message } =
    kind === 'LogoutRequest'
      ? logoutRequest({ ...sender, nameId, sessionIndexes: ['_session-1'], validSeconds: 60 })
      : logoutResponse(sender, '_logout-1', success);
  const field = kind === 'LogoutRequest' ? 'SAMLRequest' : 'SAMLResponse';
  if (binding === 'POST') {
    const sent = byPost(SLO, field, signed(message, keyPair(key)).text, null);
    return { kind, binding, message: sent.kind === 'form-post' ? sent.fields[field] : '' };
  }
  const sent = byRedirect(SLO, field, message.text, 'state', keyPair(key));
  const query = new URLSearchParams(sent.kind === 'redirect' ? sent.url.slice(sent.url.indexOf('?') + 1) : '');
  return { kind, binding, message: query.get(field), query: Object.fromEntries(query) };
}

it('accepts a response signed twice, in clear and encrypted', () => {
  const encryptTo = { certificatePem: sp.certificatePem, keyTransport: 'RSA_OAEP_MGF1P' } as const;
  const read = verdicts([response(), response({ encryptTo })]);
  for (const one of read) {
    expect(one).toMatchObject({
      nameId: 'b3f1-person-1',
      issuer: IDP,
      sessionIndex: '_session-1',
      attributes: { mail: ['ada@aurora.example'], groups: ['one', 'two'] },
    });
  }
  expect(read).toHaveLength(2);
});

it('reads hostile attribute values as they were given [S50]', () => {
  // The library trims what it reads; nothing else of the text may change.
  const [read] = verdicts([response({}, [{ name: 'note', nameFormat: null, friendlyName: null, values: HOSTILE }])]);
  expect(read?.attributes).toEqual({ note: HOSTILE.map((value) => value.trim()) });
});

it('accepts messages of logout that are signed', () => {
  const read = verdicts([
    logout('LogoutRequest', idp, 'POST'),
    logout('LogoutRequest', idp, 'REDIRECT'),
    logout('LogoutResponse', idp, 'POST'),
    logout('LogoutResponse', idp, 'REDIRECT'),
  ]);
  const asked = { nameId: 'b3f1-person-1', sessionIndex: '_session-1' };
  const answered = { inResponseTo: '_logout-1', status: 'urn:oasis:names:tc:SAML:2.0:status:Success' };
  expect(read).toEqual([asked, asked, answered, answered]);
});

it('refuses what another key signed', () => {
  const read = verdicts([
    response({ key: keyPair(sp) }),
    logout('LogoutRequest', sp, 'POST'),
    logout('LogoutRequest', sp, 'REDIRECT'),
  ]);
  expect(read).toEqual([{ refused: expect.any(String) }, { refused: expect.any(String) }, { refused: 'query' }]);
});

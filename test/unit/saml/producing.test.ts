import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { trustedKeys } from '../../../src/keys/trusted-keys.js';
import { readIdentityProviderMetadata } from '../../../src/protocols/saml/identity-provider-metadata.js';
import { statusCodes } from '../../../src/protocols/saml/names.rules.js';
import type { AssertionToState } from '../../../src/protocols/saml/producing/assertion.js';
import { identityProviderMetadata } from '../../../src/protocols/saml/producing/identity-provider-metadata.js';
import { logoutRequest, logoutResponse } from '../../../src/protocols/saml/producing/logout.js';
import { Markup } from '../../../src/protocols/saml/producing/markup.rules.js';
import { success } from '../../../src/protocols/saml/producing/message.js';
import { errorResponse, loginResponse } from '../../../src/protocols/saml/producing/response.js';
import { byPost, byRedirect } from '../../../src/protocols/saml/producing/sending.js';
import { signed } from '../../../src/protocols/saml/producing/signing.js';
import { verifyResponse } from '../../../src/protocols/saml/response.js';
import { canonicalForm } from '../../../src/xml/canonical.rules.js';
import { readMessage, verifySignedXml, type XmlElement } from '../../../src/xml/index.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { ACS, address, HOSTILE, IDP, keyPair, SP, statement } from '../../support/saml-produced.js';

const SEED = 20310506;
const NOW = new Date('2031-05-06T07:08:09.000Z');
let idp: SamlTestKey;
let curve: SamlTestKey;
let sp: SamlTestKey;

beforeAll(async () => {
  [idp, curve, sp] = await Promise.all([makeSamlKey(), makeSamlKey({ kind: 'EC' }), makeSamlKey()]);
});

function parse(xml: string) {
  const read = readMessage(Buffer.from(xml, 'utf8'));
  if (!read.ok) throw new Error(`${read.refusal.code}: ${read.refusal.detail}`);
  return read.value.root;
}

function all(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(all)];
}

function named(element: XmlElement, localName: string): readonly XmlElement[] {
  return all(element).filter((one) => one.localName === localName);
}

function verified(xml: string, encrypted = false, certificatePem = idp.certificatePem) {
  const result = verifyResponse(Buffer.from(xml, 'utf8'), {
    signingCertificates: [certificatePem],
    requireSigned: 'EITHER',
    requireEncrypted: encrypted,
    allowTrailingSignature: false,
    decryptionKeys: [sp.privateKeyPem],
    algorithmExceptions: [],
    now: NOW,
  });
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.detail}`);
  return result.value;
}

describe('what the hub writes', () => {
  it('is in canonical form as it is written: the octets that are signed are those that are sent', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, text, text, fc.array(text, { maxLength: 3 }), (name, nameFormat, friendlyName, values) => {
        const attributes = [{ name, nameFormat, friendlyName, values }];
        const xml = loginResponse(address(NOW), statement(NOW, { attributes }), {
          key: keyPair(idp),
          sign: 'BOTH',
          encryptTo: null,
        });
        expect(canonicalForm(parse(xml), [])).toBe(xml);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  it('names no element and no attribute outside the namespaces that it knows', () => {
    expect(() => Markup.element('evil:Response')).toThrow();
    expect(() => Markup.element('Response')).toThrow();
    expect(() => Markup.element('saml:Issuer', { 'xmlns:saml': 'urn:evil' })).toThrow();
  });

  it('replaces what XML cannot carry, and carries everything else', () => {
    const written = Markup.element('saml:Issuer', {}, 'a\u0000b\u000b\ufffec\ud800d\r\n\t"').text;
    expect(parse(written).text).toBe('a\ufffdb\ufffd\ufffdc\ufffdd\r\n\t"');
  });
});

describe('a Response', () => {
  it.each([
    ['RESPONSE', null],
    ['ASSERTION', null],
    ['BOTH', null],
    ['RESPONSE', 'RSA_OAEP_MGF1P'],
    ['ASSERTION', 'RSA_OAEP_SHA256'],
    ['BOTH', 'RSA_OAEP_MGF1P'],
    ['BOTH', 'RSA_OAEP_SHA256'],
  ] as const)('signed as %s and encrypted by %s is read by our own verifier', (sign, keyTransport) => {
    const encryptTo = keyTransport === null ? null : { certificatePem: sp.certificatePem, keyTransport };
    const xml = loginResponse(address(NOW), statement(NOW), { key: keyPair(idp), sign, encryptTo });
    const read = verified(xml, encryptTo !== null);
    expect(read).toMatchObject({ responseIsSigned: sign !== 'ASSERTION', wasEncrypted: encryptTo !== null });
    expect(named(read.assertion, 'NameID')[0]?.text).toBe('b3f1-person-1');
    expect(xml.includes('b3f1-person-1')).toBe(encryptTo === null);
  });

  it('can be signed with a key on a curve', () => {
    const xml = loginResponse(address(NOW), statement(NOW), { key: keyPair(curve), sign: 'BOTH', encryptTo: null });
    expect(verified(xml, false, curve.certificatePem).responseIsSigned).toBe(true);
  });

  it('says who speaks to whom, for how long, and how the person signed in', () => {
    const { envelope, assertion } = verified(
      loginResponse(address(NOW), statement(NOW), { key: keyPair(idp), sign: 'BOTH', encryptTo: null }),
    );
    const values = (element: XmlElement | undefined) =>
      Object.fromEntries((element?.attributes ?? []).map(({ localName, value }) => [localName, value]));
    expect(values(envelope)).toMatchObject({ Destination: ACS, InResponseTo: '_request-1', Version: '2.0' });
    expect(values(named(assertion, 'NameID')[0])).toEqual({
      Format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      NameQualifier: IDP,
      SPNameQualifier: SP,
    });
    expect(values(named(assertion, 'SubjectConfirmationData')[0])).toEqual({
      InResponseTo: '_request-1',
      Recipient: ACS,
      NotOnOrAfter: '2031-05-06T07:13:09.000Z',
    });
    expect(values(named(assertion, 'Conditions')[0])).toEqual({
      NotBefore: NOW.toISOString(),
      NotOnOrAfter: '2031-05-06T07:13:09.000Z',
    });
    expect(named(assertion, 'Audience').map(({ text }) => text)).toEqual([SP]);
    expect(values(named(assertion, 'AuthnStatement')[0])).toEqual({
      AuthnInstant: NOW.toISOString(),
      SessionIndex: '_session-1',
      SessionNotOnOrAfter: '2031-05-06T08:08:09.000Z',
    });
    expect(named(assertion, 'Attribute').map(values)).toEqual([
      {
        Name: 'urn:oid:0.9.2342.19200300.100.1.3',
        NameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
        FriendlyName: 'mail',
      },
      { Name: 'groups', NameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic' },
    ]);
  });

  it('without attributes has no statement of them', () => {
    const xml = loginResponse(address(NOW), statement(NOW, { attributes: [] }), {
      key: keyPair(idp),
      sign: 'BOTH',
      encryptTo: null,
    });
    expect(named(verified(xml).assertion, 'AttributeStatement')).toEqual([]);
  });

  it('that refuses is signed and says why by its status', () => {
    const status = { code: statusCodes.responder, subcode: statusCodes.noPassive, message: HOSTILE[0] ?? '' };
    const xml = errorResponse(address(NOW), status, keyPair(idp));
    const read = verifySignedXml(Buffer.from(xml), trustedKeys([idp.certificatePem]), { now: NOW, allowSha1: false });
    if (!read.ok) throw new Error(read.refusal.detail);
    const codes = named(read.value, 'StatusCode').map((one) => one.attribute('Value'));
    expect(codes).toEqual([statusCodes.responder, statusCodes.noPassive]);
    expect(named(read.value, 'StatusMessage')[0]?.text).toBe(HOSTILE[0]);
    expect(named(read.value, 'Assertion')).toEqual([]);
  });
});

/** The name of an attribute may be any text under this format alone. */
const UNSPECIFIED = 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified';

describe('hostile text in what the hub says of a person [S50]', () => {
  const plain = (value: string): AssertionToState =>
    statement(NOW, {
      nameId: { value, format: value, nameQualifier: value, spNameQualifier: value },
      sessionIndex: value,
      contextClass: value,
      attributes: [{ name: value, nameFormat: value, friendlyName: value, values: [value, value] }],
    });
  const written = (value: string) =>
    loginResponse(
      address(NOW, { issuer: value, audience: value, recipient: value, inResponseTo: value }),
      plain(value),
      { key: keyPair(idp), sign: 'BOTH', encryptTo: null },
    );
  const shape = (element: XmlElement): unknown => [element.localName, element.children.map(shape)];

  it.each(HOSTILE)('is read back as it was given, in every field, and makes no element: %j', (value) => {
    const root = parse(written(value));
    expect(shape(root)).toEqual(shape(parse(written('x'))));
    const [nameId] = named(root, 'NameID');
    const [attribute] = named(root, 'Attribute');
    const [statementElement] = named(root, 'AuthnStatement');
    const [data] = named(root, 'SubjectConfirmationData');
    const read = [
      nameId?.text,
      ...['Format', 'NameQualifier', 'SPNameQualifier'].map((name) => nameId?.attribute(name)),
      ...['Name', 'NameFormat', 'FriendlyName'].map((name) => attribute?.attribute(name)),
      ...named(root, 'AttributeValue').map(({ text }) => text),
      statementElement?.attribute('SessionIndex'),
      ...['Recipient', 'InResponseTo'].map((name) => data?.attribute(name)),
      ...['Destination', 'InResponseTo'].map((name) => root.attribute(name)),
      ...['AuthnContextClassRef', 'Audience', 'Issuer'].flatMap((name) => named(root, name).map(({ text }) => text)),
    ];
    expect(read).toHaveLength(18);
    expect(new Set(read)).toEqual(new Set([value]));
  });

  it('leaves the signatures whole', () => {
    for (const value of HOSTILE) {
      const xml = loginResponse(
        address(NOW),
        {
          ...plain(value),
          nameId: statement(NOW).nameId,
          contextClass: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
          attributes: [{ name: value, nameFormat: UNSPECIFIED, friendlyName: value, values: [value, value] }],
        },
        {
          key: keyPair(idp),
          sign: 'BOTH',
          encryptTo: { certificatePem: sp.certificatePem, keyTransport: 'RSA_OAEP_MGF1P' },
        },
      );
      expect(named(verified(xml, true).assertion, 'AttributeValue').map(({ text }) => text)).toEqual([value, value]);
    }
  });

  it('stays text in messages of logout and in metadata', () => {
    for (const value of HOSTILE) {
      const sender = { issuer: value, destination: value, now: NOW };
      const nameId = { value, format: value, nameQualifier: value, spNameQualifier: value };
      const ask = { ...sender, nameId, sessionIndexes: [value, value], validSeconds: 60 };
      const request = parse(signed(logoutRequest(ask).message, keyPair(idp)).text);
      expect(named(request, 'SessionIndex').map(({ text }) => text)).toEqual([value, value]);
      const status = { code: value, subcode: value, message: value };
      const response = parse(signed(logoutResponse(sender, value, status).message, keyPair(idp)).text);
      expect(named(response, 'StatusMessage')[0]?.text).toBe(value);
      const metadata = parse(
        identityProviderMetadata({
          entityId: value,
          ssoUrl: value,
          sloUrl: value,
          signingCertificates: [idp.certificatePem],
          nameIdFormats: [value],
          wantAuthnRequestsSigned: true,
        }),
      );
      expect([request, response, metadata].flatMap((root) => named(root, 'Evil'))).toEqual([]);
      expect(named(metadata, 'SingleLogoutService').map((one) => one.attribute('Location'))).toEqual([value, value]);
    }
  });
});

describe('a message of logout', () => {
  const sender = { issuer: IDP, destination: 'https://app.example/slo?tenant=a', now: NOW };

  it('is signed inside where it goes by POST', () => {
    const { id, message } = logoutResponse(sender, '_logout-1', success);
    const sent = byPost(sender.destination, 'SAMLResponse', signed(message, keyPair(idp)).text, 'state');
    if (sent.kind !== 'form-post') throw new Error(sent.kind);
    expect(Object.keys(sent.fields)).toEqual(['SAMLResponse', 'RelayState']);
    const read = verifySignedXml(
      Buffer.from(sent.fields.SAMLResponse ?? '', 'base64'),
      trustedKeys([idp.certificatePem]),
      { now: NOW, allowSha1: false },
    );
    expect(read.ok && [read.value.attribute('ID'), read.value.attribute('InResponseTo')]).toEqual([id, '_logout-1']);
  });

  it.each(['RSA', 'EC'] as const)('is signed over the octets of the query where it goes by Redirect (%s)', (kind) => {
    const key = kind === 'RSA' ? idp : curve;
    const ask = { ...sender, nameId: statement(NOW).nameId, sessionIndexes: ['_session-1'], validSeconds: 60 };
    const sent = byRedirect(sender.destination, 'SAMLRequest', logoutRequest(ask).message.text, null, keyPair(key));
    if (sent.kind !== 'redirect') throw new Error(sent.kind);
    expect(sent.url.startsWith('https://app.example/slo?tenant=a&SAMLRequest=')).toBe(true);
    const query = sent.url.slice(sent.url.indexOf('SAMLRequest='));
    const [octets = '', signature = ''] = query.split('&Signature=');
    expect(octets).not.toContain('RelayState');
    const publicKey = { key: createPublicKey(key.certificatePem), dsaEncoding: 'ieee-p1363' } as const;
    const value = Buffer.from(decodeURIComponent(signature), 'base64');
    expect(verify('sha256', Buffer.from(octets), publicKey, value)).toBe(true);
  });
});

it('metadata of an identity provider is read by our own reader', () => {
  const xml = identityProviderMetadata({
    entityId: IDP,
    ssoUrl: 'https://hub.example/saml/sso',
    sloUrl: 'https://hub.example/saml/slo',
    signingCertificates: [idp.certificatePem],
    nameIdFormats: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
    wantAuthnRequestsSigned: true,
  });
  const read = readIdentityProviderMetadata(Buffer.from(xml), {
    now: NOW,
    signingCertificate: null,
    entityId: null,
    allowInsecureEndpoints: false,
  });
  expect(read).toMatchObject({
    ok: true,
    value: {
      entityId: IDP,
      ssoUrl: 'https://hub.example/saml/sso',
      ssoBinding: 'REDIRECT',
      wantAuthnRequestsSigned: true,
    },
  });
});

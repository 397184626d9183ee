import { readFileSync } from 'node:fs';
import { newServiceProviderKey } from '../../../src/keys/service-provider-keys.js';
import type { AuthenticationAsk, UpstreamSamlConfig } from '../../../src/login/contracts.js';
import { ns } from '../../../src/protocols/saml/names.rules.js';
import { beginSaml } from '../../../src/protocols/saml/producing/authn-request.js';
import { serviceProviderMetadata } from '../../../src/protocols/saml/producing/service-provider-metadata.js';
import { readUntrustedXml, type XmlElement } from '../../../src/xml/index.js';
import { envelopedSignatureIsValid, readPost, readRedirect } from '../../support/saml-identity-provider.js';
import { config as base, NOW } from './message.js';

const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const ask: AuthenticationAsk = {
  state: `local.${'s'.repeat(43)}`,
  forceAuthn: false,
  isPassive: false,
  loginHint: null,
  acrValues: [],
  maxAgeSeconds: null,
};
let config: UpstreamSamlConfig;

beforeAll(async () => {
  const { entityId } = base.serviceProvider;
  const [signing, next, encryption] = await Promise.all([
    newServiceProviderKey('SIGNING', entityId, NOW),
    newServiceProviderKey('SIGNING', entityId, NOW),
    newServiceProviderKey('ENCRYPTION', entityId, NOW),
  ]);
  config = {
    ...base,
    serviceProvider: {
      ...base.serviceProvider,
      signing: { keyId: 'signing', ...signing },
      publishedSigningCertificates: [signing.certificatePem, next.certificatePem],
      decryption: [{ keyId: 'encryption', ...encryption }],
    },
  };
});

/** The request as the IdP reads it, with its signature checked. */
function request(over: Partial<UpstreamSamlConfig> = {}, wishes: Partial<AuthenticationAsk> = {}) {
  const begun = beginSaml({ ...config, ...over }, { ...ask, ...wishes }, NOW);
  const { certificatePem } = config.serviceProvider.signing;
  const { message } = begun;
  const read =
    message.kind === 'redirect'
      ? readRedirect(message.url.slice(message.url.indexOf('SAMLRequest=')), certificatePem)
      : readPost(new URLSearchParams(message.fields), certificatePem);
  return { ...begun, read };
}

function parse(xml: string): XmlElement {
  const parsed = readUntrustedXml(Buffer.from(xml, 'utf8'));
  if (!parsed.ok) throw new Error(parsed.refusal.detail);
  return parsed.value;
}

function below(element: XmlElement, localName: string): readonly XmlElement[] {
  return element.children.flatMap((child) => [
    ...(child.localName === localName ? [child] : []),
    ...below(child, localName),
  ]);
}

describe.each(['REDIRECT', 'POST'] as const)('an AuthnRequest by %s', (ssoBinding) => {
  it('says who asks whom, where the answer goes, and is signed', () => {
    const { read, pending } = request({ ssoBinding });
    expect(read).toMatchObject({ binding: ssoBinding, relayState: ask.state, signatureIsValid: true });
    const { element } = read;
    expect([element.namespace, element.localName]).toEqual([ns.protocol, 'AuthnRequest']);
    expect(
      Object.fromEntries(
        [
          'ID',
          'Version',
          'IssueInstant',
          'Destination',
          'AssertionConsumerServiceURL',
          'ProtocolBinding',
          'ForceAuthn',
          'IsPassive',
          'AssertionConsumerServiceIndex',
        ].map((name) => [name, element.attribute(name)]),
      ),
    ).toEqual({
      ID: pending.kind === 'SAML' ? pending.requestId : '',
      Version: '2.0',
      IssueInstant: NOW.toISOString(),
      Destination: config.ssoUrl,
      AssertionConsumerServiceURL: config.serviceProvider.acsUrl,
      ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
      ForceAuthn: null,
      IsPassive: null,
      AssertionConsumerServiceIndex: null,
    });
    expect(pending).toEqual({ kind: 'SAML', requestId: read.id, forceAuthn: false, requestedAt: NOW.toISOString() });
    expect(element.children.map(({ localName }) => localName)).toEqual(
      ssoBinding === 'POST' ? ['Issuer', 'Signature', 'NameIDPolicy'] : ['Issuer', 'NameIDPolicy'],
    );
    expect(read.issuer).toBe(config.serviceProvider.entityId);
  });

  it('carries no signature where the connection wants none', () => {
    expect(request({ ssoBinding, signRequests: false }).read.signatureIsValid).toBeNull();
  });

  it('keeps hostile settings text [S50]', () => {
    const hostile = '"><saml:Evil xmlns:saml="x">&amp;]]>\r\n\u0000';
    const { read } = request({ ssoBinding, nameIdFormat: hostile, requestedAuthnContext: [hostile] });
    expect(read.signatureIsValid).toBe(true);
    expect(below(read.element, 'Evil')).toEqual([]);
    const shown = hostile.replace('\u0000', '\ufffd');
    expect(below(read.element, 'NameIDPolicy')[0]?.attribute('Format')).toBe(shown);
    expect(below(read.element, 'AuthnContextClassRef')[0]?.text).toBe(shown);
  });
});

describe('an AuthnRequest', () => {
  it('has an ID that nobody can guess and that is no other one', () => {
    const ids = Array.from({ length: 50 }, () => request().read.id);
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^_[0-9a-f]{40}$/);
  });

  it('demands a new authentication for prompt=login and for any max_age', () => {
    const demanded = [{ forceAuthn: true }, { maxAgeSeconds: 3_600 }, { maxAgeSeconds: 0 }].map((wish) =>
      request({}, wish),
    );
    for (const { read, pending } of demanded) {
      expect(read.element.attribute('ForceAuthn')).toBe('true');
      expect(pending).toMatchObject({ forceAuthn: true });
    }
    expect(request({}, { isPassive: true }).read.element.attribute('IsPassive')).toBe('true');
  });

  it('asks for the classes of the connection, narrowed by what the application wishes and never widened', () => {
    const classes = (acrValues: readonly string[], requestedAuthnContext: readonly string[] = ['urn:a', 'urn:b']) =>
      below(request({ requestedAuthnContext }, { acrValues }).read.element, 'AuthnContextClassRef').map(
        ({ text }) => text,
      );
    expect([classes([]), classes(['urn:b', 'urn:x']), classes(['urn:x']), classes(['urn:x'], [])]).toEqual([
      ['urn:a', 'urn:b'],
      ['urn:b'],
      ['urn:a', 'urn:b'],
      [],
    ]);
  });

  it('lets the IdP create an identifier, which a transient one is anyway', () => {
    const policy = (nameIdFormat: string | null) => {
      const [element] = below(request({ nameIdFormat }).read.element, 'NameIDPolicy');
      return [element?.attribute('Format'), element?.attribute('AllowCreate')];
    };
    expect([policy(null), policy(TRANSIENT)]).toEqual([
      [null, 'true'],
      [TRANSIENT, null],
    ]);
  });

  it('joins a query that the endpoint has already, and signs its own part alone', () => {
    const { message, read } = request({ ssoUrl: 'https://idp.example/sso?tenant=a%20b' });
    expect(message.kind === 'redirect' && message.url).toMatch(
      /^https:\/\/idp\.example\/sso\?tenant=a%20b&SAMLRequest=/,
    );
    expect(read.signatureIsValid).toBe(true);
  });

  it('refuses to send a state that RelayState cannot hold [S38]', () => {
    expect(() => request({}, { state: 's'.repeat(81) })).toThrow();
  });
});

describe('metadata of the hub', () => {
  const metadata = (over: Partial<UpstreamSamlConfig> = {}, now = NOW) =>
    serviceProviderMetadata({ ...config, ...over }, now);

  it('is signed, ends of itself, and names every active key, the address and what is demanded', () => {
    const xml = metadata();
    expect(envelopedSignatureIsValid(xml, config.serviceProvider.signing.certificatePem)).toBe(true);
    const entity = parse(xml);
    expect(entity.attribute('entityID')).toBe(config.serviceProvider.entityId);
    expect(entity.attribute('validUntil')).toBe('2031-06-03T00:00:00.000Z');
    expect(entity.children.map(({ localName }) => localName)).toEqual(['Signature', 'SPSSODescriptor']);
    const [role] = below(entity, 'SPSSODescriptor');
    expect([role?.attribute('AuthnRequestsSigned'), role?.attribute('WantAssertionsSigned')]).toEqual(['true', 'true']);
    const keys = below(entity, 'KeyDescriptor');
    expect(keys.map((key) => key.attribute('use'))).toEqual(['signing', 'signing', 'encryption']);
    const bodies = [
      ...config.serviceProvider.publishedSigningCertificates,
      config.serviceProvider.decryption[0]?.certificatePem ?? '',
    ];
    expect(keys.map((key) => below(key, 'X509Certificate')[0]?.text)).toEqual(
      bodies.map((pem) => pem.replace(/-----[A-Z ]+-----|\s/g, '')),
    );
    expect(keys[2] && below(keys[2], 'EncryptionMethod').map((method) => method.attribute('Algorithm'))).toEqual([
      'http://www.w3.org/2009/xmlenc11#aes256-gcm',
      'http://www.w3.org/2009/xmlenc11#aes128-gcm',
      'http://www.w3.org/2009/xmlenc11#rsa-oaep',
      'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    ]);
    expect(
      below(entity, 'AssertionConsumerService').map((one) => [one.attribute('Location'), one.attribute('index')]),
    ).toEqual([[config.serviceProvider.acsUrl, '0']]);
    expect(xml).not.toContain('PRIVATE KEY');
  });

  it('is the same text all day, and says where less is demanded', () => {
    expect(metadata({}, new Date('2031-05-06T23:59:59Z'))).toBe(metadata({}, new Date('2031-05-06T00:00:00Z')));
    const role = below(parse(metadata({ requireSigned: 'RESPONSE', signRequests: false })), 'SPSSODescriptor')[0];
    expect([role?.attribute('AuthnRequestsSigned'), role?.attribute('WantAssertionsSigned')]).toEqual([
      'false',
      'false',
    ]);
  });
});

describe('the wrapper of samlify', () => {
  it('is given nothing that comes in: it signs, and reads nothing [S07]', () => {
    const text = readFileSync('src/protocols/saml/samlify.ts', 'utf8');
    expect(text.match(/SamlLib\.\w+/g)).toEqual(['SamlLib.constructSAMLSignature']);
  });
});

import type { IdentityProviderMetadata } from '../../../src/protocols/saml/identity-provider-metadata.js';
import { readIdentityProviderMetadata } from '../../../src/protocols/saml/identity-provider-metadata.js';
import type { Result } from '../../../src/shared/result.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';

const now = new Date('2026-03-01T12:00:00Z');
const unsigned = { signingCertificate: null, entityId: null };
const BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-';
let key: SamlTestKey;
let second: SamlTestKey;
let elliptic: SamlTestKey;
let weak: SamlTestKey;
let exponent: SamlTestKey;
let expired: SamlTestKey;
let announced: SamlTestKey;

beforeAll(async () => {
  key = await makeSamlKey();
  second = await makeSamlKey();
  elliptic = await makeSamlKey({ kind: 'EC', curve: 'P-384' });
  weak = await makeSamlKey({ bits: 1024 });
  exponent = await makeSamlKey({ exponent: [3] });
  expired = await makeSamlKey({ notAfter: now });
  announced = await makeSamlKey({ notBefore: new Date('2026-04-01T00:00:00Z') });
});

interface Parts {
  readonly entity?: string;
  readonly role?: string;
  readonly keys?: string;
  readonly endpoints?: string;
  readonly extra?: string;
}

function keyDescriptor(certificate: SamlTestKey | string, use: string | null = 'signing'): string {
  const text = typeof certificate === 'string' ? certificate : certificate.certificateBase64;
  return (
    `<md:KeyDescriptor${use === null ? '' : ` use="${use}"`}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` +
    `<ds:X509Data><ds:X509Certificate>\n${text}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
  );
}

function endpoint(binding: string, location: string, name = 'SingleSignOnService'): string {
  return `<md:${name} Binding="${BINDING}${binding}" Location="${location}"/>`;
}

const redirect = () => endpoint('Redirect', 'https://idp.example/sso');

function entityXml(parts: Parts = {}): string {
  return (
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ${parts.entity ?? 'entityID="https://idp.example"'}>` +
    `<md:IDPSSODescriptor ${parts.role ?? ''} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
    `${parts.keys ?? keyDescriptor(key)}${parts.endpoints ?? redirect()}</md:IDPSSODescriptor>${parts.extra ?? ''}` +
    `</md:EntityDescriptor>`
  );
}

function read(xml: string, allowInsecureEndpoints = false): Result<IdentityProviderMetadata> {
  return readIdentityProviderMetadata(Buffer.from(xml, 'utf8'), { ...unsigned, now, allowInsecureEndpoints });
}

function verdict(parts: Parts, allowInsecureEndpoints = false): string {
  const result = read(entityXml(parts), allowInsecureEndpoints);
  return result.ok ? 'ACCEPTED' : result.refusal.code;
}

function taken(parts: Parts): IdentityProviderMetadata {
  const result = read(entityXml(parts));
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.detail}`);
  return result.value;
}

describe('metadata of an identity provider', () => {
  it('gives entityID, endpoint, keys, wishes and end', () => {
    const scope = '<shibmd:Scope xmlns:shibmd="urn:mace:shibboleth:metadata:1.0" regexp="';
    const value = taken({
      entity: 'entityID="https://idp.example/saml" validUntil="2026-04-01T00:00:00Z"',
      role: 'WantAuthnRequestsSigned="1"',
      keys:
        `<md:Extensions>${scope}false">Aurora.example</shibmd:Scope>${scope}true">.*</shibmd:Scope></md:Extensions>` +
        keyDescriptor(key) +
        keyDescriptor(second, null) +
        keyDescriptor(elliptic),
      endpoints:
        '<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>' +
        endpoint('POST', 'https://idp.example/post') +
        endpoint('Redirect', 'https://idp.example/redirect?tenant=a&amp;b=c'),
    });
    expect(value).toMatchObject({
      entityId: 'https://idp.example/saml',
      ssoUrl: 'https://idp.example/redirect?tenant=a&b=c',
      ssoBinding: 'REDIRECT',
      ignoredCertificates: [],
      wantAuthnRequestsSigned: true,
      nameIdFormats: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
      scopes: ['aurora.example'],
      validUntil: new Date('2026-04-01T00:00:00Z'),
    });
    expect(value.signingCertificates.map(({ certificatePem }) => certificatePem.trim())).toEqual(
      [key, second, elliptic].map(({ certificatePem }) => certificatePem.trim()),
    );
  });

  it('is read with a byte order mark, a declaration, comments and roles of other protocols, as Microsoft sends it', () => {
    const other =
      '<md:RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" ' +
      'xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706">' +
      '<fed:TokenTypesOffered/></md:RoleDescriptor>';
    const xml = `\ufeff<?xml version="1.0" encoding="utf-8"?>\n<!-- made by a tool -->\n${entityXml({ extra: other })}\n`;
    expect(read(xml)).toMatchObject({ ok: true, value: { entityId: 'https://idp.example' } });
  });

  it('keeps the spelling of the endpoint, which the IdP compares with Destination', () => {
    expect(taken({ endpoints: endpoint('Redirect', 'https://IDP.example') }).ssoUrl).toBe('https://IDP.example');
    expect(taken({ endpoints: endpoint('POST', 'https://idp.example/p') }).ssoBinding).toBe('POST');
  });

  it.each<[string, string]>([
    ['not XML', 'hello'],
    ['a document type', `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${'<x/>'}`],
    ['an aggregate', `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"/>`],
    ['another namespace', '<EntityDescriptor xmlns="urn:x" entityID="https://idp.example"/>'],
    ['nothing', ''],
  ])('is refused as %s [S45]', (_name, xml) => {
    expect(read(xml)).toMatchObject({ ok: false, refusal: { code: 'METADATA_INVALID' } });
  });

  it.each<[string, () => Parts, string]>([
    ['no entityID', () => ({ entity: '' }), 'METADATA_INVALID'],
    ['an empty entityID', () => ({ entity: 'entityID=""' }), 'METADATA_INVALID'],
    ['an entityID of 1 025 characters', () => ({ entity: `entityID="${'e'.repeat(1_025)}"` }), 'METADATA_INVALID'],
    ['an entityID of 1 024 characters', () => ({ entity: `entityID="${'e'.repeat(1_024)}"` }), 'ACCEPTED'],
    ['an entityID with a space', () => ({ entity: 'entityID="https://idp.example evil"' }), 'METADATA_INVALID'],
    ['a second entity beside it', () => ({ extra: entityXml() }), 'METADATA_INVALID'],
    [
      'a second entity in an extension',
      () => ({ keys: `<md:Extensions>${entityXml()}</md:Extensions>${keyDescriptor(key)}` }),
      'METADATA_INVALID',
    ],
    [
      'a second role for SAML 2.0',
      () => ({ extra: /<md:IDPSSO[\s\S]*<\/md:IDPSSODescriptor>/.exec(entityXml())?.[0] ?? '' }),
      'METADATA_INVALID',
    ],
    [
      'a validity that is over',
      () => ({ entity: 'entityID="e" validUntil="2026-03-01T12:00:00Z"' }),
      'METADATA_EXPIRED',
    ],
    ['a validity of the role that is over', () => ({ role: 'validUntil="2026-02-01T12:00:00Z"' }), 'METADATA_EXPIRED'],
    ['a validity for one more millisecond', () => ({ role: 'validUntil="2026-03-01T12:00:00.001Z"' }), 'ACCEPTED'],
    ['a validity that is no instant', () => ({ role: 'validUntil="for ever"' }), 'METADATA_INVALID'],
    ['a wish that is no boolean', () => ({ role: 'WantAuthnRequestsSigned="maybe"' }), 'METADATA_INVALID'],
    ['no endpoint', () => ({ endpoints: '' }), 'METADATA_ENDPOINT'],
    [
      'endpoints of other bindings only',
      () => ({ endpoints: endpoint('Artifact', 'https://idp.example/a') }),
      'METADATA_ENDPOINT',
    ],
    [
      'a logout endpoint by javascript',
      () => ({ endpoints: redirect() + endpoint('POST', 'javascript:alert(1)', 'SingleLogoutService') }),
      'METADATA_ENDPOINT',
    ],
    [
      'a good endpoint before a bad one',
      () => ({ endpoints: redirect() + endpoint('POST', 'http://idp.example/') }),
      'METADATA_ENDPOINT',
    ],
  ])('is judged with %s [S45]', (_name, parts, expected) => expect(verdict(parts())).toBe(expected));

  it.each([
    'http://idp.example/sso',
    'http://127.0.0.1:4001/sso',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://user:password@idp.example/sso',
    'https://idp.example/sso#fragment',
    '//idp.example/sso',
    '/sso',
    ' https://idp.example/sso',
    `https://idp.example/${'a'.repeat(2_048)}`,
  ])('with the endpoint %s is refused [S45]', (location) => {
    expect(verdict({ endpoints: endpoint('Redirect', location) })).toBe('METADATA_ENDPOINT');
  });

  it('may name http on the loopback interface in development, and nowhere else [S45]', () => {
    const on = (location: string) => verdict({ endpoints: endpoint('Redirect', location) }, true);
    expect(['http://127.0.0.1:4001/sso', 'http://[::1]:4001/sso', 'http://localhost:4001/sso'].map(on)).toEqual(
      Array.from({ length: 3 }, () => 'ACCEPTED'),
    );
    expect(
      ['http://localhost.evil.example/', 'http://127.0.0.2/', 'http://idp.example/', 'javascript:1'].map(on),
    ).toEqual(Array.from({ length: 4 }, () => 'METADATA_ENDPOINT'));
  });

  it.each<[string, () => string, string]>([
    ['no key', () => '', 'METADATA_NO_SIGNING_KEY'],
    ['a key for encryption only', () => keyDescriptor(key, 'encryption'), 'METADATA_NO_SIGNING_KEY'],
    ['a key without use', () => keyDescriptor(key, null), 'ACCEPTED'],
    ['a key of an unknown use', () => keyDescriptor(key, 'everything'), 'METADATA_INVALID'],
    ['a key without certificate', () => '<md:KeyDescriptor use="signing"/>', 'METADATA_NO_SIGNING_KEY'],
    ['a weak key', () => keyDescriptor(weak), 'CERTIFICATE_WEAK'],
    ['a key whose exponent is 3', () => keyDescriptor(exponent), 'CERTIFICATE_WEAK'],
    ['an expired certificate', () => keyDescriptor(expired), 'CERTIFICATE_EXPIRED'],
    ['a certificate that is none', () => keyDescriptor('AAAA'), 'CERTIFICATE_INVALID'],
    ['a certificate with bytes after it', () => keyDescriptor(withTail(key)), 'CERTIFICATE_INVALID'],
    ['a certificate whose key cannot be read', () => keyDescriptor(withBrokenKey(key)), 'CERTIFICATE_INVALID'],
    ['a certificate that begins next month', () => keyDescriptor(announced), 'ACCEPTED'],
    ['an expired certificate before a good one', () => keyDescriptor(expired) + keyDescriptor(key), 'ACCEPTED'],
  ])('is judged with %s [S30] [S31]', (_name, keys, expected) => expect(verdict({ keys: keys() })).toBe(expected));

  it('names the certificates that were left out, and takes one that is there twice once [S30]', () => {
    const keys =
      keyDescriptor(weak) + keyDescriptor(key) + keyDescriptor(key, null) + keyDescriptor(second, 'encryption');
    const { signingCertificates, ignoredCertificates } = taken({ keys });
    expect(signingCertificates).toHaveLength(1);
    expect(ignoredCertificates).toEqual([
      { code: 'CERTIFICATE_WEAK', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });
});

function withTail({ certificateBase64 }: SamlTestKey): string {
  return Buffer.concat([Buffer.from(certificateBase64, 'base64'), Buffer.from('tail')]).toString('base64');
}

/** The certificate reads well; its key does not, which shows only when somebody asks for it. */
function withBrokenKey({ certificateBase64 }: SamlTestKey): string {
  const der = Buffer.from(certificateBase64, 'base64');
  const rsaEncryption = Buffer.from('2a864886f70d0101010500', 'hex');
  // After the algorithm and the head of the BIT STRING (03 82 nn nn 00) the sequence of the key begins.
  der[der.indexOf(rsaEncryption) + rsaEncryption.length + 5] = 0;
  return der.toString('base64');
}

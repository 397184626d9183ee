/** The other half of the attacks: what honest identity providers send must keep passing. */
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { samlShapes } from '../../support/saml-shapes.js';
import { signElement } from '../../support/saml-signing.js';
import { descendants, FORGED, Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { swap } from '../../support/xml-text.js';

let saml: Harness;
let idp: SamlTestKey;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
  idp = saml.keys.idp;
});

it.each(samlShapes)('accepts a response in the manner of $name [N12]', ({ make, policy }) => {
  const verified = saml.accepted(make({ key: idp }), policy);
  expect(nameId(verified.assertion)).toBe(PERSON);
  const values = descendants(verified.assertion).filter((one) => one.localName === 'AttributeValue');
  expect(values.map((one) => one.text)).toContain(PERSON);
});

it('refuses a Signature at the end of an assertion where no one allowed it, and another freedom with it never [L6] [L15]', () => {
  const [oracle] = samlShapes.filter(({ policy }) => policy !== undefined);
  const message = oracle?.make({ key: idp }) ?? '';
  const allowed = { allowTrailingSignature: true };
  expect(saml.refusal(message)).toMatchObject({
    code: 'SAML_SCHEMA',
    detail: expect.stringContaining('allowTrailingSignature'),
  });
  const both = signElement(message, 'Response', { key: idp, place: 'last' });
  expect(saml.refusal(both, allowed).detail).toContain('Response holds Signature where it may not stand');
  expect(saml.code(swap(message, '</dsig:Signature>', '</dsig:Signature><saml:Advice/>'), allowed)).toBe('SAML_SCHEMA');
  expect(saml.code(swap(message, '<saml:Subject>', '<dsig:Signature/><saml:Subject>'), allowed)).toBe(
    'SAML_SIG_STRUCTURE',
  );
  expect(saml.code(swap(message, `>${PERSON}<`, `>${FORGED}<`), allowed)).toBe('SAML_SIG_INVALID');
});

it('accepts either of two pinned keys, while the IdP rolls from one to the next [SDP-SP37] [H03] [L12]', async () => {
  const next = await makeSamlKey();
  const signingCertificates = [idp.certificatePem, next.certificatePem];
  for (const key of [idp, next]) {
    for (const keyInfo of [undefined, null]) {
      const message = saml.message('both', { signing: { key, ...(keyInfo === null ? { keyInfo } : {}) } });
      expect(nameId(saml.accepted(message, { signingCertificates }).assertion)).toBe(PERSON);
    }
  }
});

it('accepts Response and assertion signed by two different pinned keys [SDP-SP37]', async () => {
  const next = await makeSamlKey({ kind: 'EC' });
  const message = saml.message('response', {
    editAssertion: () =>
      /<saml:Assertion.*<\/saml:Assertion>/s.exec(saml.message('assertion', { signing: { key: next } }))?.[0] ?? '',
  });
  const signingCertificates = [idp.certificatePem, next.certificatePem];
  expect(nameId(saml.accepted(message, { signingCertificates, requireSigned: 'BOTH' }).assertion)).toBe(PERSON);
});

it('accepts a key whose certificate was renewed, although the old one that is pinned too has expired', async () => {
  const expired = await makeSamlKey({ notAfter: new Date('2021-01-01T00:00:00Z') });
  const message = saml.message('assertion');
  const signingCertificates = [expired.certificatePem, idp.certificatePem];
  expect(nameId(saml.accepted(message, { signingCertificates }).assertion)).toBe(PERSON);
});

it('counts no key whose certificates are all over, however many of them carry it [S30] [L18]', () => {
  const signingCertificates = [idp.certificatePem, idp.certificatePem];
  const later = { signingCertificates, now: new Date('2060-01-01T00:00:00Z') };
  expect(saml.code(saml.message('assertion'), later)).toBe('SAML_CERT_REFUSED');
});

it.each(['rsa-sha256', 'rsa-sha384', 'rsa-sha512'] as const)('accepts %s [SDP-ALG01]', (algorithm) => {
  const message = saml.message('both', { signing: { key: idp, algorithm } });
  expect(nameId(saml.accepted(message).assertion)).toBe(PERSON);
});

it.each([
  ['P-256', 'ecdsa-sha256'],
  ['P-384', 'ecdsa-sha384'],
  ['P-521', 'ecdsa-sha512'],
  ['P-256', 'ecdsa-sha512'],
] as const)('accepts ECDSA on %s with %s [SDP-ALG01]', async (curve, algorithm) => {
  const key = await makeSamlKey({ kind: 'EC', curve });
  const message = saml.message('both', { signing: { key, algorithm } });
  expect(nameId(saml.accepted(message, { signingCertificates: [key.certificatePem] }).assertion)).toBe(PERSON);
});

it.each(['sha256', 'sha384', 'sha512'] as const)('accepts the digest %s', (digest) => {
  expect(nameId(saml.accepted(saml.message('both', { signing: { key: idp, digest } })).assertion)).toBe(PERSON);
});

it.each([['xs'], ['xs', 'xsi'], ['#default', 'xs', 'saml'], ['unused']])(
  'accepts an InclusiveNamespaces PrefixList: %s %s %s',
  (...prefixList) => {
    for (const sign of ['response', 'assertion', 'both'] as const) {
      const message = saml.message(sign, {
        signing: { key: idp, prefixList: prefixList.filter((one) => typeof one === 'string') },
      });
      expect(nameId(saml.accepted(message).assertion)).toBe(PERSON);
    }
  },
);

it('accepts lines that end with CR LF, and line breaks inside base64', () => {
  const message = saml.message('both', {
    editAssertion: (xml) => xml.replaceAll('><', '>\n<'),
    editResponse: (xml) => xml.replaceAll('><', '>\n<').replaceAll(/\n(?=[^<]*<\/?ds:)/g, ''),
    signing: { key: idp, keyInfo: null },
    sign: 'response',
  });
  const windows = message.replaceAll('\n', '\r\n').replace(/(?<=<ds:SignatureValue>)([^<]{76})/, '$1\r\n');
  expect(nameId(saml.accepted(windows).assertion)).toBe(PERSON);
});

it('accepts an XML declaration, and white space around', () => {
  const message = saml.message('both');
  for (const declaration of ['<?xml version="1.0"?>', "<?xml version='1.0' encoding='utf-8' standalone='no' ?>\r\n"]) {
    expect(nameId(saml.accepted(`${declaration}${message}\n`).assertion)).toBe(PERSON);
  }
});

it('keeps letters of every script, in values and names', () => {
  const attributes = { prénom: ['Адa', '愛', '🚀', 'e\u0301', '\u202Eevil'] };
  const verified = saml.accepted(saml.message('both', { attributes }));
  const attribute = descendants(verified.assertion).find((one) => one.attribute('Name') === 'prénom');
  expect(attribute?.children.map((one) => one.text)).toEqual(attributes.prénom);
});

it('gives the digest of the assertion: the same for the same bytes, whatever is around them', () => {
  const message = saml.message('assertion');
  const again = swap(message, '_response-1', '_response-2');
  const other = saml.message('assertion', { assertionId: '_assertion-2' });
  const [first, second, third] = [message, again, other].map((one) => saml.accepted(one).digest);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

it('gives the digest over the canonical bytes of the assertion, whichever signature covers them', () => {
  const message = saml.message('assertion');
  const digestValue = /<ds:DigestValue>([^<]*)/.exec(message)?.[1] ?? '';
  const expected = Buffer.from(digestValue, 'base64').toString('hex');
  expect(saml.accepted(message).digest).toBe(expected);
  expect(saml.accepted(saml.message('both')).digest).toBe(expected);
  expect(saml.accepted(saml.message('response')).digest).toBe(expected);
  expect(saml.accepted(saml.encrypted('response')).digest).toBe(expected);
  expect(saml.accepted(saml.encrypted('assertion')).digest).toBe(expected);
});

it('accepts a message only at an instant at which its certificate is valid', async () => {
  const key = await makeSamlKey({
    notBefore: new Date('2030-01-01T00:00:00Z'),
    notAfter: new Date('2032-01-01T00:00:00Z'),
  });
  const message = saml.message('assertion', { signing: { key } });
  const signingCertificates = [key.certificatePem];
  expect(saml.code(message, { signingCertificates, now: new Date('2029-12-31T23:59:59Z') })).toBe('SAML_CERT_REFUSED');
  expect(saml.code(message, { signingCertificates, now: new Date('2032-01-01T00:00:01Z') })).toBe('SAML_CERT_REFUSED');
  expect(nameId(saml.accepted(message, { signingCertificates }).assertion)).toBe(PERSON);
});

/** Which keys count, and which signatures must be there. What a signature may look like: catalogue/signature.ts. */
import { sign } from 'node:crypto';
import { makeSamlKey } from '../../support/saml-keys.js';
import { SAML_NOW } from '../../support/saml-messages.js';
import { digestAlgorithms, x509Data } from '../../support/saml-signing.js';
import { FORGED, Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { after, before, swap, take, without } from '../../support/xml-text.js';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

it.each([
  ['signature', { algorithm: 'rsa-sha1' }],
  ['digest', { digest: 'sha1' }],
] as const)('refuses SHA-1 for the %s, although it is valid [S23] [N5]', (_what, changes) => {
  const message = saml.message('assertion', { signing: { key: saml.keys.idp, ...changes } });
  expect(saml.refusal(message)).toMatchObject({
    code: 'SAML_ALG_REFUSED',
    facts: { algorithm: expect.stringContaining('sha1') },
  });
});

describe('a signature that is not there [S26]', () => {
  it('does not let an element of another namespace stand beside a good one [S26] [N53]', () => {
    const message = saml.message('assertion', {
      editResponse: (xml) => after(xml, 'saml:Issuer', '<e:Signature xmlns:e="http://evil.example/xmldsig#"/>'),
    });
    expect(saml.code(message)).toBe('SAML_XML_NAMESPACE');
  });
});

describe('the signatures that the partner agreed on [S27]', () => {
  it.each([
    ['response', 'RESPONSE', true],
    ['response', 'ASSERTION', false],
    ['response', 'BOTH', false],
    ['response', 'EITHER', true],
    ['assertion', 'RESPONSE', false],
    ['assertion', 'ASSERTION', true],
    ['assertion', 'BOTH', false],
    ['assertion', 'EITHER', true],
    ['both', 'RESPONSE', true],
    ['both', 'ASSERTION', true],
    ['both', 'BOTH', true],
    ['both', 'EITHER', true],
  ] as const)('are enforced: signed %s, required %s, accepted %s [S27] [N53]', (sign, requireSigned, accepted) => {
    const message = saml.message(sign);
    if (accepted) expect(nameId(saml.accepted(message, { requireSigned }).assertion)).toBe(PERSON);
    else expect(saml.code(message, { requireSigned })).toBe('SAML_SIG_MISSING');
  });

  it.each(['RESPONSE', 'ASSERTION', 'BOTH', 'EITHER'] as const)(
    'are missed in an unsigned message: %s [S27] [N53]',
    (requireSigned) => {
      expect(saml.code(without(saml.message('assertion'), 'ds:Signature'), { requireSigned })).toBe('SAML_SIG_MISSING');
    },
  );

  it('must all be valid, also one that nobody asked for [S27] [N53]', () => {
    const good = saml.message('both');
    const badResponse = swap(good, 'InResponseTo="_request-1"', 'InResponseTo="_request-2"');
    expect(saml.code(badResponse, { requireSigned: 'ASSERTION' })).toBe('SAML_SIG_INVALID');
    const badAssertion = saml.message('response', {
      editAssertion: () => swap(take(saml.message('assertion'), 'saml:Assertion'), PERSON, FORGED),
    });
    expect(saml.code(badAssertion, { requireSigned: 'RESPONSE' })).toBe('SAML_SIG_INVALID');
  });
});

describe('keys [S29] [S30]', () => {
  it('are compared by the whole certificate, so a clone of the name does not help [S29] [N5] [N57]', async () => {
    const clone = await makeSamlKey({ name: 'idp.example' });
    expect(saml.code(saml.message('assertion', { signing: { key: clone } }))).toBe('SAML_CERT_UNKNOWN');
  });

  it('are shown in ten certificates at the most [L18] [S20]', () => {
    const shown = (count: number) => {
      const keyInfo = x509Data(saml.keys.idp.certificateBase64).repeat(count);
      return saml.message('assertion', { signing: { key: saml.keys.idp, keyInfo } });
    };
    expect(nameId(saml.accepted(shown(10)).assertion)).toBe(PERSON);
    expect(saml.refusal(shown(11))).toEqual({
      code: 'SAML_SIG_STRUCTURE',
      detail: 'A certificate in KeyInfo is no base64, or there are too many.',
    });
  });

  it('are not chosen by a pinned certificate beside a foreign one [S29] [N5] [N57]', () => {
    const { idp, attacker } = saml.keys;
    const keyInfo = x509Data(idp.certificateBase64) + x509Data(attacker.certificateBase64);
    expect(saml.code(saml.message('assertion', { signing: { key: attacker, keyInfo } }))).toBe('SAML_CERT_UNKNOWN');
    const pretending = x509Data(idp.certificateBase64);
    expect(saml.code(saml.message('assertion', { signing: { key: attacker, keyInfo: pretending } }))).toBe(
      'SAML_SIG_INVALID',
    );
  });

  it.each([
    ['expired', { notAfter: new Date(SAML_NOW.getTime() - 1_000) }],
    ['not valid yet', { notBefore: new Date(SAML_NOW.getTime() + 1_000) }],
    ['of RSA 1024', { bits: 1024 }],
  ])('are refused when the pinned certificate is %s [S30]', async (_what, options) => {
    const key = await makeSamlKey(options);
    const message = saml.message('assertion', { signing: { key } });
    expect(saml.code(message, { signingCertificates: [key.certificatePem] })).toBe('SAML_CERT_REFUSED');
  });

  it('are accepted to the last moment of the certificate [S30]', async () => {
    const key = await makeSamlKey({ notBefore: SAML_NOW, notAfter: SAML_NOW });
    const message = saml.message('assertion', { signing: { key } });
    expect(nameId(saml.accepted(message, { signingCertificates: [key.certificatePem] }).assertion)).toBe(PERSON);
  });

  it.each([[[]], [['no certificate']], [['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']]])(
    'are needed: without a readable pinned one nothing is accepted, signed or not: %j [S31] [N5]',
    (signingCertificates) => {
      expect(saml.code(saml.message('assertion'), { signingCertificates })).toBe('SAML_CERT_REFUSED');
      expect(saml.code(without(saml.message('assertion'), 'ds:Signature'), { signingCertificates })).toBe(
        'SAML_SIG_MISSING',
      );
    },
  );

  it('of ECDSA sign with r and s side by side; the DER form of OpenSSL is another value [S24] [N53]', async () => {
    const key = await makeSamlKey({ kind: 'EC' });
    const message = saml.message('assertion', { signing: { key } });
    const signingCertificates = [key.certificatePem];
    expect(nameId(saml.accepted(message, { signingCertificates }).assertion)).toBe(PERSON);
    const der = sign('sha256', Buffer.from('any'), key.privateKeyPem).toString('base64');
    const swapped = swap(message, /(?<=<ds:SignatureValue>)[^<]*/, der);
    expect(saml.code(swapped, { signingCertificates })).toBe('SAML_SIG_INVALID');
    for (const zero of [Buffer.alloc(64), Buffer.alloc(1)]) {
      const psychic = swap(message, /(?<=<ds:SignatureValue>)[^<]*/, zero.toString('base64'));
      expect(saml.code(psychic, { signingCertificates })).toBe('SAML_SIG_INVALID');
    }
  });
});

it('refuses a changed digest, although the list of algorithms is kept [S24] [N53]', () => {
  const message = swap(saml.message('assertion'), digestAlgorithms.sha256, digestAlgorithms.sha512);
  expect(saml.code(message)).toBe('SAML_SIG_INVALID');
  expect(saml.code(before(saml.message('assertion'), 'saml:Subject', ' '))).toBe('SAML_SIG_INVALID');
});

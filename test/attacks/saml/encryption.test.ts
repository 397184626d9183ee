/** Encrypted assertions: anyone can encrypt to the hub, so encryption proves nothing and must tell nothing. */

import { encryptAssertion, type SamlEncryption } from '../../support/saml-encryption.js';
import { makeSamlKey } from '../../support/saml-keys.js';
import { assertionXml, responseXml, samlResponse } from '../../support/saml-messages.js';
import { signElement } from '../../support/saml-signing.js';
import { FORGED, forge, Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { after, before, into, swap, take, without } from '../../support/xml-text.js';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

/** A message that is signed as a whole, with other encryption. */
function sealed(encryption: Partial<SamlEncryption>): string {
  return saml.encrypted('response', { encryption: { certificatePem: saml.keys.hub.certificatePem, ...encryption } });
}

describe('an encrypted assertion that nobody signed [S28]', () => {
  it('is refused, whatever the policy [S28] [N53] [N54]', () => {
    const forged = saml.encrypted('none', { nameId: FORGED });
    for (const requireSigned of ['RESPONSE', 'ASSERTION', 'BOTH', 'EITHER'] as const) {
      expect(saml.code(forged, { requireSigned })).toBe('SAML_SIG_MISSING');
    }
  });

  it('is refused before it is decrypted where the Response must be signed [S28] [L20] [N53] [N54]', () => {
    const garbage = saml.encrypted('none', {
      encryption: { certificatePem: saml.keys.hub.certificatePem, editEncryptedKey: () => Buffer.alloc(256, 7) },
    });
    expect(saml.code(garbage, { requireSigned: 'RESPONSE' })).toBe('SAML_SIG_MISSING');
    expect(saml.code(garbage, { requireSigned: 'BOTH' })).toBe('SAML_SIG_MISSING');
  });

  it('is refused in place of the signed one of a genuine Response [S28] [N53] [N54]', () => {
    const genuine = saml.encrypted('response');
    const forged = take(saml.encrypted('none', { nameId: FORGED }), 'saml:EncryptedAssertion');
    const swapped = swap(genuine, take(genuine, 'saml:EncryptedAssertion'), forged);
    expect(saml.code(swapped)).toBe('SAML_SIG_INVALID');
  });

  it('is refused beside a signed one [S28] [N53] [N54]', () => {
    const forged = take(saml.encrypted('none', { nameId: FORGED }), 'saml:EncryptedAssertion');
    expect(saml.code(after(saml.message('assertion'), 'saml:Assertion', forged))).toBe('SAML_MULTI_ASSERTION');
    expect(saml.code(before(saml.encrypted('assertion'), 'saml:EncryptedAssertion', forged))).toBe(
      'SAML_MULTI_ASSERTION',
    );
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
  ] as const)(
    'hold for what is inside too: signed %s, required %s, accepted %s [S27]',
    (sign, requireSigned, accepted) => {
      const message = saml.encrypted(sign);
      if (!accepted) {
        expect(saml.code(message, { requireSigned })).toBe('SAML_SIG_MISSING');
        return;
      }
      const verified = saml.accepted(message, { requireSigned, requireEncrypted: true });
      expect(verified).toMatchObject({ wasEncrypted: true, responseIsSigned: sign !== 'assertion' });
      expect(nameId(verified.assertion)).toBe(PERSON);
      expect(verified.envelope.children.map((one) => one.localName)).toEqual(['Issuer', 'Status']);
    },
  );

  it('must be valid inside, although the Response is signed [S27]', () => {
    const message = saml.encrypted('both', { editSignedAssertion: (xml) => swap(xml, PERSON, FORGED) });
    expect(saml.code(message, { requireSigned: 'RESPONSE' })).toBe('SAML_SIG_INVALID');
  });

  it('are not those of another key inside [S29]', () => {
    const inner = signElement(assertionXml({ nameId: FORGED }), 'Assertion', { key: saml.keys.attacker });
    const message = responseXml(encryptAssertion(inner, { certificatePem: saml.keys.hub.certificatePem }));
    expect(saml.code(message)).toBe('SAML_CERT_UNKNOWN');
  });
});

it('refuses a plain assertion where it must be encrypted [S28] [N53] [N54]', () => {
  expect(saml.code(saml.message('both'), { requireEncrypted: true })).toBe('SAML_ENCRYPTION_MISSING');
});

describe('algorithms that let an attacker ask us about a ciphertext [S25]', () => {
  it.each([
    ['RSA 1.5', { transport: 'rsa-1_5' }],
    ['AES-128-CBC', { content: 'aes128-cbc' }],
    ['AES-256-CBC', { content: 'aes256-cbc' }],
    ['3DES', { content: 'tripledes-cbc' }],
  ] as const)('are refused by name before a key is touched: %s [S25]', (_name, encryption) => {
    expect(saml.code(sealed(encryption))).toBe('SAML_ALG_REFUSED');
    expect(saml.code(sealed(encryption), { decryptionKeys: [] })).toBe('SAML_ALG_REFUSED');
    expect(saml.code(sealed({ ...encryption, editEncryptedKey: () => Buffer.alloc(256, 7) }))).toBe('SAML_ALG_REFUSED');
  });

  it.each([
    ['content', /(?<=EncryptionMethod Algorithm=")[^"]*aes256-gcm/, 'http://evil.example/rot13'],
    ['transport', /(?<=EncryptionMethod Algorithm=")[^"]*rsa-oaep-mgf1p/, 'http://www.w3.org/2001/04/xmlenc#kw-aes256'],
  ])('are refused where nobody knows them: %s [S25]', (_name, pattern, algorithm) => {
    expect(saml.code(swap(saml.encrypted('assertion'), pattern, algorithm))).toBe('SAML_ALG_REFUSED');
  });

  it('are refused as parameters of OAEP [S25]', () => {
    const method = '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p">';
    const digest =
      '<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/2001/04/xmldsig-more#md5"/>';
    expect(saml.code(swap(saml.encrypted('assertion'), method, method + digest))).toBe('SAML_ALG_REFUSED');
    const message = sealed({ transport: 'oaep11', digest: 'sha256', mgf: 'sha256' });
    expect(
      saml.code(
        swap(
          saml.encrypted('assertion', {
            encryption: { certificatePem: saml.keys.hub.certificatePem, transport: 'oaep11', mgf: 'sha256' },
          }),
          '#mgf1sha256',
          '#mgf1md5',
        ),
      ),
    ).toBe('SAML_ALG_REFUSED');
    expect(nameId(saml.accepted(message).assertion)).toBe(PERSON);
  });
});

describe('below EncryptionMethod stands what the algorithm takes and nothing else (XML Encryption, section 3.2) [S25]', () => {
  const DIGEST =
    '<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/>';
  const MGF =
    '<x:MGF xmlns:x="http://www.w3.org/2009/xmlenc11#" Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha1"/>';
  const below = (algorithm: string, xml: string) => {
    const method = new RegExp(`(<xenc:EncryptionMethod Algorithm="[^"]*${algorithm}")(?:/>|></xenc:EncryptionMethod>)`);
    const honest = saml.encrypted('assertion');
    expect(honest).toMatch(method);
    return honest.replace(method, (_whole, start) => `${start}>${xml}</xenc:EncryptionMethod>`);
  };

  it.each([
    ['the size of another key', 'aes256-gcm', '<xenc:KeySize>128</xenc:KeySize>'],
    ['a label of OAEP for the content', 'aes256-gcm', '<xenc:OAEPparams>AAAA</xenc:OAEPparams>'],
    ['a digest for the content', 'aes256-gcm', DIGEST],
    ['text', 'aes256-gcm', 'aes'],
    ['a mask where it is fixed', 'mgf1p', MGF],
    ['a digest twice', 'mgf1p', DIGEST + DIGEST],
    ['the size of a key that has its own', 'mgf1p', '<xenc:KeySize>256</xenc:KeySize>'],
  ])('%s is refused', (_name, algorithm, xml) => {
    expect(saml.code(below(algorithm, xml))).toBe('SAML_SCHEMA');
    // Before a key is touched.
    expect(saml.code(below(algorithm, xml), { decryptionKeys: [] })).toBe('SAML_SCHEMA');
  });

  it.each([
    ['the size of the key', 'aes256-gcm', '<xenc:KeySize>256</xenc:KeySize>'],
    ['a digest', 'mgf1p', DIGEST],
  ])('%s is read', (_name, algorithm, xml) => {
    expect(nameId(saml.accepted(below(algorithm, xml)).assertion)).toBe(PERSON);
  });
});

describe('whatever goes wrong in decryption [S25]', () => {
  const flip = (at: number) => (bytes: Buffer) => {
    const changed = Buffer.from(bytes);
    const index = at < 0 ? changed.length + at : at;
    changed[index] = (changed[index] ?? 0) ^ 1;
    return changed;
  };
  const failures: [string, Partial<SamlEncryption>][] = [
    ['a changed tag', { editCipher: flip(-1) }],
    ['a changed IV', { editCipher: flip(0) }],
    ['changed content', { editCipher: flip(100) }],
    ['a truncated tag', { editCipher: (bytes) => bytes.subarray(0, -4) }],
    ['no tag', { editCipher: (bytes) => bytes.subarray(0, 20) }],
    ['a changed encrypted key', { editEncryptedKey: flip(-1) }],
    ['an encrypted key that is too short', { editEncryptedKey: (bytes) => bytes.subarray(1) }],
    ['an encrypted key that is too long', { editEncryptedKey: (bytes) => Buffer.concat([bytes, bytes]) }],
    ['an encrypted key above the modulus', { editEncryptedKey: () => Buffer.alloc(256, 255) }],
    ['an encrypted key of zeros', { editEncryptedKey: () => Buffer.alloc(256) }],
    ['an encrypted key of one', { editEncryptedKey: () => flip(255)(Buffer.alloc(256)) }],
    ['a key of another length', { keyBytes: 16 }],
    ['a key of a strange length', { keyBytes: 31 }],
  ];

  it.each(failures)('looks the same: %s [S25] [L22]', (_name, encryption) => {
    expect(saml.refusal(sealed(encryption))).toEqual({
      code: 'SAML_DECRYPT',
      detail: 'What is encrypted could not be decrypted.',
    });
  });

  it('looks the same for a message to somebody else, and for a hub without a key [S25]', async () => {
    const other = await makeSamlKey();
    const expected = { code: 'SAML_DECRYPT', detail: 'What is encrypted could not be decrypted.' };
    expect(saml.refusal(sealed({ certificatePem: other.certificatePem }))).toEqual(expected);
    for (const decryptionKeys of [[], ['no key'], [(await makeSamlKey({ kind: 'EC' })).privateKeyPem]]) {
      expect(saml.refusal(sealed({}), { decryptionKeys })).toEqual(expected);
    }
  });
});

describe('the structure of encryption', () => {
  it.each([
    [
      'a reference to the ciphertext',
      /<xenc:CipherValue>[^<]*<\/xenc:CipherValue>(?=<\/xenc:CipherData><\/xenc:EncryptedData>)/,
      '<xenc:CipherReference URI="http://evil.example/"/>',
      'SAML_SCHEMA',
    ],
    ['no key', /<ds:KeyInfo.*<\/ds:KeyInfo>/, '', 'SAML_SCHEMA'],
    [
      'a key elsewhere',
      /<ds:KeyInfo xmlns:ds="[^"]*">/,
      '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:RetrievalMethod URI="http://evil.example/key"/>',
      'SAML_SIG_TRANSFORM',
    ],
    [
      'a key by a query',
      /<ds:KeyInfo xmlns:ds="[^"]*">/,
      `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:RetrievalMethod URI="#x'or'1'='1"/>`,
      'SAML_SIG_TRANSFORM',
    ],
    ['content instead of an element', 'xmlenc#Element"', 'xmlenc#Content"', 'SAML_SCHEMA'],
    [
      'two of them',
      '</xenc:EncryptedData>',
      '</xenc:EncryptedData><e:EncryptedData xmlns:e="http://www.w3.org/2001/04/xmlenc#"/>',
      'SAML_SCHEMA',
    ],
    ['something else inside', '</xenc:EncryptedData>', '</xenc:EncryptedData><x/>', 'SAML_SCHEMA'],
    ['no base64', /(?<=<xenc:CipherValue>)[^<]*/, '****', 'SAML_SCHEMA'],
  ])('is refused with %s [S22]', (_name, from, to, code) => {
    expect(saml.code(swap(saml.encrypted('assertion'), from, to))).toBe(code);
  });

  it('takes no more than a few keys, since each is work [S20]', () => {
    const otherRecipients = Array.from({ length: 8 }, () => saml.keys.attacker.certificatePem);
    expect(saml.code(sealed({ otherRecipients }))).toBe('SAML_SCHEMA');
    const two = sealed({ otherRecipients: [saml.keys.attacker.certificatePem] });
    expect(nameId(saml.accepted(two).assertion)).toBe(PERSON);
  });
});

describe('what comes out is a message from nowhere, and goes through the gate again', () => {
  it.each([
    [
      'a document type',
      (xml: string) => `<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>${xml}`,
      'SAML_XML_DTD',
    ],
    ['a comment', (xml: string) => swap(xml, PERSON, 'ada@aurora.example<!---->.evil'), 'SAML_XML_COMMENT'],
    [
      'a flood',
      (xml: string) => into(xml, 'saml:AttributeStatement', '<saml:Attribute/>'.repeat(9_000)),
      'SAML_XML_LIMIT',
    ],
    ['two assertions', (xml: string) => xml + forge(xml), 'SAML_MALFORMED'],
    ['an end tag that closes what is around', (xml: string) => `</context><context>${xml}`, 'SAML_MALFORMED'],
    ['text', () => PERSON, 'SAML_MALFORMED'],
    ['nothing', () => '', 'SAML_MALFORMED'],
    ['another element', (xml: string) => take(xml, 'saml:Subject'), 'SAML_NO_ASSERTION'],
    ['a Response', (xml: string) => responseXml(xml, { responseId: '_inner' }), 'SAML_NO_ASSERTION'],
    ['an assertion inside the assertion', (xml: string) => into(xml, 'saml:Subject', forge(xml)), 'SAML_SIG_SCOPE'],
    ['the ID of the Response', (xml: string) => swap(xml, '"_assertion-1"', '"_response-1"'), 'SAML_DUP_ID'],
    [
      'a prefix that nobody declared',
      (xml: string) => swap(xml, ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', ''),
      'SAML_XML_NAMESPACE',
    ],
    ['bytes that are no UTF-8', () => Buffer.from([0xff, 0xfe, 0x3c]), 'SAML_MALFORMED'],
  ])('%s [S12] [S25]', (_name, editPlaintext, code) => {
    expect(saml.code(sealed({ editPlaintext }))).toBe(code);
  });

  it('an EncryptedAssertion inside is not opened in turn [S28] [N53] [N54]', () => {
    const inner = encryptAssertion(assertionXml({ nameId: FORGED }), { certificatePem: saml.keys.hub.certificatePem });
    expect(saml.code(sealed({ editPlaintext: () => inner }))).toBe('SAML_NO_ASSERTION');
  });

  it('a wrapped signature inside is refused [S02]', () => {
    const signed = take(saml.message('assertion'), 'saml:Assertion');
    const evil = into(forge(signed), 'ds:Signature', without(signed, 'ds:Signature'));
    expect(saml.code(sealed({ editPlaintext: () => evil }))).toBe('SAML_SIG_SCOPE');
  });
});

describe('what partners send', () => {
  it.each([
    ['aes128-gcm', 'mgf1p', undefined, undefined],
    ['aes192-gcm', 'mgf1p', 'sha1', undefined],
    ['aes256-gcm', 'mgf1p', 'sha256', undefined],
    ['aes256-gcm', 'mgf1p', 'sha512', undefined],
    ['aes256-gcm', 'oaep11', undefined, undefined],
    ['aes256-gcm', 'oaep11', 'sha256', undefined],
    ['aes128-gcm', 'oaep11', 'sha256', 'sha256'],
    ['aes256-gcm', 'oaep11', 'sha1', 'sha256'],
    ['aes256-gcm', 'oaep11', 'sha384', 'sha512'],
  ] as const)('is opened: %s with %s, digest %s, MGF1 with %s [SDP-SP10]', (content, transport, digest, mgf) => {
    const options = { content, transport, ...(digest ? { digest } : {}), ...(mgf ? { mgf } : {}) };
    expect(nameId(saml.accepted(sealed(options)).assertion)).toBe(PERSON);
  });

  it('is opened with the key beside the data, by name or not [SDP-SP10]', () => {
    expect(nameId(saml.accepted(sealed({ placement: 'beside' })).assertion)).toBe(PERSON);
    const pointed = saml.encrypted('assertion', {
      encryption: { certificatePem: saml.keys.hub.certificatePem, placement: 'beside' },
      editResponse: (xml) =>
        swap(
          swap(xml, '<xenc:EncryptedKey ', '<xenc:EncryptedKey Id="_key-1" '),
          '<xenc:CipherData>',
          '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:RetrievalMethod URI="#_key-1"/></ds:KeyInfo><xenc:CipherData>',
        ),
    });
    expect(nameId(saml.accepted(pointed).assertion)).toBe(PERSON);
  });

  it('is opened with any of our keys, while we roll from one to the next [SDP-SP38] [H03] [L23]', async () => {
    const next = await makeSamlKey();
    const decryptionKeys = [next.privateKeyPem, saml.keys.hub.privateKeyPem];
    for (const certificatePem of [next.certificatePem, saml.keys.hub.certificatePem]) {
      expect(nameId(saml.accepted(sealed({ certificatePem }), { decryptionKeys }).assertion)).toBe(PERSON);
    }
  });

  it('is read with the prefixes that are declared around it, as far as the signature covers them', () => {
    const bare = assertionXml().replace(/ xmlns:saml="[^"]*"/, '');
    const message = sealed({ editPlaintext: () => bare });
    expect(nameId(saml.accepted(message).assertion)).toBe(PERSON);
  });

  it('may carry an XML declaration of its own', () => {
    const message = sealed({ editPlaintext: (xml) => `<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n` });
    expect(nameId(saml.accepted(message).assertion)).toBe(PERSON);
  });

  it('is large at times', () => {
    const value = 'x'.repeat(60_000);
    const message = samlResponse({
      sign: 'both',
      signing: { key: saml.keys.idp },
      attributes: { photo: [value] },
      encryption: { certificatePem: saml.keys.hub.certificatePem },
    });
    expect(saml.accepted(message).assertion.text).toContain(value);
  });
});

/** Old algorithms that an operator excepted for one IdP: what the exception lets through, and what it never does. */
import type { ResponsePolicy } from '../../../src/protocols/saml/message.rules.js';
import { encryptAssertion, encryptElement, type SamlEncryption } from '../../support/saml-encryption.js';
import { makeSamlKey } from '../../support/saml-keys.js';
import { assertionXml, responseXml } from '../../support/saml-messages.js';
import type { SamlSigning } from '../../support/saml-signing.js';
import { FORGED, Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { swap, take } from '../../support/xml-text.js';

const none: Partial<ResponsePolicy> = { algorithmExceptions: [] };
const sha1: Partial<ResponsePolicy> = { algorithmExceptions: ['SHA1_SIGNATURE'] };
const cbc: Partial<ResponsePolicy> = { algorithmExceptions: ['AES_CBC'] };
const all: Partial<ResponsePolicy> = { algorithmExceptions: ['SHA1_SIGNATURE', 'AES_CBC'] };

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

function signedBy(how: Partial<SamlSigning>, sign: 'response' | 'assertion' = 'assertion'): string {
  return saml.message(sign, { signing: { key: saml.keys.idp, ...how } });
}

function encryption(changes: Partial<SamlEncryption> = {}): SamlEncryption {
  return { certificatePem: saml.keys.hub.certificatePem, content: 'aes256-cbc', ...changes };
}

function sealed(changes: Partial<SamlEncryption> = {}, sign: 'response' | 'assertion' | 'both' = 'response'): string {
  return saml.encrypted(sign, { encryption: encryption(changes) });
}

describe('SHA-1 in a signature [S23]', () => {
  it.each([
    ['signature and digest', { algorithm: 'rsa-sha1', digest: 'sha1' }],
    ['signature', { algorithm: 'rsa-sha1' }],
    ['digest', { digest: 'sha1' }],
  ] as const)('in the %s counts with the exception and not without it [S23] [N5]', (_name, how) => {
    for (const sign of ['response', 'assertion'] as const) {
      const message = signedBy(how, sign);
      expect(saml.code(message, none)).toBe('SAML_ALG_REFUSED');
      expect(saml.code(message, cbc)).toBe('SAML_ALG_REFUSED');
      expect(nameId(saml.accepted(message, sha1).assertion)).toBe(PERSON);
    }
  });

  it('is still the signature of a pinned key over what is read [S07] [S08] [S23]', () => {
    const how = { algorithm: 'rsa-sha1', digest: 'sha1' } as const;
    expect(saml.code(swap(signedBy(how), PERSON, FORGED), sha1)).toBe('SAML_SIG_INVALID');
    expect(saml.code(signedBy({ ...how, key: saml.keys.attacker, keyInfo: null }), sha1)).toBe('SAML_SIG_INVALID');
  });

  it('opens the door to no other algorithm [S24]', () => {
    expect(saml.code(signedBy({ algorithm: 'hmac-sha256' }), all)).toBe('SAML_ALG_REFUSED');
    const others = ['rsa-md5', 'dsa-sha1'].map((name) => `http://www.w3.org/2000/09/xmldsig#${name}`);
    for (const uri of [...others, 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5']) {
      const renamed = signedBy({ algorithm: 'rsa-sha1' }).replace('http://www.w3.org/2000/09/xmldsig#rsa-sha1', uri);
      expect(saml.code(renamed, all)).toBe('SAML_ALG_REFUSED');
    }
  });
});

describe('AES-CBC [S25] [L20] [L21]', () => {
  it.each(['aes128-cbc', 'aes192-cbc', 'aes256-cbc'] as const)(
    '%s is opened with the exception inside a signed Response, and not without it [S25] [L21]',
    (content) => {
      for (const sign of ['response', 'both'] as const) {
        const message = sealed({ content }, sign);
        expect(saml.code(message, none)).toBe('SAML_ALG_REFUSED');
        expect(saml.code(message, sha1)).toBe('SAML_ALG_REFUSED');
        const verified = saml.accepted(message, cbc);
        expect(verified).toMatchObject({ wasEncrypted: true, responseIsSigned: true });
        expect(nameId(verified.assertion)).toBe(PERSON);
      }
    },
  );

  it('is refused in a Response that nobody signed, before a key is touched [S25] [L20]', () => {
    const bare = responseXml(encryptAssertion(assertionXml(), encryption()));
    for (const message of [sealed({}, 'assertion'), bare]) {
      expect(saml.code(message, cbc)).toBe('SAML_ALG_REFUSED');
      expect(saml.code(message, { ...cbc, decryptionKeys: [] })).toBe('SAML_ALG_REFUSED');
      expect(saml.code(message, { ...cbc, requireSigned: 'RESPONSE' })).toBe('SAML_SIG_MISSING');
    }
  });

  it('tells nothing of a ciphertext that was changed on the way: the signature is checked first [S25] [L20]', () => {
    const message = sealed();
    const value = /<xenc:CipherValue>([^<]*)<\/xenc:CipherValue><\/xenc:CipherData><\/xenc:EncryptedData>/.exec(
      message,
    );
    const cipher = Buffer.from(value?.[1] ?? '', 'base64');
    const codes = [0, 15, 16, cipher.length - 17, cipher.length - 1].map((at) => {
      const changed = Buffer.from(cipher);
      changed[at] = (changed[at] ?? 0) ^ 1;
      return saml.code(swap(message, value?.[1] ?? '', changed.toString('base64')), cbc);
    });
    expect(new Set(codes)).toEqual(new Set(['SAML_SIG_INVALID']));
  });

  it('is opened one by one inside an assertion, where its signature covers the ciphertext [S25] [L20]', () => {
    const message = saml.message('assertion', {
      editAssertion: (xml) => {
        const id = take(xml, 'saml:NameID');
        return swap(xml, id, encryptElement('EncryptedID', id, encryption()));
      },
    });
    expect(saml.code(message, none)).toBe('SAML_ALG_REFUSED');
    expect(nameId(saml.accepted(message, cbc).assertion)).toBe(PERSON);
  });

  it.each([
    ['RSA 1.5 beside CBC', { transport: 'rsa-1_5' }],
    ['RSA 1.5 beside GCM', { transport: 'rsa-1_5', content: 'aes256-gcm' }],
    ['3DES', { content: 'tripledes-cbc' }],
  ] as const)('opens the door to no other algorithm: %s [S25] [L21]', (_name, changes) => {
    expect(saml.code(sealed(changes), all)).toBe('SAML_ALG_REFUSED');
    expect(saml.code(sealed(changes), { ...all, decryptionKeys: [] })).toBe('SAML_ALG_REFUSED');
  });

  it('is opened while we roll from one key to the next, whichever comes first [S25] [H03]', async () => {
    const next = (await makeSamlKey()).privateKeyPem;
    const now = saml.keys.hub.privateKeyPem;
    const message = sealed();
    // A wrong key is another one at each try; one of sixteen seems to open what has no tag.
    for (let round = 0; round < 60; round += 1) {
      for (const decryptionKeys of [
        [now, next],
        [next, now],
      ]) {
        expect(nameId(saml.accepted(message, { ...cbc, decryptionKeys }).assertion)).toBe(PERSON);
      }
    }
  });
});

/** Padding of the right length whose last byte says something else. */
const saying = (count: number) => (length: number) => Buffer.from([...Buffer.alloc(length - 1), count]);

describe('the padding of CBC [S25] [L22]', () => {
  it('is counted by its last byte; the others are free (XML Encryption, section 5.2)', () => {
    for (const byte of [0x00, 0xa5, 0xff]) {
      const padding = (length: number) => Buffer.from([...Buffer.alloc(length - 1, byte), length]);
      expect(nameId(saml.accepted(sealed({ padding }), cbc).assertion)).toBe(PERSON);
    }
  });

  const failures: [string, Partial<SamlEncryption>][] = [
    ['a padding of nothing', { padding: saying(0) }],
    ['a padding of 17 bytes', { padding: saying(17) }],
    ['a padding of 255 bytes', { padding: saying(255) }],
    ['half a block', { editCipher: (bytes) => bytes.subarray(0, -8) }],
    ['an IV and nothing else', { editCipher: (bytes) => bytes.subarray(0, 16) }],
    ['not even an IV', { editCipher: (bytes) => bytes.subarray(0, 8) }],
    ['an encrypted key of zeros', { editEncryptedKey: () => Buffer.alloc(256) }],
    [
      'a changed encrypted key',
      { editEncryptedKey: (bytes) => Buffer.from(bytes.map((byte, at) => byte ^ +(at === 9))) },
    ],
    ['a key of another length', { keyBytes: 16 }],
  ];

  it.each(failures)('fails like everything else: %s [S25] [L22]', (_name, changes) => {
    expect(saml.refusal(sealed(changes), cbc)).toEqual({
      code: 'SAML_DECRYPT',
      detail: 'What is encrypted could not be decrypted.',
    });
  });

  it('fails alike when it is to somebody else, every time [S25] [L22]', () => {
    const message = sealed({ certificatePem: saml.keys.attacker.certificatePem });
    const codes = Array.from({ length: 60 }, () => saml.code(message, cbc));
    expect(new Set(codes)).toEqual(new Set(['SAML_DECRYPT']));
  });
});

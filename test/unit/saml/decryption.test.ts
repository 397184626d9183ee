/** How much work it is to open something: the same whichever key fits, if any (Manger 2001; S25, L22). */
import crypto from 'node:crypto';
import { jest } from '@jest/globals';
import { readMessage, type XmlElement } from '../../../src/xml/index.js';
import { encryptAssertion, type SamlEncryption } from '../../support/saml-encryption.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';

let decrypt: typeof import('../../../src/protocols/saml/encryption/decryption.js').decrypt;
let privateDecrypts: jest.SpiedFunction<typeof crypto.privateDecrypt>;
let updates: jest.SpiedFunction<typeof crypto.Decipheriv.prototype.update>;
let finals: jest.SpiedFunction<typeof crypto.Decipheriv.prototype.final>;
let ours: readonly [SamlTestKey, SamlTestKey];
let foreign: SamlTestKey;

beforeAll(async () => {
  privateDecrypts = jest.spyOn(crypto, 'privateDecrypt');
  updates = jest.spyOn(crypto.Decipheriv.prototype, 'update');
  finals = jest.spyOn(crypto.Decipheriv.prototype, 'final');
  // What a module imports from node:crypto it keeps: here it is loaded anew, with the watched functions.
  jest.resetModules();
  ({ decrypt } = await import('../../../src/protocols/saml/encryption/decryption.js'));
  ours = [await makeSamlKey(), await makeSamlKey()];
  foreign = await makeSamlKey();
});
afterAll(() => jest.restoreAllMocks());

const PLAINTEXT = '<x/>'.repeat(64);
const flip = (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)));

/** What opening it takes: operations with a private key that were carried out, and contents that were deciphered to the end. */
function work(
  recipients: readonly SamlTestKey[],
  changes: Partial<SamlEncryption> = {},
  tried: readonly SamlTestKey[] = ours,
) {
  const [certificatePem = '', ...otherRecipients] = recipients.map((one) => one.certificatePem).reverse();
  const encryption = { certificatePem, otherRecipients: otherRecipients.reverse(), ...changes };
  const read = readMessage(Buffer.from(encryptAssertion(PLAINTEXT, encryption)));
  if (!read.ok) throw new Error(`Refused: ${read.refusal.detail}`);
  for (const spy of [privateDecrypts, updates, finals]) spy.mockClear();
  const keys = tried.map((one) => one.privateKeyPem);
  const opened = decrypt(read.value.root as XmlElement, { keys, allowCbc: true });
  return {
    opened: opened.ok ? opened.value.toString() === PLAINTEXT : opened.refusal.code,
    privateKeys: privateDecrypts.mock.results.filter(({ type }) => type === 'return').length,
    deciphered: updates.mock.calls.map(([bytes]) => (bytes as unknown as Buffer).length),
    ended: finals.mock.calls.length,
  };
}

/** Two encrypted keys, each tried with each of our two. */
const whole = { privateKeys: 4, ended: 4 };

it.each(['aes256-gcm', 'aes256-cbc'] as const)(
  'is the same whichever key fits, and if none does: %s [S25] [L22]',
  (content) => {
    const [first, second] = ours;
    const fits = [
      work([first, foreign], { content }),
      work([second, foreign], { content }),
      work([foreign, first], { content }),
      work([foreign, second], { content }),
      work([first, second], { content }),
    ];
    const misfits = [
      work([foreign, foreign], { content }),
      work([foreign, first], { content, editEncryptedKey: flip }),
      work([foreign, first], { content, editEncryptedKey: () => Buffer.alloc(256, 255) }),
    ];
    for (const one of fits) expect(one).toMatchObject({ opened: true, ...whole });
    for (const one of misfits) expect(one).toMatchObject({ opened: 'SAML_DECRYPT', ...whole });
    const deciphered = fits[0]?.deciphered;
    expect(deciphered).toHaveLength(4);
    for (const one of [...fits, ...misfits]) expect(one.deciphered).toEqual(deciphered);
  },
);

it('is the same for content that was changed, under a key that fits [S25] [L22]', () => {
  const [first, second] = ours;
  const honest = work([first, second]);
  const changed = work([first, second], { editCipher: flip });
  expect(honest).toMatchObject({ opened: true, ...whole });
  expect(changed).toEqual({ ...honest, opened: 'SAML_DECRYPT' });
});

it('is that of four keys of ours at the most [S20] [L23]', () => {
  const [first, second] = ours;
  const tried = (count: number) => [...Array.from({ length: count }, () => second), first];
  expect(work([first], {}, tried(3))).toMatchObject({ opened: true, ...whole });
  expect(work([first], {}, tried(4))).toMatchObject({ opened: 'SAML_DECRYPT', ...whole });
});

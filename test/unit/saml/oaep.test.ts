import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { unwrapKey } from '../../../src/protocols/saml/encryption/oaep.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const none = Buffer.alloc(0);

function nodeEncrypt(message: Buffer, hash: 'sha1' | 'sha256' | 'sha384' | 'sha512', label = none): Buffer {
  return publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash, oaepLabel: label },
    message,
  );
}

it.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)('opens what node:crypto sealed with %s throughout', (hash) => {
  for (const bytes of [16, 24, 32]) {
    const message = randomBytes(bytes);
    const cipher = nodeEncrypt(message, hash);
    expect(unwrapKey({ cipher, digest: hash, mgf: hash, label: none }, privateKey, bytes)).toEqual({
      bytes: message,
      fits: true,
    });
    const label = Buffer.from('label');
    const labelled = nodeEncrypt(message, hash, label);
    expect(unwrapKey({ cipher: labelled, digest: hash, mgf: hash, label }, privateKey, bytes).bytes).toEqual(message);
    expect(unwrapKey({ cipher: labelled, digest: hash, mgf: hash, label: none }, privateKey, bytes).bytes).not.toEqual(
      message,
    );
  }
});

it('opens a key that is as long as the modulus, and no shorter spelling of the same number', () => {
  const message = randomBytes(32);
  let cipher = nodeEncrypt(message, 'sha256');
  while (cipher[0] !== 0) cipher = nodeEncrypt(message, 'sha256');
  const opened = (bytes: Buffer) =>
    unwrapKey({ cipher: bytes, digest: 'sha256', mgf: 'sha256', label: none }, privateKey, 32).fits;
  expect([cipher, cipher.subarray(1), Buffer.concat([Buffer.alloc(1), cipher])].map(opened)).toEqual([
    true,
    false,
    false,
  ]);
});

it('does the work of an operation with the key for what is no ciphertext at all', () => {
  const fastest = (cipher: Buffer) => {
    const times = Array.from({ length: 15 }, () => {
      const from = performance.now();
      unwrapKey({ cipher, digest: 'sha256', mgf: 'sha256', label: none }, privateKey, 32);
      return performance.now() - from;
    });
    return Math.min(...times);
  };
  const honest = fastest(Buffer.concat([Buffer.from([1]), randomBytes(255)]));
  // Above the modulus, and longer than it. Without the work, each takes a tenth of the time.
  expect(fastest(Buffer.alloc(256, 255))).toBeGreaterThan(honest / 2);
  expect(fastest(Buffer.alloc(512, 1))).toBeGreaterThan(honest / 2);
});

it('gives a random key of the same length for everything else, and another one each time', () => {
  const message = randomBytes(32);
  const cipher = nodeEncrypt(message, 'sha256');
  const other = createPrivateKey(
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  const small = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey;
  const wrong = [
    unwrapKey({ cipher, digest: 'sha1', mgf: 'sha256', label: none }, privateKey, 32),
    unwrapKey({ cipher, digest: 'sha256', mgf: 'sha1', label: none }, privateKey, 32),
    unwrapKey({ cipher, digest: 'sha256', mgf: 'sha256', label: none }, privateKey, 16),
    unwrapKey({ cipher, digest: 'sha256', mgf: 'sha256', label: none }, other, 32),
    unwrapKey({ cipher, digest: 'sha256', mgf: 'sha256', label: none }, small, 32),
    unwrapKey({ cipher: none, digest: 'sha256', mgf: 'sha256', label: none }, privateKey, 32),
    unwrapKey({ cipher: none, digest: 'sha256', mgf: 'sha256', label: none }, privateKey, 32),
  ];
  expect(wrong.map(({ bytes }) => bytes.length)).toEqual([32, 32, 16, 32, 32, 32, 32]);
  expect(new Set(wrong.map(({ bytes }) => bytes.toString('hex'))).size).toBe(wrong.length);
  for (const { bytes, fits } of wrong) {
    expect(fits).toBe(false);
    expect(message.subarray(0, bytes.length)).not.toEqual(bytes);
  }
});

/** Each part of the encoded block that must be checked, broken on purpose: the first byte, the label's hash, the padding, the mark. */
it.each([
  ['the first byte', 0],
  ['the hash of the label', 1],
  ['the padding', 2],
  ['the mark before the message', 3],
])('refuses a block with a wrong %s (Manger 2001) [S25]', (_name, part) => {
  const size = 256;
  const message = randomBytes(32);
  const mgf1 = (seed: Buffer, length: number) => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) => {
      const counter = Buffer.alloc(4);
      counter.writeUInt32BE(index);
      return createHash('sha256').update(seed).update(counter).digest();
    });
    return Buffer.concat(blocks).subarray(0, length);
  };
  const xor = (left: Buffer, right: Buffer) => Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
  const block = Buffer.concat([
    createHash('sha256').digest(),
    Buffer.alloc(size - 32 - 2 * 32 - 2),
    Buffer.from([1]),
    message,
  ]);
  if (part === 1) block[0] = (block[0] ?? 0) ^ 1;
  if (part === 2) block[40] = 1;
  if (part === 3) block[block.length - 33] = 2;
  const seed = randomBytes(32);
  const masked = xor(block, mgf1(seed, block.length));
  const encoded = Buffer.concat([Buffer.from([part === 0 ? 1 : 0]), xor(seed, mgf1(masked, 32)), masked]);
  // A first byte of one is below every modulus of 2048 bits, whose own is 0x80 or more.
  const cipher = publicEncrypt({ key: createPublicKey(privateKey), padding: constants.RSA_NO_PADDING }, encoded);
  const unwrapped = unwrapKey({ cipher, digest: 'sha256', mgf: 'sha256', label: none }, privateKey, 32);
  expect(unwrapped.fits).toBe(false);
  expect(unwrapped.bytes).not.toEqual(message);
});

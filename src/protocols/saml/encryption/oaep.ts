/**
 * RSA-OAEP decoded over the raw RSA operation (RFC 8017 section 7.1.2), because partners mix the digest of the label with another
 * one in MGF1 and node:crypto sets both at once. The length of the message is known beforehand, so the whole of what must be
 * there is compared without a branch; a failure gives a random key and shows only in the content's own tag (Manger 2001).
 */
import { constants, createHash, type KeyObject, privateDecrypt, randomBytes } from 'node:crypto';
import type { OaepHash, WrappedKey } from './profile.rules.js';

function mgf1(hash: OaepHash, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  const counter = Buffer.alloc(4);
  for (let produced = 0, index = 0; produced < length; index += 1) {
    counter.writeUInt32BE(index);
    const block = createHash(hash).update(seed).update(counter).digest();
    produced += block.length;
    blocks.push(block);
  }
  return Buffer.concat(blocks, length);
}

function xorInto(target: Buffer, mask: Buffer): void {
  for (let index = 0; index < target.length; index += 1) target[index] = (target[index] ?? 0) ^ (mask[index] ?? 0);
}

/** 0 where both are the same; the time does not tell where they differ. */
function difference(left: Buffer, right: Buffer): number {
  let found = left.length ^ right.length;
  for (let index = 0; index < left.length; index += 1) found |= (left[index] ?? 0) ^ (right[index] ?? 0);
  return found;
}

function rawDecrypt(key: KeyObject, cipher: Buffer, size: number): Buffer {
  const decrypted = (bytes: Buffer) => privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, bytes);
  try {
    const block = decrypted(cipher);
    // Of the length of the modulus, and no other (RFC 8017, section 7.1.2): zeros left out or put before are another spelling.
    if (block.length === size && cipher.length === size) return block;
  } catch {
    // A number that is no ciphertext for this key: the work is done all the same, and it fails below like any other.
    decrypted(Buffer.alloc(size, 1).fill(0, 0, 1));
  }
  return randomBytes(size);
}

export interface UnwrappedKey {
  /** The wrapped key, or random bytes of the same length. */
  readonly bytes: Buffer;
  /** Whether it is the wrapped key: for content that cannot tell itself, and to be looked at after it was opened. */
  readonly fits: boolean;
}

export function unwrapKey(wrapped: WrappedKey, key: KeyObject, keyBytes: number): UnwrappedKey {
  const substitute = randomBytes(keyBytes);
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  const labelHash = createHash(wrapped.digest).update(wrapped.label).digest();
  const blockBytes = size - labelHash.length - 1;
  const padding = blockBytes - labelHash.length - 1 - keyBytes;
  if (padding < 0) return { bytes: substitute, fits: false };
  const encoded = rawDecrypt(key, wrapped.cipher, size);
  const seed = Buffer.from(encoded.subarray(1, 1 + labelHash.length));
  const block = Buffer.from(encoded.subarray(1 + labelHash.length));
  xorInto(seed, mgf1(wrapped.mgf, block, seed.length));
  xorInto(block, mgf1(wrapped.mgf, seed, block.length));
  const expected = Buffer.concat([labelHash, Buffer.alloc(padding), Buffer.from([1])]);
  const wrong = (encoded[0] ?? 1) | difference(block.subarray(0, expected.length), expected);
  // 0xff where the block is as it must be, 0 elsewhere.
  const keep = ((wrong - 1) >> 8) & 0xff;
  const message = block.subarray(expected.length);
  for (let index = 0; index < keyBytes; index += 1) {
    substitute[index] = ((message[index] ?? 0) & keep) | ((substitute[index] ?? 0) & ~keep & 0xff);
  }
  return { bytes: substitute, fits: keep === 0xff };
}

/**
 * An encrypted element, opened to its bytes (L20 to L23; S25). Every encrypted key is tried with every key of ours, and whatever
 * goes wrong past the list of algorithms is one refusal, after the same work.
 */
import { createDecipheriv, createPrivateKey, type KeyObject } from 'node:crypto';
import { BoundedCache } from '../../../shared/bounded-cache.js';
import { refusal } from '../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import type { XmlElement } from '../../../xml/contracts.js';
import { unwrapKey } from './oaep.js';
import { type EncryptionProfile, readEncryptionProfile } from './profile.rules.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;
const MAX_PRIVATE_KEYS = 4;

export interface DecryptionRules {
  /** Private keys, PEM, tried in turn. */
  readonly keys: readonly string[];
  readonly allowCbc: boolean;
}

/** null: the text is no RSA private key. */
const parsed = new BoundedCache<string, KeyObject | null>(512);

function privateKey(pem: string): KeyObject | null {
  const known = parsed.get(pem);
  if (known !== undefined) return known;
  let key: KeyObject | null = null;
  try {
    const read = createPrivateKey(pem);
    key = read.asymmetricKeyType === 'rsa' ? read : null;
  } catch {
    key = null;
  }
  parsed.set(pem, key);
  return key;
}

/** @param encrypted an EncryptedAssertion, EncryptedID or EncryptedAttribute */
export function decrypt(encrypted: XmlElement, rules: DecryptionRules): Result<Buffer> {
  const profile = readEncryptionProfile(encrypted, rules.allowCbc);
  if (!profile.ok) return profile;
  const plaintext = open(profile.value, rules.keys);
  return plaintext === null
    ? refused(refusal('SAML_DECRYPT', 'What is encrypted could not be decrypted.'))
    : ok(plaintext);
}

/** The content that a key opens. No early end: the number of tries does not depend on which one fits. */
function open(profile: EncryptionProfile, pems: readonly string[]): Buffer | null {
  const keys = pems
    .slice(0, MAX_PRIVATE_KEYS)
    .map(privateKey)
    .filter((key) => key !== null);
  let plaintext: Buffer | null = null;
  for (const wrapped of profile.keys) {
    for (const key of keys) {
      const { bytes, fits } = unwrapKey(wrapped, key, profile.content.keyBytes);
      const opened = openContent(profile, bytes);
      // CBC has no tag: one of sixteen wrong keys seems to open it.
      plaintext = (isTagged(profile) || fits ? opened : null) ?? plaintext;
    }
  }
  return plaintext;
}

function isTagged({ content }: Pick<EncryptionProfile, 'content'>): boolean {
  return content.cipher.endsWith('gcm');
}

function openContent({ content, cipher }: EncryptionProfile, key: Buffer): Buffer | null {
  try {
    return isTagged({ content })
      ? openGcm(content.cipher as 'aes-256-gcm', cipher, key)
      : openCbc(content.cipher, cipher, key);
  } catch {
    return null;
  }
}

/** AES-GCM with a 96-bit IV before and a 128-bit tag after the content (XML Encryption 1.1, section 5.2.4). */
function openGcm(algorithm: 'aes-256-gcm', cipher: Buffer, key: Buffer): Buffer | null {
  if (cipher.length < IV_BYTES + TAG_BYTES) return null;
  const decipher = createDecipheriv(algorithm, key, cipher.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(cipher.subarray(cipher.length - TAG_BYTES));
  const body = decipher.update(cipher.subarray(IV_BYTES, cipher.length - TAG_BYTES));
  return Buffer.concat([body, decipher.final()]);
}

/** AES-CBC with the IV before the content; the last byte counts the padding, whose other bytes are free (section 5.2). */
function openCbc(algorithm: string, cipher: Buffer, key: Buffer): Buffer | null {
  if (cipher.length < 2 * BLOCK_BYTES) return null;
  const decipher = createDecipheriv(algorithm, key, cipher.subarray(0, BLOCK_BYTES)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(cipher.subarray(BLOCK_BYTES)), decipher.final()]);
  const padding = padded[padded.length - 1] ?? 0;
  return padding >= 1 && padding <= BLOCK_BYTES ? padded.subarray(0, padded.length - padding) : null;
}

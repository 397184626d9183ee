/**
 * An EncryptedAssertion, opened (L20 to L23; S25, S28). Every encrypted key is tried with every key of ours, and
 * whatever goes wrong past the list of algorithms is one refusal, after the same work. The plaintext is a message from
 * nowhere: it goes through the gate, the parser and the shape again.
 */
import { createDecipheriv, createPrivateKey, type KeyObject } from 'node:crypto';
import { BoundedCache } from '../shared/bounded-cache.js';
import { refusal } from '../shared/refusal.js';
import { type Result, refused } from '../shared/result.js';
import type { ResponsePolicy } from './contracts.js';
import { type ParsedDocument, withDocument } from './document.js';
import type { LiveElement, ScopedElement } from './elements.js';
import { type EncryptionProfile, readEncryptionProfile } from './encryption-profile.rules.js';
import { refuseRepeatedId } from './lexer.rules.js';
import { scanMessage } from './message-gate.rules.js';
import { unwrapKey } from './oaep.js';
import { readDecryptedShape, type Shape } from './shape.rules.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;
const MAX_PRIVATE_KEYS = 4;

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

/** `takenIds`: IDs of the message around, which the assertion must not repeat. */
export function withDecrypted<T>(
  encrypted: ScopedElement,
  policy: ResponsePolicy,
  takenIds: ReadonlySet<string>,
  use: (document: ParsedDocument, shape: Shape<LiveElement>) => Result<T>,
): Result<T> {
  const profile = readEncryptionProfile(encrypted);
  if (!profile.ok) return profile;
  const plaintext = decrypt(profile.value, policy);
  if (plaintext === null) return refused(refusal('SAML_DECRYPT', 'The assertion could not be decrypted.'));
  const scanned = scanMessage(plaintext);
  if (!scanned.ok) return scanned;
  const repeated = refuseRepeatedId(scanned.value, takenIds);
  if (repeated !== null) return refused(repeated);
  const element = plaintext.subarray(scanned.value.rootOffset, scanned.value.rootEnd);
  return withDocument(inContext(element, encrypted), (document) => {
    const [root, ...more] = document.root.children;
    if (root === undefined || more.length > 0) {
      return refused(refusal('SAML_NO_ASSERTION', 'What was decrypted is no assertion.'));
    }
    const shape = readDecryptedShape(root);
    return shape.ok ? use(document, shape.value) : shape;
  });
}

/** The content that a key opens. No early end: the number of tries does not depend on which one fits. */
function decrypt(profile: EncryptionProfile, policy: ResponsePolicy): Buffer | null {
  const keys = policy.decryptionKeys
    .slice(0, MAX_PRIVATE_KEYS)
    .map(privateKey)
    .filter((key) => key !== null);
  let plaintext: Buffer | null = null;
  for (const wrapped of profile.keys) {
    for (const key of keys) {
      const opened = openContent(profile, unwrapKey(wrapped, key, profile.content.keyBytes));
      plaintext = opened ?? plaintext;
    }
  }
  return plaintext;
}

/** AES-GCM with a 96-bit IV before and a 128-bit tag after the content (XML Encryption 1.1, section 5.2.4). */
function openContent({ content, cipher }: EncryptionProfile, key: Buffer): Buffer | null {
  if (cipher.length < IV_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv(content.cipher, key, cipher.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(cipher.subarray(cipher.length - TAG_BYTES));
    const body = decipher.update(cipher.subarray(IV_BYTES, cipher.length - TAG_BYTES));
    return Buffer.concat([body, decipher.final()]);
  } catch {
    return null;
  }
}

/**
 * The plaintext stands for the EncryptedData, so the prefixes that are declared around that one are its own too (XML
 * Encryption 1.1, section 4.4). It is one element, as the gate has seen, so it cannot close what is put around it.
 */
function inContext(element: Uint8Array, encrypted: ScopedElement): Uint8Array {
  const declarations = Object.entries(encrypted.namespacesInScope())
    .filter(([prefix]) => prefix !== 'xml')
    .map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${uri}"`);
  return Buffer.concat([Buffer.from(`<context${declarations.join('')}>`), element, Buffer.from('</context>')]);
}

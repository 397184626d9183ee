/**
 * Secrets at rest: AES-256-GCM under a data key that the key-encryption key derives (HKDF, RFC 5869), the place of
 * the value as additional data, so that a ciphertext moved to another row, column or tenant does not open (H02).
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

/** Where a sealed value lives: `table.column` and the row's key. */
export interface Place {
  readonly column: string;
  readonly partnerId: string;
  readonly rowId: string;
}

export class SecretBox {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #current: string;

  /** @param keys key-encryption keys, 32 bytes each, the current one first; the others still open old values. */
  constructor(keys: readonly Buffer[]) {
    const entries = keys.map((key) => [keyId(key), createSecretKey(derive(key, 'entente column encryption'))] as const);
    const current = entries[0];
    if (current === undefined) throw new Error('no key-encryption key');
    this.#keys = new Map(entries);
    this.#current = current[0];
  }

  seal(plaintext: string, place: Place): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key(this.#current), iv);
    cipher.setAAD(additionalData(place));
    const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return ['v1', this.#current, Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')].join('.');
  }

  /** @throws Error when the value was altered, moved, or sealed under a key that is not configured. */
  open(sealed: string, place: Place): string {
    const [version, id, data] = sealed.split('.');
    if (version !== 'v1' || id === undefined || data === undefined) throw new Error('a sealed value is malformed');
    const bytes = Buffer.from(data, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.#key(id), bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(additionalData(place));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  }

  #key(id: string): KeyObject {
    const key = this.#keys.get(id);
    if (key === undefined) throw new Error('a sealed value needs a key-encryption key that is not configured');
    return key;
  }
}

/** A further secret for another purpose, out of the same key-encryption key. */
export function derive(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, 32));
}

function keyId(key: Buffer): string {
  return createHash('sha256').update('entente key id').update(key).digest('base64url').slice(0, 8);
}

function additionalData(place: Place): Buffer {
  return Buffer.from(JSON.stringify([place.column, place.partnerId, place.rowId]), 'utf8');
}

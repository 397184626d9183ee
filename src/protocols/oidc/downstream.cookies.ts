/**
 * Signs the cookies of the OpenID Provider: HMAC-SHA-256, keys held as KeyObjects, compared in constant time. The shape is
 * that of the `keygrip` package, which is what the library calls.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

export class CookieSigner {
  readonly #keys: readonly KeyObject[];
  readonly #current: KeyObject;

  /** @param keys the first signs, every one verifies */
  constructor(keys: readonly Buffer[]) {
    this.#keys = keys.map((key) => createSecretKey(key));
    const [current] = this.#keys;
    if (current === undefined) throw new Error('no key for cookies');
    this.#current = current;
  }

  sign(data: string): string {
    return mac(data, this.#current);
  }

  verify(data: string, digest: string): boolean {
    return this.index(data, digest) !== -1;
  }

  /** Which key signed; -1: none of them. */
  index(data: string, digest: string): number {
    const given = Buffer.from(digest);
    return this.#keys.findIndex((key) => {
      const expected = Buffer.from(mac(data, key));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }
}

function mac(data: string, key: KeyObject): string {
  return createHmac('sha256', key).update(data).digest('base64url');
}

import { randomBytes } from 'node:crypto';
import { CookieSigner } from '../../../src/protocols/oidc/downstream.cookies.js';

const [current, old] = [randomBytes(32), randomBytes(32)];
const signer = new CookieSigner([current, old]);
const data = 'entente-oidc=abc';

describe('the signature of a cookie', () => {
  it('verifies under the key that signs and under the one before, and tells which [H03]', () => {
    expect(signer.index(data, signer.sign(data))).toBe(0);
    expect(signer.index(data, new CookieSigner([old]).sign(data))).toBe(1);
    expect(signer.verify(data, signer.sign(data))).toBe(true);
  });

  it('does not verify for another cookie, under another key, or with any character changed [H06]', () => {
    const signature = signer.sign(data);
    const forged = [
      '',
      signature.slice(0, -1),
      `${signature}=`,
      `${signature}A`,
      ...[...signature].map((character, index) => {
        const other = character === 'A' ? 'B' : 'A';
        return signature.slice(0, index) + other + signature.slice(index + 1);
      }),
      new CookieSigner([randomBytes(32)]).sign(data),
      signer.sign(`${data}d`),
    ];
    for (const digest of forged) expect([digest, signer.index(data, digest)]).toEqual([digest, -1]);
  });

  it('needs a key', () => {
    expect(() => new CookieSigner([])).toThrow('no key');
  });
});

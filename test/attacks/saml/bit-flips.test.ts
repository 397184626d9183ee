/**
 * Every bit, one by one: of SignatureValue, of DigestValue, of all that is signed, and of what is encrypted. A flipped bit is
 * refused wherever it is; there is no lucky position.
 */
import { makeSamlKey } from '../../support/saml-keys.js';
import type { SamlResponseOptions } from '../../support/saml-messages.js';
import { Harness, makeKeys } from '../../support/saml-verdict.js';
import { swap, take } from '../../support/xml-text.js';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

/**
 * Short, since each bit costs a verification, and with every byte of the element under the signature: a namespace declaration
 * that nothing uses is not part of what Exclusive C14N signs, so there is none; nor is KeyInfo.
 */
function compact(sign: 'assertion' | 'response', options: SamlResponseOptions = {}): string {
  const saml2 = / xmlns:saml="[^"]*"/;
  return saml.message(sign, {
    attributes: { mail: ['ada@aurora.example'] },
    responseIssuer: sign === 'response' ? 'https://idp.example/saml' : null,
    editAssertion: (xml) => {
      const used = swap(
        swap(swap(xml, / xmlns:xs="[^"]*"/, ''), / xmlns:xsi="[^"]*"/, ''),
        ' xsi:type="xs:string"',
        '',
      );
      return sign === 'response' ? swap(used, saml2, '') : used;
    },
    editResponse: (xml) => (sign === 'assertion' ? swap(xml, saml2, '') : xml),
    ...options,
    signing: { key: saml.keys.idp, keyInfo: null, ...options.signing },
  });
}

/** Offsets of bytes from the first to behind the last of `part`. */
function placeOf(message: string, part: string): { readonly from: number; readonly to: number } {
  const at = message.indexOf(part);
  if (at < 0) throw new Error('The part is not in the message.');
  const from = Buffer.byteLength(message.slice(0, at));
  return { from, to: from + Buffer.byteLength(part) };
}

/** How often each code was the answer to a flipped bit. */
function flipAll(
  message: string,
  { from, to }: { readonly from: number; readonly to: number },
  changes: Parameters<Harness['verify']>[1] = {},
): Map<string, number> {
  const bytes = Buffer.from(message);
  const codes = new Map<string, number>();
  for (let at = from; at < to; at += 1) {
    const honest = bytes[at] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) {
      bytes[at] = honest ^ (1 << bit);
      const result = saml.verify(bytes, changes);
      if (result.ok) throw new Error(`Accepted with bit ${bit} of byte ${at} flipped.`);
      codes.set(result.refusal.code, (codes.get(result.refusal.code) ?? 0) + 1);
    }
    bytes[at] = honest;
  }
  return codes;
}

function count(codes: ReadonlyMap<string, number>): number {
  return [...codes.values()].reduce((sum, one) => sum + one, 0);
}

it.each(['assertion', 'response'] as const)(
  'is refused in every bit of a signed %s, SignatureValue and DigestValue with it [N53] [S11]',
  (sign) => {
    const message = compact(sign);
    saml.accepted(message);
    const place = placeOf(message, take(message, sign === 'assertion' ? 'saml:Assertion' : 'samlp:Response'));
    const codes = flipAll(message, place);
    expect(count(codes)).toBe((place.to - place.from) * 8);
    expect(codes.get('SAML_SIG_INVALID')).toBeGreaterThan(count(codes) / 5);
  },
);

it.each(['ecdsa-sha256', 'pss-sha256'] as const)(
  'is refused in every bit of a SignatureValue by %s [N53]',
  async (algorithm) => {
    const key = await makeSamlKey({ kind: algorithm.startsWith('ec') ? 'EC' : 'RSA' });
    const message = compact('assertion', { signing: { key, algorithm, keyInfo: null } });
    const policy = { signingCertificates: [key.certificatePem] };
    saml.accepted(message, policy);
    const place = placeOf(message, take(message, 'ds:SignatureValue'));
    expect(count(flipAll(message, place, policy))).toBe((place.to - place.from) * 8);
  },
);

it('is refused in every bit of what is encrypted, and always in the same words [S25] [L22]', () => {
  const small = { attributes: {}, encryption: { certificatePem: saml.keys.hub.certificatePem } };
  const message = saml.encrypted('assertion', { ...small, signing: { key: saml.keys.idp, keyInfo: null } });
  saml.accepted(message);
  for (const which of [0, 1]) {
    const value = take(message, 'xenc:CipherValue', which).replace(/<[^>]*>/g, '');
    const cipher = Buffer.from(value, 'base64');
    // Of the long content every thirteenth byte, and its end: the tag is over all of them alike.
    for (let at = 0; at < cipher.length; at += which === 0 || at > cipher.length - 40 ? 1 : 13) {
      for (let bit = 0; bit < 8; bit += 1) {
        cipher[at] = (cipher[at] ?? 0) ^ (1 << bit);
        expect(saml.refusal(swap(message, value, cipher.toString('base64')))).toEqual({
          code: 'SAML_DECRYPT',
          detail: 'What is encrypted could not be decrypted.',
        });
        cipher[at] = (cipher[at] ?? 0) ^ (1 << bit);
      }
    }
  }
});

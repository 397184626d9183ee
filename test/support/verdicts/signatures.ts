/** Signatures that are broken, weak, made by somebody else, or made of more than SAML allows. */
import { ENVELOPED, EXCLUSIVE } from '../saml-signing.js';
import { FORGED, PERSON } from '../saml-verdict.js';
import { swap } from '../xml-text.js';
import type { Estate, VerdictDocument } from './documents.js';

const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
type Edit = (message: string, saml: Estate) => string;

/** Changes after signing. */
const changed: readonly (readonly [name: string, ids: readonly string[], edit: Edit])[] = [
  [
    'one bit of SignatureValue',
    ['S11'],
    (xml) => xml.replace(/(?<=<ds:SignatureValue>)./, (one) => (one === 'A' ? 'B' : 'A')),
  ],
  [
    'one bit of DigestValue',
    ['S11'],
    (xml) => xml.replace(/(?<=<ds:DigestValue>)./, (one) => (one === 'A' ? 'B' : 'A')),
  ],
  ['an empty SignatureValue', ['S26'], (xml) => swap(xml, /(?<=<ds:SignatureValue>)[^<]*/, '')],
  [
    'a comment in DigestValue after another digest',
    ['S10'],
    (xml) => swap(swap(xml, '<ds:DigestValue>', '<ds:DigestValue><!--AAAA-->'), PERSON, FORGED),
  ],
  [
    'the attacker in KeyInfo',
    ['S29'],
    (xml, saml) => swap(xml, saml.keys.idp.certificateBase64, saml.keys.attacker.certificateBase64),
  ],
  [
    'a certificate too many in KeyInfo',
    ['S29'],
    (xml, saml) =>
      swap(
        xml,
        '</ds:X509Data>',
        `<ds:X509Certificate>${saml.keys.attacker.certificateBase64}</ds:X509Certificate></ds:X509Data>`,
      ),
  ],
];

/** Signed so, by the one who has the key. */
const made: readonly (readonly [name: string, ids: readonly string[], make: (saml: Estate) => string])[] = [
  [
    'inclusive C14N of SignedInfo',
    ['S22'],
    (saml) => saml.message('assertion', { signing: { key: saml.keys.idp, canonicalization: C14N } }),
  ],
  [
    'inclusive C14N as transform',
    ['S22'],
    (saml) => saml.message('assertion', { signing: { key: saml.keys.idp, transforms: [ENVELOPED, C14N] } }),
  ],
  [
    'C14N with comments as transform',
    ['S22'],
    (saml) =>
      saml.message('assertion', {
        signing: { key: saml.keys.idp, transforms: [ENVELOPED, `${EXCLUSIVE}WithComments`] },
      }),
  ],
  [
    'the enveloped transform alone',
    ['S22'],
    (saml) => saml.message('assertion', { signing: { key: saml.keys.idp, transforms: [ENVELOPED] } }),
  ],
];

export const signatures: readonly VerdictDocument[] = [
  ...changed.map(
    ([name, ids, edit]) =>
      ({ name, ids, make: (saml) => edit(saml.message('assertion'), saml) }) satisfies VerdictDocument,
  ),
  ...made.map(([name, ids, make]) => ({ name, ids, make })),
  {
    name: 'an RSA key of 1024 bits',
    ids: ['S30'],
    make: (saml) => saml.message('both', { signing: { key: saml.weak } }),
    policy: (saml) => ({ signingCertificates: [saml.weak.certificatePem] }),
  },
  {
    name: 'a certificate that has expired',
    ids: ['S30'],
    make: (saml) => saml.message('both', { signing: { key: saml.expired } }),
    policy: (saml) => ({ signingCertificates: [saml.expired.certificatePem] }),
  },
  {
    name: 'a changed ciphertext',
    ids: ['S25'],
    make: (saml) =>
      saml.encrypted('assertion', {
        encryption: {
          certificatePem: saml.keys.hub.certificatePem,
          editCipher: (bytes) => Buffer.from(bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte))),
        },
      }),
  },
  {
    name: 'encrypted to somebody else',
    ids: ['S25'],
    make: (saml) => saml.encrypted('both', { encryption: { certificatePem: saml.keys.attacker.certificatePem } }),
  },
];

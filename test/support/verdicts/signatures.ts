/** Signatures that are broken, weak, made by somebody else, or made of more than SAML allows. */
import { ENVELOPED, EXCLUSIVE, x509Data } from '../saml-signing.js';
import { FORGED, PERSON } from '../saml-verdict.js';
import { after, before, into, replaceElement, swap, take, without } from '../xml-text.js';
import type { Estate, VerdictDocument } from './documents.js';

const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
type Edit = (message: string, saml: Estate) => string;

/** Changes after signing. */
const changed: readonly (readonly [name: string, ids: readonly string[], edit: Edit])[] = [
  ['another person', ['S11'], (xml) => xml.replaceAll(PERSON, FORGED)],
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
  [
    'a digest of nothing, and another person',
    ['S14'],
    (xml) =>
      swap(swap(xml, /(?<=<ds:DigestValue>)[^<]*/, '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='), PERSON, FORGED),
  ],
  ['an empty SignatureValue', ['S26'], (xml) => swap(xml, /(?<=<ds:SignatureValue>)[^<]*/, '')],
  [
    'an empty Signature',
    ['S26'],
    (xml) => replaceElement(xml, 'ds:Signature', () => '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'),
  ],
  ['two SignedInfo, the genuine first', ['S09'], (xml) => after(xml, 'ds:SignedInfo', take(xml, 'ds:SignedInfo'))],
  [
    'an altered SignedInfo before the genuine',
    ['S04', 'S09'],
    (xml) => before(xml, 'ds:SignedInfo', swap(take(xml, 'ds:SignedInfo'), /(?<=<ds:DigestValue>)[^<]*/, 'AAAA')),
  ],
  [
    'two Signatures, one the copy of the other',
    ['S06'],
    (xml) => after(xml, 'ds:Signature', take(xml, 'ds:Signature')),
  ],
  ['a second SignatureValue', ['S06'], (xml) => after(xml, 'ds:SignatureValue', take(xml, 'ds:SignatureValue'))],
  ['an empty ds:Object', ['S06'], (xml) => into(xml, 'ds:Signature', '<ds:Object/>')],
  ['a comment in DigestValue', ['S10'], (xml) => swap(xml, '<ds:DigestValue>', '<ds:DigestValue><!-- forged -->')],
  [
    'a comment in DigestValue after another digest',
    ['S10'],
    (xml) => swap(swap(xml, '<ds:DigestValue>', '<ds:DigestValue><!--AAAA-->'), PERSON, FORGED),
  ],
  ['two Reference elements', ['S09'], (xml) => after(xml, 'ds:Reference', take(xml, 'ds:Reference'))],
  ['a Reference to the whole document', ['S01'], (xml) => swap(xml, 'URI="#_assertion-1"', 'URI=""')],
  ['a Reference to a file', ['S22'], (xml) => swap(xml, 'URI="#_assertion-1"', 'URI="evil.xml#_assertion-1"')],
  ['no transforms', ['S22'], (xml) => without(xml, 'ds:Transforms')],
  [
    'many transforms',
    ['S22'],
    (xml) => swap(xml, '</ds:Transforms>', `${`<ds:Transform Algorithm="${EXCLUSIVE}"/>`.repeat(40)}</ds:Transforms>`),
  ],
  [
    'the attacker in KeyInfo',
    ['S29'],
    (xml, saml) => swap(xml, saml.keys.idp.certificateBase64, saml.keys.attacker.certificateBase64),
  ],
  [
    'an ID in two spellings',
    ['S42'],
    (xml) => swap(xml, '<saml:AttributeValue ', '<saml:AttributeValue Id="_assertion-1" '),
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
    'signed by the attacker, whose certificate is in KeyInfo',
    ['S29'],
    (saml) => saml.message('both', { nameId: FORGED, signing: { key: saml.keys.attacker } }),
  ],
  [
    'signed by the attacker, with the certificate of the IdP in KeyInfo',
    ['S29'],
    (saml) =>
      saml.message('both', {
        nameId: FORGED,
        signing: { key: saml.keys.attacker, keyInfo: x509Data(saml.keys.idp.certificateBase64) },
      }),
  ],
  [
    'HMAC with the certificate as the secret',
    ['S24'],
    (saml) => saml.message('assertion', { signing: { key: saml.keys.idp, algorithm: 'hmac-sha256' } }),
  ],
  [
    'a digest of SHA-1 under a signature of SHA-256',
    ['S23'],
    (saml) => saml.message('assertion', { signing: { key: saml.keys.idp, digest: 'sha1' } }),
  ],
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

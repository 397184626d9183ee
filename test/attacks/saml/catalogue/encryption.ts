/** Encrypted assertions: anyone can encrypt to the hub, so encryption proves nothing and must tell nothing. */
import type { ErrorCode } from '../../../../src/shared/error-catalogue.js';
import type { SamlEncryption } from '../../../support/saml-encryption.js';
import { FORGED, type Harness } from '../../../support/saml-verdict.js';
import { after, before, swap, take } from '../../../support/xml-text.js';
import { type AttackDocument, attack } from './contracts.js';

const flip = (at: number) => (bytes: Buffer) => {
  const changed = Buffer.from(bytes);
  const index = at < 0 ? changed.length + at : at;
  changed[index] = (changed[index] ?? 0) ^ 1;
  return changed;
};

function sealed(
  saml: Harness,
  changes: Partial<SamlEncryption>,
  sign: 'response' | 'assertion' | 'none' = 'response',
): string {
  return saml.encrypted(sign, { encryption: { certificatePem: saml.keys.hub.certificatePem, ...changes } });
}

const genuine: AttackDocument['honest'] = (saml) => saml.encrypted('both');

const unsigned: readonly AttackDocument[] = [
  ...(['RESPONSE', 'ASSERTION', 'BOTH', 'EITHER'] as const).map(
    (requireSigned): AttackDocument => ({
      ids: ['S28', 'L16', 'L20'],
      name: `an encrypted assertion that nobody signed, where ${requireSigned} must be`,
      code: 'SAML_SIG_MISSING',
      policy: { requireSigned },
      honest: genuine,
      make: (saml) => saml.encrypted('none', { nameId: FORGED }),
    }),
  ),
  {
    ids: ['S28'],
    name: 'an encrypted forgery in place of the encrypted assertion of a signed Response',
    code: 'SAML_SIG_INVALID',
    honest: genuine,
    make: (saml) => {
      const genuine = saml.encrypted('response');
      return swap(
        genuine,
        take(genuine, 'saml:EncryptedAssertion'),
        take(saml.encrypted('none', { nameId: FORGED }), 'saml:EncryptedAssertion'),
      );
    },
  },
  {
    ids: ['S28', 'L19'],
    name: 'an encrypted forgery beside a signed assertion',
    code: 'SAML_MULTI_ASSERTION',
    honest: genuine,
    make: (saml) =>
      after(
        saml.message('assertion'),
        'saml:Assertion',
        take(saml.encrypted('none', { nameId: FORGED }), 'saml:EncryptedAssertion'),
      ),
  },
  {
    ids: ['S28', 'L19'],
    name: 'an encrypted forgery before an encrypted signed assertion',
    code: 'SAML_MULTI_ASSERTION',
    honest: genuine,
    make: (saml) =>
      before(
        saml.encrypted('assertion'),
        'saml:EncryptedAssertion',
        take(saml.encrypted('none', { nameId: FORGED }), 'saml:EncryptedAssertion'),
      ),
  },
];

const broken: readonly (readonly [name: string, changes: Partial<SamlEncryption>])[] = [
  ['a changed IV', { editCipher: flip(0) }],
  ['changed content', { editCipher: flip(40) }],
  ['a changed tag', { editCipher: flip(-1) }],
  ['a truncated tag', { editCipher: (bytes) => bytes.subarray(0, bytes.length - 4) }],
  ['content without a tag', { editCipher: (bytes) => bytes.subarray(0, 12) }],
  ['a changed encrypted key', { editEncryptedKey: flip(100) }],
  ['an encrypted key of zeros', { editEncryptedKey: () => Buffer.alloc(256) }],
  ['an encrypted key that is too short', { editEncryptedKey: (bytes) => bytes.subarray(1) }],
  ['a key of another length', { keyBytes: 16 }],
];

const algorithms: readonly (readonly [name: string, changes: Partial<SamlEncryption>])[] = [
  ['AES-128-CBC', { content: 'aes128-cbc' }],
  ['AES-256-CBC', { content: 'aes256-cbc' }],
  ['3DES', { content: 'tripledes-cbc' }],
  ['RSA 1.5', { transport: 'rsa-1_5' }],
];

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
const info = (content: string) =>
  `</xenc:EncryptionMethod><ds:KeyInfo xmlns:ds="${DSIG}">${content}</ds:KeyInfo><xenc:CipherData>`;
const ofKey = /<\/xenc:EncryptionMethod><xenc:CipherData>/;

/** Only the assertion inside is signed, so that anybody can add to what stands around its ciphertext. */
const pointing: readonly (readonly [
  name: string,
  code: ErrorCode,
  change: (honest: string, saml: Harness) => string,
])[] = [
  [
    'KeyInfo of an encrypted key that points to a URL',
    'SAML_SIG_TRANSFORM',
    (honest, saml) => swap(honest, ofKey, info(`<ds:RetrievalMethod URI="${saml.elsewhere}/key"/>`)),
  ],
  [
    'KeyInfo of an encrypted key with an agreement on a key',
    'SAML_SCHEMA',
    (honest) => swap(honest, ofKey, info(`<xenc:AgreementMethod Algorithm="${XMLENC}dh"/>`)),
  ],
  [
    'an encrypted key for data elsewhere',
    'SAML_SIG_TRANSFORM',
    (honest, saml) =>
      swap(
        honest,
        '</xenc:EncryptedKey>',
        `<xenc:ReferenceList><xenc:DataReference URI="${saml.elsewhere}/data"/></xenc:ReferenceList></xenc:EncryptedKey>`,
      ),
  ],
  [
    'a property of another element than what is encrypted',
    'SAML_SIG_TRANSFORM',
    (honest) =>
      swap(
        honest,
        '</xenc:EncryptedData>',
        '<xenc:EncryptionProperties><xenc:EncryptionProperty Target="#_response-1"><x:y xmlns:x="urn:x"/></xenc:EncryptionProperty></xenc:EncryptionProperties></xenc:EncryptedData>',
      ),
  ],
];

export const encryption: readonly AttackDocument[] = [
  ...unsigned,
  ...pointing.map(([name, code, change]) =>
    attack('S22 S25', name, code, change, (saml) => saml.encrypted('assertion')),
  ),
  ...broken.map(
    ([name, changes]): AttackDocument => ({
      ids: ['S25', 'L22'],
      name: `what does not open: ${name}`,
      code: 'SAML_DECRYPT',
      honest: genuine,
      make: (saml) => sealed(saml, changes),
    }),
  ),
  ...algorithms.map(
    ([name, changes]): AttackDocument => ({
      ids: ['S25', 'L21'],
      name: `encryption by ${name}`,
      code: 'SAML_ALG_REFUSED',
      honest: genuine,
      make: (saml) => sealed(saml, changes),
    }),
  ),
  {
    ids: ['S25', 'L20'],
    name: 'AES-CBC under no signature, also where it is excepted',
    code: 'SAML_ALG_REFUSED',
    policy: { algorithmExceptions: ['AES_CBC'] },
    honest: genuine,
    make: (saml) => sealed(saml, { content: 'aes256-cbc' }, 'assertion'),
  },
  {
    ids: ['S25', 'L21'],
    name: 'RSA 1.5 and 3DES, also where old algorithms are excepted',
    code: 'SAML_ALG_REFUSED',
    policy: { algorithmExceptions: ['AES_CBC', 'SHA1_SIGNATURE'] },
    honest: genuine,
    make: (saml) => sealed(saml, { content: 'tripledes-cbc', transport: 'rsa-1_5' }),
  },
  {
    ids: ['L23'],
    name: 'a message to the second of two keys of the hub',
    code: 'accept',
    honest: genuine,
    make: (saml) => sealed(saml, { otherRecipients: [saml.keys.attacker.certificatePem] }),
  },
];

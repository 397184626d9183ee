/** Honest messages: everything that may be signed, in clear and encrypted, with every algorithm. */
import type { SamlEncryption } from '../saml-encryption.js';
import type { SamlSigning } from '../saml-signing.js';
import { swap } from '../xml-text.js';
import type { Estate, VerdictDocument } from './documents.js';

type Sign = 'response' | 'assertion' | 'both';
const places: readonly Sign[] = ['response', 'assertion', 'both'];
const signs: Readonly<Record<Sign, string>> = {
  response: 'Response signed',
  assertion: 'assertion signed',
  both: 'both signed',
};

const clear: readonly VerdictDocument[] = [
  ...places.map((sign) => ({ name: signs[sign], ids: [], make: (saml: Estate) => saml.message(sign) })),
  {
    name: 'both signed, InclusiveNamespaces',
    ids: [],
    make: (saml) => saml.message('both', { signing: { key: saml.keys.idp, prefixList: ['xs', 'saml'] } }),
  },
  {
    name: 'both signed, without KeyInfo',
    ids: [],
    make: (saml) => saml.message('both', { signing: { key: saml.keys.idp, keyInfo: null } }),
  },
];

const algorithms: readonly (readonly [NonNullable<SamlSigning['algorithm']>, NonNullable<SamlSigning['digest']>])[] = [
  ['rsa-sha256', 'sha512'],
  ['rsa-sha384', 'sha384'],
  ['rsa-sha512', 'sha512'],
  ['pss-sha256', 'sha256'],
  ['pss-sha384', 'sha256'],
  ['pss-sha512', 'sha256'],
  ['ecdsa-sha256', 'sha256'],
  ['ecdsa-sha384', 'sha384'],
  ['ecdsa-sha512', 'sha512'],
];

const signed: readonly VerdictDocument[] = algorithms.map(([algorithm, digest]) => {
  const isCurve = algorithm.startsWith('ec');
  const key = (saml: Estate) => (isCurve ? saml.curve : saml.keys.idp);
  return {
    name: `both signed, ${algorithm}, digest ${digest}`,
    ids: [],
    make: (saml) => saml.message('both', { signing: { key: key(saml), algorithm, digest } }),
    policy: (saml) => ({ signingCertificates: [key(saml).certificatePem] }),
  };
});

const encryptions: readonly (readonly [string, Partial<SamlEncryption>])[] = [
  ['AES-256-GCM, OAEP', {}],
  ['AES-128-GCM, OAEP', { content: 'aes128-gcm' }],
  ['AES-256-GCM, OAEP with SHA-256, MGF1 with SHA-1', { digest: 'sha256' }],
  ['AES-256-GCM, OAEP with SHA-256 and MGF1 with SHA-256', { transport: 'oaep11', digest: 'sha256', mgf: 'sha256' }],
  ['AES-256-GCM, OAEP, EncryptedKey beside the data', { placement: 'beside' }],
];

const encrypted: readonly VerdictDocument[] = [
  ...(['response', 'assertion'] as const).map((sign) => ({
    name: `${signs[sign]}, encrypted: AES-256-GCM, OAEP`,
    ids: [],
    make: (saml: Estate) => saml.encrypted(sign),
  })),
  ...encryptions.map(([how, encryption]) => ({
    name: `both signed, encrypted: ${how}`,
    ids: [],
    make: (saml: Estate) =>
      saml.encrypted('both', { encryption: { certificatePem: saml.keys.hub.certificatePem, ...encryption } }),
  })),
];

const old: readonly VerdictDocument[] = [
  {
    name: 'both signed, rsa-sha1, digest sha1',
    ids: ['S23'],
    make: (saml) => saml.message('both', { signing: { key: saml.keys.idp, algorithm: 'rsa-sha1', digest: 'sha1' } }),
  },
  {
    name: 'both signed, rsa-sha1, digest sha1, by exception',
    ids: ['S23'],
    make: (saml) => saml.message('both', { signing: { key: saml.keys.idp, algorithm: 'rsa-sha1', digest: 'sha1' } }),
    policy: () => ({ algorithmExceptions: ['SHA1_SIGNATURE'] }),
  },
  {
    name: 'both signed, encrypted: AES-256-CBC',
    ids: ['S25'],
    make: (saml) =>
      saml.encrypted('both', { encryption: { certificatePem: saml.keys.hub.certificatePem, content: 'aes256-cbc' } }),
  },
  {
    name: 'both signed, encrypted: AES-256-CBC, by exception',
    ids: ['S25'],
    make: (saml) =>
      saml.encrypted('both', { encryption: { certificatePem: saml.keys.hub.certificatePem, content: 'aes256-cbc' } }),
    policy: () => ({ algorithmExceptions: ['AES_CBC'] }),
  },
  {
    name: 'both signed, encrypted with an RSA 1.5 key',
    ids: ['S25'],
    make: (saml) =>
      saml.encrypted('both', { encryption: { certificatePem: saml.keys.hub.certificatePem, transport: 'rsa-1_5' } }),
  },
  { name: 'encrypted, and nothing signed', ids: ['S28'], make: (saml) => saml.encrypted('none') },
  {
    name: 'not signed',
    ids: ['S26'],
    make: (saml) => swap(saml.message('assertion'), /<ds:Signature .*<\/ds:Signature>/s, ''),
  },
];

export const forms: readonly VerdictDocument[] = [...clear, ...signed, ...encrypted, ...old];

/**
 * Encrypts an assertion to the service provider that it is for (SAML core, section 2.3.4; XML Encryption 1.1, sections
 * 5.2.4 and 5.5): AES-256-GCM under a fresh key, and that key by RSA-OAEP. Signed first, encrypted then: the signature
 * is about what was said, and whoever reads the ciphertext learns nothing of it.
 */
import { constants, createCipheriv, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import { ns } from '../names.rules.js';
import { keyInfo } from './key-info.rules.js';
import { Markup } from './markup.rules.js';

/** OAEP with SHA-1, which every reader has and no attack on SHA-1 touches, or with SHA-256 for readers that name it. */
export type KeyTransport = 'RSA_OAEP_MGF1P' | 'RSA_OAEP_SHA256';

export interface Recipient {
  readonly certificatePem: string;
  readonly keyTransport: KeyTransport;
}

const IV_BYTES = 12;
const AES_256_GCM = `${ns.xmlenc11}aes256-gcm`;

export function encryptedAssertion(assertion: Markup, recipient: Recipient): Markup {
  const key = randomBytes(32);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([iv, cipher.update(assertion.text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const data = { Type: `${ns.xmlenc}Element` };
  return Markup.element('saml:EncryptedAssertion', {}, [
    Markup.element('xenc:EncryptedData', data, [
      Markup.element('xenc:EncryptionMethod', { Algorithm: AES_256_GCM }),
      Markup.element('ds:KeyInfo', {}, [encryptedKey(key, recipient)]),
      cipherData(sealed),
    ]),
  ]);
}

function encryptedKey(key: Buffer, { certificatePem, keyTransport }: Recipient): Markup {
  const { publicKey } = new X509Certificate(certificatePem);
  if (publicKey.asymmetricKeyType !== 'rsa') throw new Error('An assertion is encrypted to an RSA key.');
  const oaepHash = keyTransport === 'RSA_OAEP_SHA256' ? 'sha256' : 'sha1';
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return Markup.element('xenc:EncryptedKey', {}, [
    transportMethod(keyTransport),
    keyInfo(certificatePem),
    cipherData(publicEncrypt({ key: publicKey, padding, oaepHash }, key)),
  ]);
}

function transportMethod(keyTransport: KeyTransport): Markup {
  const digest = (uri: string) => Markup.element('ds:DigestMethod', { Algorithm: uri });
  if (keyTransport === 'RSA_OAEP_MGF1P') {
    const mgf1p = { Algorithm: `${ns.xmlenc}rsa-oaep-mgf1p` };
    return Markup.element('xenc:EncryptionMethod', mgf1p, [digest(`${ns.xmldsig}sha1`)]);
  }
  return Markup.element('xenc:EncryptionMethod', { Algorithm: `${ns.xmlenc11}rsa-oaep` }, [
    digest(`${ns.xmlenc}sha256`),
    Markup.element('xenc11:MGF', { Algorithm: `${ns.xmlenc11}mgf1sha256` }),
  ]);
}

function cipherData(bytes: Buffer): Markup {
  const value = Markup.element('xenc:CipherValue', {}, bytes.toString('base64'));
  return Markup.element('xenc:CipherData', {}, [value]);
}

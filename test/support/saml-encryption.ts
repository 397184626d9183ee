/** XML Encryption of tests over node:crypto: AES-GCM content, RSA-OAEP keys with every mix of digests, and the refused old ones. */
import { constants, createCipheriv, createHash, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';

const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
const XMLENC11 = 'http://www.w3.org/2009/xmlenc11#';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';

const contents = {
  'aes128-gcm': { uri: `${XMLENC11}aes128-gcm`, bytes: 16 },
  'aes192-gcm': { uri: `${XMLENC11}aes192-gcm`, bytes: 24 },
  'aes256-gcm': { uri: `${XMLENC11}aes256-gcm`, bytes: 32 },
  'aes128-cbc': { uri: `${XMLENC}aes128-cbc`, bytes: 16 },
  'aes192-cbc': { uri: `${XMLENC}aes192-cbc`, bytes: 24 },
  'aes256-cbc': { uri: `${XMLENC}aes256-cbc`, bytes: 32 },
  'tripledes-cbc': { uri: `${XMLENC}tripledes-cbc`, bytes: 24 },
} as const;

type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';
const digestUris: Record<Hash, string> = {
  sha1: `${DSIG}sha1`,
  sha256: `${XMLENC}sha256`,
  sha384: 'http://www.w3.org/2001/04/xmldsig-more#sha384',
  sha512: `${XMLENC}sha512`,
};

export interface SamlEncryption {
  readonly certificatePem: string;
  readonly content?: keyof typeof contents;
  /** `mgf1p` is the first edition of XML Encryption (MGF1 with SHA-1 always), `oaep11` the second. */
  readonly transport?: 'mgf1p' | 'oaep11' | 'rsa-1_5';
  /** Digest of OAEP. Default: SHA-1, and then not named, as the schema allows. */
  readonly digest?: Hash;
  /** Only for `oaep11`; undefined names none, which means SHA-1. */
  readonly mgf?: Hash;
  readonly placement?: 'inside' | 'beside';
  /** Certificates of further recipients, whose EncryptedKey comes first. */
  readonly otherRecipients?: readonly string[];
  readonly editPlaintext?: (xml: string) => Buffer | string;
  readonly editCipher?: (bytes: Buffer) => Buffer;
  readonly editEncryptedKey?: (bytes: Buffer) => Buffer;
  /** CBC: what follows the content, up to whole blocks of 16. Default: the padding of PKCS #7. */
  readonly padding?: (length: number) => Buffer;
  /** The key that the content is really encrypted with is this long; for keys that do not fit the algorithm. */
  readonly keyBytes?: number;
}

function mgf1(hash: Hash, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; blocks.length * createHash(hash).digest().length < length; counter += 1) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    blocks.push(createHash(hash).update(seed).update(suffix).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

/** EME-OAEP-ENCODE (RFC 8017 section 7.1.1) with an empty label and two hashes of one's own choice. */
function oaepEncrypt(certificatePem: string, message: Buffer, digest: Hash, mgf: Hash): Buffer {
  const key = new X509Certificate(certificatePem).publicKey;
  const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  const label = createHash(digest).digest();
  const padding = Buffer.alloc(size - message.length - 2 * label.length - 2);
  const block = Buffer.concat([label, padding, Buffer.from([1]), message]);
  const seed = randomBytes(label.length);
  const maskedBlock = xor(block, mgf1(mgf, seed, block.length));
  const maskedSeed = xor(seed, mgf1(mgf, maskedBlock, seed.length));
  return publicEncrypt(
    { key, padding: constants.RSA_NO_PADDING },
    Buffer.concat([Buffer.from([0]), maskedSeed, maskedBlock]),
  );
}

function encryptKey(certificatePem: string, key: Buffer, encryption: SamlEncryption): string {
  const { transport = 'mgf1p', digest, mgf, editEncryptedKey = (bytes: Buffer) => bytes } = encryption;
  const digestXml =
    digest === undefined ? '' : `<ds:DigestMethod xmlns:ds="${DSIG}" Algorithm="${digestUris[digest]}"/>`;
  const mgfXml = mgf === undefined ? '' : `<xenc11:MGF xmlns:xenc11="${XMLENC11}" Algorithm="${XMLENC11}mgf1${mgf}"/>`;
  const [uri, cipher] =
    transport === 'rsa-1_5'
      ? [`${XMLENC}rsa-1_5`, publicEncrypt({ key: certificatePem, padding: constants.RSA_PKCS1_PADDING }, key)]
      : transport === 'mgf1p'
        ? [`${XMLENC}rsa-oaep-mgf1p`, oaepEncrypt(certificatePem, key, digest ?? 'sha1', 'sha1')]
        : [`${XMLENC11}rsa-oaep`, oaepEncrypt(certificatePem, key, digest ?? 'sha1', mgf ?? 'sha1')];
  return (
    `<xenc:EncryptedKey xmlns:xenc="${XMLENC}"><xenc:EncryptionMethod Algorithm="${uri}">${digestXml}${mgfXml}` +
    `</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>${editEncryptedKey(cipher).toString('base64')}` +
    `</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`
  );
}

function encryptContent(
  name: keyof typeof contents,
  key: Buffer,
  plaintext: Buffer,
  padding?: SamlEncryption['padding'],
): Buffer {
  if (name.endsWith('gcm')) {
    const iv = randomBytes(12);
    const cipher = createCipheriv(name.replace(/^aes(\d+)-gcm$/, 'aes-$1-gcm') as 'aes-256-gcm', key, iv);
    return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }
  const iv = randomBytes(name === 'tripledes-cbc' ? 8 : 16);
  const cipher = createCipheriv(name === 'tripledes-cbc' ? 'des-ede3-cbc' : `aes-${key.length * 8}-cbc`, key, iv);
  if (padding === undefined) return Buffer.concat([iv, cipher.update(plaintext), cipher.final()]);
  cipher.setAutoPadding(false);
  const padded = Buffer.concat([plaintext, padding(16 - (plaintext.length % 16))]);
  return Buffer.concat([iv, cipher.update(padded), cipher.final()]);
}

/** `saml:EncryptedAssertion` around the text of an assertion. */
export function encryptAssertion(assertion: string, encryption: SamlEncryption): string {
  return encryptElement('EncryptedAssertion', assertion, encryption);
}

/** What SAML lets be encrypted, around the text of what it stands for. */
export function encryptElement(
  container: 'EncryptedAssertion' | 'EncryptedID' | 'EncryptedAttribute',
  element: string,
  encryption: SamlEncryption,
): string {
  const name = encryption.content ?? 'aes256-gcm';
  const key = randomBytes(encryption.keyBytes ?? contents[name].bytes);
  const plaintext = Buffer.from((encryption.editPlaintext ?? ((xml) => xml))(element));
  const cipherKey = encryption.keyBytes === undefined ? key : randomBytes(contents[name].bytes);
  const cipher = (encryption.editCipher ?? ((bytes) => bytes))(
    encryptContent(name, cipherKey, plaintext, encryption.padding),
  );
  const recipients = [...(encryption.otherRecipients ?? []), encryption.certificatePem];
  const keys = recipients.map((certificate) => encryptKey(certificate, key, encryption)).join('');
  const beside = encryption.placement === 'beside';
  return (
    `<saml:${container} xmlns:saml="${ASSERTION}"><xenc:EncryptedData xmlns:xenc="${XMLENC}"` +
    ` Type="${XMLENC}Element"><xenc:EncryptionMethod Algorithm="${contents[name].uri}"/>` +
    `${beside ? '' : `<ds:KeyInfo xmlns:ds="${DSIG}">${keys}</ds:KeyInfo>`}` +
    `<xenc:CipherData><xenc:CipherValue>${cipher.toString('base64')}</xenc:CipherValue></xenc:CipherData>` +
    `</xenc:EncryptedData>${beside ? keys : ''}</saml:${container}>`
  );
}

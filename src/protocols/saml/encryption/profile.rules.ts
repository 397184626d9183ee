/**
 * Which encrypted elements are considered at all (XML Encryption 1.1; L21, S25): AES-GCM content and RSA-OAEP keys. RSA-1.5 and
 * 3DES are refused by name, before any key is touched. CBC lets an attacker ask us about a ciphertext byte by byte: it is
 * opened only where an operator excepted the IdP, and then only where a checked signature covers the ciphertext.
 */
import { parseBase64Binary } from '../../../shared/base64.js';
import { type Refusal, refusal } from '../../../shared/refusal.js';
import { ok, type Result, refused } from '../../../shared/result.js';
import type { XmlElement } from '../../../xml/contracts.js';
import { childrenOf, is } from '../elements.rules.js';
import { ns } from '../names.rules.js';
import { refuseReferences } from './references.rules.js';

export type OaepHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export interface ContentAlgorithm {
  readonly cipher: `aes-${128 | 192 | 256}-${'gcm' | 'cbc'}`;
  readonly keyBytes: 16 | 24 | 32;
}

export interface WrappedKey {
  readonly cipher: Buffer;
  readonly digest: OaepHash;
  readonly mgf: OaepHash;
  readonly label: Buffer;
}

export interface EncryptionProfile {
  readonly content: ContentAlgorithm;
  readonly cipher: Buffer;
  readonly keys: readonly WrappedKey[];
}

const contents: ReadonlyMap<string, ContentAlgorithm> = new Map([
  [`${ns.xmlenc11}aes128-gcm`, { cipher: 'aes-128-gcm', keyBytes: 16 }],
  [`${ns.xmlenc11}aes192-gcm`, { cipher: 'aes-192-gcm', keyBytes: 24 }],
  [`${ns.xmlenc11}aes256-gcm`, { cipher: 'aes-256-gcm', keyBytes: 32 }],
]);

const excepted: ReadonlyMap<string, ContentAlgorithm> = new Map([
  [`${ns.xmlenc}aes128-cbc`, { cipher: 'aes-128-cbc', keyBytes: 16 }],
  [`${ns.xmlenc}aes192-cbc`, { cipher: 'aes-192-cbc', keyBytes: 24 }],
  [`${ns.xmlenc}aes256-cbc`, { cipher: 'aes-256-cbc', keyBytes: 32 }],
]);

const digests: ReadonlyMap<string, OaepHash> = new Map([
  [`${ns.xmldsig}sha1`, 'sha1'],
  [`${ns.xmlenc}sha256`, 'sha256'],
  [`${ns.xmldsigMore}sha384`, 'sha384'],
  [`${ns.xmlenc}sha384`, 'sha384'],
  [`${ns.xmlenc}sha512`, 'sha512'],
]);

const masks: ReadonlyMap<string, OaepHash> = new Map([
  [`${ns.xmlenc11}mgf1sha1`, 'sha1'],
  [`${ns.xmlenc11}mgf1sha256`, 'sha256'],
  [`${ns.xmlenc11}mgf1sha384`, 'sha384'],
  [`${ns.xmlenc11}mgf1sha512`, 'sha512'],
]);

const MAX_KEYS = 4;
const OAEP_PARAMETERS = [`${ns.xmldsig} DigestMethod`, `${ns.xmlenc} OAEPparams`];
const NOT_PERMITTED = 'EncryptionMethod holds what its algorithm does not permit.';
const schema = (detail: string) => refused(refusal('SAML_SCHEMA', detail));

/** @param allowCbc an exception of the IdP, and a checked signature covers `encrypted` */
export function readEncryptionProfile(encrypted: XmlElement, allowCbc: boolean): Result<EncryptionProfile> {
  const [data, ...more] = childrenOf(encrypted, ns.xmlenc, 'EncryptedData');
  const beside = childrenOf(encrypted, ns.xmlenc, 'EncryptedKey');
  if (data === undefined || more.length > 0 || encrypted.children.length !== beside.length + 1) {
    return schema('What is encrypted must be one EncryptedData and its keys.');
  }
  const type = data.attribute('Type');
  if (type !== null && type !== `${ns.xmlenc}Element`) return schema('What is encrypted is no element.');
  const [method] = childrenOf(data, ns.xmlenc, 'EncryptionMethod');
  const algorithm = method?.attribute('Algorithm') ?? '';
  const content = contents.get(algorithm) ?? (allowCbc ? excepted.get(algorithm) : undefined);
  if (method === undefined || content === undefined) return refused(refuseAlgorithm('content', method));
  if (!takes(method, [`${ns.xmlenc} KeySize`]) || !isSized(method, content)) return schema(NOT_PERMITTED);
  const cipher = readCipher(data);
  if (!cipher.ok) return cipher;
  const keys = readKeys(data, beside);
  return keys.ok ? ok({ content, cipher: cipher.value, keys: keys.value }) : keys;
}

/**
 * What the algorithm does not permit below EncryptionMethod, and a KeySize of another key, must be an error (XML Encryption 1.1,
 * section 3.2): whoever passes it over decrypts by other parameters than were meant.
 */
function takes({ children, ownText }: XmlElement, permitted: readonly string[]): boolean {
  const names = children.map((one) => `${one.namespace} ${one.localName}`);
  return ownText.trim() === '' && names.every((one, at) => permitted.includes(one) && names.indexOf(one) === at);
}

function isSized(method: XmlElement, { keyBytes }: ContentAlgorithm): boolean {
  return childrenOf(method, ns.xmlenc, 'KeySize').every(({ text }) => Number(text) === keyBytes * 8);
}

/** EncryptedKey stands in the KeyInfo of EncryptedData or beside it. */
function readKeys(data: XmlElement, beside: readonly XmlElement[]): Result<readonly WrappedKey[]> {
  const infos = childrenOf(data, ns.xmldsig, 'KeyInfo');
  const elements = [...infos.flatMap((info) => childrenOf(info, ns.xmlenc, 'EncryptedKey')), ...beside];
  const misled = refuseReferences(data, elements, beside);
  if (misled !== null) return refused(misled);
  if (elements.length === 0 || elements.length > MAX_KEYS) return schema('There must be one encrypted key, or a few.');
  const keys: WrappedKey[] = [];
  for (const element of elements) {
    const key = readWrappedKey(element);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return ok(keys);
}

function readWrappedKey(element: XmlElement): Result<WrappedKey> {
  const [method] = childrenOf(element, ns.xmlenc, 'EncryptionMethod');
  const transport = method?.attribute('Algorithm') ?? '';
  const isFirstEdition = transport === `${ns.xmlenc}rsa-oaep-mgf1p`;
  if (method === undefined || !(isFirstEdition || transport === `${ns.xmlenc11}rsa-oaep`)) {
    return refused(refuseAlgorithm('key transport', method));
  }
  if (!takes(method, isFirstEdition ? OAEP_PARAMETERS : [...OAEP_PARAMETERS, `${ns.xmlenc11} MGF`])) {
    return schema(NOT_PERMITTED);
  }
  const digest = readParameter(method, ns.xmldsig, 'DigestMethod', digests);
  // The first edition fixes MGF1 with SHA-1, whatever the digest (XML Encryption 1.1, section 5.5.2).
  const mgf = isFirstEdition ? 'sha1' : readParameter(method, ns.xmlenc11, 'MGF', masks);
  if (digest === undefined || mgf === undefined) return refused(refuseAlgorithm('digest of the key transport', method));
  const [parameters] = childrenOf(method, ns.xmlenc, 'OAEPparams');
  const label = parameters === undefined ? Buffer.alloc(0) : parseBase64Binary(parameters.text);
  if (label === null) return schema('The parameters of the key transport are no base64.');
  const cipher = readCipher(element);
  return cipher.ok ? ok({ cipher: cipher.value, digest, mgf, label }) : cipher;
}

/** SHA-1 where nothing is named; undefined where what is named is not on the list. */
function readParameter(
  method: XmlElement,
  namespace: string,
  name: string,
  known: ReadonlyMap<string, OaepHash>,
): OaepHash | undefined {
  const [parameter] = childrenOf(method, namespace, name);
  return parameter === undefined ? 'sha1' : known.get(parameter.attribute('Algorithm') ?? '');
}

function readCipher(parent: XmlElement): Result<Buffer> {
  const [data, ...more] = childrenOf(parent, ns.xmlenc, 'CipherData');
  const [value] = data?.children ?? [];
  const isValue = value !== undefined && is(value, ns.xmlenc, 'CipherValue') && data?.children.length === 1;
  const bytes = isValue && more.length === 0 ? parseBase64Binary(value.text) : null;
  return bytes === null ? schema('Encrypted content must be one CipherValue of base64.') : ok(bytes);
}

function refuseAlgorithm(what: string, method: XmlElement | undefined): Refusal {
  const algorithm = (method?.attribute('Algorithm') ?? '').slice(0, 200);
  return refusal('SAML_ALG_REFUSED', 'An algorithm of the encryption is not on the list.', { what, algorithm });
}

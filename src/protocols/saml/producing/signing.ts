/**
 * Signatures over what the hub sends, with node:crypto. Enveloped in a message (SAML core, section 5.4): markup is written
 * in canonical form, so its own text is what is hashed, and a signature in it stands untouched by the one around it.
 */
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import type { SamlKeyPair } from '../../../login/contracts.js';
import { ENVELOPED_SIGNATURE, EXCLUSIVE_C14N } from '../../../xml/vocabulary.rules.js';
import { ns } from '../names.rules.js';
import { keyInfo } from './key-info.rules.js';
import { Markup } from './markup.rules.js';

const SHA256 = `${ns.xmlenc}sha256`;
const RSA_SHA256 = `${ns.xmldsigMore}rsa-sha256`;
const ECDSA_SHA256 = `${ns.xmldsigMore}ecdsa-sha256`;

/** The name of the algorithm that a key signs with: SHA-256, and what the kind of key allows. */
export function signatureAlgorithmOf(key: SamlKeyPair): string {
  return privateKeyOf(key).asymmetricKeyType === 'ec' ? ECDSA_SHA256 : RSA_SHA256;
}

/** The signature over text, base64; of an elliptic curve as two numbers side by side (RFC 4050, section 3.3). */
export function signatureOver(text: string, key: SamlKeyPair): string {
  const options = { key: privateKeyOf(key), dsaEncoding: 'ieee-p1363' } as const;
  return sign('sha256', Buffer.from(text, 'utf8'), options).toString('base64');
}

/**
 * The element with a signature over itself after its first child, the Issuer, where the schemas of messages and of
 * assertions want it.
 * @param element a message or an assertion that has an `ID` and begins with its Issuer
 */
export function signed(element: Markup, key: SamlKeyPair): Markup {
  const digest = createHash('sha256').update(element.text, 'utf8').digest('base64');
  const info = signedInfo(element.attribute('ID') ?? '', digest, signatureAlgorithmOf(key));
  const value = Markup.element('ds:SignatureValue', {}, signatureOver(info.text, key));
  return element.withChild(1, Markup.element('ds:Signature', {}, [info, value, keyInfo(key.certificatePem)]));
}

function signedInfo(id: string, digest: string, algorithm: string): Markup {
  const method = (name: string, uri: string) => Markup.element(`ds:${name}`, { Algorithm: uri });
  return Markup.element('ds:SignedInfo', {}, [
    method('CanonicalizationMethod', EXCLUSIVE_C14N),
    method('SignatureMethod', algorithm),
    Markup.element('ds:Reference', { URI: `#${id}` }, [
      Markup.element('ds:Transforms', {}, [
        method('Transform', ENVELOPED_SIGNATURE),
        method('Transform', EXCLUSIVE_C14N),
      ]),
      method('DigestMethod', SHA256),
      Markup.element('ds:DigestValue', {}, digest),
    ]),
  ]);
}

/** The parsed key of a pair, as long as that very pair lives in a snapshot: parsing costs more than a third of signing. */
const parsed = new WeakMap<SamlKeyPair, KeyObject>();

function privateKeyOf(key: SamlKeyPair): KeyObject {
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const made = createPrivateKey(key.privateKeyPem);
  parsed.set(key, made);
  return made;
}

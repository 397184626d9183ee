/** XML signatures of tests, made with xml-crypto; the algorithms that it lacks are added here over node:crypto. */
import { constants, createHash, createHmac, sign, verify } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { SamlTestKey } from './saml-keys.js';
import { replaceElement, swap, take } from './xml-text.js';

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED = `${DSIG}enveloped-signature`;

export const signatureAlgorithms = {
  'rsa-sha1': `${DSIG}rsa-sha1`,
  'rsa-sha256': `${MORE}rsa-sha256`,
  'rsa-sha384': `${MORE}rsa-sha384`,
  'rsa-sha512': `${MORE}rsa-sha512`,
  'ecdsa-sha256': `${MORE}ecdsa-sha256`,
  'ecdsa-sha384': `${MORE}ecdsa-sha384`,
  'ecdsa-sha512': `${MORE}ecdsa-sha512`,
  'pss-sha256': 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  'pss-sha384': 'http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1',
  'pss-sha512': 'http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1',
  'hmac-sha256': `${MORE}hmac-sha256`,
} as const;

export const digestAlgorithms = {
  sha1: `${DSIG}sha1`,
  sha256: `${XMLENC}sha256`,
  sha384: `${MORE}sha384`,
  sha512: `${XMLENC}sha512`,
} as const;

export interface SamlSigning {
  readonly key: SamlTestKey;
  readonly algorithm?: keyof typeof signatureAlgorithms;
  readonly digest?: keyof typeof digestAlgorithms;
  /** Of RSA-PSS. Default: as long as the digest, as RFC 6931 fixes it (section 2.3.10). */
  readonly saltLength?: number;
  /** InclusiveNamespaces PrefixList of the reference. */
  readonly prefixList?: readonly string[];
  readonly canonicalization?: string;
  readonly transforms?: readonly string[];
  /** Prefix of the Signature element. Default: `ds`; an empty one is the default namespace. */
  readonly prefix?: string;
  /** Content of KeyInfo; null leaves KeyInfo out. Default: the certificate of the key. */
  readonly keyInfo?: string | null;
  /** Where the Signature stands. Default: after Issuer, as the schema says, or else first. */
  readonly place?: 'after-issuer' | 'first' | 'last';
}

class NodeSignature {
  readonly #uri: string;
  readonly #hash: string;
  readonly #kind: string;
  readonly #saltLength: number;

  constructor(name: keyof typeof signatureAlgorithms, saltLength: number = constants.RSA_PSS_SALTLEN_DIGEST) {
    this.#saltLength = saltLength;
    this.#uri = signatureAlgorithms[name];
    const [kind = '', hash = ''] = name.split('-');
    this.#kind = kind;
    this.#hash = hash;
  }

  getAlgorithmName = () => this.#uri;

  getSignature = (signedInfo: string, key: string) => {
    if (this.#kind === 'hmac') return createHmac(this.#hash, key).update(signedInfo).digest('base64');
    return sign(this.#hash, Buffer.from(signedInfo), this.#how(key)).toString('base64');
  };

  verifySignature = (material: string, key: string, value: string) => {
    if (this.#kind === 'hmac') return this.getSignature(material, key) === value;
    return verify(this.#hash, Buffer.from(material), this.#how(key), Buffer.from(value, 'base64'));
  };

  #how(key: string) {
    if (this.#kind === 'ecdsa') return { key, dsaEncoding: 'ieee-p1363' as const };
    if (this.#kind !== 'pss') return { key };
    return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: this.#saltLength };
  }
}

/** Teaches xml-crypto what it lacks, so that it can make, and judge, the same messages as the hub. */
export function addAlgorithms(signed: SignedXml, saltLength?: number): SignedXml {
  const algorithms = signed.SignatureAlgorithms as Record<string, unknown>;
  for (const [name, uri] of Object.entries(signatureAlgorithms)) {
    const known = name as keyof typeof signatureAlgorithms;
    const algorithm = function create() {
      return new NodeSignature(known, saltLength);
    };
    // One of RSA-PSS is its own, with the salt that RFC 6931 fixes.
    if (saltLength === undefined) algorithms[uri] ??= algorithm;
    else algorithms[uri] = algorithm;
  }
  (signed.HashAlgorithms as Record<string, unknown>)[digestAlgorithms.sha384] = function create() {
    return {
      getAlgorithmName: () => digestAlgorithms.sha384,
      getHash: (xml: string) => createHash('sha384').update(xml, 'utf8').digest('base64'),
    };
  };
  return signed;
}

export function x509Data(certificateBase64: string, prefix = 'ds'): string {
  const name = (local: string) => (prefix === '' ? local : `${prefix}:${local}`);
  return `<${name('X509Data')}><${name('X509Certificate')}>${certificateBase64}</${name('X509Certificate')}></${name('X509Data')}>`;
}

function place(signing: SamlSigning, parent: string, xml: string) {
  const issuer = `${parent}/*[local-name(.)='Issuer']`;
  const hasIssuer = /^<[^>]*>\s*<([\w-]+:)?Issuer/.test(xml.replace(/^<\?xml[^>]*>\s*/, ''));
  const where = signing.place ?? (hasIssuer ? 'after-issuer' : 'first');
  if (where === 'after-issuer') return { reference: issuer, action: 'after' as const };
  return { reference: parent, action: where === 'first' ? ('prepend' as const) : ('append' as const) };
}

/** Signs the only element of that local name which has an ID; the whole document comes back. */
export function signElement(xml: string, localName: string, signing: SamlSigning): string {
  const prefix = signing.prefix ?? 'ds';
  const keyInfo = signing.keyInfo === undefined ? x509Data(signing.key.certificateBase64, prefix) : signing.keyInfo;
  const algorithm = signing.algorithm ?? (signing.key.kind === 'EC' ? 'ecdsa-sha256' : 'rsa-sha256');
  const signed = addAlgorithms(
    new SignedXml({
      privateKey: algorithm.startsWith('hmac') ? signing.key.certificatePem : signing.key.privateKeyPem,
      signatureAlgorithm: signatureAlgorithms[algorithm],
      canonicalizationAlgorithm: signing.canonicalization ?? EXCLUSIVE,
      getKeyInfoContent: () => keyInfo,
    }),
    signing.saltLength,
  );
  const parent =
    xml.startsWith('<samlp:Response') && localName === 'Assertion' ? "/*/*[local-name(.)='Assertion']" : '/*';
  signed.addReference({
    xpath: parent,
    digestAlgorithm: digestAlgorithms[signing.digest ?? 'sha256'],
    transforms: [...(signing.transforms ?? [ENVELOPED, EXCLUSIVE])],
    ...(signing.prefixList === undefined ? {} : { inclusiveNamespacesPrefixList: [...signing.prefixList] }),
  });
  signed.computeSignature(xml, {
    location: place(signing, parent, xml),
    ...(prefix === '' ? {} : { prefix }),
  });
  return signed.getSignedXml();
}

/** Signs again, with RSA-SHA256, what SignedInfo says after a change. What is in it declares its own namespaces. */
export function signAgain(xml: string, key: SamlTestKey, change: (signedInfo: string) => string): string {
  const changed = replaceElement(xml, 'ds:SignedInfo', change);
  const canonical = swap(take(changed, 'ds:SignedInfo'), '<ds:SignedInfo>', `<ds:SignedInfo xmlns:ds="${DSIG}">`);
  const octets = Buffer.from(canonical.replace(/<([\w:]+)([^<>]*)\/>/g, '<$1$2></$1>'));
  const value = sign('sha256', octets, key.privateKeyPem).toString('base64');
  return swap(changed, /(?<=<ds:SignatureValue>)[^<]*/, value);
}

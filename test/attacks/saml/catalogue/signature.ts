/** What a signature may look like, over what it may be, and which algorithms and keys count. */
import { constants, sign as signBytes } from 'node:crypto';
import {
  digestAlgorithms,
  ENVELOPED,
  EXCLUSIVE,
  signAgain,
  signatureAlgorithms,
  x509Data,
} from '../../../support/saml-signing.js';
import { FORGED, type Harness, PERSON } from '../../../support/saml-verdict.js';
import { after, into, replaceElement, swap, take, without } from '../../../support/xml-text.js';
import { type AttackDocument, attack, everySign, replacing, signedAs } from './contracts.js';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const EMPTY_SHA256 = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

const transform = (algorithm: string, content = '') =>
  `<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`;
const both = transform(ENVELOPED) + transform(EXCLUSIVE);

const structures: readonly (readonly [name: string, element: string, edit: (element: string) => string])[] = [
  ['two SignedInfo, the genuine one first', 'ds:SignedInfo', (one) => one + one],
  ['a second DigestValue', 'ds:DigestValue', (one) => one + one],
  ['an element inside DigestValue', 'ds:DigestValue', (one) => into(one, 'ds:DigestValue', '<ds:X/>')],
  ['a DigestValue that is no base64', 'ds:DigestValue', (one) => swap(one, /=</, '*<')],
  ['an element inside SignatureValue', 'ds:SignatureValue', (one) => into(one, 'ds:SignatureValue', '<ds:X/>')],
  ['two References', 'ds:Reference', (one) => one + one],
  ['no Reference', 'ds:Reference', () => ''],
  ['a Manifest in SignedInfo', 'ds:Reference', (one) => `${one}<ds:Manifest/>`],
  ['an empty ds:Object', 'ds:SignatureValue', (one) => `${one}<ds:Object/>`],
  ['two KeyInfo', 'ds:KeyInfo', (one) => one + one],
  ['no SignedInfo', 'ds:SignedInfo', () => ''],
];

const structure: readonly AttackDocument[] = [
  ...structures.map(([name, element, edit]) =>
    attack('S09 L14', name, 'SAML_SIG_STRUCTURE', (honest) => replaceElement(honest, element, edit)),
  ),
  ...everySign('S09', 'a second SignedInfo after the SignatureValue', 'SAML_SIG_STRUCTURE', (honest) =>
    after(honest, 'ds:SignatureValue', take(honest, 'ds:SignedInfo')),
  ),
  ...['ds:DigestValue', 'ds:SignatureValue', 'ds:X509Certificate'].map((name) =>
    attack('S10 L3', `a comment inside ${name}`, 'SAML_XML_COMMENT', (honest) =>
      replaceElement(honest, name, (one) => swap(one, '>', '><!-- forged -->')),
    ),
  ),
];

const references: readonly AttackDocument[] = [
  ...[
    '',
    '#',
    '#_response-1',
    '#xpointer(/)',
    "#xpointer(id('_assertion-1'))",
    '#_ASSERTION-1',
    '#_assertion-1 ',
    '#%5Fassertion-1',
  ].map((uri) =>
    attack(
      'S01 L14',
      `a Reference to anything but the element around the Signature: "${uri}"`,
      'SAML_SIG_SCOPE',
      replacing('URI="#_assertion-1"', `URI="${uri}"`),
    ),
  ),
  attack('S01 L14', 'a Reference without URI', 'SAML_SIG_SCOPE', replacing(' URI="#_assertion-1"', '')),
  ...['http://evil.example/assertion.xml', 'file:///etc/passwd', 'https://127.0.0.1:1/', 'evil.xml#_assertion-1'].map(
    (uri) =>
      attack(
        'S22 L14',
        `a Reference that leaves the message: ${uri}`,
        'SAML_SIG_TRANSFORM',
        replacing('URI="#_assertion-1"', `URI="${uri}"`),
      ),
  ),
];

const lists: readonly (readonly [name: string, transforms: string])[] = [
  [
    'XSLT',
    transform(
      'http://www.w3.org/TR/1999/REC-xslt-19991116',
      '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"/>',
    ) + both,
  ],
  [
    'XPath',
    transform(ENVELOPED) +
      transform('http://www.w3.org/TR/1999/REC-xpath-19991116', '<ds:XPath>not(ancestor::Evil)</ds:XPath>'),
  ],
  ['XPath Filter 2', transform('http://www.w3.org/2002/06/xmldsig-filter2') + both],
  ['base64', transform(`${DSIG}base64`) + both],
  ['exclusive C14N with comments', transform(ENVELOPED) + transform(`${EXCLUSIVE}WithComments`)],
  ['inclusive C14N', transform(ENVELOPED) + transform(C14N)],
  ['enveloped alone, which means inclusive C14N', transform(ENVELOPED)],
  ['exclusive C14N alone', transform(EXCLUSIVE)],
  ['the two in the wrong order', transform(EXCLUSIVE) + transform(ENVELOPED)],
  ['many of them', both.repeat(50)],
  ['none', ''],
];

const transforms: readonly AttackDocument[] = [
  ...lists.map(([name, list]) =>
    attack(
      'S22 L13 L14',
      `as transforms: ${name}`,
      'SAML_SIG_TRANSFORM',
      replacing(/<ds:Transforms>.*?<\/ds:Transforms>/, `<ds:Transforms>${list}</ds:Transforms>`),
    ),
  ),
  attack('S22 L14', 'no list of transforms at all', 'SAML_SIG_TRANSFORM', (honest) => without(honest, 'ds:Transforms')),
  ...[C14N, 'http://www.w3.org/2006/12/xml-c14n11', `${EXCLUSIVE}WithComments`, 'http://evil.example/c14n', ''].map(
    (uri) =>
      attack(
        'S22 L13',
        `as CanonicalizationMethod: "${uri}"`,
        'SAML_SIG_TRANSFORM',
        replacing(/(?<=CanonicalizationMethod Algorithm=")[^"]*/, uri),
      ),
  ),
];

const algorithms: readonly AttackDocument[] = [
  attack('S23 L13', 'a valid RSA-SHA1 signature', 'SAML_ALG_REFUSED', (_honest, saml) =>
    saml.message('assertion', { signing: { key: saml.keys.idp, algorithm: 'rsa-sha1' } }),
  ),
  attack('S23 L13', 'a valid SHA-1 digest', 'SAML_ALG_REFUSED', (_honest, saml) =>
    saml.message('assertion', { signing: { key: saml.keys.idp, digest: 'sha1' } }),
  ),
  attack('S04 S24 L13', 'an HMAC with the public key as secret', 'SAML_ALG_REFUSED', (_honest, saml) =>
    saml.message('assertion', { signing: { key: saml.keys.idp, algorithm: 'hmac-sha256' } }),
  ),
  ...[
    `${DSIG}hmac-sha1`,
    `${DSIG}dsa-sha1`,
    'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
    '',
    '__proto__',
    'constructor',
  ].map((uri) =>
    attack(
      'S24 L13',
      `the signature algorithm "${uri}"`,
      'SAML_ALG_REFUSED',
      replacing(/(?<=SignatureMethod Algorithm=")[^"]*/, uri),
    ),
  ),
  ...['http://www.w3.org/2001/04/xmldsig-more#md5', '', 'toString'].map((uri) =>
    attack(
      'S24 L13',
      `the digest algorithm "${uri}"`,
      'SAML_ALG_REFUSED',
      replacing(/(?<=DigestMethod Algorithm=")[^"]*/, uri),
    ),
  ),
  ...(['rsa-sha512', 'ecdsa-sha256', 'pss-sha256'] as const).map((name) =>
    attack(
      'S24',
      `${name} named where RSA-SHA256 was used`,
      'SAML_SIG_INVALID',
      replacing(signatureAlgorithms['rsa-sha256'], signatureAlgorithms[name]),
    ),
  ),
  attack(
    'S24',
    'a digest of SHA-256 named SHA-512',
    'SAML_SIG_INVALID',
    replacing(digestAlgorithms.sha256, digestAlgorithms.sha512),
  ),
  attack(
    'S24',
    'an HMACOutputLength in the method',
    'SAML_SIG_STRUCTURE',
    replacing(
      /<ds:SignatureMethod ([^>]*)\/>/,
      `<ds:SignatureMethod Algorithm="${signatureAlgorithms['rsa-sha256']}"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>`,
    ),
  ),
  attack('S14', 'the digest of nothing', 'SAML_SIG_INVALID', (honest) =>
    swap(swap(honest, /(?<=<ds:DigestValue>)[^<]*/, EMPTY_SHA256), PERSON, FORGED),
  ),
];

/** The pinned key made these signatures: for whoever does not look at the parameters, they are valid. */
const signedParameters: readonly AttackDocument[] = [
  attack('S24 L14', 'a parameter in the DigestMethod, signed', 'SAML_SIG_STRUCTURE', (honest, saml) =>
    signAgain(honest, saml.keys.idp, (info) =>
      swap(
        info,
        /(<ds:DigestMethod [^>]*)\/>/,
        `<ds:DigestMethod Algorithm="${digestAlgorithms.sha256}"><x:y xmlns:x="urn:x"></x:y></ds:DigestMethod>`,
      ),
    ),
  ),
  ...(
    [
      ['more prefixes than anyone needs', Array.from({ length: 17 }, (_, index) => `p${index}`)],
      ['a prefix that is none', ['a:b']],
    ] as const
  ).map(([name, prefixList]) =>
    attack('S22 L13', `a PrefixList of ${name}, signed`, 'SAML_SIG_TRANSFORM', (_honest, saml) =>
      saml.message('assertion', { signing: { key: saml.keys.idp, prefixList } }),
    ),
  ),
  ...(
    [
      ['no salt', 0],
      ['the longest salt', constants.RSA_PSS_SALTLEN_MAX_SIGN],
    ] as const
  ).map(([name, saltLength]) =>
    attack('S24 L13', `RSA-PSS with ${name}`, 'SAML_SIG_INVALID', (_honest, saml) =>
      saml.message('assertion', { signing: { key: saml.keys.idp, algorithm: 'pss-sha256', saltLength } }),
    ),
  ),
];

const missing: readonly AttackDocument[] = [
  ...(['assertion', 'response'] as const).map((sign) =>
    attack(
      'S26 L16',
      `a message whose Signature was stripped (it was on: ${sign})`,
      'SAML_SIG_MISSING',
      (honest) => without(honest, 'ds:Signature'),
      signedAs[sign],
    ),
  ),
  ...everySign('S26 L15', 'an empty Signature', 'SAML_SIG_MISSING', (honest) =>
    replaceElement(honest, 'ds:Signature', () => `<ds:Signature xmlns:ds="${DSIG}"/>`),
  ),
  ...['http://www.w3.org/2000/09/xmldsig', 'http://evil.example/xmldsig#', 'http://www.w3.org/2000/09/XMLDSIG#'].map(
    (uri) =>
      attack(
        'S26 L5',
        `a Signature in the namespace ${uri}`,
        'SAML_SIG_MISSING',
        replacing(`xmlns:ds="${DSIG}"`, `xmlns:ds="${uri}"`),
      ),
  ),
];

const EMPTY_KEY =
  '<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>';
/** A forgery by a key that is not pinned. */
function foreign(saml: Harness, keyInfo?: string): string {
  const signing = { key: saml.keys.attacker, ...(keyInfo === undefined ? {} : { keyInfo }) };
  return saml.message('assertion', { nameId: FORGED, signing });
}

const shown = (saml: Harness, ...names: readonly ('idp' | 'attacker')[]) =>
  names.map((name) => x509Data(saml.keys[name].certificateBase64)).join('');

const byForeignKey: readonly (readonly [string, AttackDocument['code'], (saml: Harness) => string])[] = [
  ['a key that the message brings along', 'SAML_CERT_UNKNOWN', (saml) => foreign(saml)],
  ['a foreign key without KeyInfo', 'SAML_SIG_INVALID', (saml) => without(foreign(saml), 'ds:KeyInfo')],
  ['a foreign key in KeyValue', 'SAML_SIG_INVALID', (saml) => foreign(saml, EMPTY_KEY)],
  [
    'a foreign key by the name of a known one',
    'SAML_SIG_INVALID',
    (saml) => foreign(saml, '<ds:KeyName>idp</ds:KeyName>'),
  ],
  ['a foreign key that shows the pinned certificate', 'SAML_SIG_INVALID', (saml) => foreign(saml, shown(saml, 'idp'))],
  [
    'a foreign certificate beside the pinned one',
    'SAML_CERT_UNKNOWN',
    (saml) => foreign(saml, shown(saml, 'idp', 'attacker')),
  ],
];

const keys: readonly AttackDocument[] = [
  ...byForeignKey.map(([name, code, make]) => attack('S29 L18', name, code, (_honest, saml) => make(saml))),
  attack('S22 L18', 'a RetrievalMethod in KeyInfo', 'SAML_SIG_TRANSFORM', (_honest, saml) => {
    const keyInfo = `<ds:RetrievalMethod URI="${saml.elsewhere}/key" Type="${DSIG}X509Data"/>`;
    return saml.message('assertion', { signing: { key: saml.keys.idp, keyInfo } });
  }),
  attack('S29 L12', 'a SignatureValue by another key of the same size', 'SAML_SIG_INVALID', (honest, saml) =>
    swap(
      honest,
      /(?<=<ds:SignatureValue>)[^<]*/,
      signBytes('sha256', Buffer.from('any'), saml.keys.attacker.privateKeyPem).toString('base64'),
    ),
  ),
];

export const signature: readonly AttackDocument[] = [
  ...structure,
  ...references,
  ...transforms,
  ...algorithms,
  ...signedParameters,
  ...missing,
  ...keys,
];

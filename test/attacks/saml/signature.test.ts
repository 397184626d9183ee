/** What a signature may look like, which algorithms and keys count, and which signatures must be there. */
import { sign } from 'node:crypto';
import { makeSamlKey } from '../../support/saml-keys.js';
import { SAML_NOW } from '../../support/saml-messages.js';
import { digestAlgorithms, ENVELOPED, EXCLUSIVE, signatureAlgorithms, x509Data } from '../../support/saml-signing.js';
import { FORGED, Harness, makeKeys, nameId, PERSON } from '../../support/saml-verdict.js';
import { after, before, into, replaceElement, swap, take, without } from '../../support/xml-text.js';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

it('refuses two SignedInfo, whichever comes first [S09]', () => {
  const original = saml.message('assertion');
  const signedInfo = take(original, 'ds:SignedInfo');
  expect(saml.code(after(original, 'ds:SignedInfo', signedInfo))).toBe('SAML_SIG_STRUCTURE');
  expect(saml.code(after(original, 'ds:SignatureValue', signedInfo))).toBe('SAML_SIG_STRUCTURE');
});

it.each(['ds:DigestValue', 'ds:SignatureValue', 'ds:X509Certificate'])('refuses a comment inside %s [S10]', (name) => {
  const original = saml.message('assertion');
  const value = take(original, name);
  const commented = swap(value, /^(<[^>]*>)/, `${/^<[^>]*>/.exec(value)?.[0]}<!-- forged -->`);
  expect(saml.code(replaceElement(original, name, () => commented))).toBe('SAML_XML_COMMENT');
});

it.each([
  ['a second DigestValue', 'ds:DigestValue', (one: string) => one + one],
  ['an element inside DigestValue', 'ds:DigestValue', (one: string) => into(one, 'ds:DigestValue', '<ds:X/>')],
  ['a DigestValue that is no base64', 'ds:DigestValue', (one: string) => swap(one, /=</, '*<')],
  ['an element inside SignatureValue', 'ds:SignatureValue', (one: string) => into(one, 'ds:SignatureValue', '<ds:X/>')],
  ['two References', 'ds:Reference', (one: string) => one + one],
  ['no Reference', 'ds:Reference', () => ''],
  ['a Manifest in SignedInfo', 'ds:Reference', (one: string) => `${one}<ds:Manifest/>`],
  ['an empty ds:Object', 'ds:SignatureValue', (one: string) => `${one}<ds:Object/>`],
  ['two KeyInfo', 'ds:KeyInfo', (one: string) => one + one],
])('refuses %s [S09]', (_name, element, edit) => {
  expect(saml.code(replaceElement(saml.message('assertion'), element, edit))).toBe('SAML_SIG_STRUCTURE');
});

describe('transforms [S22]', () => {
  const transform = (algorithm: string, content = '') =>
    `<ds:Transform Algorithm="${algorithm}">${content}</ds:Transform>`;
  const both = transform(ENVELOPED) + transform(EXCLUSIVE);

  it.each([
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
    ['inclusive C14N', transform(ENVELOPED) + transform('http://www.w3.org/TR/2001/REC-xml-c14n-20010315')],
    ['enveloped alone, which means inclusive C14N', transform(ENVELOPED)],
    ['exclusive C14N alone', transform(EXCLUSIVE)],
    ['the two in the wrong order', transform(EXCLUSIVE) + transform(ENVELOPED)],
    ['many of them', both.repeat(50)],
    ['none', ''],
  ])('are refused: %s [S22]', (_name, transforms) => {
    const message = swap(
      saml.message('assertion'),
      /<ds:Transforms>.*?<\/ds:Transforms>/,
      `<ds:Transforms>${transforms}</ds:Transforms>`,
    );
    expect(saml.code(message)).toBe('SAML_SIG_TRANSFORM');
  });

  it('are refused where there is no list of them at all [S22]', () => {
    expect(saml.code(without(saml.message('assertion'), 'ds:Transforms'))).toBe('SAML_SIG_TRANSFORM');
  });

  it.each([
    'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
    'http://www.w3.org/2006/12/xml-c14n11',
    `${EXCLUSIVE}WithComments`,
    'http://evil.example/c14n',
    '',
  ])('are not let in as CanonicalizationMethod: %s [S22]', (algorithm) => {
    const message = swap(saml.message('assertion'), /(?<=CanonicalizationMethod Algorithm=")[^"]*/, algorithm);
    expect(saml.code(message)).toBe('SAML_SIG_TRANSFORM');
  });
});

it.each(['http://evil.example/assertion.xml', 'file:///etc/passwd', 'https://127.0.0.1:1/', 'evil.xml#_assertion-1'])(
  'refuses a Reference that leaves the message, and fetches nothing: %s [S22]',
  (uri) => {
    expect(saml.code(swap(saml.message('assertion'), 'URI="#_assertion-1"', `URI="${uri}"`))).toBe(
      'SAML_SIG_TRANSFORM',
    );
  },
);

it.each(['', '#', '#_response-1', '#xpointer(/)', "#xpointer(id('_assertion-1'))", '#_ASSERTION-1', '#_assertion-1 '])(
  'refuses a Reference to anything but the element that the Signature stands in: "%s" [S01]',
  (uri) => {
    expect(saml.code(swap(saml.message('assertion'), 'URI="#_assertion-1"', `URI="${uri}"`))).toBe('SAML_SIG_SCOPE');
  },
);

it('refuses a Reference without URI [S01]', () => {
  expect(saml.code(swap(saml.message('assertion'), ' URI="#_assertion-1"', ''))).toBe('SAML_SIG_SCOPE');
});

it('refuses a RetrievalMethod in KeyInfo, and fetches nothing [S22]', () => {
  const keyInfo =
    '<ds:RetrievalMethod URI="http://evil.example/key" Type="http://www.w3.org/2000/09/xmldsig#X509Data"/>';
  const message = saml.message('assertion', { signing: { key: saml.keys.idp, keyInfo } });
  expect(saml.code(message)).toBe('SAML_SIG_TRANSFORM');
});

it.each([
  ['signature', { algorithm: 'rsa-sha1' }],
  ['digest', { digest: 'sha1' }],
] as const)('refuses SHA-1 for the %s, although it is valid [S23]', (_what, changes) => {
  const message = saml.message('assertion', { signing: { key: saml.keys.idp, ...changes } });
  expect(saml.refusal(message)).toMatchObject({
    code: 'SAML_ALG_REFUSED',
    facts: { algorithm: expect.stringContaining('sha1') },
  });
});

it.each([
  signatureAlgorithms['hmac-sha256'],
  `${DSIG}hmac-sha1`,
  `${DSIG}dsa-sha1`,
  'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
  '',
  '__proto__',
  'constructor',
])('refuses the signature algorithm %s [S24]', (algorithm) => {
  const message = swap(saml.message('assertion'), /(?<=SignatureMethod Algorithm=")[^"]*/, algorithm);
  expect(saml.code(message)).toBe('SAML_ALG_REFUSED');
});

it.each(['http://www.w3.org/2001/04/xmldsig-more#md5', '', 'toString'])(
  'refuses the digest algorithm "%s" [S24]',
  (algorithm) => {
    const message = swap(saml.message('assertion'), /(?<=DigestMethod Algorithm=")[^"]*/, algorithm);
    expect(saml.code(message)).toBe('SAML_ALG_REFUSED');
  },
);

it('refuses another algorithm than the one that was used, from the list or not [S24]', () => {
  const message = swap(saml.message('assertion'), signatureAlgorithms['rsa-sha256'], signatureAlgorithms['rsa-sha512']);
  expect(saml.code(message)).toBe('SAML_SIG_INVALID');
  const ec = swap(saml.message('assertion'), signatureAlgorithms['rsa-sha256'], signatureAlgorithms['ecdsa-sha256']);
  expect(saml.code(ec)).toBe('SAML_SIG_INVALID');
});

it('refuses an HMACOutputLength in the method [S24]', () => {
  const message = swap(
    saml.message('assertion'),
    /<ds:SignatureMethod ([^>]*)\/>/,
    `<ds:SignatureMethod Algorithm="${signatureAlgorithms['rsa-sha256']}"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>`,
  );
  expect(saml.code(message)).toBe('SAML_SIG_STRUCTURE');
});

describe('a signature that is not there [S26]', () => {
  it('is missed when it was stripped [S26]', () => {
    expect(saml.code(without(saml.message('assertion'), 'ds:Signature'))).toBe('SAML_SIG_MISSING');
    expect(saml.code(without(saml.message('response'), 'ds:Signature'))).toBe('SAML_SIG_MISSING');
  });

  it('is missed when it is empty [S26]', () => {
    expect(
      saml.code(replaceElement(saml.message('assertion'), 'ds:Signature', () => `<ds:Signature xmlns:ds="${DSIG}"/>`)),
    ).toBe('SAML_SIG_MISSING');
  });

  it.each(['http://www.w3.org/2000/09/xmldsig', 'http://evil.example/xmldsig#', 'http://www.w3.org/2000/09/XMLDSIG#'])(
    'is missed when it is in another namespace: %s [S26]',
    (namespace) => {
      expect(saml.code(swap(saml.message('assertion'), `xmlns:ds="${DSIG}"`, `xmlns:ds="${namespace}"`))).toBe(
        'SAML_SIG_MISSING',
      );
    },
  );

  it('does not let an element of another namespace stand beside a good one [S26]', () => {
    const message = saml.message('assertion', {
      editResponse: (xml) => after(xml, 'saml:Issuer', '<e:Signature xmlns:e="http://evil.example/xmldsig#"/>'),
    });
    expect(saml.code(message)).toBe('SAML_XML_NAMESPACE');
  });
});

describe('the signatures that the partner agreed on [S27]', () => {
  it.each([
    ['response', 'RESPONSE', true],
    ['response', 'ASSERTION', false],
    ['response', 'BOTH', false],
    ['response', 'EITHER', true],
    ['assertion', 'RESPONSE', false],
    ['assertion', 'ASSERTION', true],
    ['assertion', 'BOTH', false],
    ['assertion', 'EITHER', true],
    ['both', 'RESPONSE', true],
    ['both', 'ASSERTION', true],
    ['both', 'BOTH', true],
    ['both', 'EITHER', true],
  ] as const)('are enforced: signed %s, required %s, accepted %s [S27]', (sign, requireSigned, accepted) => {
    const message = saml.message(sign);
    if (accepted) expect(nameId(saml.accepted(message, { requireSigned }).assertion)).toBe(PERSON);
    else expect(saml.code(message, { requireSigned })).toBe('SAML_SIG_MISSING');
  });

  it.each(['RESPONSE', 'ASSERTION', 'BOTH', 'EITHER'] as const)(
    'are missed in an unsigned message: %s [S27]',
    (requireSigned) => {
      expect(saml.code(without(saml.message('assertion'), 'ds:Signature'), { requireSigned })).toBe('SAML_SIG_MISSING');
    },
  );

  it('must all be valid, also one that nobody asked for [S27]', () => {
    const good = saml.message('both');
    const badResponse = swap(good, 'InResponseTo="_request-1"', 'InResponseTo="_request-2"');
    expect(saml.code(badResponse, { requireSigned: 'ASSERTION' })).toBe('SAML_SIG_INVALID');
    const badAssertion = saml.message('response', {
      editAssertion: () => swap(take(saml.message('assertion'), 'saml:Assertion'), PERSON, FORGED),
    });
    expect(saml.code(badAssertion, { requireSigned: 'RESPONSE' })).toBe('SAML_SIG_INVALID');
  });
});

describe('keys [S29] [S30]', () => {
  it('never come from the message [S29]', () => {
    const message = saml.message('assertion', { nameId: FORGED, signing: { key: saml.keys.attacker } });
    expect(saml.code(message)).toBe('SAML_CERT_UNKNOWN');
    expect(saml.code(without(message, 'ds:KeyInfo'))).toBe('SAML_SIG_INVALID');
  });

  it('are compared by the whole certificate, so a clone of the name does not help [S29]', async () => {
    const clone = await makeSamlKey({ name: 'idp.example' });
    expect(saml.code(saml.message('assertion', { signing: { key: clone } }))).toBe('SAML_CERT_UNKNOWN');
  });

  it('are not chosen by a pinned certificate beside a foreign one [S29]', () => {
    const { idp, attacker } = saml.keys;
    const keyInfo = x509Data(idp.certificateBase64) + x509Data(attacker.certificateBase64);
    expect(saml.code(saml.message('assertion', { signing: { key: attacker, keyInfo } }))).toBe('SAML_CERT_UNKNOWN');
    const pretending = x509Data(idp.certificateBase64);
    expect(saml.code(saml.message('assertion', { signing: { key: attacker, keyInfo: pretending } }))).toBe(
      'SAML_SIG_INVALID',
    );
  });

  it('are not taken from a KeyValue [S29]', () => {
    const keyInfo =
      '<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AQAB</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>';
    const forged = saml.message('assertion', { nameId: FORGED, signing: { key: saml.keys.attacker, keyInfo } });
    expect(saml.code(forged)).toBe('SAML_SIG_INVALID');
    expect(
      nameId(saml.accepted(saml.message('assertion', { signing: { key: saml.keys.idp, keyInfo } })).assertion),
    ).toBe(PERSON);
  });

  it.each([
    ['expired', { notAfter: new Date(SAML_NOW.getTime() - 1_000) }],
    ['not valid yet', { notBefore: new Date(SAML_NOW.getTime() + 1_000) }],
    ['of RSA 1024', { bits: 1024 }],
  ])('are refused when the pinned certificate is %s [S30]', async (_what, options) => {
    const key = await makeSamlKey(options);
    const message = saml.message('assertion', { signing: { key } });
    expect(saml.code(message, { signingCertificates: [key.certificatePem] })).toBe('SAML_CERT_REFUSED');
  });

  it('are accepted to the last moment of the certificate [S30]', async () => {
    const key = await makeSamlKey({ notBefore: SAML_NOW, notAfter: SAML_NOW });
    const message = saml.message('assertion', { signing: { key } });
    expect(nameId(saml.accepted(message, { signingCertificates: [key.certificatePem] }).assertion)).toBe(PERSON);
  });

  it.each([[[]], [['no certificate']], [['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']]])(
    'are needed: without a readable pinned one nothing is accepted, signed or not: %j [S31]',
    (signingCertificates) => {
      expect(saml.code(saml.message('assertion'), { signingCertificates })).toBe('SAML_CERT_REFUSED');
      expect(saml.code(without(saml.message('assertion'), 'ds:Signature'), { signingCertificates })).toBe(
        'SAML_SIG_MISSING',
      );
    },
  );

  it('of ECDSA sign with r and s side by side; the DER form of OpenSSL is another value [S24]', async () => {
    const key = await makeSamlKey({ kind: 'EC' });
    const message = saml.message('assertion', { signing: { key } });
    const signingCertificates = [key.certificatePem];
    expect(nameId(saml.accepted(message, { signingCertificates }).assertion)).toBe(PERSON);
    const der = sign('sha256', Buffer.from('any'), key.privateKeyPem).toString('base64');
    const swapped = swap(message, /(?<=<ds:SignatureValue>)[^<]*/, der);
    expect(saml.code(swapped, { signingCertificates })).toBe('SAML_SIG_INVALID');
    for (const zero of [Buffer.alloc(64), Buffer.alloc(1)]) {
      const psychic = swap(message, /(?<=<ds:SignatureValue>)[^<]*/, zero.toString('base64'));
      expect(saml.code(psychic, { signingCertificates })).toBe('SAML_SIG_INVALID');
    }
  });
});

it('refuses a changed digest, although the list of algorithms is kept [S24]', () => {
  const message = swap(saml.message('assertion'), digestAlgorithms.sha256, digestAlgorithms.sha512);
  expect(saml.code(message)).toBe('SAML_SIG_INVALID');
  expect(saml.code(before(saml.message('assertion'), 'saml:Subject', ' '))).toBe('SAML_SIG_INVALID');
});

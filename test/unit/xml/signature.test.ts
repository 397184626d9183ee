/** The one door for signed documents, and what comes out of it. */
import { createHash, sign } from 'node:crypto';
import { trustedKeys } from '../../../src/keys/trusted-keys.js';
import { readAttributes } from '../../../src/protocols/saml/checks/attributes.rules.js';
import { canonicalForm } from '../../../src/xml/canonical.rules.js';
import {
  digestOf,
  type ParsedElement,
  readUntrustedXml,
  type VerifiedElement,
  verifySignedXml,
} from '../../../src/xml/index.js';
import { makeSamlKey, type SamlTestKey } from '../../support/saml-keys.js';
import { SAML_NOW } from '../../support/saml-messages.js';
import { type SamlSigning, signElement } from '../../support/saml-signing.js';
import { swap } from '../../support/xml-text.js';

let key: SamlTestKey;
let other: SamlTestKey;
beforeAll(async () => {
  [key, other] = await Promise.all([makeSamlKey(), makeSamlKey()]);
});

const rules = { now: SAML_NOW, allowSha1: false };
const PLAIN =
  '<q:Request xmlns:q="urn:q" xmlns:unused="urn:u" ID="_q1" b="2" a="1"><q:Name>Ada &amp; co</q:Name>\r\n<q:Empty/></q:Request>';

function signed(changes: Partial<SamlSigning> = {}, xml = PLAIN): string {
  return signElement(xml, 'Request', { key, place: 'first', ...changes });
}

function verify(xml: string, keys = [key.certificatePem], changes: Partial<typeof rules> = {}) {
  return verifySignedXml(Buffer.from(xml), trustedKeys(keys), { ...rules, ...changes });
}

function accepted(xml: string): VerifiedElement {
  const result = verify(xml);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

it('gives the element as it was signed: without its Signature, with line ends and references resolved [S11]', () => {
  const element = accepted(signed());
  expect(element.children.map((one) => one.localName)).toEqual(['Name', 'Empty']);
  expect(element.text).toBe('Ada & co\n');
  expect(element.attributes.map((one) => one.value)).toEqual(['_q1', '1', '2']);
  expect(element.namespaceOf('unused')).toBeNull();
  expect(digestOf(element)).toMatch(/^[0-9a-f]{64}$/);
});

it('gives elements that cannot be changed', () => {
  const element = accepted(signed());
  expect([element, element.children, element.attributes].every(Object.isFrozen)).toBe(true);
});

it('does not compile where anything but a verified element is read for facts', () => {
  const untrusted = readUntrustedXml(Buffer.from(PLAIN));
  if (!untrusted.ok) throw new Error('refused');
  // @ts-expect-error An element that somebody wrote is no verified one.
  const claims = readAttributes(untrusted.value);
  expect(claims.ok).toBe(true);
});

it.each(['pss-sha256', 'pss-sha384', 'pss-sha512'] as const)('takes RSA-PSS: %s', (algorithm) => {
  const message = signed({ algorithm });
  expect(verify(message).ok).toBe(true);
  expect(verify(swap(message, 'Ada', 'Bob'))).toMatchObject({ refusal: { code: 'SAML_SIG_INVALID' } });
});

it('takes no signature of one scheme for one of another [S24]', () => {
  const pss = 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1';
  const pkcs = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
  for (const [algorithm, from, to] of [
    ['pss-sha256', pss, pkcs],
    ['rsa-sha256', pkcs, pss],
  ] as const) {
    expect(verify(swap(signed({ algorithm }), from, to))).toMatchObject({ refusal: { code: 'SAML_SIG_INVALID' } });
  }
});

it('takes SHA-1 only where it was told to [S23]', () => {
  for (const how of [{ algorithm: 'rsa-sha1' }, { digest: 'sha1' }] as const) {
    expect(verify(signed(how))).toMatchObject({ refusal: { code: 'SAML_ALG_REFUSED' } });
    expect(verify(signed(how), undefined, { allowSha1: true }).ok).toBe(true);
  }
});

it('checks with the keys of the configuration and no other: KeyInfo is not read [L18] [S29]', () => {
  expect(verify(signed({ key: other }))).toMatchObject({ refusal: { code: 'SAML_SIG_INVALID' } });
  expect(verify(signed(), [other.certificatePem])).toMatchObject({ refusal: { code: 'SAML_SIG_INVALID' } });
  expect(verify(signed(), [other.certificatePem, key.certificatePem]).ok).toBe(true);
  expect(verify(signed({ keyInfo: '<anything/>' })).ok).toBe(true);
  expect(verify(signed(), [])).toMatchObject({ refusal: { code: 'SAML_CERT_REFUSED' } });
});

it('refuses a document without a signature, and one that has an ID twice [S26] [S42]', () => {
  expect(verify(PLAIN)).toMatchObject({ refusal: { code: 'SAML_SIG_MISSING' } });
  const twice = swap(signed(), '<q:Empty', '<q:Empty ID="_q1"');
  expect(verify(twice)).toMatchObject({ refusal: { code: 'SAML_DUP_ID' } });
});

it('refuses a signature that stands deeper than the root, whatever it covers [L17] [S08]', () => {
  expect(verify(`<q:Outer xmlns:q="urn:q" ID="_o">${signed()}</q:Outer>`)).toMatchObject({
    refusal: { code: 'SAML_SIG_MISSING' },
  });
});

it('drops comments where they are allowed, before and after the check alike [S10] [S17]', () => {
  const message = swap(signed(), 'Ada &amp; co', 'Ada<!-- x --> &amp; co');
  expect(verify(message)).toMatchObject({ refusal: { code: 'SAML_XML_COMMENT' } });
  const skipped = verifySignedXml(Buffer.from(message), trustedKeys([key.certificatePem]), {
    ...rules,
    comments: 'skip',
  });
  expect(skipped.ok && skipped.value.children[0]?.text).toBe('Ada & co');
});

describe('a canonical form that is far longer than what was sent [L1] [S20]', () => {
  const names = [...'ABCEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl'];
  const around = names.map((name) => ` xmlns:${name}="${`urn:${name}:`.padEnd(128, 'x')}"`).join('');
  const one = (element: string) => `<${element}${names.map((name) => ` ${name}:a=""`).join('')}/>`;
  const limits = { bytes: 5 * 1024 * 1024, elements: 50_000, siblings: 50_000, attributes: 40 };

  /** Signed by hand: what signs in other tests needs minutes for it. */
  function signedByHand(content: string): string {
    const whole = (signature: string) => `<r${around} ID="_r">${signature}${content}</r>`;
    const read = readUntrustedXml(Buffer.from(whole('')), limits);
    if (!read.ok) throw new Error(JSON.stringify(read.refusal));
    const digest = createHash('sha256')
      .update(canonicalForm(read.value as ParsedElement, []))
      .digest('base64');
    const signedInfo =
      '<SignedInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">' +
      '</CanonicalizationMethod><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></SignatureMethod>' +
      '<Reference URI="#_r"><Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></Transform>' +
      '<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></Transform></Transforms>' +
      `<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod><DigestValue>${digest}</DigestValue></Reference></SignedInfo>`;
    const value = sign('sha256', Buffer.from(signedInfo), key.privateKeyPem).toString('base64');
    return whole(
      `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">${signedInfo}<SignatureValue>${value}</SignatureValue></Signature>`,
    );
  }

  it('is refused before it is read, and one of an honest length is not', () => {
    const check = (xml: string) =>
      verifySignedXml(Buffer.from(xml), trustedKeys([key.certificatePem]), { ...rules, limits });
    expect(check(signedByHand(one('e').repeat(100))).ok).toBe(true);
    const long = signedByHand(one('e').repeat(4_000));
    expect(long.length).toBeLessThan(1024 * 1024 * 2);
    expect(check(long)).toMatchObject({ refusal: { code: 'SAML_XML_LIMIT' } });
  });

  it('cannot be that of a SignedInfo, which is written before any key is asked', () => {
    const prefixes = '<InclusiveNamespaces xmlns="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/>';
    const message = signed();
    const transform = 'Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>';
    const filled = (content: string) =>
      swap(message, transform, `${transform.replace('/>', '>')}${content}</ds:Transform>`);
    expect(verify(filled(prefixes))).toMatchObject({ refusal: { code: 'SAML_SIG_INVALID' } });
    for (const content of [prefixes + prefixes, '<x/>']) {
      expect(verify(filled(content))).toMatchObject({ refusal: { code: 'SAML_SIG_TRANSFORM' } });
    }
  });
});

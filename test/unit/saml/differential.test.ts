/**
 * The fast verifier beside another library (xml-crypto) on the same documents: the same verdict, or a difference with a name.
 * xml-crypto answers "does this signature verify"; we answer "may this message be believed", so ours may refuse more, but
 * never for the cryptography, and it may never accept what the other one does not.
 */
import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import { SignedXml } from 'xml-crypto';
import { makeSamlKey } from '../../support/saml-keys.js';
import { type Mutation, mutate, mutation } from '../../support/saml-mutations.js';
import { samlShapes } from '../../support/saml-shapes.js';
import { addAlgorithms } from '../../support/saml-signing.js';
import { FORGED, forge, Harness, makeKeys, PERSON } from '../../support/saml-verdict.js';
import { after, into, swap, take, without } from '../../support/xml-text.js';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';

let saml: Harness;
beforeAll(async () => {
  saml = new Harness(await makeKeys());
});

/** Whether there is a signature and all of them verify with the certificate. */
function theirs(xml: string, certificatePem = saml.keys.idp.certificatePem): boolean {
  try {
    const document = new DOMParser({
      errorHandler: { fatalError: stop, error: stop, warning: () => {} },
    }).parseFromString(xml, 'text/xml');
    const signatures = Array.from(document.getElementsByTagNameNS(DSIG, 'Signature')) as Element[];
    return (
      signatures.length > 0 &&
      signatures.every((signature) => {
        const verifier = addAlgorithms(new SignedXml({ publicCert: certificatePem }));
        verifier.loadSignature(signature as never);
        return verifier.checkSignature(xml);
      })
    );
  } catch {
    return false;
  }
}

function stop(message: string): never {
  throw new Error(message);
}

/** Differences that are policy, not cryptography. */
const POLICY = new Map([
  ['SAML_ALG_REFUSED', 'SHA-1 and others that xml-crypto still takes'],
  ['SAML_CERT_UNKNOWN', 'KeyInfo names a certificate that is not pinned; xml-crypto ignores it when it is given a key'],
  ['SAML_CERT_REFUSED', 'validity and strength of the certificate'],
  ['SAML_SIG_SCOPE', 'wrapping: the signed element is not where it must be'],
  ['SAML_SIG_STRUCTURE', 'more in the Signature than is needed'],
  ['SAML_SIG_TRANSFORM', 'transforms beyond the two of SAML'],
  ['SAML_SIG_MISSING', 'a required signature is not there'],
  ['SAML_MULTI_ASSERTION', 'shape'],
  ['SAML_NO_ASSERTION', 'shape'],
  ['SAML_SCHEMA', 'shape'],
  ['SAML_PROTOCOL', 'shape'],
  ['SAML_STATUS', 'status'],
  ['SAML_DUP_ID', 'IDs in any spelling'],
  ['SAML_XML_NAMESPACE', 'namespaces'],
  ['SAML_XML_COMMENT', 'comments and CDATA'],
  ['SAML_XML_DTD', 'document types'],
  ['SAML_MALFORMED', 'xmldom takes text after the root and a byte order mark'],
]);

/** `agreed`, or the code of a difference that has a name; fails on any other. */
function compare(xml: string, certificatePem = saml.keys.idp.certificatePem): string {
  const result = saml.verify(xml, { signingCertificates: [certificatePem] });
  const other = theirs(xml, certificatePem);
  if (result.ok === other) return 'agreed';
  if (result.ok) throw new Error('We accept what xml-crypto refuses.');
  if (!POLICY.has(result.refusal.code)) throw new Error(`No name for this difference: ${result.refusal.code}`);
  return result.refusal.code;
}

it.each(['response', 'assertion', 'both'] as const)('agrees on honest messages: %s', (sign) => {
  expect(compare(saml.message(sign))).toBe('agreed');
  expect(theirs(saml.message(sign))).toBe(true);
  expect(compare(saml.message(sign, { signing: { key: saml.keys.idp, prefixList: ['xs', 'saml'] } }))).toBe('agreed');
});

it.each(samlShapes)('agrees on a response in the manner of $name', ({ make }) => {
  expect(theirs(make({ key: saml.keys.idp }))).toBe(true);
  expect(compare(make({ key: saml.keys.idp }))).toBe('agreed');
  expect(compare(swap(make({ key: saml.keys.idp }), PERSON, FORGED))).toBe('agreed');
});

it.each([
  ...(['rsa-sha256', 'rsa-sha384', 'rsa-sha512', 'ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'] as const),
  ...(['pss-sha256', 'pss-sha384', 'pss-sha512'] as const),
])('agrees on %s', async (algorithm) => {
  const key = await makeSamlKey({ kind: algorithm.startsWith('ec') ? 'EC' : 'RSA' });
  const message = saml.message('both', { signing: { key, algorithm, digest: 'sha384' } });
  expect(theirs(message, key.certificatePem)).toBe(true);
  expect(compare(message, key.certificatePem)).toBe('agreed');
  expect(compare(swap(message, PERSON, FORGED), key.certificatePem)).toBe('agreed');
});

it.each<[string, string, () => string]>([
  [
    'SHA-1',
    'SAML_ALG_REFUSED',
    () => saml.message('assertion', { signing: { key: saml.keys.idp, algorithm: 'rsa-sha1', digest: 'sha1' } }),
  ],
  [
    'inclusive C14N of SignedInfo',
    'SAML_SIG_TRANSFORM',
    () =>
      saml.message('response', {
        signing: { key: saml.keys.idp, canonicalization: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' },
      }),
  ],
  [
    'a forged assertion beside the signed one',
    'SAML_MULTI_ASSERTION',
    () =>
      after(
        saml.message('assertion'),
        'saml:Assertion',
        forge(without(take(saml.message('assertion'), 'saml:Assertion'), 'ds:Signature')),
      ),
  ],
  [
    'a forged assertion in the Signature',
    'SAML_SIG_STRUCTURE',
    () =>
      into(
        saml.message('assertion'),
        'ds:Signature',
        forge(without(take(saml.message('assertion'), 'saml:Assertion'), 'ds:Signature')),
      ),
  ],
  [
    'a comment in the NameID',
    'SAML_XML_COMMENT',
    () => swap(saml.message('assertion'), PERSON, 'ada@aurora.example<!---->'),
  ],
  [
    'a foreign certificate in KeyInfo',
    'SAML_CERT_UNKNOWN',
    () => swap(saml.message('assertion'), saml.keys.idp.certificateBase64, saml.keys.attacker.certificateBase64),
  ],
  ['a status of failure', 'SAML_STATUS', () => saml.message('both', { status: ['Responder'] })],
])('refuses more than xml-crypto, and says why: %s', (_name, code, make) => {
  expect(theirs(make())).toBe(true);
  expect(compare(make())).toBe(code);
});

it('has no difference without a name, and none for the cryptography, on messages that were tampered with', () => {
  const messages = ['response', 'assertion', 'both'].map((sign) => saml.message(sign as 'both'));
  const parts = [take(messages[1] ?? '', 'ds:Signature'), take(messages[1] ?? '', 'saml:Assertion'), '<x/>'];
  fc.assert(
    fc.property(fc.nat(2), fc.array(mutation, { minLength: 1, maxLength: 2 }), (which, mutations) => {
      compare(mutate(messages[which] ?? '', mutations as Mutation[], parts));
    }),
    { seed: 20310506, numRuns: 150 },
  );
});

/**
 * Responses that were not written here: real ones and attacks from the test data of dex and crewjam/saml, where a folder with
 * them lies beside the repository (`../shared/samples`). Each file has its expected verdict below; without the folder the
 * suite is skipped, and says so.
 */

import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ResponsePolicy } from '../../../src/protocols/saml/message.rules.js';
import { verifyResponse } from '../../../src/protocols/saml/response.js';
import { readUntrustedXml, type XmlElement } from '../../../src/xml/index.js';
import { descendants } from '../../support/saml-verdict.js';
import { swap } from '../../support/xml-text.js';

const folder = process.env.SAML_SAMPLES ?? resolve(import.meta.dirname, '../../../../shared/samples');
const isPresent = existsSync(join(folder, 'manifest.json'));
const suite = isPresent ? describe : describe.skip;

/** SHA-1 is refused whatever else is right or wrong, so that most of the older files say no more than that. */
const verdicts: Readonly<Record<string, string>> = {
  'dex/okta-resp.xml': 'accepted',
  // Its Signature is the last element of the assertion.
  'dex/oam-resp.xml': 'SAML_SCHEMA',
  'crewjam/TestSPCanHandlePlaintextResponse_response': 'accepted',
  // Octet by octet the genuine response above: crewjam's tests change it as the last test below does.
  'crewjam/TestSPRejectsInjectedComment_response': 'accepted',
  'crewjam/TestSPRejectsMalformedResponse_response': 'accepted',
  'dex/assertion-signed.xml': 'SAML_ALG_REFUSED',
  'dex/idp-resp-signed-assertion.xml': 'SAML_ALG_REFUSED',
  'dex/idp-resp-signed-message-and-assertion.xml': 'SAML_ALG_REFUSED',
  'dex/idp-resp-signed-message.xml': 'SAML_ALG_REFUSED',
  'crewjam/TestSPCanHandleOneloginResponse_response': 'SAML_ALG_REFUSED',
  'crewjam/TestSPMultipleAssertions': 'SAML_ALG_REFUSED',
  'crewjam/TestSPRealWorldAssertionSignedNotResponse_response': 'SAML_ALG_REFUSED',
  'crewjam/TestSPRealWorldKeyInfoHasRSAPublicKeyNotX509Cert_response': 'SAML_ALG_REFUSED',
  'crewjam/TestServiceProviderCanHandleSignedAssertionsResponse_response': 'SAML_ALG_REFUSED',
  // CBC content and RSA-1.5 keys.
  'crewjam/SP_SamlResponse': 'SAML_ALG_REFUSED',
  'crewjam/TestSPResponseWithNoIssuer_response': 'SAML_ALG_REFUSED',
  // A Reference without URI.
  'dex/good-resp.xml': 'SAML_SIG_SCOPE',
  'dex/bad-status.xml': 'SAML_STATUS',
  'dex/idp-resp-signed-assertion0.xml': 'SAML_XML_COMMENT',
  'dex/tampered-resp.xml': 'SAML_XML_COMMENT',
  'dex/two-assertions-first-signed.xml': 'SAML_XML_COMMENT',
  // The prefix of an attribute's type is not declared.
  'dex/idp-resp.xml': 'SAML_XML_NAMESPACE',
  'crewjam/TestXswPermutationOneIsRejected_response': 'SAML_SIG_SCOPE',
  'crewjam/TestXswPermutationTwoIsRejected_response': 'SAML_SIG_SCOPE',
  'crewjam/TestXswPermutationThreeIsRejected_response': 'SAML_ALG_REFUSED',
  'crewjam/TestXswPermutationFourIsRejected_response': 'SAML_ALG_REFUSED',
  'crewjam/TestXswPermutationFiveIsRejected_response': 'SAML_SIG_SCOPE',
  'crewjam/TestXswPermutationSixIsRejected_response': 'SAML_SIG_SCOPE',
  'crewjam/TestXswPermutationSevenIsRejected_response': 'SAML_ALG_REFUSED',
  'crewjam/TestXswPermutationEightIsRejected_response': 'SAML_ALG_REFUSED',
  'crewjam/TestXswPermutationNineIsRejected_response': 'SAML_SIG_SCOPE',
};

const ALL: Partial<ResponsePolicy> = {
  algorithmExceptions: ['SHA1_SIGNATURE', 'AES_CBC'],
  allowTrailingSignature: true,
};
/** What old algorithms and a signature out of its place hide. */
const excepted: Readonly<Record<string, string>> = {
  'dex/oam-resp.xml': 'accepted',
  'crewjam/TestSPCanHandleOneloginResponse_response': 'accepted',
  // An ID that begins with a digit, which is no xs:ID.
  'crewjam/TestSPRealWorldAssertionSignedNotResponse_response': 'SAML_SCHEMA',
  'crewjam/TestSPRealWorldKeyInfoHasRSAPublicKeyNotX509Cert_response': 'SAML_SCHEMA',
  'crewjam/TestSPMultipleAssertions': 'SAML_MULTI_ASSERTION',
  // The Signature stands before the Issuer.
  'dex/assertion-signed.xml': 'SAML_SCHEMA',
  'dex/idp-resp-signed-assertion.xml': 'accepted',
  'dex/idp-resp-signed-message-and-assertion.xml': 'SAML_SCHEMA',
  'dex/idp-resp-signed-message.xml': 'SAML_SCHEMA',
  // An RSA key of 1024 bits.
  'crewjam/TestServiceProviderCanHandleSignedAssertionsResponse_response': 'SAML_CERT_REFUSED',
  // CBC under no signature: the exception does not reach there.
  'crewjam/SP_SamlResponse': 'SAML_ALG_REFUSED',
  'crewjam/TestSPResponseWithNoIssuer_response': 'SAML_ALG_REFUSED',
  'crewjam/TestXswPermutationThreeIsRejected_response': 'SAML_MULTI_ASSERTION',
  'crewjam/TestXswPermutationFourIsRejected_response': 'SAML_SIG_SCOPE',
  'crewjam/TestXswPermutationSevenIsRejected_response': 'SAML_SIG_SCOPE',
  'crewjam/TestXswPermutationEightIsRejected_response': 'SAML_SIG_STRUCTURE',
};

interface Sample {
  readonly file: string;
  readonly encoding?: string;
  readonly kind: string;
  readonly issueInstant?: string;
  readonly key?: string;
}

function samples(): Sample[] {
  return (JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: Sample[] }).files;
}

function bytesOf(sample: Sample): Buffer {
  const raw = readFileSync(join(folder, sample.file));
  return sample.encoding === 'base64' ? Buffer.from(raw.toString('latin1'), 'base64') : raw;
}

function metadata(file: string): XmlElement {
  const result = readUntrustedXml(readFileSync(join(folder, file)));
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

function certificates(file: string | undefined): string[] {
  if (file === undefined) return [];
  const text = readFileSync(join(folder, file), 'utf8');
  if (text.includes('-----BEGIN CERTIFICATE-----')) return [text];
  return descendants(metadata(file))
    .filter((one) => one.localName === 'X509Certificate' && one.text.trim() !== '')
    .map(
      (one) =>
        `-----BEGIN CERTIFICATE-----\n${one.text.replace(/\s+/g, '').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
    );
}

/** The time of the message, or the first at which its certificate is valid: some were made after the message was dated. */
function timeOf(sample: Sample): Date {
  const begins = certificates(sample.key).map(validFrom);
  return new Date(Math.max(Date.parse(sample.issueInstant ?? '1970-01-01T00:00:00Z'), ...begins));
}

/** One of the metadata files cuts a certificate short. */
function validFrom(pem: string): number {
  try {
    return Date.parse(new X509Certificate(pem).validFrom);
  } catch {
    return 0;
  }
}

function verdict(sample: Sample, bytes = bytesOf(sample), exceptions: Partial<ResponsePolicy> = {}): string {
  const now = timeOf(sample);
  const result = verifyResponse(bytes, {
    signingCertificates: certificates(sample.key),
    requireSigned: 'EITHER',
    requireEncrypted: false,
    allowTrailingSignature: false,
    decryptionKeys: [],
    algorithmExceptions: [],
    now,
    ...exceptions,
  });
  return result.ok ? 'accepted' : result.refusal.code;
}

suite(`samples of other projects${isPresent ? '' : ' (skipped: no ../shared/samples beside the repository)'}`, () => {
  it.each(Object.entries(verdicts))('%s: %s', (file, expected) => {
    const sample = samples().find((one) => one.file === file);
    expect(sample).toBeDefined();
    expect(sample && verdict(sample)).toBe(expected);
  });

  it.each(Object.entries(excepted))(
    '%s, where everything is allowed that one IdP can be: %s [S23]',
    (file, expected) => {
      const sample = samples().find((one) => one.file === file);
      expect(sample && verdict(sample, undefined, ALL)).toBe(expected);
    },
  );

  it('are judged the same, whether or not what they have not is allowed', () => {
    for (const [file, expected] of Object.entries(verdicts).filter(([name]) => !(name in excepted))) {
      const sample = samples().find((one) => one.file === file);
      expect([file, sample && verdict(sample, undefined, ALL)]).toEqual([file, expected]);
    }
  });

  it('have all a verdict here', () => {
    const responses = samples().filter(({ kind }) => kind === 'response');
    expect(responses.map(({ file }) => file).sort()).toEqual(Object.keys(verdicts).sort());
  });

  it('of metadata are all read', () => {
    const files = samples().filter((one) => one.kind === 'metadata');
    expect(files.length).toBeGreaterThan(5);
    for (const { file } of files) expect(metadata(file).namespace).toBe('urn:oasis:names:tc:SAML:2.0:metadata');
  });

  it('that are accepted are refused with a comment in the NameID, a changed letter, or cut short [S17]', () => {
    const accepted = Object.entries({ ...verdicts, ...excepted }).filter(([, expected]) => expected === 'accepted');
    for (const [file] of accepted) {
      const sample = samples().find((one) => one.file === file) as Sample;
      const text = bytesOf(sample).toString('utf8');
      const code = (changed: string) => verdict(sample, Buffer.from(changed), ALL);
      expect(code(swap(text, /(?<=NameID[^>]*>..)/, '<!---->'))).toBe('SAML_XML_COMMENT');
      expect(code(swap(text, /(?<=NameID[^>]*>)./, '~'))).toBe('SAML_SIG_INVALID');
      expect(code(text.slice(0, -20))).toBe('SAML_MALFORMED');
    }
  });
});

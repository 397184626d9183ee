/** Why two readers of one document differ. A difference that has no reason here fails the suite. */
import type { Verdicts } from './judges.js';

export const judgeNames = ['samlify', 'nodeSaml', 'xmlsec', 'xmlCrypto'] as const;
export type JudgeName = (typeof judgeNames)[number];

/** The classes of differences, each with what is different about it. */
export const reasons = {
  'signatures alone':
    'xmlsec1 and xml-crypto answer whether every signature that is there verifies with the pinned key. They are asked nothing of SAML: not where the signed element stands, what it means, to whom and when.',
  'not opened':
    'xml-crypto opens nothing that is encrypted, and here all signatures are inside, or what is wrong is inside.',
  'unknown algorithm':
    'RSA-PSS, ECDSA, SHA-384 digests, RSA-OAEP with SHA-256: on our list, and missing in what the other one brings (xmlsec1 1.2 has no RSA-PSS and OAEP with SHA-1 alone; xml-crypto was taught them for this suite).',
  'place of the key': 'SAML lets EncryptedKey stand beside EncryptedData; the others look for it inside alone.',
  'several recipients':
    'The content key is there once for each recipient; the libraries try the first with their one key and give up.',
  'written again':
    'samlify verifies what it has parsed and written again, in which a carriage return that was a reference is lost.',
  'old algorithm':
    'SHA-1, AES-CBC and RSA 1.5 are refused unless an operator excepts the IdP (RSA 1.5 never); the others take them unasked.',
  HMAC: 'xml-crypto was taught HMAC to make the message; it then takes the public certificate for the secret. That is the attack.',
  'strength of keys':
    'The others take a pinned key as it is: neither its size nor the validity of its certificate is looked at.',
  KeyInfo:
    'KeyInfo names a certificate that is not pinned. Where a key is given the others do not read it, or read its first certificate.',
  'content of the Signature':
    'The enveloped transform takes away the Signature with all that an attacker has put into it, so that the digest holds. The others look for the parts that they need and do not count the rest.',
  transforms:
    'C14N with comments is not of the SAML profile; the digest holds because there are no comments. A PrefixList that is endless, or names what is no prefix, changes no digest either; we refuse what has no meaning.',
  'what encryption points at':
    'The encryption points at a key or at data that is elsewhere, or something else than it should be. The others take the encrypted key that is there and do not look where the rest points.',
  wrapping:
    'The document carries a second assertion or Response that nobody signed. A library that accepts found the signed one; which one it finds is a matter of its query, and we refuse the document.',
  'no Reference URI':
    'The Reference has no URI, or not that of an ID. It then means the whole document, of which the Signature may stand anywhere; SAML wants the ID of the element (SAML core, section 5.4.2).',
  'which signature':
    'samlify takes whichever signature is there; it cannot demand one of the Response or of the assertion.',
  encryption: 'The libraries open what is encrypted; they do not demand that it is.',
  status: 'node-saml reads the status only where there is no assertion, samlify the top code alone.',
  issuer:
    'node-saml compares no issuer of a sign-in; samlify compares that of the assertion and not that of the Response.',
  destination: 'Neither library reads Destination.',
  recipient: 'Neither library reads Recipient.',
  request:
    'samlify leaves InResponseTo to its caller; node-saml compares it with a cache of its own, which is left out of this comparison.',
  audience: 'samlify reads no audience.',
  conditions:
    'Neither library knows conditions other than times and audiences, and both pass over what they do not know.',
  times: 'node-saml reads no SessionNotOnOrAfter; samlify takes one of several Conditions.',
  confirmation:
    'Neither library demands a confirmation that holds: node-saml looks for one only where it keeps the requests, samlify never. Neither bounds how long an assertion may be valid.',
  authentication: 'Neither library demands an AuthnStatement.',
  subject: 'The libraries hand out a person without a name, with two, or with a part of one.',
  version: 'Neither library reads Version.',
  shape: 'The libraries validate no schema; samlify wants its caller to bring a validator.',
  comments:
    'Canonical XML leaves comments out and makes text of CDATA sections, so that the signature holds. Readers that take the first piece of text for the whole have logged people in as others; we refuse the piece of XML that they stumble over.',
  'document types': 'A document type or XInclude is read and passed over by the others; it has no place in a message.',
  namespaces:
    'Namespaces that are not declared, bound anew or met twice: readers disagree about them, and some do not notice.',
  'not XML':
    'Byte order marks, other encodings and versions, broken UTF-8, text outside the root, values without quotes: mended without a word by xmldom, on which both libraries stand, and in part by libxml2.',
  limits: 'The others set no limit to elements, attributes or depth.',
} as const;

export type Reason = keyof typeof reasons;

/** Refusals of ours by code: what the libraries do not see. */
const byCode: Readonly<Record<string, Reason>> = {
  SAML_ALG_REFUSED: 'old algorithm',
  SAML_CERT_REFUSED: 'strength of keys',
  SAML_CERT_UNKNOWN: 'KeyInfo',
  SAML_SIG_STRUCTURE: 'content of the Signature',
  SAML_SIG_TRANSFORM: 'transforms',
  SAML_SIG_SCOPE: 'wrapping',
  SAML_MULTI_ASSERTION: 'wrapping',
  SAML_SIG_MISSING: 'which signature',
  SAML_ENCRYPTION_MISSING: 'encryption',
  SAML_STATUS: 'status',
  SAML_ISSUER: 'issuer',
  SAML_DESTINATION: 'destination',
  SAML_RECIPIENT: 'recipient',
  SAML_IRT: 'request',
  SAML_UNSOLICITED: 'request',
  SAML_AUDIENCE: 'audience',
  SAML_CONDITION: 'conditions',
  SAML_TIME: 'times',
  SAML_SUBJECT_CONF: 'confirmation',
  SAML_AUTHN: 'authentication',
  SAML_NAMEID: 'subject',
  SUBJECT_MISSING: 'subject',
  SAML_PROTOCOL: 'version',
  SAML_SCHEMA: 'shape',
  SAML_NO_ASSERTION: 'shape',
  SAML_DUP_ID: 'wrapping',
  SAML_XML_COMMENT: 'comments',
  SAML_XML_DTD: 'document types',
  SAML_XML_NAMESPACE: 'namespaces',
  SAML_C14N_EMPTY: 'namespaces',
  SAML_MALFORMED: 'not XML',
  SAML_XML_LIMIT: 'limits',
};

/** Those of them that a judge of signatures could see, since they are about signatures, algorithms or XML. */
const ofSignatures: readonly Reason[] = [
  ...([
    'old algorithm',
    'strength of keys',
    'KeyInfo',
    'content of the Signature',
    'transforms',
    'what encryption points at',
    'no Reference URI',
  ] as const),
  ...(['comments', 'document types', 'namespaces', 'not XML', 'limits'] as const),
];

/** Whether the judge says something else than we do; it may also name somebody else. */
export function differs({ ours, ...others }: Verdicts, judge: JudgeName): boolean {
  const other = others[judge];
  return other !== null && other.accepts !== ours.accepts;
}

/** undefined: there is none, and so one of the two is wrong. */
export function reasonOf({ ours }: Verdicts, judge: JudgeName, text: string): Reason | undefined {
  return ours.accepts ? whyRefused(judge, text) : whyAccepted(judge, ours.why, text);
}

function whyAccepted(judge: JudgeName, code: string, text: string): Reason | undefined {
  if (judge === 'xmlCrypto' && text.includes('#hmac-')) return 'HMAC';
  if (code === 'SAML_DECRYPT') return judge === 'xmlCrypto' ? 'not opened' : undefined;
  if (code === 'SAML_SIG_TRANSFORM' && text.includes('EncryptedData')) return 'what encryption points at';
  const isUnnamed = code === 'SAML_SIG_SCOPE' && !/Reference URI="#./.test(text);
  const reason = isUnnamed ? 'no Reference URI' : byCode[code];
  if (judge === 'samlify' || judge === 'nodeSaml') return reason;
  return reason === undefined || ofSignatures.includes(reason) ? reason : 'signatures alone';
}

/** We accept. For a judge of signatures that would be a fault of ours, unless it cannot know better. */
function whyRefused(judge: JudgeName, text: string): Reason | undefined {
  if (judge === 'xmlCrypto')
    return /EncryptedAssertion/.test(text) && !text.includes('SignatureValue') ? 'not opened' : undefined;
  if (/<\/xenc:EncryptedData><xenc:EncryptedKey/.test(text)) return 'place of the key';
  if ((text.match(/<xenc:EncryptedKey[ >]/g)?.length ?? 0) > 1) return 'several recipients';
  const oaep = /rsa-oaep-mgf1p"><ds:DigestMethod[^>]*sha256|xmlenc11#rsa-oaep/.test(text);
  if (oaep || /-rsa-MGF1/.test(text)) return 'unknown algorithm';
  if (judge === 'xmlsec') return undefined;
  if (/#ecdsa-|#sha384|#rsa-sha384/.test(text)) return 'unknown algorithm';
  return judge === 'samlify' && /&#(?:13|x0*D);/i.test(text) ? 'written again' : undefined;
}

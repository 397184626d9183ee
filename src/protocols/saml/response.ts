/**
 * A SAML Response, verified: read, its shape, the signatures over the canonical bytes, what is encrypted opened, and the assertion
 * from exactly the bytes that were signed (SECURITY.md, promise 1). This file knows the order and nothing else.
 */
import { type PinnedKey, trustedKeys } from '../../keys/trusted-keys.js';
import { type Refusal, refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import type { SignatureRules, VerifiedElement, XmlElement } from '../../xml/contracts.js';
import {
  digestOf,
  type ParsedDocument,
  type ParsedElement,
  readCovered,
  readMessage,
  verifySignature,
} from '../../xml/index.js';
import { refuseStatus } from './checks/status.rules.js';
import { childrenOf } from './elements.rules.js';
import { type DecryptionRules, decrypt } from './encryption/decryption.js';
import { openInside } from './encryption/inside.js';
import { refuseKeyInfo } from './key-info.rules.js';
import type { ResponsePolicy, VerifiedResponse } from './message.rules.js';
import { ns } from './names.rules.js';
import { refuseSchema } from './schema/index.js';
import { readDecryptedShape, readResponseShape, refuseUnsignedDecrypted, type Shape } from './shape.rules.js';
import { withSignatureInPlace } from './signature-place.rules.js';

/** What is the same for every step of one message. */
interface Context {
  readonly policy: ResponsePolicy;
  readonly keys: readonly PinnedKey[];
  readonly rules: SignatureRules;
  /** IDs of the message, which no decrypted assertion may repeat. */
  readonly ids: ReadonlySet<string>;
}

type ReadAssertion = Pick<VerifiedResponse, 'assertion' | 'digest'>;

/** Total: whatever comes in, a refusal or a verified response comes out, never an exception. */
export function verifyResponse(bytes: Uint8Array, policy: ResponsePolicy): Result<VerifiedResponse> {
  try {
    const document = readMessage(bytes);
    if (!document.ok) return document;
    const verified = verifyDocument(document.value, policy);
    if (!verified.ok) return verified;
    // Opened at last, where everything around it is proved.
    const opened = openInside(verified.value.assertion, decryptionRules(policy, true), document.value.ids);
    return opened.ok ? ok({ ...verified.value, assertion: opened.value }) : opened;
  } catch (error) {
    const fault = error instanceof Error ? error.name : typeof error;
    return refused(refusal('SAML_MALFORMED', 'The message could not be read.', { fault }));
  }
}

function verifyDocument(document: ParsedDocument, policy: ResponsePolicy): Result<VerifiedResponse> {
  const { root, ids, repeatsId } = document;
  const rules = { now: policy.now, allowSha1: policy.algorithmExceptions.includes('SHA1_SIGNATURE') };
  const shape = readResponseShape(root, policy, rules);
  if (!shape.ok) return shape;
  if (repeatsId) return refused(repeatedId());
  const malformed = refuseForm(root, policy);
  if (malformed !== null) return refused(malformed);
  const context = { policy, keys: trustedKeys(policy.signingCertificates), rules, ids };
  if (!shape.value.responseIsSigned) return verifyUnsignedResponse(root, shape.value, context);
  const response = verifyElement(root, context);
  return response.ok ? verifySignedResponse(response.value, shape.value, context) : response;
}

function refuseForm(root: ParsedElement, policy: ResponsePolicy): Refusal | null {
  const malformed = refuseSchema(root);
  if (malformed === null) return null;
  const inPlace = refuseSchema(withSignatureInPlace(root));
  if (policy.allowTrailingSignature) return inPlace;
  if (inPlace !== null) return malformed;
  return refusal(
    'SAML_SCHEMA',
    'The Signature of the assertion stands at its end; allowTrailingSignature of the identity provider would let it stand there.',
  );
}

/** Only the assertion can be signed, so the envelope is what the sender wrote and no more. */
function verifyUnsignedResponse(root: ParsedElement, shape: Shape, context: Context): Result<VerifiedResponse> {
  const { assertion, encrypted } = shape;
  const envelope = without(root, [assertion, encrypted]);
  if (encrypted !== undefined) return openUnsigned(encrypted, envelope, context);
  if (assertion === undefined) return refused(noAssertion());
  const read = readSigned(assertion, context);
  return read.ok ? ok({ ...read.value, envelope, responseIsSigned: false, wasEncrypted: false }) : read;
}

/**
 * `response` was read from the bytes that its signature covers. The assertion's own signature is checked where it was made, in
 * the message, whose namespace declarations may belong to its canonical form.
 */
function verifySignedResponse(response: VerifiedElement, shape: Shape, context: Context): Result<VerifiedResponse> {
  const status = refuseStatus(response);
  if (status !== null) return refused(status);
  const [covered] = childrenOf(response, ns.assertion, 'Assertion');
  const [encrypted] = childrenOf(response, ns.assertion, 'EncryptedAssertion');
  const envelope = without(response, [covered, encrypted]);
  if (encrypted !== undefined) return openSigned(encrypted, envelope, context);
  if (covered === undefined || shape.assertion === undefined) return refused(noAssertion());
  const read = shape.assertionIsSigned ? readSigned(shape.assertion, context) : ok(withDigest(covered));
  return read.ok ? ok({ ...read.value, envelope, responseIsSigned: true, wasEncrypted: false }) : read;
}

/** Anyone can encrypt to the hub: what comes out must be signed itself. */
function openUnsigned(encrypted: ParsedElement, envelope: XmlElement, context: Context): Result<VerifiedResponse> {
  const plaintext = decrypt(encrypted, decryptionRules(context.policy, false));
  if (!plaintext.ok) return plaintext;
  const read = readDecrypted(plaintext.value, encrypted, false, context);
  return read.ok ? ok({ ...read.value, envelope, responseIsSigned: false, wasEncrypted: true }) : read;
}

function openSigned(encrypted: VerifiedElement, envelope: XmlElement, context: Context): Result<VerifiedResponse> {
  const plaintext = decrypt(encrypted, decryptionRules(context.policy, true));
  if (!plaintext.ok) return plaintext;
  const read = readDecrypted(plaintext.value, encrypted, true, context, () => readCovered(encrypted, plaintext.value));
  return read.ok ? ok({ ...read.value, envelope, responseIsSigned: true, wasEncrypted: true }) : read;
}

/**
 * What was decrypted is a message from nowhere: it goes through the reader and the shape again, and needs a signature of its own
 * or the one over its ciphertext (`covered`).
 */
function readDecrypted(
  plaintext: Buffer,
  encrypted: XmlElement,
  responseIsSigned: boolean,
  context: Context,
  covered: () => Result<VerifiedElement> = () => refused(noAssertion()),
): Result<ReadAssertion> {
  const document = readMessage(plaintext, encrypted);
  if (!document.ok) return document;
  const { root, ids, repeatsId } = document.value;
  if (repeatsId || [...ids].some((id) => context.ids.has(id))) return refused(repeatedId());
  const shape = readDecryptedShape(root, context.rules);
  if (!shape.ok) return shape;
  const bad =
    refuseUnsignedDecrypted(shape.value, responseIsSigned, context.policy) ?? refuseForm(root, context.policy);
  if (bad !== null) return refused(bad);
  if (shape.value.assertionIsSigned) return readSigned(root, context);
  const read = covered();
  return read.ok ? ok(withDigest(read.value)) : read;
}

/** The assertion from the bytes that its own signature covers. */
function readSigned(assertion: ParsedElement, context: Context): Result<ReadAssertion> {
  const signed = verifyElement(assertion, context);
  return signed.ok ? ok(withDigest(signed.value)) : signed;
}

function verifyElement(element: ParsedElement, { keys, rules }: Context): Result<VerifiedElement> {
  const unknown = refuseKeyInfo(element, keys);
  return unknown === null ? verifySignature(element, keys, rules) : refused(unknown);
}

/** The envelope as nobody's word: the elements are the same, the type is not. */
function without(response: XmlElement, left: readonly (XmlElement | undefined)[]): XmlElement {
  const parsed = response as ParsedElement;
  return parsed.with(parsed.content.filter((one) => typeof one === 'string' || !left.includes(one)));
}

function withDigest(assertion: VerifiedElement): ReadAssertion {
  return { assertion, digest: digestOf(assertion) };
}

function decryptionRules(policy: ResponsePolicy, isCovered: boolean): DecryptionRules {
  return { keys: policy.decryptionKeys, allowCbc: isCovered && policy.algorithmExceptions.includes('AES_CBC') };
}

function repeatedId(): Refusal {
  return refusal('SAML_DUP_ID', 'Two elements have the same ID.');
}

function noAssertion(): Refusal {
  return refusal('SAML_NO_ASSERTION', 'The Response carries no assertion.');
}

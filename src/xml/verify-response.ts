/**
 * A SAML Response, verified: the gate over the bytes, the shape, the signatures over the canonical bytes, and the assertion read
 * again from exactly those bytes (SECURITY.md, promise 1). This file knows the order and nothing else.
 */
import { createHash } from 'node:crypto';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import { type CanonicalElement, readCanonical } from './canonical.rules.js';
import type { ResponsePolicy, VerifiedResponse, XmlElement } from './contracts.js';
import { withDecrypted } from './decryption.js';
import { type ParsedDocument, withDocument } from './document.js';
import { type LiveElement, ReadElement, type ScopedElement } from './elements.js';
import { refuseRepeatedId, type Scanned } from './lexer.rules.js';
import { scanMessage } from './message-gate.rules.js';
import { readResponseShape, refuseUnsignedDecrypted, type Shape } from './shape.rules.js';
import { checkSignature } from './signature.js';
import type { SignatureProfile } from './signature-profile.rules.js';
import { refuseStatus } from './status.rules.js';
import { ASSERTION, childrenNamed } from './vocabulary.rules.js';

type ReadAssertion = Pick<VerifiedResponse, 'assertion' | 'digest'>;

/** Total: whatever comes in, a refusal or a verified response comes out, never an exception. */
export function verifyResponse(bytes: Uint8Array, policy: ResponsePolicy): Result<VerifiedResponse> {
  try {
    const scanned = scanMessage(bytes);
    if (!scanned.ok) return scanned;
    return withDocument(bytes, (document) => verifyDocument(document, scanned.value, policy));
  } catch (error) {
    const fault = error instanceof Error ? error.name : typeof error;
    return refused(refusal('SAML_MALFORMED', 'The message could not be read.', { fault }));
  }
}

function verifyDocument(document: ParsedDocument, scanned: Scanned, policy: ResponsePolicy): Result<VerifiedResponse> {
  const shape = readResponseShape(document.root, policy);
  if (!shape.ok) return shape;
  const repeated = refuseRepeatedId(scanned);
  if (repeated !== null) return refused(repeated);
  const { responseSignature } = shape.value;
  if (responseSignature === undefined) return verifyUnsignedResponse(document, shape.value, scanned, policy);
  const signed = checkSignature(document, document.root, responseSignature, policy);
  if (!signed.ok) return signed;
  const response = readCanonical(signed.value);
  if (!response.ok) return response;
  return verifySignedResponse(document, response.value, shape.value, scanned, policy);
}

/** Only the assertion can be signed, so the envelope is what the sender wrote and no more. */
function verifyUnsignedResponse(
  document: ParsedDocument,
  shape: Shape<LiveElement>,
  scanned: Scanned,
  policy: ResponsePolicy,
): Result<VerifiedResponse> {
  const { assertion, assertionSignature, encrypted } = shape;
  const envelope = ReadElement.of(
    document.root,
    [assertion, encrypted].filter((one) => one !== undefined),
  );
  if (encrypted !== undefined) return openEncrypted(encrypted, envelope, false, scanned, policy);
  if (assertion === undefined || assertionSignature === undefined) return refused(noAssertion());
  const read = readSigned(document, assertion, assertionSignature, policy);
  return read.ok ? ok({ ...read.value, envelope, responseIsSigned: false, wasEncrypted: false }) : read;
}

/**
 * `response` was read from the bytes that its signature covers. The assertion's own signature is checked where it was made, in
 * the message, whose namespace declarations may belong to its canonical form.
 */
function verifySignedResponse(
  document: ParsedDocument,
  response: CanonicalElement,
  shape: Shape<LiveElement>,
  scanned: Scanned,
  policy: ResponsePolicy,
): Result<VerifiedResponse> {
  const status = refuseStatus(response);
  if (status !== null) return refused(status);
  const [assertion] = childrenNamed(response, ASSERTION, 'Assertion');
  const [encrypted] = childrenNamed(response, ASSERTION, 'EncryptedAssertion');
  const envelope = response.without([assertion, encrypted].filter((one) => one !== undefined));
  if (encrypted !== undefined) return openEncrypted(encrypted, envelope, true, scanned, policy);
  if (assertion === undefined || shape.assertion === undefined) return refused(noAssertion());
  const read =
    shape.assertionSignature === undefined
      ? ok(withDigest(assertion, assertion.source))
      : readSigned(document, shape.assertion, shape.assertionSignature, policy);
  return read.ok ? ok({ ...read.value, envelope, responseIsSigned: true, wasEncrypted: false }) : read;
}

/** An encrypted assertion is decrypted, goes through the whole gate again, and may still need a signature of its own. */
function openEncrypted(
  encrypted: ScopedElement,
  envelope: XmlElement,
  responseIsSigned: boolean,
  scanned: Scanned,
  policy: ResponsePolicy,
): Result<VerifiedResponse> {
  return withDecrypted(encrypted, policy, scanned.ids, (document, shape) => {
    const unsigned = refuseUnsignedDecrypted(shape, responseIsSigned, policy);
    if (unsigned !== null) return refused(unsigned);
    const { assertion, assertionSignature } = shape;
    if (assertion === undefined) return refused(noAssertion());
    const read =
      assertionSignature === undefined
        ? readCovered(document, assertion)
        : readSigned(document, assertion, assertionSignature, policy);
    return read.ok ? ok({ ...read.value, envelope, responseIsSigned, wasEncrypted: true }) : read;
  });
}

/** The assertion from the bytes that its own signature covers. */
function readSigned(
  document: ParsedDocument,
  assertion: LiveElement,
  signature: SignatureProfile<LiveElement>,
  policy: ResponsePolicy,
): Result<ReadAssertion> {
  const signed = checkSignature(document, assertion, signature, policy);
  if (!signed.ok) return signed;
  const read = readCanonical(signed.value);
  return read.ok ? ok(withDigest(read.value, signed.value)) : read;
}

/** An assertion that was decrypted from a signed Response: its ciphertext was covered, so all of it is. */
function readCovered(document: ParsedDocument, assertion: LiveElement): Result<ReadAssertion> {
  const canonical = document.canonicalForm(assertion, []);
  if (!canonical.ok) return canonical;
  const read = readCanonical(canonical.value);
  return read.ok ? ok(withDigest(read.value, canonical.value)) : read;
}

function withDigest(assertion: CanonicalElement, canonical: Buffer | string): ReadAssertion {
  return { assertion, digest: createHash('sha256').update(canonical).digest('hex') };
}

function noAssertion() {
  return refusal('SAML_NO_ASSERTION', 'The Response carries no assertion.');
}

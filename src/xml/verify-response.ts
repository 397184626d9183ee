/**
 * A SAML Response, verified: the gate over the bytes, the shape, the signatures over the canonical bytes, and the assertion read
 * again from exactly those bytes (DESIGN, promise 1; THREATS section 0.6). This file knows the order and nothing else.
 */
import { createHash } from 'node:crypto';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import type { ResponsePolicy, VerifiedResponse } from './contracts.js';
import { withDecrypted } from './decryption.js';
import { type ParsedDocument, withDocument } from './document.js';
import { type LiveElement, ReadElement } from './elements.js';
import type { Scanned } from './lexer.rules.js';
import { scanMessage } from './message-gate.rules.js';
import { readResponseShape, refuseUnsignedDecrypted, type Shape } from './shape.rules.js';
import { checkSignature, type SignedBytes } from './signature.js';
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
  const { responseSignature } = shape.value;
  if (responseSignature === undefined) return verifyUnsignedResponse(document, shape.value, scanned, policy);
  const signed = checkSignature(document, document.root, responseSignature, policy);
  if (!signed.ok) return signed;
  return withCanonical(signed.value, (canonical) =>
    verifySignedResponse(document, canonical, shape.value, scanned, policy),
  );
}

/** Only the assertion can be signed, so the envelope is what the sender wrote and no more. */
function verifyUnsignedResponse(
  document: ParsedDocument,
  shape: Shape<LiveElement>,
  scanned: Scanned,
  policy: ResponsePolicy,
): Result<VerifiedResponse> {
  const envelope = readEnvelope(document.root);
  const { assertion, assertionSignature, encrypted } = shape;
  if (encrypted !== undefined) return openEncrypted(encrypted, envelope, false, scanned, policy);
  if (assertion === undefined || assertionSignature === undefined) return refused(noAssertion());
  const read = readSigned(document, assertion, assertionSignature, policy);
  return read.ok ? ok({ ...read.value, envelope, responseIsSigned: false, wasEncrypted: false }) : read;
}

/**
 * `canonical` was parsed from the bytes that the Response's signature covers. The assertion's own signature is checked where it
 * was made, in the message, whose namespace declarations may belong to its canonical form.
 */
function verifySignedResponse(
  document: ParsedDocument,
  canonical: ParsedDocument,
  shape: Shape<LiveElement>,
  scanned: Scanned,
  policy: ResponsePolicy,
): Result<VerifiedResponse> {
  const status = refuseStatus(canonical.root);
  if (status !== null) return refused(status);
  const envelope = readEnvelope(canonical.root);
  const [assertion] = childrenNamed(canonical.root, ASSERTION, 'Assertion');
  const [encrypted] = childrenNamed(canonical.root, ASSERTION, 'EncryptedAssertion');
  if (encrypted !== undefined) return openEncrypted(encrypted, envelope, true, scanned, policy);
  if (assertion === undefined || shape.assertion === undefined) return refused(noAssertion());
  const read =
    shape.assertionSignature === undefined
      ? readCovered(canonical, assertion)
      : readSigned(document, shape.assertion, shape.assertionSignature, policy);
  return read.ok ? ok({ ...read.value, envelope, responseIsSigned: true, wasEncrypted: false }) : read;
}

/** An encrypted assertion is decrypted, goes through the whole gate again, and may still need a signature of its own. */
function openEncrypted(
  encrypted: LiveElement,
  envelope: ReadElement,
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
  signature: LiveElement,
  policy: ResponsePolicy,
): Result<ReadAssertion> {
  const signed = checkSignature(document, assertion, signature, policy);
  if (!signed.ok) return signed;
  return withCanonical(signed.value, ({ root }) => ok(readAssertion(ReadElement.of(root), signed.value.canonical)));
}

/** The assertion out of a document that is covered as a whole: canonical bytes of a signed Response, or decrypted from them. */
function readCovered(document: ParsedDocument, assertion: LiveElement): Result<ReadAssertion> {
  const canonical = document.canonicalForm(assertion, []);
  return canonical.ok ? ok(readAssertion(ReadElement.of(assertion), canonical.value)) : canonical;
}

function readAssertion(assertion: ReadElement, canonical: Buffer): ReadAssertion {
  return { assertion, digest: createHash('sha256').update(canonical).digest('hex') };
}

/** Parses canonical bytes; they must come out the same when they are canonicalised again (THREATS S12, S15). */
function withCanonical<T>(signed: SignedBytes, use: (document: ParsedDocument) => Result<T>): Result<T> {
  return withDocument(signed.canonical, (document) => {
    const again = document.canonicalForm(document.root, signed.prefixes);
    if (!again.ok) return again;
    if (!again.value.equals(signed.canonical)) {
      return refused(refusal('SAML_XML_AMBIGUOUS', 'The signed bytes do not read back the same.'));
    }
    return use(document);
  });
}

function readEnvelope(response: LiveElement): ReadElement {
  return ReadElement.of(response, [
    ...childrenNamed(response, ASSERTION, 'Assertion'),
    ...childrenNamed(response, ASSERTION, 'EncryptedAssertion'),
  ]);
}

function noAssertion() {
  return refusal('SAML_NO_ASSERTION', 'The Response carries no assertion.');
}

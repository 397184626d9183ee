/**
 * The shape of a Response before any signature is checked (SAML 2.0 Core section 3.3.3; L5, L15, L19): one Response, one
 * assertion in it, a Signature only where it may stand. A wrapping attack must put a second element of these somewhere; it
 * is refused wherever that is (S01 to S06, S13, S26, S51).
 */
import { type Refusal, refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';
import type { ResponsePolicy, XmlElement } from './contracts.js';
import { readSignatureProfile, type SignatureProfile } from './signature-profile.rules.js';
import { refuseStatus } from './status.rules.js';
import { ASSERTION, DSIG, isElement, PROTOCOL } from './vocabulary.rules.js';

/** Where things stand in a Response, or in an assertion that was decrypted from one. */
export interface Shape<E extends XmlElement = XmlElement> {
  readonly responseSignature: SignatureProfile<E> | undefined;
  readonly assertion: E | undefined;
  readonly assertionSignature: SignatureProfile<E> | undefined;
  readonly encrypted: E | undefined;
}

interface Survey<E extends XmlElement> {
  readonly responses: E[];
  /** Assertions, encrypted or not, with what they stand in. */
  readonly assertions: { readonly element: E; readonly parent: E | undefined }[];
  readonly signatures: { readonly element: E; readonly parent: E | undefined }[];
  readonly lookalikes: E[];
}

const ASSERTIONS = ['Assertion', 'EncryptedAssertion'];
const RESPONSE_CHILDREN = [`${PROTOCOL} Status`, `${PROTOCOL} Extensions`, `${ASSERTION} Issuer`, `${DSIG} Signature`];
const ASSERTION_CHILDREN = [
  `${DSIG} Signature`,
  ...['Issuer', 'Subject', 'Conditions', 'Advice', 'Statement', 'AuthnStatement', 'AuthzDecisionStatement'].map(
    (name) => `${ASSERTION} ${name}`,
  ),
  `${ASSERTION} AttributeStatement`,
];

export function readResponseShape<E extends XmlElement>(root: E, policy: ResponsePolicy): Result<Shape<E>> {
  if (!isElement(root, PROTOCOL, 'Response') || root.attribute('Version') !== '2.0') {
    return refused(refusal('SAML_PROTOCOL', 'The message is no Response of SAML 2.0.'));
  }
  const status = refuseStatus(root);
  if (status !== null) return refused(status);
  const survey = surveyTree(root);
  const signatures = readSignatures(survey);
  if (!signatures.ok) return signatures;
  const misplaced = refuseWrapping(survey, root);
  if (misplaced !== null) return refused(misplaced);
  const direct = survey.assertions.map(({ element }) => element);
  if (direct.length > 1) return refused(refusal('SAML_MULTI_ASSERTION', 'The Response carries several assertions.'));
  const [assertion] = direct;
  if (assertion === undefined) return refused(refusal('SAML_NO_ASSERTION', 'The Response carries no assertion.'));
  const isPlain = assertion.localName === 'Assertion';
  const shape = {
    responseSignature: signatures.value.get(root),
    assertion: isPlain ? assertion : undefined,
    assertionSignature: signatures.value.get(assertion),
    encrypted: isPlain ? undefined : assertion,
  };
  const bad = refuseUnsigned(shape, policy) ?? refuseUnencrypted(shape, policy) ?? refuseChildren(root, shape);
  return bad === null ? ok(shape) : refused(bad);
}

/** The same for an assertion that came out of an EncryptedAssertion: it stands alone, whatever is around it. */
export function readDecryptedShape<E extends XmlElement>(assertion: E): Result<Shape<E>> {
  if (!isElement(assertion, ASSERTION, 'Assertion')) {
    return refused(refusal('SAML_NO_ASSERTION', 'What was decrypted is no assertion.'));
  }
  const survey = surveyTree(assertion);
  const signatures = readSignatures(survey);
  if (!signatures.ok) return signatures;
  const misplaced = refuseWrapping(survey, assertion);
  if (misplaced !== null) return refused(misplaced);
  const shape = {
    responseSignature: undefined,
    assertion,
    assertionSignature: signatures.value.get(assertion),
    encrypted: undefined,
  };
  const bad = refuseAssertionChildren(assertion);
  return bad === null ? ok(shape) : refused(bad);
}

function surveyTree<E extends XmlElement>(root: E): Survey<E> {
  const survey: Survey<E> = { responses: [], assertions: [], signatures: [], lookalikes: [] };
  const visit = (element: E, parent: E | undefined): void => {
    const { localName, namespace } = element;
    if (localName === 'Signature' && namespace === DSIG) survey.signatures.push({ element, parent });
    else if (localName === 'Response') (namespace === PROTOCOL ? survey.responses : survey.lookalikes).push(element);
    else if (ASSERTIONS.includes(localName)) {
      if (namespace === ASSERTION) survey.assertions.push({ element, parent });
      else survey.lookalikes.push(element);
    }
    for (const child of element.children as readonly E[]) visit(child, element);
  };
  visit(root, undefined);
  return survey;
}

/**
 * Signatures by the element that each is over. Every one, wherever it stands, must be one that could count; two in one element
 * are never both needed.
 */
function readSignatures<E extends XmlElement>(survey: Survey<E>): Result<ReadonlyMap<E, SignatureProfile<E>>> {
  const profiles = new Map<E, SignatureProfile<E>>();
  for (const { element, parent } of survey.signatures) {
    const signable =
      parent !== undefined && (isElement(parent, PROTOCOL, 'Response') || isElement(parent, ASSERTION, 'Assertion'));
    if (!signable) return refused(refusal('SAML_SIG_SCOPE', 'A Signature stands where none may be.'));
    if (profiles.has(parent)) return refused(refusal('SAML_SIG_STRUCTURE', 'One element carries several signatures.'));
    const profile = readSignatureProfile(element, parent);
    if (!profile.ok) return profile;
    profiles.set(parent, profile.value);
  }
  return ok(profiles);
}

/** `root` is a Response, or an assertion that was decrypted. */
function refuseWrapping<E extends XmlElement>(survey: Survey<E>, root: E): Refusal | null {
  if (survey.responses.some((one) => one !== root)) {
    return refusal('SAML_SIG_SCOPE', 'The message carries a Response inside.');
  }
  if (survey.lookalikes.length > 0) {
    return refusal('SAML_XML_NAMESPACE', 'An element has the name of one of SAML in another namespace.');
  }
  if (survey.assertions.some(({ element, parent }) => element !== root && parent !== root)) {
    return refusal('SAML_SIG_SCOPE', 'An assertion stands where none may be.');
  }
  return null;
}

/** L16. What an encrypted assertion carries shows only after decryption; then `refuseUnsignedDecrypted` decides. */
function refuseUnsigned(shape: Shape, policy: ResponsePolicy): Refusal | null {
  const missing = (what: string) => refusal('SAML_SIG_MISSING', 'A signature that is required is missing.', { what });
  const { requireSigned } = policy;
  const hasResponse = shape.responseSignature !== undefined;
  if ((requireSigned === 'RESPONSE' || requireSigned === 'BOTH') && !hasResponse) return missing('response');
  if (shape.encrypted !== undefined || shape.assertionSignature !== undefined) return null;
  if (requireSigned === 'ASSERTION' || requireSigned === 'BOTH' || !hasResponse) return missing('assertion');
  return null;
}

/** Whether a decrypted assertion needs a signature of its own: anyone can encrypt to the hub (S28). */
export function refuseUnsignedDecrypted(
  shape: Shape,
  responseIsSigned: boolean,
  policy: ResponsePolicy,
): Refusal | null {
  if (shape.assertionSignature !== undefined) return null;
  const { requireSigned } = policy;
  if (responseIsSigned && requireSigned !== 'ASSERTION' && requireSigned !== 'BOTH') return null;
  return refusal('SAML_SIG_MISSING', 'A signature that is required is missing.', { what: 'decrypted assertion' });
}

function refuseUnencrypted(shape: Shape, policy: ResponsePolicy): Refusal | null {
  if (shape.encrypted !== undefined || !policy.requireEncrypted) return null;
  return refusal('SAML_ENCRYPTION_MISSING', 'The assertion is not encrypted.');
}

function refuseChildren(root: XmlElement, shape: Shape): Refusal | null {
  const assertion = shape.assertion ?? shape.encrypted;
  const others = root.children.filter((child) => child !== assertion);
  const bad = refuseUnknown(others, RESPONSE_CHILDREN);
  if (bad !== null || shape.assertion === undefined) return bad;
  return refuseAssertionChildren(shape.assertion);
}

function refuseAssertionChildren(assertion: XmlElement): Refusal | null {
  if (assertion.attribute('Version') !== '2.0') return refusal('SAML_PROTOCOL', 'The assertion is not of SAML 2.0.');
  if ((assertion.attribute('ID') ?? '') === '') return refusal('SAML_SCHEMA', 'The assertion has no ID.');
  return refuseUnknown(assertion.children, ASSERTION_CHILDREN);
}

function refuseUnknown(children: readonly XmlElement[], known: readonly string[]): Refusal | null {
  for (const child of children) {
    if (known.includes(`${child.namespace} ${child.localName}`)) continue;
    const isLookalike = known.some((one) => one.endsWith(` ${child.localName}`));
    return isLookalike
      ? refusal('SAML_XML_NAMESPACE', 'An element has the name of one of SAML in another namespace.')
      : refusal('SAML_SCHEMA', 'The message holds an element that SAML does not have there.');
  }
  return null;
}

/**
 * The shape of a Response before any signature is checked (SAML 2.0 Core section 3.3.3; L5, L15, L19): one Response, one
 * assertion in it, a Signature only where it may stand. A wrapping attack must put a second element of these somewhere; it
 * is refused wherever that is (S01 to S06, S13, S26, S51).
 */
import { type Refusal, refusal } from '../../shared/refusal.js';
import { ok, type Result, refused } from '../../shared/result.js';
import type { SignatureRules, XmlElement } from '../../xml/contracts.js';
import type { ParsedElement } from '../../xml/element.rules.js';
import { signatureOf } from '../../xml/signature-profile.rules.js';
import { refuseStatus } from './checks/status.rules.js';
import { refuseVersion } from './checks/version.rules.js';
import { is } from './elements.rules.js';
import type { ResponsePolicy } from './message.rules.js';
import { ns } from './names.rules.js';

/** Where things stand in a Response, or in an assertion that was decrypted from one. */
export interface Shape {
  readonly responseIsSigned: boolean;
  readonly assertion: ParsedElement | undefined;
  readonly assertionIsSigned: boolean;
  readonly encrypted: ParsedElement | undefined;
}

interface Survey {
  readonly responses: ParsedElement[];
  /** Assertions, encrypted or not, with what they stand in. */
  readonly assertions: { readonly element: ParsedElement; readonly parent: ParsedElement | undefined }[];
  /** A hint that names the place of a schema: never followed, and not wanted in a message (S19). */
  namesSchema: boolean;
  /** What Signatures stand in. */
  readonly signed: (ParsedElement | undefined)[];
  readonly lookalikes: ParsedElement[];
}

type PolicyOfShape = Pick<ResponsePolicy, 'requireSigned' | 'requireEncrypted'>;

const ASSERTIONS = ['Assertion', 'EncryptedAssertion'];
const SCHEMA_HINTS = ['schemaLocation', 'noNamespaceSchemaLocation'];
const RESPONSE_CHILDREN = [
  `${ns.protocol} Status`,
  `${ns.protocol} Extensions`,
  `${ns.assertion} Issuer`,
  `${ns.xmldsig} Signature`,
];
const ASSERTION_CHILDREN = [
  `${ns.xmldsig} Signature`,
  ...['Issuer', 'Subject', 'Conditions', 'Advice', 'Statement', 'AuthnStatement', 'AuthzDecisionStatement'].map(
    (name) => `${ns.assertion} ${name}`,
  ),
  `${ns.assertion} AttributeStatement`,
];

export function readResponseShape(root: ParsedElement, policy: PolicyOfShape, rules: SignatureRules): Result<Shape> {
  if (!is(root, ns.protocol, 'Response')) return refused(refusal('SAML_PROTOCOL', 'The message is no Response.'));
  const unreadable = refuseVersion(root) ?? refuseStatus(root);
  if (unreadable !== null) return refused(unreadable);
  const survey = surveyTree(root);
  const signed = readSigned(survey, rules);
  if (!signed.ok) return signed;
  const misplaced = refuseWrapping(survey, root);
  if (misplaced !== null) return refused(misplaced);
  const direct = survey.assertions.map(({ element }) => element);
  if (direct.length > 1) return refused(refusal('SAML_MULTI_ASSERTION', 'The Response carries several assertions.'));
  const [assertion] = direct;
  if (assertion === undefined) return refused(refusal('SAML_NO_ASSERTION', 'The Response carries no assertion.'));
  const isPlain = assertion.localName === 'Assertion';
  const shape = {
    responseIsSigned: signed.value.has(root),
    assertion: isPlain ? assertion : undefined,
    assertionIsSigned: signed.value.has(assertion),
    encrypted: isPlain ? undefined : assertion,
  };
  const bad = refuseUnsigned(shape, policy) ?? refuseUnencrypted(shape, policy) ?? refuseChildren(root, shape);
  return bad === null ? ok(shape) : refused(bad);
}

/** The same for an assertion that came out of an EncryptedAssertion: it stands alone, whatever is around it. */
export function readDecryptedShape(assertion: ParsedElement, rules: SignatureRules): Result<Shape> {
  if (!is(assertion, ns.assertion, 'Assertion')) {
    return refused(refusal('SAML_NO_ASSERTION', 'What was decrypted is no assertion.'));
  }
  const survey = surveyTree(assertion);
  const signed = readSigned(survey, rules);
  if (!signed.ok) return signed;
  const misplaced = refuseWrapping(survey, assertion);
  if (misplaced !== null) return refused(misplaced);
  const shape = {
    responseIsSigned: false,
    assertion,
    assertionIsSigned: signed.value.has(assertion),
    encrypted: undefined,
  };
  const bad = refuseAssertionChildren(assertion);
  return bad === null ? ok(shape) : refused(bad);
}

/** The same for a NameID or an attribute that was encrypted by itself: none of it is an assertion, a Response or signed. */
export function refuseInside(root: ParsedElement): Refusal | null {
  const survey = surveyTree(root);
  if (survey.namesSchema) return namesSchema();
  if (survey.signed.length > 0) return refusal('SAML_SIG_SCOPE', 'A Signature stands where none may be.');
  if (survey.assertions.length > 0) return refusal('SAML_SIG_SCOPE', 'An assertion stands where none may be.');
  return refuseWrapping(survey, root);
}

function namesSchema(): Refusal {
  return refusal('SAML_XML_DTD', 'The message names the place of a schema.');
}

function surveyTree(root: ParsedElement): Survey {
  const survey: Survey = { responses: [], assertions: [], signed: [], lookalikes: [], namesSchema: false };
  const visit = (element: ParsedElement, parent: ParsedElement | undefined): void => {
    const { localName, namespace } = element;
    if (element.attributes.some((one) => SCHEMA_HINTS.includes(one.localName))) survey.namesSchema = true;
    if (localName === 'Signature' && namespace === ns.xmldsig) survey.signed.push(parent);
    else if (localName === 'Response') (namespace === ns.protocol ? survey.responses : survey.lookalikes).push(element);
    else if (ASSERTIONS.includes(localName)) {
      if (namespace === ns.assertion) survey.assertions.push({ element, parent });
      else survey.lookalikes.push(element);
    }
    for (const child of element.children) visit(child, element);
  };
  visit(root, undefined);
  return survey;
}

/**
 * The elements that are signed. Every Signature, wherever it stands, must be one that could count; two in one element are
 * never both needed.
 */
function readSigned(survey: Survey, rules: SignatureRules): Result<ReadonlySet<ParsedElement>> {
  if (survey.namesSchema) return refused(namesSchema());
  const signed = new Set<ParsedElement>();
  for (const parent of survey.signed) {
    const isSignable =
      parent !== undefined && (is(parent, ns.protocol, 'Response') || is(parent, ns.assertion, 'Assertion'));
    if (!isSignable) return refused(refusal('SAML_SIG_SCOPE', 'A Signature stands where none may be.'));
    const profile = signatureOf(parent, rules);
    if (!profile.ok) return profile;
    signed.add(parent);
  }
  return ok(signed);
}

/** `root` is a Response, or an assertion that was decrypted. */
function refuseWrapping(survey: Survey, root: ParsedElement): Refusal | null {
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
function refuseUnsigned(shape: Shape, policy: PolicyOfShape): Refusal | null {
  const missing = (what: string) => refusal('SAML_SIG_MISSING', 'A signature that is required is missing.', { what });
  const { requireSigned } = policy;
  const hasResponse = shape.responseIsSigned;
  if ((requireSigned === 'RESPONSE' || requireSigned === 'BOTH') && !hasResponse) return missing('response');
  if (shape.encrypted !== undefined || shape.assertionIsSigned) return null;
  if (requireSigned === 'ASSERTION' || requireSigned === 'BOTH' || !hasResponse) return missing('assertion');
  return null;
}

/** Whether a decrypted assertion needs a signature of its own: anyone can encrypt to the hub (S28). */
export function refuseUnsignedDecrypted(
  shape: Shape,
  responseIsSigned: boolean,
  policy: PolicyOfShape,
): Refusal | null {
  if (shape.assertionIsSigned) return null;
  const { requireSigned } = policy;
  if (responseIsSigned && requireSigned !== 'ASSERTION' && requireSigned !== 'BOTH') return null;
  return refusal('SAML_SIG_MISSING', 'A signature that is required is missing.', { what: 'decrypted assertion' });
}

function refuseUnencrypted(shape: Shape, policy: PolicyOfShape): Refusal | null {
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
  const older = refuseVersion(assertion);
  if (older !== null) return older;
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

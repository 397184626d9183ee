/**
 * What the prose of SAML core demands beyond the schema and without knowledge of the request. Each rule is asked when the element
 * has the shape of its type already; each says in fixed words what is wrong, or null.
 */
import type { XmlElement } from '../../../xml/contracts.js';
import { childrenOf, is } from '../elements.rules.js';
import { parseInstant } from '../instant.rules.js';
import { attributeNameFormats, nameIdFormats, ns, statusCodes } from '../names.rules.js';
import { identifierForms } from './identifier-forms.rules.js';
import { qNameOf } from './q-name.rules.js';
import { collapsed, isUriReference, name, uri } from './simple-types.rules.js';

const BLANK = /^[ \t\r\n]+$/;
const MAX_ENTITY = 1024;
const MAX_IDENTIFIER = 256;
const ELEMENT = `${ns.xmlenc}Element`;
const TOP_CODES: readonly string[] = [
  statusCodes.success,
  statusCodes.requester,
  statusCodes.responder,
  'urn:oasis:names:tc:SAML:2.0:status:VersionMismatch',
];
const STATEMENTS = ['Statement', 'AuthnStatement', 'AuthzDecisionStatement', 'AttributeStatement'];
const QUALIFIERS = ['NameQualifier', 'SPNameQualifier', 'SPProvidedID'];
const HOLDER_OF_KEY = 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key';
const NEGATED = '~';
const RWEDC = ['Read', 'Write', 'Execute', 'Delete', 'Control'];

/** The actions of the namespaces that SAML defines itself (section 8.1). */
const actionForms: ReadonlyMap<string, RegExp> = new Map([
  ['urn:oasis:names:tc:SAML:1.0:action:rwedc', new RegExp(`^(?:${RWEDC.join('|')})$`)],
  ['urn:oasis:names:tc:SAML:1.0:action:rwedc-negation', new RegExp(`^${NEGATED}?(?:${RWEDC.join('|')})$`)],
  ['urn:oasis:names:tc:SAML:1.0:action:ghpp', /^(?:GET|HEAD|PUT|POST)$/],
  ['urn:oasis:names:tc:SAML:1.0:action:unix', /^[0-7]{4}$/],
]);

export function nameIdProblem(nameId: XmlElement): string | null {
  return identifierProblem(nameId, nameId.attribute('Format') ?? nameIdFormats.unspecified);
}

/** Without a Format, the issuer is an entity (section 2.2.5). */
export function issuerProblem(issuer: XmlElement): string | null {
  return identifierProblem(issuer, issuer.attribute('Format') ?? nameIdFormats.entity);
}

function identifierProblem(element: XmlElement, format: string): string | null {
  const value = element.ownText;
  if (format === nameIdFormats.entity) return entityProblem(element, value);
  if (format === nameIdFormats.persistent) {
    return isLonger(value, MAX_IDENTIFIER) ? 'is longer than 256 characters' : qualifierProblem(element);
  }
  if (format === nameIdFormats.transient)
    return isLonger(value, MAX_IDENTIFIER) ? 'is longer than 256 characters' : null;
  const form = identifierForms.get(format);
  return form === undefined || form.test(value) ? null : 'has not the form of its Format';
}

/** A character beyond the basic plane is one, not two. */
function isLonger(value: string, most: number): boolean {
  return value.length > 2 * most || (value.length > most && Array.from(value).length > most);
}

/**
 * Section 8.3.6. Many IdPs name themselves without a scheme, which metadata allows and `pinned` names let nobody abuse: a relative
 * reference passes, white space and what stands in no URI does not.
 */
function entityProblem(element: XmlElement, value: string): string | null {
  if (isLonger(value, MAX_ENTITY)) return 'is longer than 1024 characters';
  if (!isUriReference(collapsed(value))) return 'is no URI';
  return QUALIFIERS.some((one) => element.attribute(one) !== null) ? 'qualifies an entity' : null;
}

/** Section 8.3.7: who qualifies is an entity, as section 8.3.6 has it. */
function qualifierProblem(element: XmlElement): string | null {
  for (const one of ['NameQualifier', 'SPNameQualifier']) {
    const value = element.attribute(one);
    if (value !== null && (isLonger(value, MAX_ENTITY) || !isUriReference(value))) return 'is qualified by no entity';
  }
  return null;
}

/** Section 2.3.3, and 2.7.2, 2.7.3 and 2.7.4: a statement is about somebody, and an assertion says something. */
export function assertionProblem(assertion: XmlElement): string | null {
  const hasSubject = assertion.children.some((child) => is(child, ns.assertion, 'Subject'));
  if (hasSubject) return null;
  const states = assertion.children.some((child) => STATEMENTS.includes(child.localName));
  return states ? 'makes a statement about no Subject' : 'has neither Subject nor statement';
}

/** Section 8.3.6. */
export function authorityProblem(authority: XmlElement): string | null {
  return isLonger(collapsed(authority.ownText), MAX_ENTITY) ? 'is longer than 1024 characters' : null;
}

/** SAML profiles, section 3.1: who is to prove that a key is theirs is told which. */
export function confirmationProblem(confirmation: XmlElement): string | null {
  if (confirmation.attribute('Method') !== HOLDER_OF_KEY) return null;
  const keys = childrenOf(confirmation, ns.assertion, 'SubjectConfirmationData').flatMap((data) =>
    childrenOf(data, ns.xmldsig, 'KeyInfo'),
  );
  return keys.length > 0 ? null : 'demands a key and names none';
}

/** Sections 2.4.1.2 and 2.5.1.2. */
export function windowProblem(element: XmlElement): string | null {
  const [from, until] = [element.attribute('NotBefore'), element.attribute('NotOnOrAfter')];
  if (from === null || until === null) return null;
  return (parseInstant(from) ?? 0) < (parseInstant(until) ?? 0) ? null : 'ends before it begins';
}

/** Sections 2.5.1.5 and 2.5.1.6. */
export function conditionsProblem(conditions: XmlElement): string | null {
  for (const one of ['OneTimeUse', 'ProxyRestriction']) {
    if (childrenOf(conditions, ns.assertion, one).length > 1) return 'repeats a condition that may be there once';
  }
  return windowProblem(conditions);
}

/** Section 8.2: what the NameFormat says of the Name. A URI is absolute (section 1.3.2). */
export function attributeProblem(attribute: XmlElement): string | null {
  const format = attribute.attribute('NameFormat');
  const value = attribute.attribute('Name') ?? '';
  const isAsSaid =
    (format !== attributeNameFormats.basic || name(value) === null) &&
    (format !== attributeNameFormats.uri || uri(value) === null);
  if (!isAsSaid) return 'has a Name that is not of its NameFormat';
  return areOfOneType(childrenOf(attribute, ns.assertion, 'AttributeValue')) ? null : 'has values of several types';
}

/** Section 2.7.3.1: where one value says its type, all say the same. */
function areOfOneType(values: readonly XmlElement[]): boolean {
  return new Set(values.map(typeNamed)).size <= 1;
}

function typeNamed(value: XmlElement): string | null {
  const text = value.attribute('type', ns.xsi);
  const name = text === null ? null : qNameOf(text, value);
  return name === null ? text : `${name.namespace} ${name.localName}`;
}

/** Section 2.7.3.1.1: an empty value is an empty element; any other string holds more than white space (section 1.3.1). */
export function valueProblem(value: XmlElement): string | null {
  return value.children.length === 0 && BLANK.test(value.ownText) ? 'holds white space alone' : null;
}

/** Section 8.1.2: an action and its negation are not both decided. */
export function actionsProblem(statement: XmlElement): string | null {
  const actions = new Set(
    childrenOf(statement, ns.assertion, 'Action').map((one) => `${one.attribute('Namespace')} ${one.ownText}`),
  );
  const isTorn = childrenOf(statement, ns.assertion, 'Action').some((one) =>
    actions.has(`${one.attribute('Namespace')} ${NEGATED}${one.ownText}`),
  );
  return isTorn ? 'names an action and its negation' : null;
}

export function actionProblem(action: XmlElement): string | null {
  const form = actionForms.get(action.attribute('Namespace') ?? '');
  return form === undefined || form.test(action.ownText) ? null : 'is none of its Namespace';
}

/** Section 6.1. */
export function encryptedProblem(encrypted: XmlElement): string | null {
  const [data] = encrypted.children;
  const type = data?.attribute('Type') ?? null;
  return type === null || type === ELEMENT ? null : 'encrypts something else than an element';
}

/** Section 3.2.2.2. */
export function statusProblem(status: XmlElement): string | null {
  const code = status.children[0]?.attribute('Value') ?? '';
  return TOP_CODES.includes(code) ? null : 'has a topmost StatusCode that SAML does not have there';
}

/** Section 3.4.1: an index stands for both URL and binding. */
export function authnRequestProblem(request: XmlElement): string | null {
  if (request.attribute('AssertionConsumerServiceIndex') === null) return null;
  const others = ['AssertionConsumerServiceURL', 'ProtocolBinding'];
  return others.some((one) => request.attribute(one) !== null) ? 'names its consumer by index and otherwise' : null;
}

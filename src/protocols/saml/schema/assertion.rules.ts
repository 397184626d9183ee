/**
 * The elements of saml-schema-assertion-2.0.xsd, in its order. Sections are those of SAML core. What is there as a particle more
 * than once is made anew each time: a place belongs to one model.
 */
import { ns } from '../names.rules.js';
import {
  anyNumber,
  choice,
  element,
  many,
  optional,
  type Particle,
  sequence,
  wildcard,
} from './content-model.rules.js';
import {
  anything,
  type ElementType,
  type ElementTypes,
  elements,
  empty,
  mixed,
  required,
  text,
} from './element-type.rules.js';
import {
  actionProblem,
  actionsProblem,
  assertionProblem,
  attributeProblem,
  authorityProblem,
  conditionsProblem,
  confirmationProblem,
  encryptedProblem,
  issuerProblem,
  nameIdProblem,
  valueProblem,
  windowProblem,
} from './prose.rules.js';
import {
  instant,
  messageId,
  ncName,
  nonNegativeInteger,
  oneOf,
  string,
  uri,
  uriOrEmpty,
  uriText,
} from './simple-types.rules.js';

const saml = (localName: string): Particle => element(ns.assertion, localName);
const ds = (localName: string): Particle => element(ns.xmldsig, localName);
const xenc = (localName: string): Particle => element(ns.xmlenc, localName);

const qualifiers = { NameQualifier: string, SPNameQualifier: string };
const nameId = { ...qualifiers, Format: uri, SPProvidedID: string };
const identifier = () => choice(saml('BaseID'), saml('NameID'), saml('EncryptedID'));
const anyAssertion = () =>
  choice(saml('AssertionIDRef'), saml('AssertionURIRef'), saml('Assertion'), saml('EncryptedAssertion'));

/** Section 6.1 fixes what the type of the ciphertext may be. Of NewEncryptedID too, which no message here may carry. */
const encryptedElement = elements(sequence(xenc('EncryptedData'), anyNumber(xenc('EncryptedKey'))), {
  typeName: 'EncryptedElementType',
  prose: encryptedProblem,
});

const statement = () =>
  choice(saml('Statement'), saml('AuthnStatement'), saml('AuthzDecisionStatement'), saml('AttributeStatement'));

/** Section 2.4.1.2 allows any element and attribute, unless the type says that keys are what confirms (2.4.1.3). */
const confirmation = {
  NotBefore: instant,
  NotOnOrAfter: instant,
  Recipient: uri,
  InResponseTo: messageId,
  Address: string,
};

export const assertionElements: ElementTypes = new Map<string, ElementType>([
  ['BaseID', anything({ typeName: 'BaseIDAbstractType', attributes: qualifiers, isAbstract: true })],
  ['NameID', text(string, { typeName: 'NameIDType', attributes: nameId, prose: nameIdProblem })],
  ['EncryptedID', encryptedElement],
  ['Issuer', text(string, { typeName: 'NameIDType', attributes: nameId, prose: issuerProblem })],
  ['AssertionIDRef', text(ncName)],
  ['AssertionURIRef', text(uriText)],
  [
    'Assertion',
    elements(
      sequence(
        saml('Issuer'),
        optional(ds('Signature')),
        optional(saml('Subject')),
        optional(saml('Conditions')),
        optional(saml('Advice')),
        anyNumber(statement()),
      ),
      {
        typeName: 'AssertionType',
        attributes: { Version: required(oneOf('2.0')), ID: required(ncName), IssueInstant: required(instant) },
        prose: assertionProblem,
      },
    ),
  ],
  [
    'Subject',
    elements(
      choice(sequence(identifier(), anyNumber(saml('SubjectConfirmation'))), many(saml('SubjectConfirmation'))),
      { typeName: 'SubjectType' },
    ),
  ],
  [
    'SubjectConfirmation',
    elements(sequence(optional(identifier()), optional(saml('SubjectConfirmationData'))), {
      typeName: 'SubjectConfirmationType',
      attributes: { Method: required(uri) },
      prose: confirmationProblem,
    }),
  ],
  [
    'SubjectConfirmationData',
    mixed(anyNumber(wildcard('any')), {
      typeName: 'SubjectConfirmationDataType',
      attributes: confirmation,
      others: 'foreign',
      prose: windowProblem,
    }),
  ],
  [
    'Conditions',
    elements(
      anyNumber(choice(saml('Condition'), saml('AudienceRestriction'), saml('OneTimeUse'), saml('ProxyRestriction'))),
      {
        typeName: 'ConditionsType',
        attributes: { NotBefore: instant, NotOnOrAfter: instant },
        prose: conditionsProblem,
      },
    ),
  ],
  ['Condition', anything({ typeName: 'ConditionAbstractType', isAbstract: true })],
  ['AudienceRestriction', elements(many(saml('Audience')), { typeName: 'AudienceRestrictionType' })],
  ['Audience', text(uriText)],
  ['OneTimeUse', empty({ typeName: 'OneTimeUseType' })],
  [
    'ProxyRestriction',
    elements(anyNumber(saml('Audience')), {
      typeName: 'ProxyRestrictionType',
      attributes: { Count: nonNegativeInteger },
    }),
  ],
  ['Advice', elements(anyNumber(choice(anyAssertion(), wildcard('foreign'))), { typeName: 'AdviceType' })],
  ['EncryptedAssertion', encryptedElement],
  ['Statement', anything({ typeName: 'StatementAbstractType', isAbstract: true })],
  [
    'AuthnStatement',
    elements(sequence(optional(saml('SubjectLocality')), saml('AuthnContext')), {
      typeName: 'AuthnStatementType',
      attributes: { AuthnInstant: required(instant), SessionIndex: string, SessionNotOnOrAfter: instant },
    }),
  ],
  ['SubjectLocality', empty({ typeName: 'SubjectLocalityType', attributes: { Address: string, DNSName: string } })],
  [
    'AuthnContext',
    elements(
      sequence(
        choice(
          sequence(
            saml('AuthnContextClassRef'),
            optional(choice(saml('AuthnContextDecl'), saml('AuthnContextDeclRef'))),
          ),
          choice(saml('AuthnContextDecl'), saml('AuthnContextDeclRef')),
        ),
        anyNumber(saml('AuthenticatingAuthority')),
      ),
      { typeName: 'AuthnContextType' },
    ),
  ],
  ['AuthnContextClassRef', text(uriText)],
  ['AuthnContextDeclRef', text(uriText)],
  ['AuthnContextDecl', anything()],
  ['AuthenticatingAuthority', text(uriText, { prose: authorityProblem })],
  [
    'AuthzDecisionStatement',
    elements(sequence(many(saml('Action')), optional(saml('Evidence'))), {
      typeName: 'AuthzDecisionStatementType',
      attributes: { Resource: required(uriOrEmpty), Decision: required(oneOf('Permit', 'Deny', 'Indeterminate')) },
      prose: actionsProblem,
    }),
  ],
  ['Action', text(string, { typeName: 'ActionType', attributes: { Namespace: required(uri) }, prose: actionProblem })],
  ['Evidence', elements(many(anyAssertion()), { typeName: 'EvidenceType' })],
  [
    'AttributeStatement',
    elements(many(choice(saml('Attribute'), saml('EncryptedAttribute'))), { typeName: 'AttributeStatementType' }),
  ],
  [
    'Attribute',
    elements(anyNumber(saml('AttributeValue')), {
      typeName: 'AttributeType',
      attributes: { Name: required(string), NameFormat: uri, FriendlyName: string },
      others: 'foreign',
      prose: attributeProblem,
    }),
  ],
  // Empty, of any type or of none: what IdPs send here differs more than anywhere else.
  ['AttributeValue', anything({ isNillable: true, prose: valueProblem })],
  ['EncryptedAttribute', encryptedElement],
]);

/** Types of the schema that no element has by itself, only by `xsi:type`. */
export const assertionTypes: ElementTypes = new Map<string, ElementType>([
  [
    'KeyInfoConfirmationDataType',
    elements(many(ds('KeyInfo')), {
      typeName: 'KeyInfoConfirmationDataType',
      attributes: confirmation,
      prose: windowProblem,
    }),
  ],
]);

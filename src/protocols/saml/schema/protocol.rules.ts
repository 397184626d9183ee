/**
 * The elements of saml-schema-protocol-2.0.xsd that the hub reads: sign-in and logout. Messages of the other protocols (queries,
 * artifacts, the management of names) are of no type here, and refused as such.
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
import { type ElementType, type ElementTypes, elements, empty, required, text } from './element-type.rules.js';
import { authnRequestProblem, statusProblem } from './prose.rules.js';
import {
  boolean,
  instant,
  messageId,
  ncName,
  nonNegativeInteger,
  oneOf,
  string,
  unsignedShort,
  uri,
  uriText,
} from './simple-types.rules.js';

const saml = (localName: string): Particle => element(ns.assertion, localName);
const samlp = (localName: string): Particle => element(ns.protocol, localName);
const signature = () => element(ns.xmldsig, 'Signature');

/** RequestAbstractType and StatusResponseType (sections 3.2.1 and 3.2.2). */
const message = {
  ID: required(ncName),
  Version: required(oneOf('2.0')),
  IssueInstant: required(instant),
  Destination: uri,
  Consent: uri,
};
const head = () => sequence(optional(saml('Issuer')), optional(signature()), optional(samlp('Extensions')));
const answer = () => sequence(head(), samlp('Status'));
const statusResponse = { ...message, InResponseTo: messageId };

export const protocolElements: ElementTypes = new Map<string, ElementType>([
  ['Extensions', elements(many(wildcard('foreign')), { typeName: 'ExtensionsType' })],
  [
    'Status',
    elements(sequence(samlp('StatusCode'), optional(samlp('StatusMessage')), optional(samlp('StatusDetail'))), {
      typeName: 'StatusType',
      prose: statusProblem,
    }),
  ],
  [
    'StatusCode',
    elements(optional(samlp('StatusCode')), { typeName: 'StatusCodeType', attributes: { Value: required(uri) } }),
  ],
  ['StatusMessage', text(string)],
  ['StatusDetail', elements(anyNumber(wildcard('any')), { typeName: 'StatusDetailType' })],
  [
    'Response',
    elements(sequence(answer(), anyNumber(choice(saml('Assertion'), saml('EncryptedAssertion')))), {
      typeName: 'ResponseType',
      attributes: statusResponse,
    }),
  ],
  [
    'AuthnRequest',
    elements(
      sequence(
        head(),
        optional(saml('Subject')),
        optional(samlp('NameIDPolicy')),
        optional(saml('Conditions')),
        optional(samlp('RequestedAuthnContext')),
        optional(samlp('Scoping')),
      ),
      {
        typeName: 'AuthnRequestType',
        attributes: {
          ...message,
          ForceAuthn: boolean,
          IsPassive: boolean,
          ProtocolBinding: uri,
          AssertionConsumerServiceIndex: unsignedShort,
          AssertionConsumerServiceURL: uri,
          AttributeConsumingServiceIndex: unsignedShort,
          ProviderName: string,
        },
        prose: authnRequestProblem,
      },
    ),
  ],
  [
    'NameIDPolicy',
    empty({
      typeName: 'NameIDPolicyType',
      attributes: { Format: uri, SPNameQualifier: string, AllowCreate: boolean },
    }),
  ],
  [
    'RequestedAuthnContext',
    elements(choice(many(saml('AuthnContextClassRef')), many(saml('AuthnContextDeclRef'))), {
      typeName: 'RequestedAuthnContextType',
      attributes: { Comparison: oneOf('exact', 'minimum', 'maximum', 'better') },
    }),
  ],
  [
    'Scoping',
    elements(sequence(optional(samlp('IDPList')), anyNumber(samlp('RequesterID'))), {
      typeName: 'ScopingType',
      attributes: { ProxyCount: nonNegativeInteger },
    }),
  ],
  ['RequesterID', text(uriText)],
  ['IDPList', elements(sequence(many(samlp('IDPEntry')), optional(samlp('GetComplete'))), { typeName: 'IDPListType' })],
  ['IDPEntry', empty({ typeName: 'IDPEntryType', attributes: { ProviderID: required(uri), Name: string, Loc: uri } })],
  ['GetComplete', text(uriText)],
  [
    'LogoutRequest',
    elements(
      sequence(head(), choice(saml('BaseID'), saml('NameID'), saml('EncryptedID')), anyNumber(samlp('SessionIndex'))),
      // The schema has a string for Reason; section 3.7.1 makes it a URI reference.
      { typeName: 'LogoutRequestType', attributes: { ...message, Reason: uri, NotOnOrAfter: instant } },
    ),
  ],
  ['SessionIndex', text(string)],
  ['LogoutResponse', elements(answer(), { typeName: 'StatusResponseType', attributes: statusResponse })],
]);

/**
 * The elements of xmldsig-core-schema.xsd. Where that schema lets any declared element of the world in, those that are in use
 * stand by name, and no other is let in: the prefixes of Exclusive C14N, and the parameters of RSA-PSS.
 */
import { DSIG_2007, EXCLUSIVE_C14N } from '../../../xml/vocabulary.rules.js';
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
  mixed,
  required,
  text,
} from './element-type.rules.js';
import { anyString, base64, integer, ncName, string, uri, uriReference } from './simple-types.rules.js';

const ds = (localName: string): Particle => element(ns.xmldsig, localName);
const foreign = () => wildcard('foreign');
const id = { Id: ncName };
const algorithm = { Algorithm: required(uri) };
const prime = () => optional(sequence(ds('P'), ds('Q')));
const seed = () => optional(sequence(ds('Seed'), ds('PgenCounter')));

const structure = new Map<string, ElementType>([
  [
    'Signature',
    elements(sequence(ds('SignedInfo'), ds('SignatureValue'), optional(ds('KeyInfo')), anyNumber(ds('Object'))), {
      typeName: 'SignatureType',
      attributes: id,
    }),
  ],
  ['SignatureValue', text(base64, { attributes: id })],
  [
    'SignedInfo',
    elements(sequence(ds('CanonicalizationMethod'), ds('SignatureMethod'), many(ds('Reference'))), {
      typeName: 'SignedInfoType',
      attributes: id,
    }),
  ],
  [
    'CanonicalizationMethod',
    mixed(optional(element(EXCLUSIVE_C14N, 'InclusiveNamespaces')), { attributes: algorithm }),
  ],
  [
    'SignatureMethod',
    mixed(sequence(optional(ds('HMACOutputLength')), optional(element(DSIG_2007, 'RSAPSSParams'))), {
      attributes: algorithm,
    }),
  ],
  ['HMACOutputLength', text(integer)],
  [
    'Reference',
    elements(sequence(optional(ds('Transforms')), ds('DigestMethod'), ds('DigestValue')), {
      attributes: { ...id, URI: uriReference, Type: uriReference },
    }),
  ],
  ['Transforms', elements(many(ds('Transform')))],
  ['Transform', mixed(anyNumber(choice(foreign(), ds('XPath'))), { attributes: algorithm })],
  ['XPath', text(anyString)],
  ['DigestMethod', mixed(anyNumber(foreign()), { attributes: algorithm })],
  ['DigestValue', text(base64)],
  ['Object', mixed(anyNumber(wildcard('any')), { attributes: { ...id, MimeType: anyString, Encoding: uriReference } })],
  ['Manifest', elements(many(ds('Reference')), { attributes: id })],
  ['SignatureProperties', elements(many(ds('SignatureProperty')), { attributes: id })],
  ['SignatureProperty', mixed(many(foreign()), { attributes: { ...id, Target: required(uriReference) } })],
]);

const keys = new Map<string, ElementType>([
  [
    'KeyInfo',
    mixed(
      many(
        choice(
          ...['KeyName', 'KeyValue', 'RetrievalMethod', 'X509Data', 'PGPData', 'SPKIData', 'MgmtData'].map(ds),
          foreign(),
        ),
      ),
      { typeName: 'KeyInfoType', attributes: id },
    ),
  ],
  ['KeyName', text(anyString)],
  ['MgmtData', text(anyString)],
  ['KeyValue', mixed(choice(ds('DSAKeyValue'), ds('RSAKeyValue'), foreign()))],
  ['RetrievalMethod', elements(optional(ds('Transforms')), { attributes: { URI: uriReference, Type: uriReference } })],
  [
    'X509Data',
    elements(
      many(
        choice(...['X509IssuerSerial', 'X509SKI', 'X509SubjectName', 'X509Certificate', 'X509CRL'].map(ds), foreign()),
      ),
    ),
  ],
  ['X509IssuerSerial', elements(sequence(ds('X509IssuerName'), ds('X509SerialNumber')))],
  ['X509IssuerName', text(string)],
  // An integer of any length, as the schema of the W3C has it.
  ['X509SerialNumber', text(integer)],
  ['X509SKI', text(base64)],
  ['X509SubjectName', text(string)],
  ['X509Certificate', text(base64)],
  ['X509CRL', text(base64)],
  [
    'PGPData',
    elements(
      choice(
        sequence(ds('PGPKeyID'), optional(ds('PGPKeyPacket')), anyNumber(foreign())),
        sequence(ds('PGPKeyPacket'), anyNumber(foreign())),
      ),
    ),
  ],
  ['PGPKeyID', text(base64)],
  ['PGPKeyPacket', text(base64)],
  ['SPKIData', elements(many(sequence(ds('SPKISexp'), optional(foreign()))))],
  ['SPKISexp', text(base64)],
  [
    'DSAKeyValue',
    elements(sequence(prime(), optional(ds('G')), ds('Y'), optional(ds('J')), seed()), {
      typeName: 'DSAKeyValueType',
    }),
  ],
  ...['P', 'Q', 'G', 'Y', 'J', 'Seed', 'PgenCounter'].map((one) => [one, text(base64)] as const),
  ['RSAKeyValue', elements(sequence(ds('Modulus'), ds('Exponent')), { typeName: 'RSAKeyValueType' })],
  ['Modulus', text(base64)],
  ['Exponent', text(base64)],
]);

export const signatureElements: ElementTypes = new Map([...structure, ...keys]);

/** Exclusive C14N, section 3: prefixes, or `#default`, with spaces between. */
export const exclusiveC14nElements: ElementTypes = new Map([
  ['InclusiveNamespaces', elements(sequence(), { attributes: { PrefixList: anyString } })],
]);

/** RFC 6931, section 2.3.9. */
export const pssElements: ElementTypes = new Map([['RSAPSSParams', anything()]]);

/**
 * The elements of xenc-schema.xsd, as tightly as `signature.rules.ts` reads those of XML Signature, with the mask generation of
 * XML Encryption 1.1 in its place.
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
import { type ElementType, type ElementTypes, elements, empty, mixed, required, text } from './element-type.rules.js';
import { anyString, base64, integer, ncName, uri, uriReference } from './simple-types.rules.js';

const ds = (localName: string): Particle => element(ns.xmldsig, localName);
const xenc = (localName: string): Particle => element(ns.xmlenc, localName);
const id = { Id: ncName };
const algorithm = { Algorithm: required(uri) };
const encrypted = { ...id, Type: uriReference, MimeType: anyString, Encoding: uriReference };
const encryptedContent = () =>
  sequence(
    optional(xenc('EncryptionMethod')),
    optional(ds('KeyInfo')),
    xenc('CipherData'),
    optional(xenc('EncryptionProperties')),
  );
const reference = () => elements(anyNumber(ds('Transforms')), { attributes: { URI: required(uriReference) } });

export const encryptionElements: ElementTypes = new Map<string, ElementType>([
  ['EncryptedData', elements(encryptedContent(), { typeName: 'EncryptedDataType', attributes: encrypted })],
  [
    'EncryptedKey',
    elements(sequence(encryptedContent(), optional(xenc('ReferenceList')), optional(xenc('CarriedKeyName'))), {
      typeName: 'EncryptedKeyType',
      attributes: { ...encrypted, Recipient: anyString },
    }),
  ],
  [
    'EncryptionMethod',
    mixed(
      sequence(
        optional(xenc('KeySize')),
        optional(xenc('OAEPparams')),
        anyNumber(choice(ds('DigestMethod'), element(ns.xmlenc11, 'MGF'))),
      ),
      { attributes: algorithm },
    ),
  ],
  ['KeySize', text(integer)],
  ['OAEPparams', text(base64)],
  ['CipherData', elements(choice(xenc('CipherValue'), xenc('CipherReference')))],
  ['CipherValue', text(base64)],
  ['CipherReference', elements(optional(xenc('Transforms')), { attributes: { URI: required(uriReference) } })],
  ['Transforms', elements(many(ds('Transform')))],
  ['CarriedKeyName', text(anyString)],
  ['ReferenceList', elements(many(choice(xenc('DataReference'), xenc('KeyReference'))))],
  ['DataReference', reference()],
  ['KeyReference', reference()],
  [
    'AgreementMethod',
    mixed(
      sequence(
        optional(xenc('KA-Nonce')),
        optional(ds('DigestMethod')),
        optional(xenc('OriginatorKeyInfo')),
        optional(xenc('RecipientKeyInfo')),
      ),
      { attributes: algorithm },
    ),
  ],
  ['KA-Nonce', text(base64)],
  // Of the type of ds:KeyInfo; nobody agrees on keys with the hub, so that only its plainest forms are let through.
  ['OriginatorKeyInfo', mixed(many(choice(ds('KeyName'), ds('KeyValue'), ds('X509Data'))), { attributes: id })],
  ['RecipientKeyInfo', mixed(many(choice(ds('KeyName'), ds('KeyValue'), ds('X509Data'))), { attributes: id })],
  ['EncryptionProperties', elements(many(xenc('EncryptionProperty')), { attributes: id })],
  [
    'EncryptionProperty',
    mixed(many(wildcard('foreign')), { attributes: { ...id, Target: uriReference }, others: 'xml' }),
  ],
]);

export const encryption11Elements: ElementTypes = new Map([['MGF', empty({ attributes: algorithm })]]);

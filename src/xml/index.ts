/** The only place that parses or canonicalises XML, or checks an XML signature. Synchronous and total: refusals, no exceptions. */
export {
  MESSAGE_LIMITS,
  type SignatureRules,
  type TrustedKey,
  type VerifiedElement,
  type XmlAttribute,
  type XmlElement,
  type XmlLimits,
} from './contracts.js';
export { readMessage, readUntrustedXml, verifySignedXml } from './document.js';
export type { ParsedElement } from './element.rules.js';
export type { ParsedDocument } from './reader.rules.js';
export {
  type DetachedSignature,
  digestOf,
  readCovered,
  verifyDetached,
  verifySignature,
  withOpened,
} from './signature.js';

/** The only place that parses or canonicalises XML, or checks an XML signature. Synchronous and total: refusals, no exceptions. */
export type { ResponsePolicy, VerifiedResponse, XmlElement, XmlLimits } from './contracts.js';
export { readUntrustedXml } from './read.js';
export { verifyResponse } from './verify-response.js';

/** The only place that parses or canonicalises XML, or checks an XML signature. Synchronous and total: refusals, no exceptions. */
export * from './contracts.js';
export * from './document.js';
export type { ParsedElement } from './element.rules.js';
export type { ParsedDocument } from './reader.rules.js';
export * from './signature.js';

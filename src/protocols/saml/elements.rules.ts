/**
 * How the room looks at elements: by namespace and local name, never by prefix. What is found in a verified element is verified
 * too.
 */
export { childrenNamed as childrenOf, isElement as is } from '../../xml/vocabulary.rules.js';

/** The strict reader of the SAML schema. */
export { refuseSchema } from './reader.rules.js';

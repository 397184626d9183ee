/** The protocols of identity providers, as the API names them. */
import 'reflect-metadata';
import { graphqlEnum } from './enums.js';

export const ProtocolEnum = graphqlEnum<'SAML' | 'OIDC'>('Protocol', 'How an identity provider speaks.', {
  SAML: 'SAML 2.0, Web Browser SSO profile.',
  OIDC: 'OpenID Connect, authorization code flow.',
});

/** The libraries beside the hub: samlify's `parseLoginResponse` and node-saml's `validatePostResponseAsync`. */
import { createRequire } from 'node:module';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import type { SamlTestKey } from '../test/support/saml-keys.js';
import { ACS, IDP, type Scene, SP } from './saml-fixtures.js';

const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/** As much of samlify as is measured; its own declarations bring the DOM's types with them. */
interface Samlify {
  setSchemaValidator(validator: { validate(): Promise<string> }): void;
  IdentityProvider(settings: object): object;
  ServiceProvider(settings: object): {
    parseLoginResponse(idp: object, binding: 'post', request: { body: object }): Promise<{ extract: Extract }>;
  };
}

interface Extract {
  readonly nameID?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** One call: the claims of the message, so that it is certain that both did the same work. */
export type Reading = () => Promise<{ readonly subject: string | undefined; readonly groups: unknown }>;

export function samlifyReading({ hub }: Scene, key: SamlTestKey, field: string, isEncrypted: boolean): Reading {
  const samlify = createRequire(import.meta.url)('samlify') as Samlify;
  // The hub looks at the shape of every message; samlify leaves that to its caller, here at no cost.
  samlify.setSchemaValidator({ validate: () => Promise.resolve('accepted') });
  const idp = samlify.IdentityProvider({
    entityID: IDP,
    signingCert: key.certificatePem,
    singleSignOnService: [{ Binding: POST, Location: `${IDP}/sso` }],
    singleLogoutService: [{ Binding: POST, Location: `${IDP}/slo` }],
    wantAuthnRequestsSigned: false,
    isAssertionEncrypted: isEncrypted,
  });
  const sp = samlify.ServiceProvider({
    entityID: SP,
    wantAssertionsSigned: true,
    encPrivateKey: hub.privateKeyPem,
    assertionConsumerService: [{ Binding: POST, Location: ACS }],
  });
  return async () => {
    const { extract } = await sp.parseLoginResponse(idp, 'post', { body: { SAMLResponse: field } });
    return { subject: extract.nameID, groups: extract.attributes?.groups };
  };
}

export function nodeSamlReading({ hub }: Scene, key: SamlTestKey, field: string, isSignedTwice: boolean): Reading {
  const saml = new SAML({
    callbackUrl: ACS,
    issuer: SP,
    audience: SP,
    entryPoint: `${IDP}/sso`,
    idpCert: key.certificatePem,
    idpIssuer: IDP,
    decryptionPvk: hub.privateKeyPem,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: isSignedTwice,
    // Without a look at its store of requests, which would cost more.
    validateInResponseTo: ValidateInResponseTo.never,
  });
  return async () => {
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: field });
    return { subject: profile?.nameID, groups: profile?.groups };
  };
}

/** What is fuzzed: honest documents, and what the hub makes of a document, as text that two documents can be compared by. */
import { trustedKeys } from '../src/keys/trusted-keys.js';
import { readIdentityProviderMetadata } from '../src/protocols/saml/identity-provider-metadata.js';
import type { ErrorCode } from '../src/shared/error-catalogue.js';
import { readUntrustedXml, verifySignedXml } from '../src/xml/index.js';
import { makeSamlKey } from '../test/support/saml-keys.js';
import { SAML_NOW } from '../test/support/saml-messages.js';
import { samlMetadata } from '../test/support/saml-metadata.js';
import { samlShapes } from '../test/support/saml-shapes.js';
import { signElement } from '../test/support/saml-signing.js';
import { Harness, makeKeys, plain } from '../test/support/saml-verdict.js';
import type { Random } from './random.js';

/** Each thing that was said must be one that an honest document says. */
export type Outcome = { readonly said: readonly string[] } | { readonly code: ErrorCode };

export interface Target {
  readonly name: string;
  readonly documents: readonly string[];
  /** What the hub takes from it, or the code of the refusal. */
  judge(document: Buffer): Outcome;
  /** A document whose text is changed before it is encrypted. */
  sealed?(change: (text: string) => string, random: Random): string;
  /** Certificates with which a failure can be looked at again. */
  readonly certificates: readonly string[];
}

export async function makeTargets(): Promise<readonly Target[]> {
  return [await responses(), await signedRoots(), await metadata()];
}

async function responses(): Promise<Target> {
  const saml = new Harness(await makeKeys());
  const other = { assertionId: '_assertion-2', responseId: '_response-2', nameId: 'bo@aurora.example' };
  const documents = [
    ...(['response', 'assertion', 'both'] as const).flatMap((sign) => [saml.message(sign), saml.message(sign, other)]),
    saml.message('both', { signing: { key: saml.keys.idp, prefixList: ['xs', 'saml', '#default'] } }),
    saml.encrypted('both'),
    saml.encrypted('assertion'),
    ...samlShapes.map(({ make }) => make({ key: saml.keys.idp })),
  ];
  return {
    name: 'Response',
    documents,
    certificates: [saml.keys.idp.certificatePem],
    judge: (document) => {
      const result = saml.verify(document, { allowTrailingSignature: true });
      if (!result.ok) return { code: result.refusal.code };
      const { assertion, envelope, responseIsSigned } = result.value;
      const person = JSON.stringify(plain(assertion));
      // One that loses its outer signature says less; one that keeps it says all of what was around the assertion.
      return { said: responseIsSigned ? [person, JSON.stringify([person, plain(envelope)])] : [person] };
    },
    sealed: (change) =>
      saml.encrypted('assertion', {
        encryption: { certificatePem: saml.keys.hub.certificatePem, editPlaintext: change },
      }),
  };
}

/** Any document that is signed at its root: requests, logout, metadata. */
async function signedRoots(): Promise<Target> {
  const key = await makeSamlKey();
  const keys = trustedKeys([key.certificatePem]);
  const logout =
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"' +
    ` ID="_logout-1" Version="2.0" IssueInstant="${SAML_NOW.toISOString()}"><saml:Issuer>https://idp.example/saml</saml:Issuer>` +
    '<saml:NameID>ada@aurora.example</saml:NameID><samlp:SessionIndex>_s1</samlp:SessionIndex></samlp:LogoutRequest>';
  const metadataXml = samlMetadata({ certificates: [key.certificateBase64] });
  const documents = [
    signElement(logout, 'LogoutRequest', { key }),
    signElement(logout.replaceAll('LogoutRequest', 'AuthnRequest'), 'AuthnRequest', { key }),
    signElement(metadataXml.replace(' entityID=', ' ID="_entity-1" entityID='), 'EntityDescriptor', {
      key,
      place: 'first',
    }),
  ];
  return {
    name: 'signed root',
    documents,
    certificates: [key.certificatePem],
    judge: (document) => {
      const result = verifySignedXml(document, keys, { now: SAML_NOW, allowSha1: false });
      return result.ok ? { said: [JSON.stringify(plain(result.value))] } : { code: result.refusal.code };
    },
  };
}

/** Nobody signs it, so that it may say what it likes; it must be read or refused, in bounded time. */
async function metadata(): Promise<Target> {
  const key = await makeSamlKey();
  return {
    name: 'metadata',
    documents: [samlMetadata({ certificates: [key.certificateBase64] })],
    certificates: [],
    judge: (document) => {
      const policy = { now: SAML_NOW, allowInsecureEndpoints: false, signingCertificate: null, entityId: null };
      const result = readIdentityProviderMetadata(document, policy);
      readUntrustedXml(document);
      return result.ok ? { said: [] } : { code: result.refusal.code };
    },
  };
}

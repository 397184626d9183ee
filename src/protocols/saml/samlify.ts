/**
 * The one door to samlify, a CommonJS package. Used to put enveloped signatures into what the hub sends; nothing that
 * comes in is ever given to it.
 */
import { createRequire } from 'node:module';
import type { SamlKeyPair } from '../../login/contracts.js';
import { certificateBody } from './producing/key-info.rules.js';

/** What is used of the package. Its own types would bring those of a browser into the whole program. */
interface Samlify {
  readonly SamlLib: {
    constructSAMLSignature(options: {
      readonly rawSamlMessage: string;
      readonly isMessageSigned: true;
      readonly isBase64Output: false;
      readonly signatureAlgorithm: string;
      readonly privateKey: string;
      readonly signingCert: string;
      readonly signatureConfig: {
        readonly prefix: string;
        readonly location: { readonly reference: string; readonly action: 'after' | 'prepend' };
      };
    }): string;
  };
}

const { SamlLib } = createRequire(import.meta.url)('samlify') as Samlify;

const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

/** Where the schema of the document wants its signature. */
export type SignaturePlace = 'AFTER_ISSUER' | 'FIRST';

const places = {
  AFTER_ISSUER: { reference: "/*/*[local-name(.)='Issuer']", action: 'after' },
  FIRST: { reference: '/*', action: 'prepend' },
} as const;

/**
 * The document with an enveloped signature over its root, by RSA-SHA256 and exclusive canonicalization.
 * @param xml a document of our own making whose root has an `ID`
 */
export function signEnveloped(xml: string, key: SamlKeyPair, place: SignaturePlace): string {
  return SamlLib.constructSAMLSignature({
    rawSamlMessage: xml,
    isMessageSigned: true,
    isBase64Output: false,
    signatureAlgorithm: RSA_SHA256,
    privateKey: key.privateKeyPem,
    signingCert: certificateBody(key.certificatePem),
    signatureConfig: { prefix: 'ds', location: places[place] },
  });
}

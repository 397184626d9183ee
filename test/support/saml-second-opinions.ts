/**
 * What others make of one answer of an IdP: samlify and node-saml as service providers with the same settings as the hub,
 * xml-crypto and xmlsec1 as judges of signatures alone. None of them is told what the hub said.
 */
import { createRequire } from 'node:module';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { addAlgorithms } from './saml-signing.js';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';

/** One message and what its reader was told beforehand. */
export interface Question {
  readonly bytes: Buffer;
  /** Pinned certificates, PEM. */
  readonly certificates: readonly string[];
  readonly decryptionKey: string | null;
  readonly requireSigned: 'RESPONSE' | 'ASSERTION' | 'BOTH' | 'EITHER';
  readonly issuer: string;
  readonly audience: string;
  readonly acsUrl: string;
  readonly now: Date;
  readonly skewSeconds: number;
}

export interface Opinion {
  readonly accepts: boolean;
  /** The NameID that its caller gets; null where it names nobody. */
  readonly person: string | null;
  /** Why it refuses, in its own words. */
  readonly why: string;
}

export const accepting = (person: string | null = null): Opinion => ({ accepts: true, person, why: '' });
export const refusing = (why: unknown): Opinion => ({
  accepts: false,
  person: null,
  why: why instanceof Error ? why.message : String(why),
});

/** Both libraries read the clock of the process and one of them talks to the console: for one call they get others. */
async function aside<T>(now: Date, act: () => Promise<T>): Promise<T> {
  const RealDate = globalThis.Date;
  const { warn, error, log } = console;
  class Fixed extends RealDate {
    constructor(...parts: unknown[]) {
      super(...((parts.length === 0 ? [now.getTime()] : parts) as [number]));
    }
    static override now = () => now.getTime();
  }
  Object.assign(console, { warn: silent, error: silent, log: silent });
  globalThis.Date = Fixed as DateConstructor;
  try {
    return await act();
  } finally {
    globalThis.Date = RealDate;
    Object.assign(console, { warn, error, log });
  }
}

function silent(): void {}

/** What is used of samlify; its own declarations bring the DOM's types with them. */
interface Samlify {
  setSchemaValidator(validator: { validate(): Promise<string> }): void;
  IdentityProvider(settings: object): object;
  ServiceProvider(settings: object): {
    parseLoginResponse(idp: object, binding: 'post', request: object): Promise<{ extract: { nameID?: unknown } }>;
  };
}
const samlify = createRequire(import.meta.url)('samlify') as Samlify;
// It refuses to work without a validator, and offers none that runs in Node alone.
samlify.setSchemaValidator({ validate: () => Promise.resolve('not validated') });

const POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

export function samlifyOpinion(question: Question): Promise<Opinion> {
  const idp = {
    entityID: question.issuer,
    signingCert: question.certificates.map((one) => one.replace(/-----[A-Z ]+-----|\s/g, '')),
    singleSignOnService: [{ Binding: POST, Location: 'https://idp.example/sso' }],
    isAssertionEncrypted: question.bytes.includes('EncryptedAssertion'),
  };
  const skew = question.skewSeconds * 1000;
  const hub = {
    entityID: question.audience,
    assertionConsumerService: [{ Binding: POST, Location: question.acsUrl }],
    clockDrifts: [-skew, skew],
    ...(question.decryptionKey === null ? {} : { encPrivateKey: question.decryptionKey }),
  };
  const body = { SAMLResponse: question.bytes.toString('base64') };
  return aside(question.now, async () => {
    try {
      const reader = samlify.ServiceProvider(hub);
      const { extract } = await reader.parseLoginResponse(samlify.IdentityProvider(idp), 'post', { body });
      return accepting(personOf(extract.nameID));
    } catch (error) {
      return refusing(error);
    }
  });
}

export function nodeSamlOpinion(question: Question): Promise<Opinion> {
  const { requireSigned } = question;
  const settings = {
    callbackUrl: question.acsUrl,
    issuer: question.audience,
    audience: question.audience,
    idpCert: [...question.certificates],
    idpIssuer: question.issuer,
    wantAssertionsSigned: requireSigned === 'ASSERTION' || requireSigned === 'BOTH',
    wantAuthnResponseSigned: requireSigned === 'RESPONSE' || requireSigned === 'BOTH',
    validateInResponseTo: ValidateInResponseTo.never,
    acceptedClockSkewMs: question.skewSeconds * 1000,
    ...(question.decryptionKey === null ? {} : { decryptionPvk: question.decryptionKey }),
  };
  const form = { SAMLResponse: question.bytes.toString('base64') };
  return aside(question.now, async () => {
    try {
      const { profile } = await new SAML(settings).validatePostResponseAsync(form);
      return profile === null ? refusing('no profile') : accepting(personOf(profile.nameID));
    } catch (error) {
      return refusing(error);
    }
  });
}

function personOf(value: unknown): string | null {
  return value === undefined || value === null || value === '' ? null : String(value);
}

/** Whether there is a signature and all of them verify with one of the certificates. */
export function xmlCryptoOpinion({ bytes, certificates }: Pick<Question, 'bytes' | 'certificates'>): Opinion {
  const { warn } = console;
  console.warn = silent;
  try {
    const xml = bytes.toString('utf8');
    const errorHandler = { fatalError: stop, error: stop, warning: silent };
    const document = new DOMParser({ errorHandler }).parseFromString(xml, 'text/xml');
    const signatures = Array.from(document.getElementsByTagNameNS(DSIG, 'Signature')) as Element[];
    if (signatures.length === 0) return refusing('there is no signature');
    for (const signature of signatures) {
      if (!certificates.some((publicCert) => isVerified(xml, signature, publicCert))) return refusing('not verified');
    }
    return accepting();
  } catch (error) {
    return refusing(error);
  } finally {
    console.warn = warn;
  }
}

function isVerified(xml: string, signature: Element, publicCert: string): boolean {
  const verifier = addAlgorithms(new SignedXml({ publicCert }));
  verifier.loadSignature(signature as never);
  try {
    return verifier.checkSignature(xml);
  } catch {
    return false;
  }
}

function stop(message: string): never {
  throw new Error(message);
}

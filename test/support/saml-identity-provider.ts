/**
 * A fake SAML IdP on 127.0.0.1 under full control of a test: honest until it is told otherwise. It speaks real HTTP, so
 * that a flow test can send a browser to `/sso`, which signs the configured person in at once and answers with a form
 * that posts itself. It checks the requests that it gets with node:crypto and xml-crypto.
 */
import { verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { readUntrustedXml, type XmlElement } from '../../src/xml/index.js';
import { makeSamlKey, type SamlTestKey } from './saml-keys.js';
import { escapeXml, type SamlResponseOptions, samlResponse, toFormField } from './saml-messages.js';

export interface ReceivedRequest {
  readonly binding: 'REDIRECT' | 'POST';
  readonly xml: string;
  readonly element: XmlElement;
  readonly id: string;
  readonly issuer: string;
  readonly acsUrl: string;
  readonly relayState: string | null;
  /** null: it carries no signature. */
  readonly signatureIsValid: boolean | null;
}

export interface SamlAnswer {
  readonly action: string;
  readonly fields: Record<string, string>;
}

/** Everything a test may change while the IdP runs. */
export interface SamlIdentityProviderSettings {
  nameId: string;
  nameIdFormat: string;
  attributes: Readonly<Record<string, readonly string[]>>;
  sign: NonNullable<SamlResponseOptions['sign']>;
  /** Certificate of the hub that assertions are encrypted to; null for none. */
  encryptTo: string | null;
  /** Last word on how the response is made. */
  response: (request: ReceivedRequest) => SamlResponseOptions;
  /** Last word on the finished, signed text. */
  tamper: (xml: string, request: ReceivedRequest) => string;
  /** Last word on the form. */
  form: (answer: SamlAnswer, request: ReceivedRequest) => SamlAnswer;
}

export interface SamlIdentityProvider {
  readonly entityId: string;
  readonly origin: string;
  readonly ssoUrl: string;
  readonly key: SamlTestKey;
  /** The requests that came, the newest last. */
  readonly requests: ReceivedRequest[];
  /** The hub's certificate for the signatures of its requests. */
  trust(certificatePem: string): void;
  metadata(): string;
  set(changes: Partial<SamlIdentityProviderSettings>): void;
  /** Back to an honest IdP. */
  reset(): void;
  /** What the browser is given for a request, without HTTP. */
  answer(request: ReceivedRequest): SamlAnswer;
  lastRequest(): ReceivedRequest;
  close(): Promise<void>;
}

export interface SamlIdentityProviderOptions {
  readonly entityId?: string;
  readonly nameId?: string;
  readonly nameIdFormat?: string;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  readonly key?: SamlTestKey;
}

export async function startSamlIdentityProvider(
  options: SamlIdentityProviderOptions = {},
): Promise<SamlIdentityProvider> {
  const key = options.key ?? (await makeSamlKey());
  const honest: SamlIdentityProviderSettings = {
    nameId: options.nameId ?? 'a7c1f0e2-person-1',
    nameIdFormat: options.nameIdFormat ?? 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    attributes: options.attributes ?? {},
    sign: 'assertion',
    encryptTo: null,
    response: () => ({}),
    tamper: (xml) => xml,
    form: (answer) => answer,
  };
  const settings = { ...honest };
  const requests: ReceivedRequest[] = [];
  let hubCertificate: string | null = null;
  let counter = 0;

  const server = createServer((request, response) => {
    void handle(request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entityId = options.entityId ?? `${origin}/entity`;
  const ssoUrl = `${origin}/sso`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    if (url.pathname === '/metadata') return void response.writeHead(200).end(provider.metadata());
    if (url.pathname !== '/sso') return void response.writeHead(404).end();
    const received =
      request.method === 'GET'
        ? readRedirect(url.search.slice(1), hubCertificate)
        : readPost(new URLSearchParams(await read(request)), hubCertificate);
    requests.push(received);
    response.writeHead(200, { 'content-type': 'text/html' }).end(selfPosting(provider.answer(received)));
  }

  const provider: SamlIdentityProvider = {
    entityId,
    origin,
    ssoUrl,
    key,
    requests,
    trust: (certificatePem) => {
      hubCertificate = certificatePem;
    },
    metadata: () =>
      `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${escapeXml(entityId)}">` +
      `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
      `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>` +
      `<ds:X509Certificate>${key.certificateBase64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>` +
      ['Redirect', 'POST']
        .map(
          (binding) =>
            `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${binding}" Location="${ssoUrl}"/>`,
        )
        .join('') +
      `</md:IDPSSODescriptor></md:EntityDescriptor>`,
    set: (changes) => void Object.assign(settings, changes),
    reset: () => void Object.assign(settings, honest),
    answer: (request) => {
      counter += 1;
      const { encryptTo } = settings;
      const xml = samlResponse({
        now: new Date(),
        issuer: entityId,
        responseId: `_response-${counter}-${process.hrtime.bigint()}`,
        assertionId: `_assertion-${counter}-${process.hrtime.bigint()}`,
        destination: request.acsUrl,
        inResponseTo: request.id,
        audience: request.issuer,
        nameId: settings.nameId,
        nameIdFormat: settings.nameIdFormat,
        attributes: settings.attributes,
        sign: settings.sign,
        signing: { key },
        ...(encryptTo === null ? {} : { encryption: { certificatePem: encryptTo } }),
        ...settings.response(request),
      });
      const { relayState } = request;
      const fields = {
        SAMLResponse: toFormField(settings.tamper(xml, request)),
        ...(relayState === null ? {} : { RelayState: relayState }),
      };
      return settings.form({ action: request.acsUrl, fields }, request);
    },
    lastRequest: () => {
      const last = requests.at(-1);
      if (last === undefined) throw new Error('The IdP got no request.');
      return last;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
}

/** A request by Redirect, its signature checked over the octets as they stand in the query (SAML bindings, 3.4.4.1). */
export function readRedirect(rawQuery: string, certificatePem: string | null): ReceivedRequest {
  const pairs = new Map(rawQuery.split('&').map((pair) => pair.split('=', 2) as [string, string]));
  const decoded = (name: string) => (pairs.has(name) ? decodeURIComponent(pairs.get(name) ?? '') : null);
  const xml = inflateRawSync(Buffer.from(decoded('SAMLRequest') ?? '', 'base64')).toString('utf8');
  const signature = decoded('Signature');
  const octets = ['SAMLRequest', 'RelayState', 'SigAlg']
    .filter((name) => pairs.has(name))
    .map((name) => `${name}=${pairs.get(name)}`)
    .join('&');
  const signatureIsValid =
    signature === null || certificatePem === null
      ? null
      : verify('sha256', Buffer.from(octets), certificatePem, Buffer.from(signature, 'base64'));
  return received('REDIRECT', xml, decoded('RelayState'), signatureIsValid);
}

export function readPost(form: URLSearchParams, certificatePem: string | null): ReceivedRequest {
  const xml = Buffer.from(form.get('SAMLRequest') ?? '', 'base64').toString('utf8');
  return received('POST', xml, form.get('RelayState'), envelopedSignatureIsValid(xml, certificatePem));
}

/** null: there is no signature, or nothing to check it with. */
export function envelopedSignatureIsValid(xml: string, certificatePem: string | null): boolean | null {
  const signature = /<ds:Signature[\s>][\s\S]*<\/ds:Signature>/.exec(xml)?.[0];
  if (signature === undefined || certificatePem === null) return null;
  const signed = new SignedXml({ publicCert: certificatePem });
  signed.loadSignature(signature);
  return signed.checkSignature(xml);
}

function received(
  binding: ReceivedRequest['binding'],
  xml: string,
  relayState: string | null,
  signatureIsValid: boolean | null,
): ReceivedRequest {
  const parsed = readUntrustedXml(Buffer.from(xml, 'utf8'));
  if (!parsed.ok) throw new Error(`The request is not readable: ${parsed.refusal.detail}`);
  const element = parsed.value;
  return {
    binding,
    xml,
    element,
    id: element.attribute('ID') ?? '',
    issuer: element.children.find((child) => child.localName === 'Issuer')?.text ?? '',
    acsUrl: element.attribute('AssertionConsumerServiceURL') ?? '',
    relayState,
    signatureIsValid,
  };
}

function selfPosting({ action, fields }: SamlAnswer): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeXml(name)}" value="${escapeXml(value)}">`,
  );
  return (
    `<!doctype html><form method="post" action="${escapeXml(action)}">${inputs.join('')}</form>` +
    '<script>document.forms[0].submit()</script>'
  );
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

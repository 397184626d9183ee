/** A message as it comes out of the verifier, built by hand: honest, with any part replaced. */
import type { UpstreamSamlConfig } from '../../../src/login/contracts.js';
import type { SamlMessage } from '../../../src/protocols/saml/message.rules.js';
import { BEARER, nameIdFormats, ns } from '../../../src/protocols/saml/names.rules.js';
import type { VerifiedElement, XmlElement } from '../../../src/xml/contracts.js';

export const NOW = new Date('2031-05-06T07:08:09.000Z');
export const ACS = 'https://hub.example/federation/saml/aurora.main/acs';
export const SP = 'https://hub.example/federation/saml/aurora.main/metadata';
export const IDP = 'https://idp.aurora.example/saml';
export const REQUEST = '_request-1';
export const SKEW_SECONDS = 180;

type Attributes = Readonly<Record<string, string | null | undefined>>;

/** `saml:Name` or `samlp:Name`; attributes that are null are left out. */
export function el(
  name: string,
  attributes: Attributes = {},
  content: string | readonly XmlElement[] = [],
): XmlElement {
  const [prefix = '', localName = ''] = name.split(':');
  const namespace = prefix === 'samlp' ? ns.protocol : prefix === 'saml' ? ns.assertion : prefix;
  const children = typeof content === 'string' ? [] : content;
  const given = Object.entries(attributes).flatMap(([key, value]) => {
    const [, inNamespace = '', wanted = ''] = /^(?:\{(.*)\})?(.*)$/.exec(key) ?? [];
    return value === null || value === undefined ? [] : [{ namespace: inNamespace, localName: wanted, value }];
  });
  return {
    namespace,
    localName,
    attributes: given,
    children,
    text: typeof content === 'string' ? content : children.map((child) => child.text).join(''),
    ownText: typeof content === 'string' ? content : '',
    attribute: (wanted, inNamespace = '') =>
      given.find((one) => one.localName === wanted && one.namespace === inNamespace)?.value ?? null,
    namespaceOf: () => null,
  };
}

/** The instant that is so many milliseconds from now. */
export function at(milliseconds: number): string {
  return new Date(NOW.getTime() + milliseconds).toISOString();
}

export const minutes = (count: number) => count * 60_000;

export const config: UpstreamSamlConfig = {
  kind: 'SAML',
  partnerId: '01890000-0000-7000-8000-000000000001',
  identityProviderId: '01890000-0000-7000-8000-000000000002',
  entityId: IDP,
  ssoUrl: 'https://idp.aurora.example/sso',
  ssoBinding: 'REDIRECT',
  sloResponseUrl: null,
  sloBinding: null,
  signingCertificates: [],
  requireSigned: 'EITHER',
  requireEncrypted: false,
  allowTrailingSignature: false,
  algorithmExceptions: [],
  signRequests: true,
  nameIdFormat: null,
  requestedAuthnContext: [],
  subjectSource: { kind: 'NAME_ID' },
  clockSkewSeconds: SKEW_SECONDS,
  serviceProvider: {
    entityId: SP,
    acsUrl: ACS,
    sloUrl: ACS.replace(/acs$/, 'slo'),
    signing: { keyId: 'k', privateKeyPem: '', certificatePem: '' },
    publishedSigningCertificates: [],
    decryption: [],
  },
};

export const issuer = (text = IDP, attributes: Attributes = {}) => el('saml:Issuer', attributes, text);
export const audience = (...names: string[]) =>
  el(
    'saml:AudienceRestriction',
    {},
    names.map((name) => el('saml:Audience', {}, name)),
  );
export const conditions = (attributes: Attributes = {}, content: readonly XmlElement[] = [audience(SP)]) =>
  el('saml:Conditions', { NotBefore: at(-minutes(5)), NotOnOrAfter: at(minutes(5)), ...attributes }, content);
export const confirmation = (data: Attributes = {}, method: string = BEARER) =>
  el('saml:SubjectConfirmation', { Method: method }, [
    el('saml:SubjectConfirmationData', {
      Recipient: ACS,
      InResponseTo: REQUEST,
      NotOnOrAfter: at(minutes(5)),
      ...data,
    }),
  ]);
export const nameId = (text = 'person-1', attributes: Attributes = {}) =>
  el('saml:NameID', { Format: nameIdFormats.persistent, ...attributes }, text);
export const subject = (...children: readonly XmlElement[]) => el('saml:Subject', {}, children);
export const authnStatement = (attributes: Attributes = {}, classRef = 'urn:class') =>
  el('saml:AuthnStatement', { AuthnInstant: at(0), SessionIndex: '_s1', ...attributes }, [
    el('saml:AuthnContext', {}, [el('saml:AuthnContextClassRef', {}, classRef)]),
  ]);
export const attribute = (name: string, ...values: readonly (string | XmlElement)[]) =>
  el(
    'saml:Attribute',
    { Name: name },
    values.map((value) => (typeof value === 'string' ? el('saml:AttributeValue', {}, value) : value)),
  );

export interface Parts {
  readonly assertionAttributes?: Attributes;
  readonly responseAttributes?: Attributes;
  readonly issuer?: readonly XmlElement[];
  readonly responseIssuer?: readonly XmlElement[];
  readonly subject?: readonly XmlElement[];
  readonly conditions?: readonly XmlElement[];
  readonly statements?: readonly XmlElement[];
  readonly attributes?: readonly XmlElement[];
  readonly config?: Partial<UpstreamSamlConfig>;
  readonly forceAuthn?: boolean;
  readonly responseIsSigned?: boolean;
  readonly wasEncrypted?: boolean;
}

export function aMessage(parts: Parts = {}): SamlMessage {
  const assertion = el(
    'saml:Assertion',
    { ID: '_a1', Version: '2.0', IssueInstant: at(0), ...parts.assertionAttributes },
    [
      ...(parts.issuer ?? [issuer()]),
      ...(parts.subject ?? [subject(nameId(), confirmation())]),
      ...(parts.conditions ?? [conditions()]),
      ...(parts.statements ?? [authnStatement()]),
      ...(parts.attributes === undefined ? [] : [el('saml:AttributeStatement', {}, parts.attributes)]),
    ],
  );
  const response = {
    ID: '_r1',
    IssueInstant: at(0),
    Destination: ACS,
    InResponseTo: REQUEST,
    ...parts.responseAttributes,
  };
  return {
    envelope: el('samlp:Response', response, parts.responseIssuer ?? [issuer()]),
    responseIsSigned: parts.responseIsSigned ?? false,
    assertion: assertion as VerifiedElement,
    digest: 'd'.repeat(64),
    wasEncrypted: parts.wasEncrypted ?? false,
    config: { ...config, ...parts.config },
    pending: {
      kind: 'SAML',
      requestId: REQUEST,
      forceAuthn: parts.forceAuthn ?? false,
      requestedAt: at(-minutes(1)),
    },
    now: NOW,
  };
}

/**
 * SAML responses for tests: written as text, signed with xml-crypto, encrypted with node:crypto, so that none of the code
 * under test has a hand in them. Honest by default; every part can be changed before it is signed (`editAssertion`,
 * `editResponse`) or after (just edit the text).
 */
import { encryptAssertion, type SamlEncryption } from './saml-encryption.js';
import { type SamlSigning, signElement } from './saml-signing.js';

export const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
export const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const STATUS = 'urn:oasis:names:tc:SAML:2.0:status:';

/** null leaves the thing out. */
export interface SamlResponseOptions {
  readonly now?: Date;
  readonly responseId?: string;
  readonly assertionId?: string;
  readonly version?: string;
  readonly issuer?: string | null;
  /** Issuer of the Response; default: the same as that of the assertion. */
  readonly responseIssuer?: string | null;
  readonly destination?: string | null;
  readonly inResponseTo?: string | null;
  readonly recipient?: string | null;
  readonly audience?: string | readonly string[] | null;
  readonly nameId?: string | null;
  readonly nameIdFormat?: string | null;
  readonly nameQualifier?: string | null;
  readonly spNameQualifier?: string | null;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  readonly sessionIndex?: string | null;
  readonly authnContextClassRef?: string;
  readonly authnInstant?: Date;
  readonly sessionNotOnOrAfter?: Date | null;
  readonly notBefore?: Date | null;
  readonly notOnOrAfter?: Date | null;
  readonly confirmationNotOnOrAfter?: Date | null;
  /** Codes from the top down, full URIs or the last part of one; an empty list leaves Status out. */
  readonly status?: readonly string[];
  readonly withoutAssertion?: boolean;
  readonly sign?: 'response' | 'assertion' | 'both' | 'none';
  readonly signing?: SamlSigning;
  readonly encryption?: SamlEncryption;
  /** Last word on the text of the assertion before it is signed, and after (before it is encrypted). */
  readonly editAssertion?: (xml: string) => string;
  readonly editSignedAssertion?: (xml: string) => string;
  /** Last word on the text of the Response before it is signed; the assertion is in it already. */
  readonly editResponse?: (xml: string) => string;
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');
}

/** ` name="value"`, or nothing for null. */
function attribute(name: string, value: string | null | undefined): string {
  return value === null || value === undefined ? '' : ` ${name}="${escapeXml(value)}"`;
}

function instant(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

function minutesAfter(now: Date, minutes: number): Date {
  return new Date(now.getTime() + minutes * 60_000);
}

/** The instant of all tests that do not choose one; far from the system's clock on purpose. */
export const SAML_NOW = new Date('2031-05-06T07:08:09.000Z');

const defaults = {
  now: SAML_NOW,
  responseId: '_response-1',
  assertionId: '_assertion-1',
  version: '2.0',
  issuer: 'https://idp.example/saml',
  destination: 'https://hub.example/federation/saml/aurora.main/acs',
  inResponseTo: '_request-1',
  audience: 'https://hub.example/federation/saml/aurora.main',
  nameId: 'ada@aurora.example',
  nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  nameQualifier: null,
  spNameQualifier: null,
  attributes: { mail: ['ada@aurora.example'], groups: ['engineers', 'pilots'] },
  sessionIndex: '_session-1',
  authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  status: ['Success'],
} as const satisfies SamlResponseOptions;

function subjectXml(options: SamlResponseOptions, now: Date): string {
  const all = { ...defaults, ...options };
  const recipient = options.recipient === undefined ? all.destination : options.recipient;
  const until =
    options.confirmationNotOnOrAfter === undefined ? minutesAfter(now, 5) : options.confirmationNotOnOrAfter;
  const nameId =
    all.nameId === null
      ? ''
      : `<saml:NameID${attribute('Format', all.nameIdFormat)}${attribute('NameQualifier', all.nameQualifier)}` +
        `${attribute('SPNameQualifier', all.spNameQualifier)}>${escapeXml(all.nameId)}</saml:NameID>`;
  return (
    `<saml:Subject>${nameId}<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
    `<saml:SubjectConfirmationData${attribute('InResponseTo', all.inResponseTo)}${attribute('Recipient', recipient)}` +
    `${attribute('NotOnOrAfter', instant(until))}/></saml:SubjectConfirmation></saml:Subject>`
  );
}

function conditionsXml(options: SamlResponseOptions, now: Date): string {
  const all = { ...defaults, ...options };
  const from = options.notBefore === undefined ? minutesAfter(now, -5) : options.notBefore;
  const until = options.notOnOrAfter === undefined ? minutesAfter(now, 5) : options.notOnOrAfter;
  const audiences = all.audience === null ? [] : [all.audience].flat();
  const restriction = audiences.map((one) => `<saml:Audience>${escapeXml(one)}</saml:Audience>`).join('');
  return (
    `<saml:Conditions${attribute('NotBefore', instant(from))}${attribute('NotOnOrAfter', instant(until))}>` +
    `${restriction === '' ? '' : `<saml:AudienceRestriction>${restriction}</saml:AudienceRestriction>`}</saml:Conditions>`
  );
}

function statementsXml(options: SamlResponseOptions, now: Date): string {
  const all = { ...defaults, ...options };
  const attributes = Object.entries(all.attributes).map(
    ([name, values]) =>
      `<saml:Attribute Name="${escapeXml(name)}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">` +
      values
        .map((value) => `<saml:AttributeValue xsi:type="xs:string">${escapeXml(value)}</saml:AttributeValue>`)
        .join('') +
      '</saml:Attribute>',
  );
  return (
    `<saml:AuthnStatement AuthnInstant="${(all.authnInstant ?? now).toISOString()}"` +
    `${attribute('SessionIndex', all.sessionIndex)}` +
    `${attribute('SessionNotOnOrAfter', instant(all.sessionNotOnOrAfter ?? null))}><saml:AuthnContext>` +
    `<saml:AuthnContextClassRef>${all.authnContextClassRef}</saml:AuthnContextClassRef></saml:AuthnContext>` +
    `</saml:AuthnStatement>` +
    (attributes.length === 0 ? '' : `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>`)
  );
}

/** The assertion alone, unsigned, with every namespace that it uses declared. */
export function assertionXml(options: SamlResponseOptions = {}): string {
  const all = { ...defaults, ...options };
  const issuer = all.issuer === null ? '' : `<saml:Issuer>${escapeXml(all.issuer)}</saml:Issuer>`;
  return (
    `<saml:Assertion xmlns:saml="${ASSERTION}" xmlns:xs="http://www.w3.org/2001/XMLSchema"` +
    ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="${all.assertionId}" Version="2.0"` +
    ` IssueInstant="${all.now.toISOString()}">${issuer}${subjectXml(options, all.now)}` +
    `${conditionsXml(options, all.now)}${statementsXml(options, all.now)}</saml:Assertion>`
  );
}

function statusXml(codes: readonly string[]): string {
  if (codes.length === 0) return '';
  const nested = [...codes]
    .reverse()
    .reduce(
      (inner, code) =>
        `<samlp:StatusCode Value="${escapeXml(code.startsWith('urn:') ? code : STATUS + code)}">${inner}</samlp:StatusCode>`,
      '',
    );
  return `<samlp:Status>${nested}</samlp:Status>`;
}

/** The Response around whatever stands for the assertion. */
export function responseXml(assertion: string, options: SamlResponseOptions = {}): string {
  const all = { ...defaults, ...options };
  const issuer = options.responseIssuer === undefined ? all.issuer : options.responseIssuer;
  return (
    `<samlp:Response xmlns:samlp="${PROTOCOL}" xmlns:saml="${ASSERTION}" ID="${all.responseId}"` +
    `${attribute('Version', all.version)} IssueInstant="${all.now.toISOString()}"` +
    `${attribute('Destination', all.destination)}${attribute('InResponseTo', all.inResponseTo)}>` +
    `${issuer === null ? '' : `<saml:Issuer>${escapeXml(issuer)}</saml:Issuer>`}` +
    `${statusXml(all.status)}${assertion}</samlp:Response>`
  );
}

/** A whole message: assertion, its signature, its encryption, Response, its signature; in this order. */
export function samlResponse(options: SamlResponseOptions = {}): string {
  const sign = options.sign ?? (options.signing === undefined ? 'none' : 'assertion');
  const signing = () => {
    if (options.signing === undefined) throw new Error('A signed message needs `signing`.');
    return options.signing;
  };
  let assertion = '';
  if (options.withoutAssertion !== true) {
    assertion = (options.editAssertion ?? ((xml) => xml))(assertionXml(options));
    if (sign === 'assertion' || sign === 'both') assertion = signElement(assertion, 'Assertion', signing());
    assertion = (options.editSignedAssertion ?? ((xml) => xml))(assertion);
    if (options.encryption !== undefined) assertion = encryptAssertion(assertion, options.encryption);
  }
  const response = (options.editResponse ?? ((xml) => xml))(responseXml(assertion, options));
  return sign === 'response' || sign === 'both' ? signElement(response, 'Response', signing()) : response;
}

/** The form field `SAMLResponse` of the POST binding. */
export function toFormField(xml: string): string {
  return Buffer.from(xml, 'utf8').toString('base64');
}

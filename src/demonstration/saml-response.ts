/**
 * What the SAML IdP of the demonstration sends: a Response with one assertion, both signed (SAML core, section 5). The
 * text is written in the form that exclusive canonicalisation would give it, so that what is signed is what is sent.
 * @see https://www.w3.org/TR/xml-exc-c14n/ section 3
 */
import { createHash, randomBytes, sign } from 'node:crypto';
import type { DemonstrationPerson } from './estate.js';

const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const VALID_SECONDS = 300;

export interface ResponseParts {
  /** entityID of this IdP. */
  readonly entityId: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  /** The hub: its entityID and its assertion consumer service. */
  readonly audience: string;
  readonly acsUrl: string;
  readonly inResponseTo: string;
  readonly now: Date;
}

/** The Response for a person, or the one that says that nobody signed in; XML text. */
export function samlResponse(parts: ResponseParts, person: DemonstrationPerson | null): string {
  const id = newId();
  const { acsUrl, inResponseTo, now } = parts;
  const head =
    `<samlp:Response xmlns:samlp="${PROTOCOL}" Destination="${attribute(acsUrl)}" ID="${id}" InResponseTo="${attribute(inResponseTo)}"` +
    ` IssueInstant="${instant(now)}" Version="2.0"><saml:Issuer xmlns:saml="${ASSERTION}">${text(parts.entityId)}</saml:Issuer>`;
  const tail = `${status(person !== null)}${person === null ? '' : assertion(parts, person)}</samlp:Response>`;
  return withSignature(head, tail, id, parts);
}

/** Metadata of this IdP (SAML metadata, section 2.4.3). */
export function samlIdpMetadata(entityId: string, ssoUrl: string, certificatePem: string): string {
  const services = ['HTTP-Redirect', 'HTTP-POST'].map(
    (binding) =>
      `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${attribute(ssoUrl)}"/>`,
  );
  return (
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${attribute(entityId)}">` +
    `<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="${PROTOCOL}">` +
    `<md:KeyDescriptor use="signing">${keyInfo(certificatePem, true)}</md:KeyDescriptor>` +
    `<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>` +
    `${services.join('')}</md:IDPSSODescriptor></md:EntityDescriptor>`
  );
}

function assertion(parts: ResponseParts, person: DemonstrationPerson): string {
  const { entityId, audience, acsUrl, inResponseTo, now } = parts;
  const id = newId();
  const until = instant(new Date(now.getTime() + VALID_SECONDS * 1_000));
  const head =
    `<saml:Assertion xmlns:saml="${ASSERTION}" ID="${id}" IssueInstant="${instant(now)}" Version="2.0">` +
    `<saml:Issuer>${text(entityId)}</saml:Issuer>`;
  const tail =
    `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" NameQualifier="${attribute(entityId)}"` +
    ` SPNameQualifier="${attribute(audience)}">${text(person.id)}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData` +
    ` InResponseTo="${attribute(inResponseTo)}" NotOnOrAfter="${until}" Recipient="${attribute(acsUrl)}"></saml:SubjectConfirmationData>` +
    `</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${instant(now)}" NotOnOrAfter="${until}">` +
    `<saml:AudienceRestriction><saml:Audience>${text(audience)}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${instant(now)}" SessionIndex="${newId()}"><saml:AuthnContext><saml:AuthnContextClassRef>` +
    `urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
    `<saml:AttributeStatement>${attributes(person)}</saml:AttributeStatement></saml:Assertion>`;
  return withSignature(head, tail, id, parts);
}

/** The names that a directory behind an IdP gives to these (RFC 4519). */
function attributes(person: DemonstrationPerson): string {
  const lists: Readonly<Record<string, readonly string[]>> = {
    'urn:oid:0.9.2342.19200300.100.1.3': [person.email],
    'urn:oid:2.5.4.42': [person.givenName],
    'urn:oid:2.5.4.4': [person.familyName],
    'urn:oid:2.5.4.11': [person.department],
    costCentre: [person.costCentre],
    memberOf: person.groups,
  };
  return Object.entries(lists)
    .map(([name, values]) => {
      const format = name.startsWith('urn:') ? 'uri' : 'basic';
      const texts = values.map((value) => `<saml:AttributeValue>${text(value)}</saml:AttributeValue>`);
      return (
        `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:${format}">` +
        `${texts.join('')}</saml:Attribute>`
      );
    })
    .join('');
}

function status(isSuccess: boolean): string {
  const code = (name: string, inner = '') =>
    `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${name}">${inner}</samlp:StatusCode>`;
  const value = isSuccess ? code('Success') : code('Responder', code('AuthnFailed'));
  return `<samlp:Status>${value}</samlp:Status>`;
}

/** Enveloped signature between the issuer and the rest, over both (SAML core, section 5.4). */
function withSignature(head: string, tail: string, id: string, parts: ResponseParts): string {
  const digest = createHash('sha256').update(`${head}${tail}`, 'utf8').digest('base64');
  const method = (element: string, algorithm: string) => `<ds:${element} Algorithm="${algorithm}"></ds:${element}>`;
  const content =
    method('CanonicalizationMethod', EXCLUSIVE) +
    method('SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256') +
    `<ds:Reference URI="#${id}"><ds:Transforms>${method('Transform', `${SIGNATURE}enveloped-signature`)}` +
    `${method('Transform', EXCLUSIVE)}</ds:Transforms>${method('DigestMethod', 'http://www.w3.org/2001/04/xmlenc#sha256')}` +
    `<ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`;
  // Alone, SignedInfo carries the declaration that it inherits inside the document.
  const signed = `<ds:SignedInfo xmlns:ds="${SIGNATURE}">${content}`;
  const value = sign('sha256', Buffer.from(signed, 'utf8'), parts.privateKeyPem).toString('base64');
  const signature =
    `<ds:Signature xmlns:ds="${SIGNATURE}"><ds:SignedInfo>${content}<ds:SignatureValue>${value}</ds:SignatureValue>` +
    `${keyInfo(parts.certificatePem, false)}</ds:Signature>`;
  return `${head}${signature}${tail}`;
}

function keyInfo(certificatePem: string, isAlone: boolean): string {
  const body = certificatePem.replace(/-----[A-Z ]+-----|\s/g, '');
  const declaration = isAlone ? ` xmlns:ds="${SIGNATURE}"` : '';
  return `<ds:KeyInfo${declaration}><ds:X509Data><ds:X509Certificate>${body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`;
}

function newId(): string {
  return `_${randomBytes(20).toString('hex')}`;
}

function instant(at: Date): string {
  return at.toISOString();
}

/** As canonical XML writes it between tags (Canonical XML, section 2.3). */
function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As canonical XML writes it in an attribute. */
function attribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

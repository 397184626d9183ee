/**
 * Responses in the manner of well-known products: their prefixes, order, white space and placement of signatures, written by
 * hand after their public documentation. The person and the times are those of `saml-messages`.
 */
import type { ResponsePolicy } from '../../src/protocols/saml/message.rules.js';
import { SAML_NOW } from './saml-messages.js';
import { type SamlSigning, signElement } from './saml-signing.js';

const AT = SAML_NOW.toISOString();
const UNTIL = new Date(SAML_NOW.getTime() + 300_000).toISOString();
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const PERSON = 'ada@aurora.example';
const ACS = 'https://hub.example/federation/saml/aurora.main/acs';
const AUDIENCE = 'https://hub.example/federation/saml/aurora.main';

export interface SamlShape {
  readonly name: string;
  readonly make: (signing: SamlSigning) => string;
  /** What an operator sets for such a product; without it the response is refused. */
  readonly policy?: Partial<ResponsePolicy>;
}

function adfs(signing: SamlSigning): string {
  const assertion =
    `<Assertion ID="_adfs-assertion" IssueInstant="${AT}" Version="2.0" xmlns="urn:oasis:names:tc:SAML:2.0:assertion">` +
    '<Issuer>http://sts.aurora.example/adfs/services/trust</Issuer>' +
    `<Subject><NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${PERSON}</NameID>` +
    `<SubjectConfirmation Method="${BEARER}"><SubjectConfirmationData InResponseTo="_request-1" NotOnOrAfter="${UNTIL}" Recipient="${ACS}" />` +
    `</SubjectConfirmation></Subject><Conditions NotBefore="${AT}" NotOnOrAfter="${UNTIL}"><AudienceRestriction>` +
    `<Audience>${AUDIENCE}</Audience></AudienceRestriction></Conditions><AttributeStatement>` +
    `<Attribute Name="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"><AttributeValue>${PERSON}</AttributeValue></Attribute>` +
    '<Attribute Name="http://schemas.xmlsoap.org/claims/Group"><AttributeValue>Domain Users</AttributeValue>' +
    '<AttributeValue>R&amp;D</AttributeValue></Attribute></AttributeStatement>' +
    `<AuthnStatement AuthnInstant="${AT}" SessionIndex="_adfs-assertion"><AuthnContext>` +
    `<AuthnContextClassRef>${PASSWORD}</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion>`;
  const keyInfo = `<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${signing.key.certificateBase64}</ds:X509Certificate></ds:X509Data></KeyInfo>`;
  const signed = signElement(assertion, 'Assertion', { ...signing, keyInfo: null }).replace(
    '</ds:SignatureValue>',
    () => `</ds:SignatureValue>${keyInfo}`,
  );
  return (
    `<samlp:Response ID="_adfs-response" Version="2.0" IssueInstant="${AT}" Destination="${ACS}"` +
    ' Consent="urn:oasis:names:tc:SAML:2.0:consent:unspecified" InResponseTo="_request-1"' +
    ' xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">' +
    `http://sts.aurora.example/adfs/services/trust</Issuer><samlp:Status><samlp:StatusCode Value="${SUCCESS}" />` +
    `</samlp:Status>${signed}</samlp:Response>`
  );
}

function entra(signing: SamlSigning): string {
  const issuer = 'https://sts.windows.net/2f4a1c00-0000-4000-8000-000000000001/';
  const assertion =
    `<Assertion ID="_entra-assertion" IssueInstant="${AT}" Version="2.0" xmlns="urn:oasis:names:tc:SAML:2.0:assertion">` +
    `<Issuer>${issuer}</Issuer><Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${PERSON}</NameID>` +
    `<SubjectConfirmation Method="${BEARER}"><SubjectConfirmationData InResponseTo="_request-1" NotOnOrAfter="${UNTIL}" Recipient="${ACS}"/>` +
    `</SubjectConfirmation></Subject><Conditions NotBefore="${AT}" NotOnOrAfter="${UNTIL}"><AudienceRestriction>` +
    `<Audience>${AUDIENCE}</Audience></AudienceRestriction></Conditions><AttributeStatement>` +
    '<Attribute Name="http://schemas.microsoft.com/identity/claims/tenantid"><AttributeValue>2f4a1c00-0000-4000-8000-000000000001</AttributeValue></Attribute>' +
    `<Attribute Name="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"><AttributeValue>${PERSON}</AttributeValue></Attribute>` +
    `</AttributeStatement><AuthnStatement AuthnInstant="${AT}" SessionIndex="_entra-assertion"><AuthnContext>` +
    '<AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext></AuthnStatement></Assertion>';
  return (
    `<samlp:Response ID="_entra-response" Version="2.0" IssueInstant="${AT}" Destination="${ACS}" InResponseTo="_request-1"` +
    ` xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</Issuer>` +
    `<samlp:Status><samlp:StatusCode Value="${SUCCESS}"/></samlp:Status>` +
    `${signElement(assertion, 'Assertion', { ...signing, prefix: '' })}</samlp:Response>`
  );
}

function okta(signing: SamlSigning): string {
  const xs = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"';
  const entity = 'Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity"';
  const issuer = `<saml2:Issuer ${entity} xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">http://www.okta.com/exk1</saml2:Issuer>`;
  const value = (text: string) =>
    `<saml2:AttributeValue ${xs} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${text}</saml2:AttributeValue>`;
  const assertion =
    `<saml2:Assertion ID="id1234567890" IssueInstant="${AT}" Version="2.0" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ${xs}>` +
    `${issuer}<saml2:Subject><saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">${PERSON}</saml2:NameID>` +
    `<saml2:SubjectConfirmation Method="${BEARER}"><saml2:SubjectConfirmationData InResponseTo="_request-1" NotOnOrAfter="${UNTIL}" Recipient="${ACS}"/>` +
    `</saml2:SubjectConfirmation></saml2:Subject><saml2:Conditions NotBefore="${AT}" NotOnOrAfter="${UNTIL}"><saml2:AudienceRestriction>` +
    `<saml2:Audience>${AUDIENCE}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>` +
    `<saml2:AuthnStatement AuthnInstant="${AT}" SessionIndex="_request-1"><saml2:AuthnContext><saml2:AuthnContextClassRef>${PASSWORD}` +
    '</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement><saml2:AttributeStatement>' +
    `<saml2:Attribute Name="email" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">${value(PERSON)}</saml2:Attribute>` +
    `<saml2:Attribute Name="groups" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified">${value('Everyone')}${value('Ünits')}</saml2:Attribute>` +
    '</saml2:AttributeStatement></saml2:Assertion>';
  const withPrefixes = { ...signing, prefixList: ['xs'] };
  const response =
    `<saml2p:Response Destination="${ACS}" ID="id0987654321" InResponseTo="_request-1" IssueInstant="${AT}" Version="2.0"` +
    ` xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" ${xs}>${issuer}<saml2p:Status><saml2p:StatusCode Value="${SUCCESS}"/>` +
    `</saml2p:Status>${signElement(assertion, 'Assertion', withPrefixes)}</saml2p:Response>`;
  return `<?xml version="1.0" encoding="UTF-8"?>${signElement(response, 'Response', withPrefixes)}`;
}

function oneLogin(signing: SamlSigning): string {
  const response = `<samlp:Response xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
    ID="R-onelogin" Version="2.0" IssueInstant="${AT}" Destination="${ACS}" InResponseTo="_request-1">
  <saml:Issuer>https://app.onelogin.com/saml/metadata/1</saml:Issuer>
  <samlp:Status>
    <samlp:StatusCode Value="${SUCCESS}"/>
  </samlp:Status>
  <saml:Assertion xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Version="2.0"
      ID="pfx-onelogin" IssueInstant="${AT}">
    <saml:Issuer>https://app.onelogin.com/saml/metadata/1</saml:Issuer>
    <saml:Subject>
      <saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${PERSON}</saml:NameID>
      <saml:SubjectConfirmation Method="${BEARER}">
        <saml:SubjectConfirmationData NotOnOrAfter="${UNTIL}" Recipient="${ACS}" InResponseTo="_request-1"/>
      </saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="${AT}" NotOnOrAfter="${UNTIL}">
      <saml:AudienceRestriction>
        <saml:Audience>${AUDIENCE}</saml:Audience>
      </saml:AudienceRestriction>
    </saml:Conditions>
    <saml:AuthnStatement AuthnInstant="${AT}" SessionNotOnOrAfter="${UNTIL}" SessionIndex="_onelogin-session">
      <saml:AuthnContext>
        <saml:AuthnContextClassRef>${PASSWORD}</saml:AuthnContextClassRef>
      </saml:AuthnContext>
    </saml:AuthnStatement>
    <saml:AttributeStatement>
      <saml:Attribute NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic" Name="User.email">
        <saml:AttributeValue xsi:type="xs:string">${PERSON}</saml:AttributeValue>
      </saml:Attribute>
    </saml:AttributeStatement>
  </saml:Assertion>
</samlp:Response>
`;
  return signElement(response, 'Response', signing);
}

/** Oracle Access Manager puts the Signature last, and declares everything at the root. */
function oracle(signing: SamlSigning): string {
  const response =
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:dsig="http://www.w3.org/2000/09/xmldsig#"' +
    ' xmlns:enc="http://www.w3.org/2001/04/xmlenc#" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"' +
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' +
    ` Destination="${ACS}" ID="id-oam" InResponseTo="_request-1" IssueInstant="${AT}" Version="2.0">` +
    `<saml:Issuer>https://oam.aurora.example/oam/fed</saml:Issuer><samlp:Status><samlp:StatusCode Value="${SUCCESS}"/></samlp:Status>` +
    `<saml:Assertion ID="id-oam-assertion" IssueInstant="${AT}" Version="2.0"><saml:Issuer>https://oam.aurora.example/oam/fed</saml:Issuer>` +
    `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${PERSON}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="${BEARER}"><saml:SubjectConfirmationData InResponseTo="_request-1" NotOnOrAfter="${UNTIL}" Recipient="${ACS}"/>` +
    '</saml:SubjectConfirmation></saml:Subject><saml:AttributeStatement><saml:Attribute Name="email">' +
    `<saml:AttributeValue xsi:type="xs:string">${PERSON}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>` +
    '</saml:Assertion></samlp:Response>';
  return signElement(response, 'Assertion', { ...signing, place: 'last', prefix: 'dsig' });
}

export const samlShapes: readonly SamlShape[] = [
  { name: 'AD FS', make: adfs },
  { name: 'Microsoft Entra', make: entra },
  { name: 'Okta', make: okta },
  { name: 'OneLogin', make: oneLogin },
  { name: 'Oracle Access Manager', make: oracle, policy: { allowTrailingSignature: true } },
];

/**
 * One message of each kind that holds every element and attribute that the schemas of SAML, XML Signature and XML Encryption have
 * for it: nothing is signed and nothing is encrypted, it is only of the right shape. For tests of whoever reads by the schema.
 */
import { ASSERTION, PROTOCOL } from './saml-messages.js';

const AT = '2031-05-06T07:08:09Z';
const UNTIL = '2031-05-06T07:18:09.5Z';
const foreign = '<f:it xmlns:f="urn:f">1</f:it>';

const namespaces =
  `xmlns:samlp="${PROTOCOL}" xmlns:saml="${ASSERTION}" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"` +
  ' xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" xmlns:xs="http://www.w3.org/2001/XMLSchema"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const message = (id: string) =>
  `${namespaces} ID="${id}" Version="2.0" IssueInstant="${AT}" Destination="https://a.example/b" Consent="urn:x:consent"`;
const issuer =
  '<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">https://idp.example/saml</saml:Issuer>';

const ds = (name: string, content = 'AAAA') => `<ds:${name}>${content}</ds:${name}>`;
const algorithm = (name: string, content = '') => `<${name} Algorithm="urn:x:algorithm">${content}</${name}>`;
const transforms = ds('Transforms', algorithm('ds:Transform') + algorithm('ds:Transform', ds('XPath', '1=1')));
const digest = algorithm('ds:DigestMethod') + ds('DigestValue');

const keyInfo =
  '<ds:KeyInfo Id="_key-info">' +
  ds('KeyName', 'k') +
  ds('KeyValue', ds('RSAKeyValue', ds('Modulus') + ds('Exponent', 'AQAB'))) +
  ds('KeyValue', ds('DSAKeyValue', ['P', 'Q', 'G', 'Y', 'J', 'Seed', 'PgenCounter'].map((one) => ds(one)).join(''))) +
  `<ds:RetrievalMethod URI="#_key" Type="urn:x:type">${transforms}</ds:RetrievalMethod>` +
  ds(
    'X509Data',
    ds('X509IssuerSerial', ds('X509IssuerName', 'CN=a') + ds('X509SerialNumber', '7')) +
      ds('X509SKI') +
      ds('X509SubjectName', 'CN=a') +
      ds('X509Certificate') +
      ds('X509CRL'),
  ) +
  ds('PGPData', ds('PGPKeyID') + ds('PGPKeyPacket')) +
  ds('SPKIData', ds('SPKISexp')) +
  ds('MgmtData', 'm') +
  '</ds:KeyInfo>';

const signature =
  '<ds:Signature Id="_signature"><ds:SignedInfo Id="_signed-info">' +
  algorithm('ds:CanonicalizationMethod') +
  algorithm('ds:SignatureMethod', ds('HMACOutputLength', '128')) +
  `<ds:Reference Id="_reference" URI="#_response" Type="urn:x:type">${transforms}${digest}</ds:Reference></ds:SignedInfo>` +
  `<ds:SignatureValue Id="_value">AAAA</ds:SignatureValue>${keyInfo}` +
  '<ds:Object Id="_object" MimeType="text/xml" Encoding="urn:x:encoding"><ds:Manifest Id="_manifest">' +
  `<ds:Reference>${digest}</ds:Reference></ds:Manifest><ds:SignatureProperties Id="_properties">` +
  `<ds:SignatureProperty Target="#_signature" Id="_property">${foreign}</ds:SignatureProperty></ds:SignatureProperties></ds:Object>` +
  '</ds:Signature>';

const cipher = '<xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData>';
const agreement = algorithm(
  'xenc:AgreementMethod',
  `<xenc:KA-Nonce>AAAA</xenc:KA-Nonce>${algorithm('ds:DigestMethod')}` +
    `<xenc:OriginatorKeyInfo>${ds('KeyName', 'a')}</xenc:OriginatorKeyInfo>` +
    `<xenc:RecipientKeyInfo>${ds('KeyName', 'b')}</xenc:RecipientKeyInfo>`,
);
const encrypted =
  '<xenc:EncryptedData Id="_data" Type="http://www.w3.org/2001/04/xmlenc#Element" MimeType="text/xml" Encoding="urn:x:encoding">' +
  algorithm(
    'xenc:EncryptionMethod',
    '<xenc:KeySize>128</xenc:KeySize><xenc:OAEPparams>AAAA</xenc:OAEPparams>'.concat(algorithm('ds:DigestMethod')),
  ) +
  `<ds:KeyInfo>${agreement}</ds:KeyInfo>${cipher}<xenc:EncryptionProperties Id="_encryption-properties">` +
  `<xenc:EncryptionProperty Target="#_data" Id="_encryption-property">${foreign}</xenc:EncryptionProperty>` +
  '</xenc:EncryptionProperties></xenc:EncryptedData><xenc:EncryptedKey Id="_key" Recipient="r">' +
  `${algorithm('xenc:EncryptionMethod')}${cipher}<xenc:ReferenceList><xenc:DataReference URI="#_data"/>` +
  '<xenc:KeyReference URI="#_key"/></xenc:ReferenceList><xenc:CarriedKeyName>c</xenc:CarriedKeyName></xenc:EncryptedKey>';
const elsewhere =
  '<xenc:EncryptedData><xenc:CipherData><xenc:CipherReference URI="#_cipher"><xenc:Transforms>' +
  `${algorithm('ds:Transform')}</xenc:Transforms></xenc:CipherReference></xenc:CipherData></xenc:EncryptedData>`;

const subject =
  '<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" NameQualifier="https://idp.example/saml"' +
  ' SPNameQualifier="https://hub.example" SPProvidedID="p">ada</saml:NameID>' +
  '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:NameID>proxy</saml:NameID>' +
  `<saml:SubjectConfirmationData NotBefore="${AT}" NotOnOrAfter="${UNTIL}" Recipient="https://hub.example/acs" InResponseTo="_request-1"` +
  ` Address="192.0.2.1" xmlns:f="urn:f" f:more="1">text${foreign}</saml:SubjectConfirmationData></saml:SubjectConfirmation>` +
  '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key">' +
  `<saml:SubjectConfirmationData xsi:type="saml:KeyInfoConfirmationDataType"><ds:KeyInfo>${ds('KeyName', 'k')}</ds:KeyInfo>` +
  '</saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>';
const audiences =
  '<saml:AudienceRestriction><saml:Audience>https://hub.example</saml:Audience><saml:Audience>urn:x:b</saml:Audience></saml:AudienceRestriction>';
const evidence =
  '<saml:AssertionIDRef>_other</saml:AssertionIDRef><saml:AssertionURIRef>urn:x:other</saml:AssertionURIRef>';
const conditions =
  `<saml:Conditions NotBefore="${AT}" NotOnOrAfter="${UNTIL}">${audiences}<saml:OneTimeUse/>` +
  '<saml:ProxyRestriction Count="1"><saml:Audience>urn:x:c</saml:Audience></saml:ProxyRestriction></saml:Conditions>' +
  `<saml:Advice>${evidence}${foreign}<saml:EncryptedAssertion>${elsewhere}</saml:EncryptedAssertion></saml:Advice>`;
const classRef = '<saml:AuthnContextClassRef>urn:x:class</saml:AuthnContextClassRef>';
const declRef = '<saml:AuthnContextDeclRef>urn:x:declaration</saml:AuthnContextDeclRef>';
const authentication =
  `<saml:AuthnStatement AuthnInstant="${AT}" SessionIndex="s" SessionNotOnOrAfter="${UNTIL}">` +
  `<saml:SubjectLocality Address="192.0.2.1" DNSName="a.example"/><saml:AuthnContext>${classRef}${declRef}` +
  '<saml:AuthenticatingAuthority>urn:x:authority</saml:AuthenticatingAuthority></saml:AuthnContext></saml:AuthnStatement>' +
  `<saml:AuthnStatement AuthnInstant="${AT}"><saml:AuthnContext><saml:AuthnContextDecl>text${foreign}</saml:AuthnContextDecl>` +
  '</saml:AuthnContext></saml:AuthnStatement>';
const decision =
  '<saml:AuthzDecisionStatement Resource="" Decision="Permit">' +
  '<saml:Action Namespace="urn:oasis:names:tc:SAML:1.0:action:rwedc">Read</saml:Action>' +
  `<saml:Evidence>${evidence}</saml:Evidence></saml:AuthzDecisionStatement>`;
const attributes =
  '<saml:AttributeStatement><saml:Attribute Name="urn:x:a" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri"' +
  ' FriendlyName="a" xmlns:f="urn:f" f:more="1"><saml:AttributeValue>v</saml:AttributeValue><saml:AttributeValue/>' +
  '<saml:AttributeValue xsi:nil="true"/><saml:AttributeValue><saml:NameID>n</saml:NameID></saml:AttributeValue></saml:Attribute>' +
  // Values of one attribute say one type (section 2.7.3.1).
  [['xs:string', 'v'] as const, ['xs:integer', '5'] as const, ['xs:anyType', `x${foreign}`] as const]
    .map(([type, text]) => `<saml:AttributeValue xsi:type="${type}">${text}</saml:AttributeValue>`)
    .map((value, at) => `<saml:Attribute Name="t${at}">${value}${at < 2 ? value : ''}</saml:Attribute>`)
    .join('') +
  `<saml:EncryptedAttribute>${encrypted}</saml:EncryptedAttribute></saml:AttributeStatement>`;

const extensions = `<samlp:Extensions>${foreign}</samlp:Extensions>`;
const response =
  `<samlp:Response ${message('_response')} InResponseTo="_request-1">${issuer}${signature}${extensions}<samlp:Status>` +
  '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"><samlp:StatusCode Value="urn:x:second"/></samlp:StatusCode>' +
  `<samlp:StatusMessage>m</samlp:StatusMessage><samlp:StatusDetail>${foreign}</samlp:StatusDetail></samlp:Status>` +
  `<saml:Assertion ID="_assertion" Version="2.0" IssueInstant="${AT}">${issuer}${subject}${conditions}${authentication}${decision}` +
  `${attributes}</saml:Assertion></samlp:Response>`;

const authnRequest =
  `<samlp:AuthnRequest ${message('_request-1')} ForceAuthn="true" IsPassive="0" ProtocolBinding="urn:x:binding"` +
  ' AssertionConsumerServiceURL="https://sp.example/acs" AttributeConsumingServiceIndex="3" ProviderName="p">' +
  `${issuer}${extensions}<saml:Subject><saml:NameID>ada</saml:NameID></saml:Subject>` +
  '<samlp:NameIDPolicy Format="urn:x:format" SPNameQualifier="q" AllowCreate="true"/>' +
  `<saml:Conditions>${audiences}</saml:Conditions><samlp:RequestedAuthnContext Comparison="exact">${classRef}${classRef}` +
  '</samlp:RequestedAuthnContext><samlp:Scoping ProxyCount="2"><samlp:IDPList>' +
  '<samlp:IDPEntry ProviderID="urn:x:idp" Name="n" Loc="https://idp.example/sso"/><samlp:GetComplete>https://idp.example/all' +
  '</samlp:GetComplete></samlp:IDPList><samlp:RequesterID>urn:x:sp</samlp:RequesterID></samlp:Scoping></samlp:AuthnRequest>';

const logoutRequest =
  `<samlp:LogoutRequest ${message('_request-1')} Reason="urn:oasis:names:tc:SAML:2.0:logout:user" NotOnOrAfter="${UNTIL}">` +
  `${issuer}<saml:NameID>ada</saml:NameID><samlp:SessionIndex>a</samlp:SessionIndex><samlp:SessionIndex>b</samlp:SessionIndex>` +
  '</samlp:LogoutRequest>';

export const everything: readonly string[] = [response, authnRequest, logoutRequest];

/** Metadata of a SAML IdP as an administrator would paste it; each part can be left out or bent. */
export interface SamlMetadataParts {
  readonly entityId?: string;
  readonly ssoUrl?: string;
  readonly binding?: 'HTTP-Redirect' | 'HTTP-POST';
  /** Base64 of DER, as it stands in `ds:X509Certificate`. */
  readonly certificates?: readonly string[];
  readonly validUntil?: string;
}

export function samlMetadata(parts: SamlMetadataParts = {}): string {
  const {
    entityId = 'https://idp.example/saml',
    ssoUrl = 'https://idp.example/sso',
    binding = 'HTTP-Redirect',
  } = parts;
  const keys = (parts.certificates ?? []).map(
    (certificate) =>
      `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>` +
      `<ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  );
  const validUntil = parts.validUntil === undefined ? '' : ` validUntil="${parts.validUntil}"`;
  return (
    `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"${validUntil}>` +
    `<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join('')}` +
    `<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${ssoUrl}"/>` +
    '</md:IDPSSODescriptor></md:EntityDescriptor>'
  );
}

/** Names that SAML 2.0 and the specifications below it fix. */
export const ns = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  xmldsig: 'http://www.w3.org/2000/09/xmldsig#',
  xmldsigMore: 'http://www.w3.org/2001/04/xmldsig-more#',
  xmlenc: 'http://www.w3.org/2001/04/xmlenc#',
  xmlenc11: 'http://www.w3.org/2009/xmlenc11#',
  shibmd: 'urn:mace:shibboleth:metadata:1.0',
} as const;

export const bindings = {
  REDIRECT: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  POST: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;

export const nameIdFormats = {
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  entity: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  encrypted: 'urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted',
} as const;

export const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

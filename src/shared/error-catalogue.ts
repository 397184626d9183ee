/**
 * The closed catalogue of codes. One row a code, one column a face: the sentence that may leave the house, the HTTP
 * status, the OAuth error (RFC 6749 section 4.1.2.1) that an application sees, and the page that an end user sees.
 * `docs/reference/errors.md` is generated from it. An outward sentence never tells what the hub knows of other tenants.
 */

/** The calm pages of the hub: what an end user can do next, never why in detail. */
export type PageKind = 'denied' | 'retry' | 'expired' | 'unavailable' | 'invalid';

export interface CatalogueEntry {
  readonly message: string;
  readonly http: number;
  readonly oauth: 'access_denied' | 'server_error' | 'temporarily_unavailable' | 'invalid_request' | 'login_required';
  readonly page: PageKind;
}

function entry(
  message: string,
  http: number,
  page: PageKind,
  oauth: CatalogueEntry['oauth'] = 'access_denied',
): CatalogueEntry {
  return { message, http, page, oauth };
}

const input = {
  INPUT_INVALID: entry('The input is not valid.', 400, 'invalid', 'invalid_request'),
  NOT_FOUND: entry('Not found.', 404, 'invalid', 'invalid_request'),
  CONFLICT: entry('The change conflicts with what is stored.', 409, 'invalid', 'invalid_request'),
  STALE_VERSION: entry('Somebody changed this first; read it again.', 409, 'invalid', 'invalid_request'),
  STATE_TRANSITION: entry('This change of state is not allowed.', 409, 'invalid', 'invalid_request'),
  TOO_LARGE: entry('The request is too large.', 413, 'invalid', 'invalid_request'),
  METHOD_NOT_ALLOWED: entry('This address does not take that method.', 405, 'invalid', 'invalid_request'),
  MEDIA_TYPE: entry('This address does not take that content type.', 415, 'invalid', 'invalid_request'),
  RATE_LIMITED: entry('Too many requests. Try again later.', 429, 'retry', 'temporarily_unavailable'),
  INTERNAL: entry('Something went wrong on our side.', 500, 'unavailable', 'server_error'),
  UNAVAILABLE: entry('The hub is not ready. Try again in a moment.', 503, 'unavailable', 'temporarily_unavailable'),
} as const;

const api = {
  UNAUTHENTICATED: entry('A valid access token is needed.', 401, 'denied'),
  FORBIDDEN: entry('This token does not permit that.', 403, 'denied'),
  QUERY_TOO_COMPLEX: entry('The query is too deep, too broad or too costly.', 400, 'invalid'),
  QUERY_INVALID: entry('The query is not valid.', 400, 'invalid'),
  CSRF_REFUSED: entry('The request lacks the header that browsers cannot forge.', 400, 'invalid'),
} as const;

const administration = {
  DOMAIN_INVALID: entry('This is not a domain that an organization can own.', 400, 'invalid'),
  DOMAIN_NOT_PROVED: entry('The domain could not be proved.', 409, 'invalid'),
  DOMAIN_TAKEN: entry('This domain cannot be added.', 409, 'invalid'),
  SLUG_TAKEN: entry('This slug is in use.', 409, 'invalid'),
  ENTITY_ID_TAKEN: entry('This partner already has an identity provider of that entityID.', 409, 'invalid'),
  METADATA_INVALID: entry('The metadata is not valid.', 400, 'invalid'),
  METADATA_NO_SIGNING_KEY: entry('The metadata holds no signing key.', 400, 'invalid'),
  METADATA_EXPIRED: entry('The metadata has expired.', 400, 'invalid'),
  METADATA_ENDPOINT: entry('The metadata names an endpoint that is not acceptable.', 400, 'invalid'),
  METADATA_SIGNATURE: entry('The metadata is not signed by the key that is pinned for it.', 400, 'invalid'),
  METADATA_FETCH: entry('The metadata could not be fetched.', 400, 'invalid'),
  CERTIFICATE_INVALID: entry('The certificate is not valid.', 400, 'invalid'),
  CERTIFICATE_EXPIRED: entry('The certificate has expired.', 400, 'invalid'),
  CERTIFICATE_WEAK: entry('The certificate has a key that is too weak.', 400, 'invalid'),
  OIDC_DISCOVERY: entry('The OpenID Provider could not be discovered.', 400, 'unavailable'),
  REDIRECT_URI_INVALID: entry('A redirect URI is not acceptable.', 400, 'invalid'),
  RULE_INVALID: entry('The mapping rule is not valid.', 400, 'invalid'),
  RULE_TOO_COSTLY: entry('The mapping rule could cost too much.', 400, 'invalid'),
  ATTRIBUTE_UNKNOWN: entry('There is no attribute of that name.', 400, 'invalid'),
  TRUST_TERMS_INVALID: entry('The terms of the trust relationship are not valid.', 400, 'invalid'),
  EGRESS_DENIED: entry('The hub may not connect to that address.', 400, 'unavailable'),
  EGRESS_LIMIT: entry('The other side sent too much or took too long.', 400, 'unavailable', 'temporarily_unavailable'),
  EGRESS_FAILED: entry('The other side could not be reached.', 400, 'unavailable', 'temporarily_unavailable'),
} as const;

const saml = {
  SAML_MALFORMED: entry('The response of the identity provider is malformed.', 400, 'denied'),
  SAML_TOO_LARGE: entry('The response of the identity provider is too large.', 413, 'denied'),
  SAML_BINDING: entry('The response did not come the way it must.', 400, 'denied'),
  SAML_PROTOCOL: entry('The message is not a SAML 2.0 response.', 400, 'denied'),
  SAML_XML_DTD: entry('The message carries a document type.', 400, 'denied'),
  SAML_XML_COMMENT: entry('The message carries comments or instructions.', 400, 'denied'),
  SAML_XML_LIMIT: entry('The message is too deep or too broad.', 400, 'denied'),
  SAML_XML_NAMESPACE: entry('The message uses namespaces that are not acceptable.', 400, 'denied'),
  SAML_XML_AMBIGUOUS: entry('The message can be read in more than one way.', 400, 'denied'),
  SAML_SCHEMA: entry('The message has not the shape that SAML demands.', 400, 'denied'),
  SAML_DUP_ID: entry('The message repeats an ID.', 400, 'denied'),
  SAML_STATUS: entry('The identity provider did not sign the person in.', 403, 'retry'),
  SAML_NO_ASSERTION: entry('The response carries no assertion.', 400, 'denied'),
  SAML_MULTI_ASSERTION: entry('The response carries more than one assertion.', 400, 'denied'),
  SAML_SIG_MISSING: entry('A signature that is required is missing.', 403, 'denied'),
  SAML_SIG_STRUCTURE: entry('The signature has a structure that is not acceptable.', 403, 'denied'),
  SAML_SIG_SCOPE: entry('The signature does not cover what it must.', 403, 'denied'),
  SAML_SIG_TRANSFORM: entry('The signature uses a transform that is not acceptable.', 403, 'denied'),
  SAML_SIG_INVALID: entry('The signature is not valid.', 403, 'denied'),
  SAML_C14N_EMPTY: entry('The message has no canonical form.', 403, 'denied'),
  SAML_ALG_REFUSED: entry('The message uses an algorithm that is not acceptable.', 403, 'denied'),
  SAML_ENCRYPTION_MISSING: entry('The assertion is not encrypted.', 403, 'denied'),
  SAML_CERT_UNKNOWN: entry('The message is signed with an unknown key.', 403, 'denied'),
  SAML_CERT_REFUSED: entry('The signing certificate is not acceptable.', 403, 'denied'),
  SAML_DECRYPT: entry('The assertion could not be decrypted.', 403, 'denied'),
  SAML_ISSUER: entry('The response comes from another issuer.', 403, 'denied'),
  SAML_DESTINATION: entry('The response is meant for another address.', 403, 'denied'),
  SAML_RECIPIENT: entry('The assertion is meant for another recipient.', 403, 'denied'),
  SAML_AUDIENCE: entry('The assertion is meant for another audience.', 403, 'denied'),
  SAML_TIME: entry('The assertion is not valid at this time.', 403, 'retry'),
  SAML_SUBJECT_CONF: entry('The subject of the assertion is not confirmed.', 403, 'denied'),
  SAML_CONDITION: entry('The assertion sets a condition that the hub does not know.', 403, 'denied'),
  SAML_AUTHN: entry('The assertion states no acceptable authentication.', 403, 'denied'),
  SAML_IRT: entry('The response answers another request.', 403, 'retry'),
  SAML_UNSOLICITED: entry('The response answers no request.', 403, 'denied'),
  SAML_REPLAY: entry('This response was used before.', 403, 'retry'),
  SAML_ACS: entry('The request names an address that is not registered.', 400, 'invalid'),
  SAML_SLO_SUBJECT: entry('The request names nobody who has signed in.', 403, 'denied'),
  SAML_SLO_SESSION: entry('The request names a session that is not known.', 403, 'denied'),
  SAML_NAMEID: entry('The subject identifier is not acceptable.', 403, 'denied'),
} as const;

const oidc = {
  OIDC_REQUEST: entry('The request of the application cannot be handled.', 400, 'invalid', 'invalid_request'),
  OIDC_STATE: entry('This sign-in is not known or has been used.', 403, 'expired'),
  OIDC_CALLBACK: entry('The answer of the identity provider is malformed.', 400, 'denied'),
  OIDC_ISS_MISMATCH: entry('The answer comes from another issuer.', 403, 'denied'),
  OIDC_NONCE: entry('The ID token answers another request.', 403, 'denied'),
  OIDC_CODE: entry('The identity provider did not accept the code.', 403, 'retry'),
  OIDC_ALG: entry('The ID token uses an algorithm that is not acceptable.', 403, 'denied'),
  OIDC_KEY: entry('The ID token is signed with an unknown key.', 403, 'denied'),
  OIDC_SIGNATURE: entry('The signature of the ID token is not valid.', 403, 'denied'),
  OIDC_CLAIM: entry('A claim of the ID token is missing or not acceptable.', 403, 'denied'),
  OIDC_TYP: entry('The token is of another type.', 403, 'denied'),
  OIDC_TENANT: entry('The ID token comes from another tenant of the identity provider.', 403, 'denied'),
  OIDC_USERINFO: entry('The user information does not belong to the ID token.', 403, 'denied'),
  OIDC_REPLAY: entry('This ID token was used before.', 403, 'retry'),
  IDP_ERROR: entry('The identity provider answered with an error.', 403, 'retry'),
  IDP_UNAVAILABLE: entry('The identity provider cannot be reached.', 503, 'unavailable', 'temporarily_unavailable'),
} as const;

const login = {
  LOGIN_UNKNOWN: entry('This sign-in is not known or has ended.', 400, 'expired'),
  LOGIN_EXPIRED: entry('This sign-in took too long.', 400, 'expired'),
  LOGIN_OTHER_BROWSER: entry('This sign-in was begun in another browser.', 403, 'expired'),
  LOGIN_SPENT: entry('This sign-in was completed before.', 409, 'expired'),
  LOGIN_POLICY_CHANGED: entry('The rules changed while you signed in.', 409, 'retry'),
  IDP_UNKNOWN: entry('There is no such identity provider.', 404, 'invalid'),
  IDP_DISABLED: entry('The identity provider is not active.', 403, 'denied'),
  PARTNER_UNKNOWN: entry('No organization can be found for this.', 404, 'invalid'),
  PARTNER_SUSPENDED: entry('The organization is not active.', 403, 'denied'),
  APPLICATION_DISABLED: entry('The application is not active.', 403, 'denied'),
  TRUST_NONE: entry('The organization may not sign in to this application.', 403, 'denied'),
  TRUST_NOT_ACTIVE: entry('The agreement with the organization is not active.', 403, 'denied'),
  TRUST_ASSURANCE: entry('The sign-in was not strong enough for this application.', 403, 'denied'),
  TRUST_AUTHN_AGE: entry('The sign-in is too long ago for this application.', 403, 'retry', 'login_required'),
  SUBJECT_TRANSIENT: entry('The identity provider sends no lasting identifier.', 403, 'denied'),
  SUBJECT_MISSING: entry('The identity provider sends no identifier.', 403, 'denied'),
  DOMAIN_NOT_OWNED: entry('The person is outside the domains of the organization.', 403, 'denied'),
  ATTRIBUTE_REQUIRED: entry('A required attribute is missing.', 403, 'denied'),
  ATTRIBUTE_INVALID: entry('An attribute has a value that is not acceptable.', 403, 'denied'),
  RULE_FAILED: entry('A mapping rule failed.', 403, 'denied'),
  EXPR_BUDGET: entry('A mapping rule cost too much.', 403, 'denied'),
  PROVISION_OFF: entry('Accounts are not created or updated by signing in.', 403, 'denied'),
  PROVISION_CREATE_OFF: entry('New accounts are not created by signing in.', 403, 'denied'),
  PROVISION_COLLISION: entry('Another account of the organization has the same address.', 403, 'denied'),
  MEMBERSHIP_NOT_ACTIVE: entry('The account is not active.', 403, 'denied'),
  SESSION_ENDED: entry('The session has ended.', 401, 'expired', 'login_required'),
  TOKEN_REUSE: entry('A token was used twice; its family is revoked.', 400, 'denied'),
} as const;

export const errorCatalogue = { ...input, ...api, ...administration, ...saml, ...oidc, ...login } as const;

export type ErrorCode = keyof typeof errorCatalogue;

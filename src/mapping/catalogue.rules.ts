/**
 * The catalogue of attributes: what a definition must be, the one that a new hub starts with, and sensible first rules
 * for a new IdP. Names follow SCIM (RFC 7643, section 4), claims OpenID Connect Core 1.0, section 5.1.
 */
import type { Protocol } from '../login/contracts.js';
import type { AttributeDefinitionFacts } from '../login/facts.js';
import type { FieldProblem } from '../shared/hub-error.js';
import type { RuleDraft } from './check.rules.js';
import { isStorable } from './value.rules.js';

/** Definitions in the catalogue: every application's claims are made of them. */
export const MAX_DEFINITIONS = 200;
const MAX_LENGTH = 4_000;

export type AttributeDraft = AttributeDefinitionFacts & { readonly description: string };

/** What the hub itself states in tokens (OpenID Connect Core, RFC 7519, RFC 8693, RFC 9068); no attribute may. */
const reservedClaims = new Set(
  (
    'iss sub aud exp nbf iat jti auth_time nonce acr amr azp sid at_hash c_hash s_hash cnf act may_act client_id scope ' +
    'token_type events sub_id active _claim_names _claim_sources partner idp login_id ial aal fal'
  ).split(' '),
);
const reservedScopes = new Set(['openid', 'offline_access']);

/** Every problem of a new definition; paths as GraphQL has them. */
export function definitionProblems(draft: AttributeDraft): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const demand = (good: boolean, field: keyof AttributeDraft, message: string) => {
    if (!good) problems.push({ path: `input.${field}`, message });
  };
  const { name, description, maxLength, claim, scope } = draft;
  demand(
    /^[a-z][A-Za-z0-9]{0,63}$/.test(name) && !(name in Object.prototype),
    'name',
    'Use a lower-case letter, then at most 63 letters and digits.',
  );
  demand(
    description.trim() !== '' && description.length <= 500 && isStorable(description),
    'description',
    'Use 1 to 500 characters.',
  );
  demand(Number.isInteger(maxLength) && maxLength >= 1 && maxLength <= MAX_LENGTH, 'maxLength', 'Use 1 to 4,000.');
  demand(
    /^[A-Za-z][A-Za-z0-9_:./-]{0,119}$/.test(claim) && !(claim in Object.prototype),
    'claim',
    'Use a letter, then at most 119 letters, digits and _ : . / -',
  );
  demand(!reservedClaims.has(claim), 'claim', 'The hub states this claim itself.');
  demand(
    /^[a-z][a-z0-9_:.-]{0,63}$/.test(scope) && !reservedScopes.has(scope),
    'scope',
    'Use a lower-case letter, then at most 63 of a-z, 0-9 and _ : . - (not openid, not offline_access).',
  );
  return problems;
}

function standard(
  name: string,
  claim: string,
  scope: string,
  description: string,
  more: Partial<AttributeDraft> = {},
): AttributeDraft {
  const usual = { type: 'STRING', multiValued: false, maxLength: 200, traceValues: 'MASKED' } as const;
  return { ...usual, name, claim, scope, description, ...more };
}

const list = { multiValued: true, traceValues: 'FULL' } as const;

/** What a new hub starts with. */
export const standardAttributes: readonly AttributeDraft[] = [
  standard('email', 'email', 'email', 'E-mail address at the partner.', { type: 'EMAIL', maxLength: 254 }),
  standard(
    'emailVerified',
    'email_verified',
    'email',
    'Whether the identity provider says that it checked the address.',
    {
      type: 'BOOLEAN',
      traceValues: 'FULL',
    },
  ),
  standard('givenName', 'given_name', 'profile', 'Given name.'),
  standard('familyName', 'family_name', 'profile', 'Family name.'),
  standard('displayName', 'name', 'profile', 'Name as the person is shown to others.', { maxLength: 400 }),
  standard('locale', 'locale', 'profile', 'Preferred language, as in RFC 5646.', {
    maxLength: 35,
    traceValues: 'FULL',
  }),
  standard('phoneNumber', 'phone_number', 'phone', 'Telephone number.', { maxLength: 40 }),
  standard('roles', 'roles', 'roles', 'Roles of the person, in the words of the applications.', list),
  standard('groups', 'groups', 'groups', 'Groups of the person at the partner.', { ...list, maxLength: 400 }),
  standard('department', 'department', 'organization', 'Department.', { traceValues: 'FULL' }),
  standard('jobTitle', 'title', 'organization', 'Job title.', { traceValues: 'FULL' }),
  standard('costCenter', 'cost_center', 'organization', 'Cost centre.', { maxLength: 64, traceValues: 'FULL' }),
  standard('employeeId', 'employee_number', 'organization', 'Number of the person at the partner.', { maxLength: 64 }),
];

function rule(attribute: string, expression: string): RuleDraft {
  return { attribute, expression, required: false, defaultValue: null, updateMode: 'CLEAR_IF_ABSENT' };
}

/** The first of these claims that the assertion has; nothing where it has none. */
function firstOf(...claims: readonly string[]): string {
  const choice = claims.map((name) => `"${name}" in claims ? claims["${name}"]`);
  return `${choice.join(' : ')} : null`;
}

/** Microsoft's names (AD FS, Entra ID) start so. */
const ws = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

/** Names that Shibboleth, AD FS, Entra ID, Okta and Google use for the same things, in that order. */
const samlRules: readonly RuleDraft[] = [
  rule('email', firstOf('urn:oid:0.9.2342.19200300.100.1.3', `${ws}/emailaddress`, 'email', 'mail', 'Email')),
  rule('givenName', firstOf('urn:oid:2.5.4.42', `${ws}/givenname`, 'givenName', 'firstName', 'first_name')),
  rule('familyName', firstOf('urn:oid:2.5.4.4', `${ws}/surname`, 'sn', 'lastName', 'last_name')),
  rule('displayName', firstOf('urn:oid:2.16.840.1.113730.3.1.241', `${ws}/name`, 'displayName', 'name')),
  rule('groups', firstOf('http://schemas.microsoft.com/ws/2008/06/identity/claims/groups', 'groups', 'memberOf')),
];

const oidcRules: readonly RuleDraft[] = [
  rule('email', firstOf('email')),
  rule('emailVerified', firstOf('email_verified')),
  rule('givenName', firstOf('given_name')),
  rule('familyName', firstOf('family_name')),
  rule('displayName', firstOf('name')),
  rule('groups', firstOf('groups')),
];

/** Where the mapping of a new IdP starts; every attribute that it names is one of `standardAttributes`. */
export function defaultRules(protocol: Protocol): readonly RuleDraft[] {
  return protocol === 'SAML' ? samlRules : oidcRules;
}

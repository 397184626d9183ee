/**
 * Who may do what on the API: one row an operation, and nothing is allowed that has no row. A row names the scope that
 * the token must carry and the roles that may act; which rows of the database the actor reaches is a second question
 * (`scopeOf`, `requirePartner` and row-level security). A contract test walks the schema against this table.
 */
import { HubError } from '../shared/hub-error.js';
import type { Uuid } from '../shared/ids.js';
import type { Role } from './api-client.entity.js';
import type { RequestContext } from './request-context.js';
import type { ApiScope } from './scopes.rules.js';

export interface Permission {
  readonly scope: ApiScope;
  readonly roles: readonly Role[];
}

export const everyone = ['OPERATOR', 'AUDITOR', 'PARTNER_ADMINISTRATOR', 'APPLICATION_OWNER'] as const;
export const hub = ['OPERATOR', 'AUDITOR'] as const;
const operator = ['OPERATOR'] as const;
const partnerSide = ['OPERATOR', 'PARTNER_ADMINISTRATOR'] as const;
export const partnerReaders = ['OPERATOR', 'AUDITOR', 'PARTNER_ADMINISTRATOR'] as const;
const applicationSide = ['OPERATOR', 'APPLICATION_OWNER'] as const;

export function row(scope: ApiScope, roles: readonly Role[]): Permission {
  return { scope, roles };
}

/** Keyed by the name of the root field in GraphQL. */
export const permissions = {
  partner: row('partners:read', partnerReaders),
  partners: row('partners:read', partnerReaders),
  createPartner: row('partners:write', operator),
  updatePartner: row('partners:write', operator),
  suspendPartner: row('partners:write', operator),
  reinstatePartner: row('partners:write', operator),
  retirePartner: row('partners:write', operator),
  addDomain: row('partners:write', partnerSide),
  proveDomain: row('partners:write', partnerSide),
  assertDomain: row('partners:write', operator),
  removeDomain: row('partners:write', partnerSide),

  identityProvider: row('identity-providers:read', partnerReaders),
  identityProviders: row('identity-providers:read', partnerReaders),
  createSamlIdentityProvider: row('identity-providers:write', partnerSide),
  createOidcIdentityProvider: row('identity-providers:write', partnerSide),
  updateIdentityProvider: row('identity-providers:write', partnerSide),
  replaceSamlMetadata: row('identity-providers:write', partnerSide),
  activateIdentityProvider: row('identity-providers:write', partnerSide),
  disableIdentityProvider: row('identity-providers:write', partnerSide),

  application: row('applications:read', everyone),
  applications: row('applications:read', everyone),
  createApplication: row('applications:write', operator),
  updateApplication: row('applications:write', applicationSide),
  rotateApplicationSecret: row('applications:write', applicationSide),
  disableApplication: row('applications:write', applicationSide),
  enableApplication: row('applications:write', operator),

  trustRelationship: row('trust:read', everyone),
  trustRelationships: row('trust:read', everyone),
  createTrustRelationship: row('trust:write', operator),
  changeTrustTerms: row('trust:write', operator),
  activateTrustRelationship: row('trust:write', operator),
  suspendTrustRelationship: row('trust:write', operator),
  endTrustRelationship: row('trust:write', operator),

  attributeDefinitions: row('mapping:read', everyone),
  defineAttribute: row('mapping:write', operator),
  attributeMapping: row('mapping:read', partnerReaders),
  changeAttributeMapping: row('mapping:write', partnerSide),
  checkMappingRules: row('mapping:read', partnerReaders),

  user: row('users:read', partnerReaders),
  users: row('users:read', partnerReaders),
  suspendMembership: row('users:write', partnerSide),
  reinstateMembership: row('users:write', partnerSide),
  retireMembership: row('users:write', partnerSide),
  endSessions: row('users:write', partnerSide),

  login: row('logins:read', everyone),
  logins: row('logins:read', everyone),
  explainLogin: row('logins:read', everyone),
  simulateLogin: row('logins:read', partnerReaders),
  loginRefusals: row('logins:read', partnerReaders),

  auditEvents: row('audit:read', everyone),

  apiClients: row('access:read', hub),
  apiTokens: row('access:read', hub),
  createApiClient: row('access:write', operator),
  revokeApiClient: row('access:write', operator),
  revokeApiToken: row('access:write', operator),
} as const satisfies Record<string, Permission>;

export type Operation = keyof typeof permissions;

/** First line of every use case. @throws HubError FORBIDDEN */
export function permit(context: RequestContext, operation: Operation): void {
  const permission: Permission = permissions[operation];
  const { actor } = context;
  if (!permission.roles.includes(actor.role) || !actor.scopes.has(permission.scope)) throw new HubError('FORBIDDEN');
}

/**
 * The wall between partners, in the use case: a partner administrator reaches the own partner, and every other one
 * looks as if it did not exist. @throws HubError NOT_FOUND
 */
export function requirePartner(context: RequestContext, partnerId: Uuid): void {
  const { actor } = context;
  if (actor.role === 'PARTNER_ADMINISTRATOR' && actor.partnerId !== partnerId) throw new HubError('NOT_FOUND');
}

/** The wall between applications, likewise. @throws HubError NOT_FOUND */
export function requireApplication(context: RequestContext, applicationId: Uuid): void {
  const { actor } = context;
  if (actor.role === 'APPLICATION_OWNER' && !actor.applicationIds.includes(applicationId)) {
    throw new HubError('NOT_FOUND');
  }
}

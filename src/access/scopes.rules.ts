/** Which scopes a role may hold, and what a list of scopes comes to. */
import type { Role } from './api-client.entity.js';

/** Scopes of access tokens, one per area of the API. */
export const apiScopes = [
  'partners:read',
  'partners:write',
  'identity-providers:read',
  'identity-providers:write',
  'applications:read',
  'applications:write',
  'trust:read',
  'trust:write',
  'mapping:read',
  'mapping:write',
  'users:read',
  'users:write',
  'logins:read',
  'audit:read',
  'access:read',
  'access:write',
] as const;
export type ApiScope = (typeof apiScopes)[number];

const everyone: readonly ApiScope[] = ['applications:read', 'trust:read', 'mapping:read', 'logins:read', 'audit:read'];

/** The most that a role may hold; also what it gets when nothing is asked for. */
export const roleScopes: Readonly<Record<Role, readonly ApiScope[]>> = {
  OPERATOR: apiScopes,
  AUDITOR: apiScopes.filter((scope) => scope.endsWith(':read')),
  PARTNER_ADMINISTRATOR: [
    ...everyone,
    'partners:read',
    'partners:write',
    'identity-providers:read',
    'identity-providers:write',
    'mapping:write',
    'users:read',
    'users:write',
  ],
  APPLICATION_OWNER: [...everyone, 'applications:write'],
};

/**
 * What an actor of `role` may use out of the granted scopes: nothing beyond the role, whatever a row says, and reading
 * with every area that may be written, since a change answers with what it changed.
 */
export function effectiveScopes(role: Role, granted: readonly string[]): ReadonlySet<ApiScope> {
  const asked = new Set(granted.flatMap((scope) => [scope, scope.replace(/:write$/, ':read')]));
  return new Set(roleScopes[role].filter((scope) => asked.has(scope)));
}

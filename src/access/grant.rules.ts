/** Whether a role, a partner, applications and scopes hold together: the same for service clients and for tokens. */
import type { FieldProblem } from '../shared/hub-error.js';
import type { Uuid } from '../shared/ids.js';
import type { Role } from './api-client.entity.js';
import { type ApiScope, effectiveScopes, roleScopes } from './scopes.rules.js';

export const MAX_APPLICATIONS = 50;

export interface GrantRequest {
  readonly role: Role;
  /** Demanded for a partner administrator, refused for everybody else. */
  readonly partnerId: Uuid | null;
  /** Demanded for an application owner, refused for everybody else. */
  readonly applicationIds: readonly Uuid[];
  /** All that the role may hold when null. */
  readonly scopes: readonly string[] | null;
}

/** What the grant comes to. */
export function grantedScopes({ role, scopes }: Pick<GrantRequest, 'role' | 'scopes'>): readonly ApiScope[] {
  return [...effectiveScopes(role, scopes ?? roleScopes[role])];
}

export function grantProblems(request: GrantRequest): readonly FieldProblem[] {
  const { role, partnerId, applicationIds, scopes } = request;
  const problems: FieldProblem[] = [];
  const held = new Set<string>(roleScopes[role]);
  if (scopes?.some((scope) => !held.has(scope))) {
    problems.push({ path: 'scopes', message: 'The role cannot hold this scope.' });
  }
  if (scopes?.length === 0) problems.push({ path: 'scopes', message: 'Name at least one.' });
  if ((role === 'PARTNER_ADMINISTRATOR') !== (partnerId !== null)) {
    problems.push({ path: 'partnerId', message: 'A partner administrator has a partner, and nobody else has.' });
  }
  if ((role === 'APPLICATION_OWNER') !== applicationIds.length > 0) {
    problems.push({ path: 'applicationIds', message: 'An application owner has applications, and nobody else has.' });
  }
  if (applicationIds.length > MAX_APPLICATIONS) {
    problems.push({ path: 'applicationIds', message: `Name at most ${MAX_APPLICATIONS}.` });
  }
  return problems;
}

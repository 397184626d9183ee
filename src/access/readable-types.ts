/**
 * Which types of the schema a caller may read, by whatever path they are reached: root field, edge, `node`, or the
 * payload of a mutation (G12). A type without a row here does not build. `FooConnection` and `FooEdge` go by the
 * row of `Foo`; a `…Payload` by the row of its mutation.
 */
import { HubError } from '../shared/hub-error.js';
import { everyone, hub, type Permission, partnerReaders, row } from './permissions.js';
import type { RequestContext } from './request-context.js';

const readableTypes: Readonly<Record<string, Permission>> = {
  Partner: row('partners:read', partnerReaders),
  Domain: row('partners:read', partnerReaders),
  IdentityProvider: row('identity-providers:read', partnerReaders),
  Application: row('applications:read', everyone),
  TrustRelationship: row('trust:read', everyone),
  TrustVersion: row('trust:read', everyone),
  AttributeDefinition: row('mapping:read', everyone),
  AttributeMapping: row('mapping:read', partnerReaders),
  User: row('users:read', partnerReaders),
  Membership: row('users:read', partnerReaders),
  FederatedIdentity: row('users:read', partnerReaders),
  Session: row('users:read', partnerReaders),
  Login: row('logins:read', everyone),
  LoginRefusals: row('logins:read', partnerReaders),
  AuditEvent: row('audit:read', everyone),
  ApiClient: row('access:read', hub),
  ApiToken: row('access:read', hub),
};

/** Parts of another type: whoever may read the whole may read the part. */
const parts: ReadonlySet<string> = new Set([
  'PageInfo',
  'AssuranceLevels',
  'AssuranceMapEntry',
  'SubjectSource',
  'SamlSettings',
  'OidcSettings',
  'SigningCertificate',
  'TrustTerms',
  'MappingRule',
  'MappingRuleProblem',
  'MembershipAttribute',
  'LoginTrace',
  'ReceivedAssertion',
  'StageNote',
  'StageFact',
  'AttributeTrace',
  'AttributeChange',
  'ProvisioningPlan',
  'PolicyToday',
  'LoginExplanation',
  'LoginSimulation',
  'CheckVerdict',
]);

/** The row of a type; null for parts and payloads, which are guarded where they hang; undefined when nobody decided. */
export function readPermission(type: string): Permission | null | undefined {
  if (parts.has(type) || type.endsWith('Payload')) return null;
  const name = type.replace(/(?:Connection|Edge)$/, '');
  return Object.hasOwn(readableTypes, name) ? readableTypes[name] : undefined;
}

/** @throws HubError FORBIDDEN */
export function permitRead(context: RequestContext, type: string): void {
  const permission = readPermission(type);
  if (permission === null) return;
  const { role, scopes } = context.actor;
  if (permission === undefined || !permission.roles.includes(role) || !scopes.has(permission.scope)) {
    throw new HubError('FORBIDDEN');
  }
}

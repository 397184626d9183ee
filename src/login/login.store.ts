/** Writes the record of a login: begun, then allowed or denied, each with its audit event in the same transaction. */
import { recordAuditFrom } from '../audit/audit.store.js';
import type { Tx } from '../persistence/unit-of-work.js';
import { RESERVED_PARTNER_ID, type Uuid } from '../shared/ids.js';
import type { Refusal } from '../shared/refusal.js';
import type { Protocol } from './contracts.js';
import type { PolicyFacts } from './facts.js';
import { Login } from './login.entity.js';
import type { LoginTrace } from './trace.js';

/** Where a request came from: for the audit event, never for a decision. */
export interface Origin {
  readonly sourceIp: string | null;
  readonly correlationId: string;
}

/** A login as far as it is known: parts are null while it is not. */
export interface LoginIdentity {
  readonly id: Uuid;
  readonly reference: string;
  readonly partnerId: Uuid | null;
  readonly identityProviderId: Uuid | null;
  readonly applicationId: Uuid | null;
  readonly protocol: Protocol | null;
}

export async function insertBegunLogin(tx: Tx, login: LoginIdentity, trace: LoginTrace, now: Date): Promise<void> {
  await tx.em.insert(Login, { ...identityColumns(login), state: 'BEGUN', trace, begunAt: now });
}

/** A refusal before the login had a row of its own. */
export async function insertDeniedLogin(
  tx: Tx,
  login: LoginIdentity,
  refusal: Refusal,
  trace: LoginTrace,
  origin: Origin,
  now: Date,
): Promise<void> {
  const columns = { state: 'DENIED', code: refusal.code, trace, begunAt: now, finishedAt: now } as const;
  await tx.em.insert(Login, { ...identityColumns(login), ...columns });
  await auditDenied(tx, login, refusal, origin, now);
}

export async function finishDeniedLogin(
  tx: Tx,
  login: LoginIdentity,
  refusal: Refusal,
  trace: LoginTrace,
  assertionDigest: string | null,
  origin: Origin,
  now: Date,
): Promise<void> {
  const columns = { state: 'DENIED', code: refusal.code, trace, assertionDigest, finishedAt: now } as const;
  await tx.em.nativeUpdate(Login, rowOf(login), columns);
  await auditDenied(tx, login, refusal, origin, now);
}

export interface AllowedLogin {
  readonly policy: PolicyFacts;
  readonly trustVersion: number;
  readonly membershipId: Uuid;
  readonly assertionDigest: string;
  readonly provisioningAction: 'CREATE' | 'UPDATE' | 'NONE';
  readonly trace: LoginTrace;
}

export async function finishAllowedLogin(
  tx: Tx,
  login: LoginIdentity,
  allowed: AllowedLogin,
  origin: Origin,
  now: Date,
): Promise<void> {
  const { policy, trustVersion, ...columns } = allowed;
  await tx.em.nativeUpdate(Login, rowOf(login), {
    ...columns,
    state: 'ALLOWED',
    trustRelationshipId: policy.trust?.relationshipId ?? null,
    trustVersion,
    mappingVersion: policy.mapping.version,
    finishedAt: now,
  });
  await recordAuditFrom(tx, actorOf(login, origin, now), {
    ...targetOf(login),
    action: 'login.allowed',
    data: { reference: login.reference, trustVersion, mappingVersion: policy.mapping.version },
  });
}

function auditDenied(tx: Tx, login: LoginIdentity, refusal: Refusal, origin: Origin, now: Date): Promise<void> {
  return recordAuditFrom(tx, actorOf(login, origin, now), {
    ...targetOf(login),
    action: 'login.denied',
    code: refusal.code,
    data: { reference: login.reference, protocol: login.protocol, identityProviderId: login.identityProviderId },
  });
}

/** Who caused it: the IdP that spoke, or a browser that came before any IdP was chosen. */
export function actorOf(login: LoginIdentity, origin: Origin, now: Date) {
  return {
    actorKind: login.identityProviderId === null ? 'END_USER' : 'IDENTITY_PROVIDER',
    actorId: login.identityProviderId ?? 'anonymous',
    correlationId: origin.correlationId,
    sourceIp: origin.sourceIp,
    now,
  } as const;
}

function targetOf(login: LoginIdentity) {
  return {
    partnerId: login.partnerId,
    applicationId: login.applicationId,
    loginId: login.id,
    targetType: 'Login',
    targetId: login.id,
  };
}

function identityColumns(login: LoginIdentity) {
  return { ...login, partnerId: login.partnerId ?? RESERVED_PARTNER_ID };
}

function rowOf(login: LoginIdentity) {
  return { partnerId: login.partnerId ?? RESERVED_PARTNER_ID, id: login.id };
}

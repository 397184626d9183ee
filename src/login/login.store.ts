/** Writes the record of a login: begun, then allowed or denied, each with its audit event in the same transaction. */
import { recordAuditFrom } from '../audit/audit.store.js';
import { json, sql } from '../persistence/sql.js';
import type { Writes } from '../persistence/unit-of-work.js';
import { RESERVED_PARTNER_ID, type Uuid } from '../shared/ids.js';
import type { Refusal } from '../shared/refusal.js';
import type { Protocol } from './contracts.js';
import type { PolicyFacts } from './facts.js';
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

interface NewLogin {
  readonly state: 'BEGUN' | 'DENIED';
  readonly code: string | null;
  readonly trace: LoginTrace;
  readonly begunAt: Date;
  readonly finishedAt: Date | null;
}

export function insertBegunLogin(tx: Writes, login: LoginIdentity, trace: LoginTrace, now: Date): Promise<void> {
  return insert(tx, login, { state: 'BEGUN', code: null, trace, begunAt: now, finishedAt: null });
}

/** A refusal before the login had a row of its own. */
export async function insertDeniedLogin(
  tx: Writes,
  login: LoginIdentity,
  refusal: Refusal,
  trace: LoginTrace,
  origin: Origin,
  now: Date,
): Promise<void> {
  await insert(tx, login, { state: 'DENIED', code: refusal.code, trace, begunAt: now, finishedAt: now });
  await auditDenied(tx, login, refusal, origin, now);
}

function insert(tx: Writes, login: LoginIdentity, columns: NewLogin): Promise<void> {
  const { state, code, trace, begunAt, finishedAt } = columns;
  return tx.write(sql`insert into "regional"."login" (partner_id, id, reference, application_id, identity_provider_id,
    protocol, state, code, trace, begun_at, finished_at) values (${partnerOf(login)}, ${login.id}, ${login.reference},
    ${login.applicationId}, ${login.identityProviderId}, ${login.protocol}, ${state}, ${code}, ${json(trace)},
    ${begunAt}, ${finishedAt})`);
}

export async function finishDeniedLogin(
  tx: Writes,
  login: LoginIdentity,
  refusal: Refusal,
  trace: LoginTrace,
  assertionDigest: string | null,
  origin: Origin,
  now: Date,
): Promise<void> {
  await tx.write(sql`update "regional"."login" set state = 'DENIED', code = ${refusal.code}, trace = ${json(trace)},
    assertion_digest = ${assertionDigest}, finished_at = ${now}
    where partner_id = ${partnerOf(login)} and id = ${login.id}`);
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
  tx: Writes,
  login: LoginIdentity,
  allowed: AllowedLogin,
  origin: Origin,
  now: Date,
): Promise<void> {
  const { policy, trustVersion } = allowed;
  await tx.write(sql`update "regional"."login" set state = 'ALLOWED', membership_id = ${allowed.membershipId},
    assertion_digest = ${allowed.assertionDigest}, provisioning_action = ${allowed.provisioningAction},
    trace = ${json(allowed.trace)}, trust_relationship_id = ${policy.trust?.relationshipId ?? null},
    trust_version = ${trustVersion}, mapping_version = ${policy.mapping.version}, finished_at = ${now}
    where partner_id = ${partnerOf(login)} and id = ${login.id}`);
  await recordAuditFrom(tx, actorOf(login, origin, now), {
    ...targetOf(login),
    action: 'login.allowed',
    data: { reference: login.reference, trustVersion, mappingVersion: policy.mapping.version },
  });
}

function auditDenied(tx: Writes, login: LoginIdentity, refusal: Refusal, origin: Origin, now: Date): Promise<void> {
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

function partnerOf(login: LoginIdentity): Uuid {
  return login.partnerId ?? RESERVED_PARTNER_ID;
}

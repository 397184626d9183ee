/**
 * Stage 8: one transaction in which the policy epoch still stands, the person is still as gathered, and then account,
 * session, login, trace and audit come into being together or not at all (promise 4). It reports what was in the way
 * instead, and the pipeline gathers again.
 */
import { recordAuditFrom } from '../audit/audit.store.js';
import { heldEpochs } from '../persistence/policy-epoch.js';
import type { StatementTx, Writes } from '../persistence/unit-of-work.js';
import { type Provisioning, personUnchanged, provision } from '../provisioning/provision.store.js';
import { type PreviousSession, previousSession, startSession } from '../sessions/session.store.js';
import { upstreamHashes } from '../sessions/upstream-session.rules.js';
import type { Uuid } from '../shared/ids.js';
import { falCeiling } from '../trust/assurance.rules.js';
import type { VerifiedAssertion } from './contracts.js';
import type { Allowed, Decision, MappedProfile, PersonFacts, PolicyFacts } from './facts.js';
import { actorOf, finishAllowedLogin, type LoginIdentity, type Origin } from './login.store.js';
import { passedStages } from './passed-stages.rules.js';
import type { PendingLoginStore, PendingRecord } from './pending.store.js';
import { buildTrace } from './trace.rules.js';

export interface SessionLimits {
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
}

export interface AllowedCommit {
  readonly record: PendingRecord;
  readonly login: LoginIdentity;
  readonly assertion: VerifiedAssertion;
  readonly policy: PolicyFacts;
  readonly person: PersonFacts;
  readonly mapped: MappedProfile;
  readonly decision: Decision;
  readonly allowed: Allowed;
  readonly sessionHandle: string;
  readonly previousSessionHandle: string | null;
  readonly limits: SessionLimits;
  readonly origin: Origin;
}

export type CommitOutcome =
  | {
      readonly kind: 'COMMITTED';
      readonly membershipId: Uuid;
      readonly authenticatedAt: Date;
      /** The browser had a session that this partner does not know. */
      readonly previousElsewhere: boolean;
    }
  /** The policy or the person moved since they were gathered. */
  | { readonly kind: 'STALE' }
  /** Another request has finished this login. */
  | { readonly kind: 'SPENT' };

export async function commitAllowed(
  tx: StatementTx,
  pendings: PendingLoginStore,
  commit: AllowedCommit,
  now: Date,
): Promise<CommitOutcome> {
  const { record, policy } = commit;
  const provisioning = provisioningOf(commit);
  const [epochs, unchanged, spent, previous] = await tx.ask(
    heldEpochs(policy.partner.id, policy.application.id),
    personUnchanged(provisioning),
    pendings.spend(record, 'ASSERTED'),
    previousSession(record.partnerId, commit.previousSessionHandle),
  );
  const isCurrent = epochs?.partner === policy.epochs.partner && epochs.application === policy.epochs.application;
  if (!isCurrent || !unchanged || !spent) {
    await tx.undo();
    return { kind: isCurrent && unchanged ? 'SPENT' : 'STALE' };
  }
  const membership = await provision(tx, provisioning, now);
  await auditProvisioning(tx, commit, membership.id, now);
  const authenticatedAt = await openSession(tx, commit, membership.id, previous, now);
  const trace = buildTrace({
    assertion: commit.assertion,
    traces: commit.mapped.traces,
    mapped: commit.mapped,
    decision: commit.decision,
    stages: passedStages(commit, null),
    definitions: policy.attributes,
  });
  const { digest: assertionDigest } = commit.assertion;
  const { trustVersion, plan } = commit.allowed;
  const done = { policy, trustVersion, membershipId: membership.id, assertionDigest, trace };
  await finishAllowedLogin(tx, commit.login, { ...done, provisioningAction: plan.action }, commit.origin, now);
  const previousElsewhere = commit.previousSessionHandle !== null && previous === null;
  return { kind: 'COMMITTED', membershipId: membership.id, authenticatedAt, previousElsewhere };
}

function provisioningOf({ assertion, policy, mapped, person, allowed }: AllowedCommit): Provisioning {
  if (policy.trust === null) throw new Error('an allowed login has a trust relationship');
  return {
    partnerId: assertion.partnerId,
    identityProviderId: assertion.identityProviderId,
    region: policy.partner.region,
    subject: mapped.subject,
    person,
    plan: allowed.plan,
    trust: { relationshipId: policy.trust.relationshipId, version: allowed.trustVersion },
  };
}

async function auditProvisioning(tx: Writes, commit: AllowedCommit, membershipId: Uuid, now: Date): Promise<void> {
  const { plan } = commit.allowed;
  if (plan.action === 'NONE') return;
  await recordAuditFrom(tx, actorOf(commit.login, commit.origin, now), {
    action: plan.action === 'CREATE' ? 'membership.created' : 'membership.updated',
    partnerId: commit.login.partnerId,
    applicationId: commit.login.applicationId,
    loginId: commit.login.id,
    targetType: 'Membership',
    targetId: membershipId,
    data: { attributes: plan.changes.map((change) => change.attribute), trustVersion: commit.allowed.trustVersion },
  });
}

/** Returns the instant of authentication that the session carries: the IdP's, or now where it does not say. */
async function openSession(
  tx: StatementTx,
  commit: AllowedCommit,
  membershipId: Uuid,
  previous: PreviousSession | null,
  now: Date,
): Promise<Date> {
  const { assertion, limits, login } = commit;
  const { authentication } = assertion;
  const said = authentication.authenticatedAt === null ? now : new Date(authentication.authenticatedAt);
  const authenticatedAt = said > now ? now : said;
  const absolute = [now.getTime() + limits.absoluteSeconds * 1000];
  if (authentication.sessionExpiresAt !== null) absolute.push(Date.parse(authentication.sessionExpiresAt));
  const session = await startSession(
    tx,
    {
      partnerId: assertion.partnerId,
      membershipId,
      identityProviderId: assertion.identityProviderId,
      loginId: login.id,
      handle: commit.sessionHandle,
      authenticatedAt,
      authenticationTimeStated: authentication.authenticatedAt !== null,
      acr: authentication.acr,
      amr: authentication.amr,
      falCeiling: falCeiling(assertion.falShortfalls),
      ...upstreamHashes(assertion),
      idleUntil: new Date(now.getTime() + limits.idleSeconds * 1000),
      absoluteUntil: new Date(Math.min(...absolute)),
    },
    previous,
    now,
  );
  const actor = actorOf(login, commit.origin, now);
  const { partnerId, applicationId, id: loginId } = login;
  const about = { partnerId, applicationId, loginId, targetType: 'Session' };
  if (session.replaced !== null) {
    const data = { reason: 'REPLACED' };
    await recordAuditFrom(tx, actor, { ...about, action: 'session.ended', targetId: session.replaced, data });
  }
  if (session.started) {
    await recordAuditFrom(tx, actor, { ...about, action: 'session.started', targetId: session.id });
  }
  return authenticatedAt;
}

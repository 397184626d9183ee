/**
 * The way of one login (docs/architecture.md), and the only file that knows its order: begin, then receive (verify, consume),
 * then resume in the browser that began it (gather, map, gather, decide, commit). No stage calls the next one.
 */
import type { Epochs } from '../persistence/policy-epoch.js';
import { partnerScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { UpstreamRegistry } from '../protocols/registry.js';
import type { Clock } from '../shared/clock.js';
import { handleHash, newHandle, newReference, uuidv7 } from '../shared/ids.js';
import { type Refusal, refusal } from '../shared/refusal.js';
import { type Result, refused } from '../shared/result.js';
import { commitAllowed, type SessionLimits } from './commit.js';
import type { InboundMessage, OutboundMessage, Protocol, VerifiedAssertion } from './contracts.js';
import { decideBegin, decideLogin } from './decide.rules.js';
import type { StageName } from './facts.js';
import type { Gatherer, PolicySnapshot } from './gather.js';
import { insertBegunLogin, type LoginIdentity, type Origin } from './login.store.js';
import { mapClaims } from './map-claims.rules.js';
import type { IdentityProviderAddress, LoginRequest, Outcome, SignedIn } from './outcome.js';
import type { PendingLoginStore, PendingRecord } from './pending.store.js';
import type { Refused, Refuser } from './refuse.js';
import { emptyTrace } from './trace.js';

const LOGIN_SECONDS = 600;
const ATTEMPTS = 3;

interface Parts {
  readonly uow: UnitOfWork;
  readonly gatherer: Gatherer;
  readonly pendings: PendingLoginStore;
  readonly refuser: Refuser;
  readonly upstreams: UpstreamRegistry;
  readonly clock: Clock;
  readonly region: string;
  readonly limits: SessionLimits;
  /** Ends the session behind a handle because another one takes its place. */
  readonly endSession: (handle: string, origin: Origin) => Promise<void>;
}

export class LoginPipeline {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Sends the browser to the IdP, if the IdP may assert to this application at all. */
  async begin(request: LoginRequest): Promise<Outcome<OutboundMessage>> {
    const { gatherer, clock, region, uow, pendings, upstreams } = this.#parts;
    const { key, origin, interactionUid } = request;
    const now = clock.now();
    let snapshot = await gatherer.policy(key);
    // Nobody is turned away on the word of a snapshot that may be old.
    if (snapshot !== null && !decideBegin(snapshot.policy, now).ok) snapshot = await gatherer.policy(key, true);
    if (snapshot === null) {
      const because = refusal('IDP_UNKNOWN', 'no such identity provider');
      return this.#early({ applicationId: key.applicationId }, 'gather', because, origin, interactionUid);
    }
    const known = { ...key, protocol: snapshot.upstream.kind };
    const may = decideBegin(snapshot.policy, now);
    if (!may.ok) return this.#early(known, 'trust', may.refusal, origin, interactionUid);
    const state = newHandle(region);
    const begun = await upstreams.begin(snapshot.upstream, { ...request.ask, state }, now);
    if (!begun.ok) return this.#early(known, 'verify', begun.refusal, origin, interactionUid);
    const login: LoginIdentity = { ...known, id: uuidv7(now), reference: newReference() };
    const record: PendingRecord = {
      ...key,
      stateHash: handleHash(state),
      loginId: login.id,
      reference: login.reference,
      interactionUid,
      browserHash: handleHash(request.browserHandle),
      pending: begun.value.pending,
      expiresAt: new Date(now.getTime() + LOGIN_SECONDS * 1000),
    };
    await uow.statements(partnerScope(key.partnerId), async (tx) => {
      await insertBegunLogin(tx, login, emptyTrace, now);
      await pendings.insert(tx, record, now);
    });
    return { ok: true, value: begun.value.message };
  }

  /**
   * Stages 1 to 3: takes the answer of an IdP in. The value is the handle with which the same browser goes on.
   * @param browserHandle the browser's cookie where the request can carry it (a GET), else undefined: a POST from another
   *   site carries no SameSite=Lax cookie, and the check waits for `resume`
   */
  async receive(
    address: IdentityProviderAddress,
    inbound: InboundMessage,
    browserHandle: string | null | undefined,
    origin: Origin,
  ): Promise<Outcome<{ readonly handle: string; readonly interactionUid: string }>> {
    const { gatherer, refuser, clock, upstreams, uow, pendings } = this.#parts;
    const now = clock.now();
    const handle = upstreams.for(address.protocol).readState(inbound);
    if (!handle.ok) return this.#early(address, 'verify', handle.refusal, origin);
    const found = await this.#claim(handle.value, address);
    if (!found.ok) return this.#early(address, 'verify', found.refusal, origin, found.interactionUid);
    const { record } = found;
    const login = identityOf(record, address.protocol);
    const { interactionUid } = record;
    const end = { record, login, origin, from: 'CLAIMED', stage: 'verify' } as const;
    const untimely = this.#untimely(record, browserHandle, now);
    if (untimely !== null) {
      return { ok: false, refused: await refuser.end({ ...end, refusal: untimely }), interactionUid };
    }
    const snapshot = await gatherer.policyAt(record, found.epochs);
    const verified = await this.#verify(snapshot, inbound, record, now);
    if (!verified.ok) {
      return { ok: false, refused: await refuser.end({ ...end, refusal: verified.refusal }), interactionUid };
    }
    const assertion = verified.value;
    const taken = await pendings.takeIn(uow, record, assertion);
    if (taken === 'TAKEN') return { ok: true, value: { handle: handle.value, interactionUid } };
    if (taken === 'SPENT') {
      const because = refusal('LOGIN_SPENT', 'this sign-in was ended while the answer was verified');
      return this.#early(address, 'consume', because, origin, interactionUid);
    }
    const because = refusal(
      address.protocol === 'SAML' ? 'SAML_REPLAY' : 'OIDC_REPLAY',
      'the assertion was used before',
    );
    const replay = { ...end, stage: 'consume', refusal: because, assertion } as const;
    return { ok: false, refused: await refuser.end(replay), interactionUid };
  }

  /**
   * Stages 4 to 8, in the browser that began: gather, map, gather, decide, commit.
   * @param interaction the one that the browser stands in: a login that another application began is not continued here
   */
  async resume(
    handle: string,
    interaction: string,
    browserHandle: string | null,
    previousSessionHandle: string | null,
    origin: Origin,
  ): Promise<Outcome<SignedIn>> {
    const { refuser, uow, pendings, clock } = this.#parts;
    const found = await pendings.find(uow, handle);
    if (found === null || found.stage !== 'ASSERTED' || found.assertion === null) {
      const because =
        found?.stage === 'SPENT'
          ? refusal('LOGIN_SPENT', 'this sign-in was completed before')
          : refusal('LOGIN_UNKNOWN', 'no answer of an identity provider waits under this handle');
      return this.#early({}, 'consume', because, origin, found?.record.interactionUid);
    }
    const { record, assertion } = found;
    const { interactionUid } = record;
    if (interactionUid !== interaction) {
      const because = refusal('LOGIN_UNKNOWN', 'the answer belongs to the request of another application');
      return this.#early({}, 'consume', because, origin, interaction);
    }
    const login = identityOf(record, assertion.protocol);
    const untimely = this.#untimely(record, browserHandle, clock.now());
    if (untimely !== null) {
      const end = { record, login, origin, from: 'ASSERTED', stage: 'consume', refusal: untimely } as const;
      return { ok: false, refused: await refuser.end(end), interactionUid };
    }
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const ruled = await this.#rule({ record, login, assertion, origin, previousSessionHandle }, attempt > 1);
      if (ruled !== 'STALE') return ruled;
    }
    const because = refusal('LOGIN_POLICY_CHANGED', `the policy changed ${ATTEMPTS} times during this sign-in`);
    const end = { record, login, origin, from: 'ASSERTED', stage: 'commit', refusal: because, assertion } as const;
    return { ok: false, refused: await refuser.end(end), interactionUid };
  }

  /** One round of gather, map, gather, decide, commit. STALE: what was gathered moved before the commit. */
  async #rule(asserted: Asserted, fresh: boolean): Promise<Outcome<SignedIn> | 'STALE'> {
    const { gatherer, refuser, uow, pendings, clock, limits, region, endSession } = this.#parts;
    const { record, login, assertion, origin, previousSessionHandle } = asserted;
    const { interactionUid } = record;
    const now = clock.now();
    const end = { record, login, origin, assertion, from: 'ASSERTED' } as const;
    const snapshot = await gatherer.policy(record, fresh);
    if (snapshot === null) {
      const because = refusal('IDP_UNKNOWN', 'the identity provider or the application is gone');
      return { ok: false, refused: await refuser.end({ ...end, stage: 'gather', refusal: because }), interactionUid };
    }
    const { policy } = snapshot;
    const mapped = mapClaims(assertion, policy, snapshot.mapping);
    if (!mapped.ok) {
      const { refusal: because, traces } = mapped;
      const denied = { ...end, stage: 'map', policy, refusal: because, traces } as const;
      return { ok: false, refused: await refuser.end(denied), interactionUid };
    }
    const person = await gatherer.person(assertion, mapped.value);
    const decision = decideLogin(assertion, policy, person, mapped.value, now);
    const { ruling } = decision;
    if (ruling.outcome !== 'ALLOW') {
      const because = ruling.outcome === 'DENY' ? ruling.refusal : ruling.reason;
      const denied = { ...end, stage: 'trust', policy, refusal: because, mapped: mapped.value, decision } as const;
      return { ok: false, refused: await refuser.end(denied), interactionUid };
    }
    const sessionHandle = newHandle(region);
    const commit = { record, login, assertion, policy, person, mapped: mapped.value, decision, allowed: ruling };
    const session = { sessionHandle, previousSessionHandle, limits, origin };
    const outcome = await uow.statements(partnerScope(record.partnerId), (tx) =>
      commitAllowed(tx, pendings, { ...commit, ...session }, now),
    );
    if (outcome.kind === 'STALE') return 'STALE';
    if (outcome.kind === 'SPENT') {
      const because = refusal('LOGIN_SPENT', 'another request completed this sign-in');
      return this.#early({}, 'commit', because, origin, interactionUid);
    }
    const { membershipId, authenticatedAt } = outcome;
    // Of another partner: out of reach of this partner's transaction. The browser has a new session by now (H06).
    if (outcome.previousElsewhere && previousSessionHandle !== null) {
      await endSession(previousSessionHandle, origin);
    }
    const { acr, amr } = assertion.authentication;
    return {
      ok: true,
      value: { partnerId: record.partnerId, membershipId, sessionHandle, authenticatedAt, acr, amr },
    };
  }

  /** Finds the request that an answer belongs to, and takes it from any other answer. */
  async #claim(
    handle: string,
    address: IdentityProviderAddress,
  ): Promise<
    | { readonly ok: true; readonly record: PendingRecord; readonly epochs: Epochs | null }
    | { readonly ok: false; readonly refusal: Refusal; readonly interactionUid: string | null }
  > {
    const { uow, pendings } = this.#parts;
    const found = await pendings.claim(uow, handle, address);
    if (found?.record.pending.kind !== address.protocol) {
      const because = refusal('LOGIN_UNKNOWN', 'no sign-in through this identity provider waits for this answer');
      return { ok: false, refusal: because, interactionUid: null };
    }
    const { record, claimed, epochs } = found;
    if (claimed) return { ok: true, record, epochs };
    const because = refusal('LOGIN_SPENT', 'this request was answered before');
    return { ok: false, refusal: because, interactionUid: record.interactionUid };
  }

  #untimely(record: PendingRecord, browserHandle: string | null | undefined, now: Date) {
    if (record.expiresAt <= now) return refusal('LOGIN_EXPIRED', `the sign-in took longer than ${LOGIN_SECONDS} s`);
    if (browserHandle === undefined) return null;
    if (browserHandle !== null && handleHash(browserHandle) === record.browserHash) return null;
    return refusal('LOGIN_OTHER_BROWSER', 'the answer came to another browser than the one that began');
  }

  async #early(
    known: Parameters<Refuser['early']>[0],
    stage: StageName,
    because: Refusal,
    origin: Origin,
    interactionUid: string | null = null,
  ): Promise<{ readonly ok: false; readonly refused: Refused; readonly interactionUid: string | null }> {
    return { ok: false, refused: await this.#parts.refuser.early(known, stage, because, origin), interactionUid };
  }

  #verify(
    snapshot: PolicySnapshot | null,
    inbound: InboundMessage,
    record: PendingRecord,
    now: Date,
  ): Promise<Result<VerifiedAssertion>> {
    if (snapshot === null) return Promise.resolve(refused(refusal('IDP_UNKNOWN', 'the identity provider is gone')));
    if (snapshot.policy.identityProvider.state !== 'ACTIVE') {
      const { state } = snapshot.policy.identityProvider;
      return Promise.resolve(refused(refusal('IDP_DISABLED', `the identity provider is ${state}`)));
    }
    return this.#parts.upstreams.verify(snapshot.upstream, inbound, record.pending, now);
  }
}

interface Asserted {
  readonly record: PendingRecord;
  readonly login: LoginIdentity;
  readonly assertion: VerifiedAssertion;
  readonly origin: Origin;
  readonly previousSessionHandle: string | null;
}

function identityOf(record: PendingRecord, protocol: Protocol): LoginIdentity {
  const { loginId, reference, partnerId, identityProviderId, applicationId } = record;
  return { id: loginId, reference, partnerId, identityProviderId, applicationId, protocol };
}

/**
 * Single logout that an IdP begins: its signed request ends the sessions that it names and no other, once, and everything
 * that hangs on them with them. A request that names nothing known is recorded, ends nothing, and is told so.
 */
import { recordAuditFrom } from '../audit/audit.store.js';
import type {
  InboundMessage,
  LogoutAsked,
  OutboundMessage,
  UpstreamLogout,
  UpstreamSamlConfig,
} from '../login/contracts.js';
import type { Origin } from '../login/login.store.js';
import type { IdentityProviderAddress } from '../login/outcome.js';
import type { Refused } from '../login/refuse.js';
import { hubScope, type Tx, type UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import { newReference } from '../shared/ids.js';
import { type Refusal, refusal } from '../shared/refusal.js';
import type { Result } from '../shared/result.js';
import { endSession } from './session.store.js';
import { sessionsOfSubject, takeInLogout } from './upstream-logout.store.js';
import { meantSessions, subjectHash } from './upstream-session.rules.js';

export interface UpstreamLogoutParts {
  readonly uow: UnitOfWork;
  readonly clock: Clock;
  readonly saml: UpstreamLogout<UpstreamSamlConfig>;
  /** The IdP of an address as it is configured now; a refusal where it may not speak. */
  readonly configOf: (address: IdentityProviderAddress) => Promise<Result<UpstreamSamlConfig>>;
}

export interface LogoutOutcome {
  /** null: every session that was named has ended. */
  readonly refused: Refused | null;
  /** What goes to the IdP; null: nobody there is to be told, or it names no place for answers. */
  readonly answer: OutboundMessage | null;
}

export class UpstreamLogoutService {
  readonly #parts: UpstreamLogoutParts;

  constructor(parts: UpstreamLogoutParts) {
    this.#parts = parts;
  }

  async receive(address: IdentityProviderAddress, inbound: InboundMessage, origin: Origin): Promise<LogoutOutcome> {
    const { uow, clock, saml, configOf } = this.#parts;
    const now = clock.now();
    const config = await configOf(address);
    if (!config.ok) return { refused: await this.#refuse(address, config.refusal, origin), answer: null };
    const asked = saml.readRequest(config.value, inbound, now);
    if (!asked.ok) return { refused: await this.#refuse(address, asked.refusal, origin), answer: null };
    const ruling = await uow.write(hubScope, async (tx) => {
      const bad = await end(tx, address, asked.value, origin, now);
      return bad === null ? null : { because: bad, refused: await recordRefusal(tx, address, bad, origin, now) };
    });
    if (ruling === null) return { refused: null, answer: saml.answer(config.value, asked.value, 'DONE', now) };
    // A copy gets no second answer: whoever sends one has the first, or has no business with it.
    const isReplay = ruling.because.code === 'SAML_REPLAY';
    const answer = isReplay ? null : saml.answer(config.value, asked.value, 'UNKNOWN', now);
    return { refused: ruling.refused, answer };
  }

  /** Records a request that ended nothing. */
  #refuse(address: IdentityProviderAddress, because: Refusal, origin: Origin): Promise<Refused> {
    const { uow, clock } = this.#parts;
    return uow.write(hubScope, (tx) => recordRefusal(tx, address, because, origin, clock.now()));
  }
}

/** Ends what the request means; the refusal where it means nothing, or came before. */
async function end(
  tx: Tx,
  address: IdentityProviderAddress,
  asked: LogoutAsked,
  origin: Origin,
  now: Date,
): Promise<Refusal | null> {
  const { identityProviderId } = address;
  if (!(await takeInLogout(tx, address, asked.id, asked.replayUntil))) {
    return refusal('SAML_REPLAY', 'this request came before');
  }
  const sessions = await sessionsOfSubject(tx, identityProviderId, subjectHash(asked.subject));
  if (sessions.length === 0) return refusal('SAML_SLO_SUBJECT', 'nobody of that name has a session through this IdP');
  const meant = meantSessions(
    sessions.map((one) => ({ ...one, upstreamSessionHash: one.upstreamSessionHash ?? null })),
    asked.sessionIndexes,
  );
  if (meant.length === 0) return refusal('SAML_SLO_SESSION', 'the person has no session of that index');
  for (const { partnerId, id, loginId, state } of meant) {
    if (state !== 'LIVE' || !(await endSession(tx, partnerId, id, 'UPSTREAM_LOGOUT', now))) continue;
    await recordAuditFrom(tx, actorOf(address, origin, now), {
      action: 'session.ended',
      partnerId,
      loginId,
      targetType: 'Session',
      targetId: id,
      data: { reason: 'UPSTREAM_LOGOUT' },
    });
  }
  return null;
}

async function recordRefusal(
  tx: Tx,
  address: IdentityProviderAddress,
  because: Refusal,
  origin: Origin,
  now: Date,
): Promise<Refused> {
  const { partnerId, identityProviderId, protocol } = address;
  const reference = newReference();
  await recordAuditFrom(tx, actorOf(address, origin, now), {
    action: 'logout.denied',
    code: because.code,
    partnerId,
    targetType: 'IdentityProvider',
    targetId: identityProviderId,
    data: { reference, protocol, identityProviderId },
  });
  return { refusal: because, reference };
}

function actorOf({ identityProviderId }: IdentityProviderAddress, origin: Origin, now: Date) {
  return { actorKind: 'IDENTITY_PROVIDER', actorId: identityProviderId, ...origin, now } as const;
}

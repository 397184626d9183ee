/** The hub's own session: the only single-sign-on session, shared by every application. */
import { defineEntity, p } from '@mikro-orm/core';
import type { FalCeiling } from '../login/facts.js';
import { references } from '../persistence/reference.js';
import { partnerRows } from '../persistence/tenant.js';
import { Membership } from '../users/user.entity.js';

export const sessionStates = ['LIVE', 'ENDED'] as const;
export type SessionState = (typeof sessionStates)[number];

const SessionSchema = defineEntity({
  name: 'Session',
  schema: 'regional',
  tableName: 'session',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    /** SHA-256 of the cookie's handle. */
    handleHash: p.string().length(43),
    membershipId: p.uuid(),
    identityProviderId: p.uuid(),
    loginId: p.uuid(),
    state: p.enum(sessionStates),
    endedReason: p.string().length(64).nullable(),
    /** As the IdP said it, or the moment of the sign-in here where it said none. */
    authenticatedAt: p.datetime(),
    /** false: the IdP did not say when, so no bound on the age of the authentication is met. */
    authenticationTimeStated: p.boolean(),
    acr: p.string().length(256).nullable(),
    amr: p.json().$type<readonly string[]>(),
    /** The federation assurance that no claim of its assertion exceeds; null: none. */
    falCeiling: p.integer().$type<FalCeiling>().nullable(),
    /** SHA-256 of whom the IdP will name when it ends this session, and of its SessionIndex. */
    upstreamSubjectHash: p.string().length(43).nullable(),
    upstreamSessionHash: p.string().length(43).nullable(),
    /** What a logout that begins here will need upstream; encrypted. */
    upstreamEncrypted: p.text().nullable().hidden(),
    idleUntil: p.datetime(),
    absoluteUntil: p.datetime(),
    createdAt: p.datetime(),
    endedAt: p.datetime().nullable(),
    membership: references(Membership, ['partner_id', 'membership_id'], 'cascade'),
  },
  uniques: [{ properties: ['partnerId', 'handleHash'] }],
  indexes: [
    { properties: ['handleHash'] },
    { properties: ['partnerId', 'membershipId'] },
    { properties: ['state', 'absoluteUntil'] },
    { properties: ['state', 'endedAt'] },
    { properties: ['identityProviderId', 'upstreamSubjectHash'] },
  ],
});

export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);

const SessionApplicationSchema = defineEntity({
  name: 'SessionApplication',
  schema: 'regional',
  tableName: 'session_application',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    sessionId: p.uuid().primary(),
    applicationId: p.uuid().primary(),
    /** Epochs of the last decision for this application: while they stand, so does the decision. */
    partnerEpoch: p.integer(),
    applicationEpoch: p.integer(),
    decidedAt: p.datetime(),
    /** SHA-256 of the grant id at the OpenID Provider: tokens find their session by it. */
    grantHash: p.string().length(43),
    session: references(Session, ['partner_id', 'session_id'], 'cascade'),
  },
  indexes: [{ properties: ['grantHash'] }],
});

/** Which applications a session has opened. */
export class SessionApplication extends SessionApplicationSchema.class {}
SessionApplicationSchema.setClass(SessionApplication);

/** A person: the anchor, the memberships per partner, and the identities of IdPs behind them. */
import { defineEntity, p } from '@mikro-orm/core';
import type { MembershipFacts } from '../login/facts.js';
import { references } from '../persistence/reference.js';
import { partnerRows, userRows } from '../persistence/tenant.js';

export const membershipStates = ['INVITED', 'ACTIVE', 'SUSPENDED', 'RETIRED', 'ERASED'] as const;
export type MembershipState = (typeof membershipStates)[number];
export const membershipOrigins = ['INVITATION', 'JIT', 'SCIM', 'SELF_REGISTRATION', 'LINKING'] as const;
export type MembershipOrigin = (typeof membershipOrigins)[number];
export const userStates = ['ACTIVE', 'SUSPENDED', 'ERASED'] as const;
export type UserState = (typeof userStates)[number];

const UserSchema = defineEntity({
  name: 'User',
  schema: 'regional',
  tableName: 'user_account',
  ...userRows,
  properties: {
    id: p.uuid().primary(),
    /** The partner through which the person first came. */
    homePartnerId: p.uuid(),
    region: p.string().length(32),
    state: p.enum(userStates),
    createdAt: p.datetime(),
  },
});

/** No more than an anchor: what is known of the person hangs on memberships. */
export class User extends UserSchema.class {}
UserSchema.setClass(User);

const MembershipSchema = defineEntity({
  name: 'Membership',
  schema: 'regional',
  tableName: 'membership',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    userId: p.uuid(),
    state: p.enum(membershipStates),
    origin: p.enum(membershipOrigins),
    /** The trust relationship and version that vouched for the creation (C2); an id without a foreign key. */
    originTrustId: p.uuid().nullable(),
    originTrustVersion: p.integer().nullable(),
    /** The mapped `email`, lower-case, for look-ups; never an identifier (promise 3). */
    email: p.string().length(254).nullable(),
    displayName: p.string().length(400).nullable(),
    attributes: p.json().$type<MembershipFacts['attributes']>(),
    version: p.integer().default(1),
    lastLoginAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    user: references(User, ['user_id'], 'restrict'),
  },
  indexes: [
    { properties: ['email', 'partnerId'] },
    { properties: ['partnerId', 'userId'] },
    { properties: ['userId'] },
  ],
});

/** A person for one partner. */
export class Membership extends MembershipSchema.class {}
MembershipSchema.setClass(Membership);

const FederatedIdentitySchema = defineEntity({
  name: 'FederatedIdentity',
  schema: 'regional',
  tableName: 'federated_identity',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    membershipId: p.uuid(),
    identityProviderId: p.uuid(),
    subjectSource: p.string().length(256),
    /** Empty where the protocol states none, so that the unique key holds. */
    subjectFormat: p.string().length(256),
    nameQualifier: p.string().length(1024),
    spNameQualifier: p.string().length(1024),
    subject: p.string().length(1024),
    createdAt: p.datetime(),
    lastLoginAt: p.datetime(),
    membership: references(Membership, ['partner_id', 'membership_id'], 'cascade'),
  },
  uniques: [
    {
      name: 'federated_identity_subject',
      properties: [
        'partnerId',
        'identityProviderId',
        'subjectSource',
        'subjectFormat',
        'nameQualifier',
        'spNameQualifier',
        'subject',
      ],
    },
  ],
  indexes: [{ properties: ['partnerId', 'membershipId'] }],
});

/** What links a membership to a subject of an IdP (promise 3). */
export class FederatedIdentity extends FederatedIdentitySchema.class {}
FederatedIdentitySchema.setClass(FederatedIdentity);

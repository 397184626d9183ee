/** One attempt to sign in, what must be remembered of it until the answer comes, and the assertions taken in. */
import { defineEntity, p } from '@mikro-orm/core';
import { hubRows, partnerAndApplicationRows, partnerRows } from '../persistence/tenant.js';
import type { LoginTrace } from './trace.js';

export const loginStates = ['BEGUN', 'ASSERTED', 'ALLOWED', 'DENIED'] as const;
export type LoginState = (typeof loginStates)[number];

const LoginSchema = defineEntity({
  name: 'Login',
  schema: 'regional',
  tableName: 'login',
  ...partnerAndApplicationRows,
  properties: {
    /** The reserved partner while none is known. */
    partnerId: p.uuid().primary(),
    /** UUIDv7: the table is partitioned by the time inside it. */
    id: p.uuid().primary(),
    /** What the end user reads to support. */
    reference: p.string().length(16),
    applicationId: p.uuid().nullable(),
    identityProviderId: p.uuid().nullable(),
    membershipId: p.uuid().nullable(),
    protocol: p.enum(['SAML', 'OIDC'] as const).nullable(),
    state: p.enum(loginStates),
    /** Code of the refusal. */
    code: p.string().length(64).nullable(),
    trustRelationshipId: p.uuid().nullable(),
    trustVersion: p.integer().nullable(),
    mappingVersion: p.integer().nullable(),
    assertionDigest: p.string().length(64).nullable(),
    provisioningAction: p.enum(['CREATE', 'UPDATE', 'NONE'] as const).nullable(),
    trace: p.json().$type<LoginTrace>(),
    begunAt: p.datetime(),
    finishedAt: p.datetime().nullable(),
  },
  indexes: [
    { properties: ['partnerId', 'identityProviderId', 'id'] },
    { properties: ['partnerId', 'reference'] },
    { properties: ['partnerId', 'membershipId', 'id'] },
    { properties: ['id'] },
    { properties: ['applicationId', 'id'] },
  ],
});

export class Login extends LoginSchema.class {}
LoginSchema.setClass(Login);

export const pendingStages = ['BEGUN', 'CLAIMED', 'ASSERTED', 'SPENT'] as const;
export type PendingStage = (typeof pendingStages)[number];

const PendingLoginSchema = defineEntity({
  name: 'PendingLogin',
  schema: 'regional',
  tableName: 'pending_login',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    stateHash: p.string().length(43).primary(),
    loginId: p.uuid(),
    identityProviderId: p.uuid(),
    applicationId: p.uuid(),
    stage: p.enum(pendingStages),
    /** Protocol state, the interaction to return to and, once asserted, the assertion: encrypted JSON. */
    payloadEncrypted: p.text().hidden(),
    /** SHA-256 of the cookie that ties the login to one browser. */
    browserHash: p.string().length(43),
    expiresAt: p.datetime(),
    createdAt: p.datetime(),
  },
  indexes: [{ properties: ['stateHash'] }, { properties: ['expiresAt'] }],
});

/** A login between its request and its commit; minutes to live. */
export class PendingLogin extends PendingLoginSchema.class {}
PendingLoginSchema.setClass(PendingLogin);

const AssertionReplaySchema = defineEntity({
  name: 'AssertionReplay',
  schema: 'regional',
  tableName: 'assertion_replay',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    identityProviderId: p.uuid().primary(),
    assertionHash: p.string().length(43).primary(),
    expiresAt: p.datetime(),
  },
  indexes: [{ properties: ['expiresAt'] }],
});

/** Assertions taken in, each at most once over all replicas (promise 6). */
export class AssertionReplay extends AssertionReplaySchema.class {}
AssertionReplaySchema.setClass(AssertionReplay);

const OidcArtifactSchema = defineEntity({
  name: 'OidcArtifact',
  schema: 'regional',
  tableName: 'oidc_artifact',
  ...hubRows,
  properties: {
    model: p.string().length(40).primary(),
    idHash: p.string().length(43).primary(),
    /** Whose person it speaks of; the reserved partner before one is known. */
    partnerId: p.uuid(),
    payloadEncrypted: p.text().hidden(),
    grantHash: p.string().length(43).nullable(),
    uidHash: p.string().length(43).nullable(),
    membershipId: p.uuid().nullable(),
    applicationClientId: p.string().length(120).nullable(),
    consumedAt: p.datetime().nullable(),
    expiresAt: p.datetime(),
  },
  indexes: [
    { properties: ['grantHash'] },
    { properties: ['uidHash'] },
    { properties: ['partnerId', 'membershipId'] },
    { properties: ['expiresAt'] },
  ],
});

/** Codes, grants, tokens and interactions of the OpenID Provider; protocol state, reached by handle alone. */
export class OidcArtifact extends OidcArtifactSchema.class {}
OidcArtifactSchema.setClass(OidcArtifact);

/** The agreement that lets one partner's IdPs assert to one application; every change of terms is a new version. */
import { defineEntity, p } from '@mikro-orm/core';
import { Application } from '../applications/application.entity.js';
import type { TrustTerms } from '../login/facts.js';
import { Partner } from '../partners/partner.entity.js';
import { references } from '../persistence/reference.js';
import { partnerAndApplicationRows } from '../persistence/tenant.js';

export const trustStates = ['DRAFT', 'ACTIVE', 'SUSPENDED', 'ENDED'] as const;
export type TrustState = (typeof trustStates)[number];

const TrustRelationshipSchema = defineEntity({
  name: 'TrustRelationship',
  schema: 'control',
  tableName: 'trust_relationship',
  ...partnerAndApplicationRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    applicationId: p.uuid(),
    purpose: p.string().length(500),
    owner: p.string().length(200),
    state: p.enum(trustStates),
    /** The version in force; null while the relationship is a draft that was never activated. */
    activeVersion: p.integer().nullable(),
    latestVersion: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    partner: references(Partner, ['partner_id'], 'restrict'),
    application: references(Application, ['application_id'], 'restrict'),
  },
  indexes: [{ properties: ['applicationId', 'id'] }],
  /** One relationship at a time; an ended one stays as evidence, and another may follow it. */
  uniques: [{ properties: ['partnerId', 'applicationId'], where: "state <> 'ENDED'" }],
});

export class TrustRelationship extends TrustRelationshipSchema.class {}
TrustRelationshipSchema.setClass(TrustRelationship);

const TrustVersionSchema = defineEntity({
  name: 'TrustVersion',
  schema: 'control',
  tableName: 'trust_version',
  ...partnerAndApplicationRows,
  properties: {
    partnerId: p.uuid().primary(),
    trustRelationshipId: p.uuid().primary(),
    version: p.integer().primary(),
    applicationId: p.uuid(),
    terms: p.json().$type<TrustTerms>(),
    createdBy: p.string().length(200),
    createdAt: p.datetime(),
    activatedBy: p.string().length(200).nullable(),
    activatedAt: p.datetime().nullable(),
    trustRelationship: references(TrustRelationship, ['partner_id', 'trust_relationship_id'], 'cascade'),
  },
});

/** An immutable version of the terms: a login keeps its number as proof of what allowed it. */
export class TrustVersion extends TrustVersionSchema.class {}
TrustVersionSchema.setClass(TrustVersion);

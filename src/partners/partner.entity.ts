/** A partner organization: the tenant, and the root of every key that begins with `partner_id`. */
import { defineEntity, p } from '@mikro-orm/core';
import { partnerItself } from '../persistence/tenant.js';

export const partnerStates = ['ACTIVE', 'SUSPENDED', 'RETIRED'] as const;
export type PartnerState = (typeof partnerStates)[number];

const PartnerSchema = defineEntity({
  name: 'Partner',
  schema: 'control',
  tableName: 'partner',
  ...partnerItself,
  properties: {
    id: p.uuid().primary(),
    slug: p.string().length(63).unique(),
    name: p.string().length(200),
    /** Residency: the region whose database holds the partner's people (docs/architecture.md). */
    region: p.string().length(32),
    state: p.enum(partnerStates),
    /** Raised by every change that could alter a decision; compared when a login commits. */
    policyEpoch: p.integer().default(1),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

export class Partner extends PartnerSchema.class {}
PartnerSchema.setClass(Partner);

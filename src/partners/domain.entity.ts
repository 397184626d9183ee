/** A namespace that a partner claims. It counts only once proved; the proof is unique over the whole hub. */
import { defineEntity, p } from '@mikro-orm/core';
import { references } from '../persistence/reference.js';
import { hubRows, partnerRows } from '../persistence/tenant.js';
import { Partner } from './partner.entity.js';

export const domainStates = ['PENDING', 'PROVED'] as const;
export type DomainState = (typeof domainStates)[number];
export const domainProofs = ['DNS_TXT', 'OPERATOR'] as const;
export type DomainProof = (typeof domainProofs)[number];

const DomainSchema = defineEntity({
  name: 'Domain',
  schema: 'control',
  tableName: 'domain',
  ...partnerRows,
  properties: {
    partnerId: p.uuid().primary(),
    id: p.uuid().primary(),
    name: p.string().length(253),
    state: p.enum(domainStates),
    /** The value that the partner publishes as DNS TXT record. */
    challenge: p.string().length(120),
    proof: p.enum(domainProofs).nullable(),
    provedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
    partner: references(Partner, ['partner_id'], 'restrict'),
  },
  uniques: [{ properties: ['partnerId', 'name'] }],
});

export class Domain extends DomainSchema.class {}
DomainSchema.setClass(Domain);

/**
 * Which partner a proved domain routes to. A table of the hub and not of a tenant: its primary key is what makes a
 * proof unique, and the way from an e-mail address to a partner is looked up here without knowing the partner.
 */
const ProvedDomainSchema = defineEntity({
  name: 'ProvedDomain',
  schema: 'control',
  tableName: 'proved_domain',
  ...hubRows,
  properties: {
    name: p.string().length(253).primary(),
    partnerId: p.uuid(),
    domainId: p.uuid(),
    domain: references(Domain, ['partner_id', 'domain_id'], 'cascade'),
  },
});

export class ProvedDomain extends ProvedDomainSchema.class {}
ProvedDomainSchema.setClass(ProvedDomain);

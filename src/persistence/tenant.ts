/**
 * Row-level security, said once. Every table carries one of these policies, forced for its owner too; the unit of work
 * sets the three variables at the start of each transaction, and a transaction without them sees no row (H01).
 */
import type { PolicyDef } from '@mikro-orm/core';
import { RESERVED_PARTNER_ID } from '../shared/ids.js';

const HUB = "current_setting('entente.scope', true) = 'hub'";
const PARTNER = "nullif(current_setting('entente.partner', true), '')::uuid";
const APPLICATIONS = "string_to_array(current_setting('entente.applications', true), ',')::uuid[]";

function both(expression: string): PolicyDef[] {
  return [{ name: 'tenant', using: expression, check: expression }];
}

interface Secured {
  rowLevelSecurity: 'force';
  policies: PolicyDef[];
}

/** Rows of one partner: seen and written in the scope of that partner or of the hub. */
export const partnerRows: Secured = {
  rowLevelSecurity: 'force',
  policies: both(`${HUB} or partner_id = ${PARTNER}`),
};

/** Rows of the hub: nobody else sees them. */
export const hubRows: Secured = { rowLevelSecurity: 'force', policies: both(HUB) };

/** A catalogue: everybody reads it inside a transaction of ours, the hub writes it. */
export const catalogueRows: Secured = {
  rowLevelSecurity: 'force',
  policies: [
    { name: 'tenant', using: HUB, check: HUB },
    { name: 'catalogue', command: 'select', using: "current_setting('entente.scope', true) <> ''" },
  ],
};

/** Rows of one partner that also concern an application: its owner reads them. */
export const partnerAndApplicationRows: Secured = {
  rowLevelSecurity: 'force',
  policies: [
    ...both(`${HUB} or partner_id = ${PARTNER}`),
    { name: 'application', command: 'select', using: `application_id = any (${APPLICATIONS})` },
  ],
};

/** The audit log: beside the rows above, an owner's change of the own application is written, of no partner. */
export const auditRows: Secured = {
  rowLevelSecurity: 'force',
  policies: [
    ...partnerAndApplicationRows.policies,
    {
      name: 'application_change',
      command: 'insert',
      check: `partner_id = '${RESERVED_PARTNER_ID}' and application_id = any (${APPLICATIONS})`,
    },
  ],
};

/** The partner itself. */
export const partnerItself: Secured = {
  rowLevelSecurity: 'force',
  policies: both(`${HUB} or id = ${PARTNER}`),
};

/** The application itself: its owner, and read-only every partner that has a relationship with it. */
export const applicationItself: Secured = {
  rowLevelSecurity: 'force',
  policies: [
    ...both(`${HUB} or id = any (${APPLICATIONS})`),
    {
      name: 'trusted',
      command: 'select',
      using:
        'exists (select 1 from "control"."trust_relationship" t where t.application_id = application.id and ' +
        `t.partner_id = ${PARTNER})`,
    },
  ],
};

/** A person's anchor: the hub, and the partner whose membership holds it. */
export const userRows: Secured = {
  rowLevelSecurity: 'force',
  policies: both(`${HUB} or home_partner_id = ${PARTNER}`),
};

/**
 * The world of the demonstration, as data: two partner organizations with their people and mappings, and two
 * applications of one company with what each may read. Names of people and organizations are invented.
 */
import type { RuleDraft } from '../mapping/check.rules.js';

export interface DemonstrationPerson {
  /** What the IdP knows the person by: opaque, and never used again. */
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly title: string;
  readonly department: string;
  readonly costCentre: string;
  readonly groups: readonly string[];
  /** What the sign-in page says of this person beside the name. */
  readonly note: string;
}

export interface DemonstrationPartner {
  readonly slug: string;
  readonly name: string;
  readonly domain: string;
  readonly identityProviderName: string;
  readonly people: readonly DemonstrationPerson[];
  readonly rules: readonly RuleDraft[];
}

export interface DemonstrationApplication {
  readonly slug: 'meridian-orders' | 'meridian-reports';
  readonly name: string;
  readonly purpose: string;
  readonly subjectType: 'PUBLIC' | 'PAIRWISE';
  readonly claimsInIdToken: boolean;
  readonly releasedAttributes: readonly string[];
}

/** The company that runs the hub and both applications. */
export const OWNER = 'Meridian Trading';

/** `{idp}` of the hub's addresses is the partner's slug, a dot, and this. */
export const IDENTITY_PROVIDER_SLUG = 'main';

/** A name and no address, so that it stays when the ports are others. */
export const SAML_ENTITY_ID = 'https://idp.aurora-freight.example/saml';

/** Of the hub, at the OpenID Provider. */
export const HUB_CLIENT_ID = 'entente-hub';

function rule(attribute: string, expression: string, more: Partial<RuleDraft> = {}): RuleDraft {
  return { attribute, expression, required: false, defaultValue: null, updateMode: 'CLEAR_IF_ABSENT', ...more };
}

const needed = { required: true, updateMode: 'ALWAYS' } as const;

/** LDAP names, as a directory behind a SAML IdP sends them. */
function directoryGroup(name: string): string {
  return `CN=${name},OU=Groups,DC=aurora-freight,DC=example`;
}

export const aurora: DemonstrationPartner = {
  slug: 'aurora-freight',
  name: 'Aurora Freight',
  domain: 'aurora-freight.example',
  identityProviderName: 'Aurora Freight staff (SAML)',
  people: [
    {
      id: 'af-7c1f40',
      givenName: 'Ingrid',
      familyName: 'Solberg',
      email: 'ingrid.solberg@aurora-freight.example',
      title: 'Head of purchasing',
      department: 'Purchasing',
      costCentre: '4100',
      groups: [directoryGroup('Purchasing'), directoryGroup('Managers')],
      note: 'May buy and approve',
    },
    {
      id: 'af-91be22',
      givenName: 'Tomás',
      familyName: 'Okafor',
      email: 'tomas.okafor@aurora-freight.example',
      title: 'Dock planner',
      department: 'Logistics',
      costCentre: '2200',
      groups: [directoryGroup('Dock')],
      note: 'May read',
    },
    {
      id: 'af-d05a13',
      givenName: 'Renske',
      familyName: 'Vos',
      email: 'renske@freelance.example',
      title: 'Contractor',
      department: 'Logistics',
      costCentre: '2200',
      groups: [directoryGroup('Dock')],
      note: 'Address outside the partner’s domains: the hub refuses',
    },
  ],
  rules: [
    rule('email', 'claims["urn:oid:0.9.2342.19200300.100.1.3"]', needed),
    rule('givenName', 'claims["urn:oid:2.5.4.42"]'),
    rule('familyName', 'claims["urn:oid:2.5.4.4"]'),
    rule('displayName', 'first(claims["urn:oid:2.5.4.42"]) + " " + first(claims["urn:oid:2.5.4.4"])'),
    rule('department', 'claims["urn:oid:2.5.4.11"]'),
    rule('costCenter', '"AF-" + first(claims["costCentre"])'),
    rule(
      'roles',
      'translate(values(claims["memberOf"]).map(g, commonName(string(g))), ' +
        '{"Purchasing": "buyer", "Managers": "approver", "Dock": "reader"})',
    ),
  ],
};

export const borealis: DemonstrationPartner = {
  slug: 'borealis-health',
  name: 'Borealis Health',
  domain: 'borealis-health.example',
  identityProviderName: 'Borealis Health accounts (OpenID Connect)',
  people: [
    {
      id: 'bh|203918',
      givenName: 'Amara',
      familyName: 'Lindqvist',
      email: 'amara.lindqvist@borealis-health.example',
      title: 'Clinical supplies manager',
      department: 'Clinical supplies',
      costCentre: '118',
      groups: ['supplies', 'approvers'],
      note: 'May buy and approve',
    },
    {
      id: 'bh|204477',
      givenName: 'Jules',
      familyName: 'Moreau',
      email: 'jules.moreau@borealis-health.example',
      title: 'Controller',
      department: 'Finance',
      costCentre: '300',
      groups: ['finance'],
      note: 'May read',
    },
    {
      id: 'bh|209003',
      givenName: 'Noor',
      familyName: 'Haddad',
      email: 'noor@clinic-alliance.example',
      title: 'Visiting physician',
      department: 'Clinical supplies',
      costCentre: '118',
      groups: ['supplies'],
      note: 'Address outside the partner’s domains: the hub refuses',
    },
  ],
  rules: [
    rule('email', 'claims.email', needed),
    rule('emailVerified', 'claims.email_verified'),
    rule('givenName', 'claims.given_name'),
    rule('familyName', 'claims.family_name'),
    rule('displayName', 'claims.name'),
    rule('department', 'claims.department'),
    rule('costCenter', '"BH-" + string(claims.cost_centre)'),
    rule(
      'roles',
      'translate(values(claims.groups), {"supplies": "buyer", "approvers": "approver", "finance": "reader"})',
    ),
  ],
};

export const orders: DemonstrationApplication = {
  slug: 'meridian-orders',
  name: 'Meridian Orders',
  purpose: 'Order from the catalogue of Meridian Trading.',
  subjectType: 'PUBLIC',
  claimsInIdToken: false,
  releasedAttributes: ['email', 'givenName', 'familyName', 'displayName', 'department', 'costCenter', 'roles'],
};

export const reports: DemonstrationApplication = {
  slug: 'meridian-reports',
  name: 'Meridian Reports',
  purpose: 'Read monthly figures; needs no address and no cost centre.',
  subjectType: 'PAIRWISE',
  claimsInIdToken: true,
  releasedAttributes: ['displayName', 'roles'],
};

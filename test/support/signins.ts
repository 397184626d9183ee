/** Two partners that may sign in to two applications, with people and logins: what lists and explanations are tested on. */

import type { LoginTrace } from '../../src/login/trace.js';
import { emptyTrace } from '../../src/login/trace.js';
import { AttributeDefinitionService } from '../../src/mapping/attribute-definition.service.js';
import type { TestApi } from './api.js';
import { noon } from './estate.js';
import {
  anApplication,
  aPartnerWithOpenIdProvider,
  aTrust,
  type TestApplication,
  type TestPartner,
} from './federation.js';
import { insertPerson, type TestPerson } from './people.js';

export interface SignInEstate {
  readonly aurora: TestPartner;
  readonly borealis: TestPartner;
  readonly orders: TestApplication;
  readonly invoices: TestApplication;
  /** A person of Aurora. */
  readonly ann: TestPerson;
  /** A person of Borealis. */
  readonly bo: TestPerson;
}

/** An OpenID Provider as it was connected; nobody calls it. */
export function aConnectedProvider(issuer: string) {
  return { issuer, clientId: 'hub', clientSecret: 'secret-of-the-hub', discovery: () => ({ issuer }) };
}

export async function signInEstate({ db }: TestApi): Promise<SignInEstate> {
  await new AttributeDefinitionService(db.uow).installStandard(noon);
  const aurora = await aPartnerWithOpenIdProvider(db, 'aurora', aConnectedProvider('https://idp.aurora.example'));
  const borealis = await aPartnerWithOpenIdProvider(db, 'borealis', aConnectedProvider('https://idp.borealis.example'));
  const orders = await anApplication(db, 'orders', 'https://orders.example/callback');
  const invoices = await anApplication(db, 'invoices', 'https://invoices.example/callback');
  await aTrust(db, aurora, orders);
  await aTrust(db, borealis, orders);
  await aTrust(db, borealis, invoices);
  const ann = await insertPerson(db.uow, keyOf(aurora), { subject: 'ann-1', email: 'ann@aurora.example' });
  const bo = await insertPerson(db.uow, keyOf(borealis), { subject: 'bo-1', email: 'bo@borealis.example' });
  return { aurora, borealis, orders, invoices, ann, bo };
}

function keyOf({ id, identityProviderId }: TestPartner) {
  return { partnerId: id, identityProviderId };
}

/** The trace of an allowed login: two attributes, one of them released. */
export const allowedTrace: LoginTrace = {
  ...emptyTrace,
  received: {
    issuer: 'https://idp.aurora.example',
    assertionId: 'token-1',
    subjectSource: 'SUB',
    subjectFormat: null,
    claimNames: ['sub', 'email', 'salary'],
    undeclaredClaims: ['salary'],
    authenticatedAt: '2026-03-01T11:59:00.000Z',
    acr: 'urn:acr:two-factors',
    amr: ['pwd', 'otp'],
  },
  stages: [
    { stage: 'trust', outcome: 'PASSED', summary: 'version 1 allows it', facts: { trustVersion: 1, aal: null } },
    { stage: 'plan', outcome: 'PASSED', summary: 'a new account with 2 attributes', facts: { action: 'CREATE' } },
    { stage: 'release', outcome: 'PASSED', summary: '1 attribute may leave', facts: { attributes: ['email'] } },
  ],
  attributes: [
    {
      attribute: 'email',
      ruleId: '00000000-0000-7000-8000-00000000000a',
      expression: 'claims.email',
      reads: ['email'],
      outcome: 'MAPPED',
      values: ['a…@aurora.example'],
      problem: null,
    },
    {
      attribute: 'costCenter',
      ruleId: '00000000-0000-7000-8000-00000000000b',
      expression: 'claims.cost_center',
      reads: ['cost_center'],
      outcome: 'MAPPED',
      values: ['4711'],
      problem: null,
    },
  ],
  changes: [
    { attribute: 'email', before: [], after: ['a…@aurora.example'] },
    { attribute: 'costCenter', before: [], after: ['4711'] },
  ],
  release: ['email'],
  assurance: { ial: null, aal: 2, fal: 1 },
};

/**
 * A hub with two partners whose SAML IdPs the test controls, one application that trusts both, and a browser. One attack
 * is one sign-in whose answer is changed; the last page is held to the contract of every refusal.
 */
import type { ErrorCode } from '../../../src/shared/error-catalogue.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  anApplication,
  aPartnerWithSamlIdentityProvider,
  aTrust,
  type SamlPartnerOptions,
  type TestSamlPartner,
} from '../../support/federation.js';
import { startTestHub, type TestHub } from '../../support/hub.js';
import { expectRejected } from '../../support/reject-invariant.js';
import { RelyingParty, type SignInRequest } from '../../support/relying-party.js';
import {
  type ReceivedRequest,
  type SamlAnswer,
  type SamlIdentityProvider,
  type SamlIdentityProviderSettings,
  startSamlIdentityProvider,
} from '../../support/saml-identity-provider.js';
import { UserAgent, type Visit } from '../../support/user-agent.js';

export const redirectUri = 'http://127.0.0.1:1/callback';
export const person = {
  'urn:oid:0.9.2342.19200300.100.1.3': ['ada@aurora.example'],
  givenName: ['Ada'],
  sn: ['Lindqvist'],
};

/** A login that stands at the IdP: its request, and what an honest IdP gives the browser. */
export interface AtTheIdp {
  readonly agent: UserAgent;
  readonly request: SignInRequest;
  readonly received: ReceivedRequest;
  readonly answer: SamlAnswer;
}

export interface Harness {
  readonly db: TestDatabase;
  readonly hub: TestHub;
  readonly party: RelyingParty;
  readonly aurora: TestSamlPartner;
  readonly borealis: TestSamlPartner;
  readonly idp: SamlIdentityProvider;
  readonly otherIdp: SamlIdentityProvider;
  /** A whole sign-in at Aurora that must succeed. */
  accepts(changes?: Partial<SamlIdentityProviderSettings>): Promise<Visit>;
  /** A whole sign-in at Aurora whose answer is changed, and which must be refused with the code. */
  refuses(code: ErrorCode, changes: Partial<SamlIdentityProviderSettings>): Promise<void>;
  /** Posts an answer that must be refused with the code; no part of it may come back. */
  refusesPost(code: ErrorCode, agent: UserAgent, answer: SamlAnswer, sent?: readonly string[]): Promise<Visit>;
  refusesVisit(code: ErrorCode, act: () => Promise<Visit>): Promise<Visit>;
  /** Begins a sign-in and stops before the answer is posted. */
  begin(partner?: TestSamlPartner): Promise<AtTheIdp>;
  /** Posts an answer like the IdP's page does, and follows to the end. */
  post(agent: UserAgent, answer: SamlAnswer): Promise<Visit>;
  close(): Promise<void>;
}

export async function startHarness(options: SamlPartnerOptions = {}): Promise<Harness> {
  const idp = await startSamlIdentityProvider({ attributes: person });
  const otherIdp = await startSamlIdentityProvider({ attributes: { mail: ['bo@borealis.example'] } });
  const db = await createTestDatabase();
  const hub = await startTestHub({ db });
  const application = await anApplication(db, 'orders', redirectUri);
  const aurora = await aPartnerWithSamlIdentityProvider(db, 'aurora', idp, options);
  const borealis = await aPartnerWithSamlIdentityProvider(db, 'borealis', otherIdp, options);
  await aTrust(db, aurora, application);
  await aTrust(db, borealis, application);
  const party = await RelyingParty.discover(hub.url, application);

  const idpOf = (partner: TestSamlPartner) => (partner === borealis ? otherIdp : idp);
  const visit = () => party.visit(new UserAgent(), { idp_hint: aurora.address });
  const harness: Harness = {
    db,
    hub,
    party,
    aurora,
    borealis,
    idp,
    otherIdp,
    accepts: async (changes = {}) => {
      idp.set(changes);
      const { visit: last } = await visit().finally(() => idp.reset());
      expect(last.url).toMatch(/[?&]code=/);
      return last;
    },
    refuses: async (code, changes) => {
      idp.set(changes);
      const sent: string[] = [];
      const { form } = changes;
      idp.set({
        form: (answer, request) => {
          const posted = form === undefined ? answer : form(answer, request);
          sent.push(...Object.values(posted.fields).filter((value) => value.length > 8));
          return posted;
        },
      });
      await expectRejected(db, { code, sent }, async () => (await visit()).visit).finally(() => idp.reset());
    },
    refusesPost: async (code, agent, answer, sent = []) => {
      const posted = [answer.fields.SAMLResponse ?? '', ...sent].filter((value) => value.length > 8);
      const act = () => harness.post(agent, answer);
      return (await expectRejected(db, { code, sent: posted }, act)).visit;
    },
    refusesVisit: async (code, act) => (await expectRejected(db, { code }, act)).visit,
    begin: async (partner = aurora) => {
      const agent = new UserAgent();
      const request = await party.request({ idp_hint: partner.address });
      const { ssoUrl, ...upstream } = idpOf(partner);
      const there = await agent.follow(request.url, ssoUrl);
      await agent.get(there.url);
      const received = upstream.lastRequest();
      return { agent, request, received, answer: upstream.answer(received) };
    },
    post: async (agent, { action, fields }) => agent.follow(await agent.post(action, fields, true), redirectUri),
    close: async () => {
      await hub.close();
      await idp.close();
      await otherIdp.close();
      await db.close();
    },
  };
  return harness;
}

/** The answer with other fields. */
export function withFields(answer: SamlAnswer, fields: Record<string, string>): SamlAnswer {
  return { ...answer, fields: { ...answer.fields, ...fields } };
}

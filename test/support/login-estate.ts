/** What most tests of a login begin with: an OpenID Provider, its partner, an application, the trust between them, a hub. */
import type { TrustTerms } from '../../src/login/facts.js';
import type { Clock } from '../../src/shared/clock.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import {
  type ApplicationSettings,
  anApplication,
  aPartnerWithOpenIdProvider,
  aTrust,
  type RegistrationSettings,
  type TestApplication,
  type TestPartner,
} from './federation.js';
import { startTestHub, type TestHub } from './hub.js';
import { type OpenIdProvider, startOpenIdProvider } from './openid-provider.js';
import { RelyingParty } from './relying-party.js';
import { TokenClient } from './token-client.js';
import { UserAgent } from './user-agent.js';

export const redirectUri = 'http://127.0.0.1:1/callback';

export const ada = {
  email: 'ada@borealis.example',
  email_verified: true,
  given_name: 'Ada',
  family_name: 'Lindqvist',
} as const;

export interface EstateOptions {
  readonly application?: ApplicationSettings;
  readonly registration?: RegistrationSettings;
  readonly terms?: Partial<TrustTerms>;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
}

export interface LoginEstate {
  readonly db: TestDatabase;
  readonly hub: TestHub;
  readonly upstream: OpenIdProvider;
  readonly partner: TestPartner;
  readonly application: TestApplication;
  readonly party: RelyingParty;
  readonly client: TokenClient;
  /** One more application that the partner may sign in to. */
  addApplication(slug: string, settings?: ApplicationSettings, terms?: Partial<TrustTerms>): Promise<Added>;
  close(): Promise<void>;
}

export interface Added {
  readonly application: TestApplication;
  readonly party: RelyingParty;
  readonly client: TokenClient;
}

/** Names the partner's IdP to the hub. */
export const hint = { idp_hint: 'borealis.main' } as const;

export async function startEstate(options: EstateOptions = {}): Promise<LoginEstate> {
  const upstream = await startOpenIdProvider({ claims: ada });
  const db = await createTestDatabase();
  const { env, clock } = options;
  const chosen = { ...(env === undefined ? {} : { env }), ...(clock === undefined ? {} : { clock }) };
  const hub = await startTestHub({ egressAllow: [upstream.hostPort], db, ...chosen });
  const partner = await aPartnerWithOpenIdProvider(db, 'borealis', upstream, options.registration);
  const addApplication = async (slug: string, settings?: ApplicationSettings, terms?: Partial<TrustTerms>) => {
    const application = await anApplication(db, slug, redirectUri, settings);
    await aTrust(db, partner, application, terms);
    const party = await RelyingParty.discover(hub.url, application);
    return { application, party, client: new TokenClient(hub.url, application) };
  };
  const first = await addApplication('orders', options.application, options.terms);
  return {
    db,
    hub,
    upstream,
    partner,
    ...first,
    addApplication,
    close: async () => {
      await hub.close();
      await upstream.close();
      await db.close();
    },
  };
}

/** A browser of a person whom the IdP knows under `subject`, and who is somebody new unless told otherwise. */
export function aPerson(upstream: OpenIdProvider, subject: string, claims: Readonly<Record<string, unknown>> = {}) {
  upstream.set({ subject, claims: { ...ada, email: `${subject}@borealis.example`, ...claims } });
  return new UserAgent();
}

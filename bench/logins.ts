/**
 * Whole logins over HTTP: authorization request, IdP, code, tokens, userinfo, each in a browser of its own. Ten partners,
 * each with an IdP; one login in four is a person's first. Workers do not share a partner, so that each IdP speaks of one
 * person at a time.
 */
import {
  anApplication,
  aPartnerWithOpenIdProvider,
  aPartnerWithSamlIdentityProvider,
  aTrust,
  type TestApplication,
  type TestPartner,
} from '../test/support/federation.js';
import { type OpenIdProvider, startOpenIdProvider } from '../test/support/openid-provider.js';
import { RelyingParty } from '../test/support/relying-party.js';
import { type SamlIdentityProvider, startSamlIdentityProvider } from '../test/support/saml-identity-provider.js';
import { makeSamlKey } from '../test/support/saml-keys.js';
import { UserAgent } from '../test/support/user-agent.js';
import { type Metrics, percentile } from './report.js';
import type { Stage } from './stage.js';

export const PARTNERS = 10;
const WORKERS = 4;
/** A hub that has been at work for a while: V8 goes on compiling what a login runs through for about a thousand of them. */
const WARM_UP = 1_000;
const MEASURED = 400;
/** As many as fit into the time, on a slow machine. */
const SECONDS = 45;
const REGULARS = 8;
const MAIL = 'urn:oid:0.9.2342.19200300.100.1.3';
const redirectUri = 'http://127.0.0.1:1/callback';

/** Signs the next person in through one partner. */
export interface Entrance {
  signIn(person: string): Promise<void>;
}

export interface Portal {
  readonly application: TestApplication;
  readonly party: RelyingParty;
}

export async function openPortal(stage: Stage): Promise<Portal> {
  const application = await anApplication(stage.db, 'portal', redirectUri);
  return { application, party: await RelyingParty.discover(stage.url, application) };
}

export function startOpenIdProviders(): Promise<OpenIdProvider[]> {
  return Promise.all(Array.from({ length: PARTNERS }, () => startOpenIdProvider()));
}

export function openIdEntrances(
  stage: Stage,
  { application, party }: Portal,
  providers: readonly OpenIdProvider[],
): Promise<Entrance[]> {
  return Promise.all(
    providers.map(async (provider, index) => {
      const partner = await aPartnerWithOpenIdProvider(stage.db, `health-${index}`, provider);
      await aTrust(stage.db, partner, application);
      return {
        signIn: async (person: string) => {
          const email = `${person}@${partner.slug}.example`;
          const name = { given_name: 'Ada', family_name: person };
          provider.set({ subject: person, claims: { email, email_verified: true, ...name } });
          await signInAndRead(party, partner, email);
        },
      };
    }),
  );
}

export async function startSamlIdentityProviders(): Promise<SamlIdentityProvider[]> {
  const key = await makeSamlKey();
  return Promise.all(Array.from({ length: PARTNERS }, () => startSamlIdentityProvider({ key })));
}

export function samlEntrances(
  stage: Stage,
  { application, party }: Portal,
  providers: readonly SamlIdentityProvider[],
): Promise<Entrance[]> {
  return Promise.all(
    providers.map(async (provider, index) => {
      const partner = await aPartnerWithSamlIdentityProvider(stage.db, `freight-${index}`, provider);
      await aTrust(stage.db, partner, application);
      return {
        signIn: async (person: string) => {
          const email = `${person}@${partner.slug}.example`;
          const groups = Array.from({ length: 12 }, (_, group) => `urn:freight:group:application-${group}`);
          provider.set({ nameId: person, attributes: { [MAIL]: [email], givenName: ['Kai'], sn: [person], groups } });
          await signInAndRead(party, partner, email);
        },
      };
    }),
  );
}

/** @throws Error when the application does not get what it asked for */
export async function signInAndRead(party: RelyingParty, partner: TestPartner, email: string): Promise<void> {
  const tokens = await party.signIn(new UserAgent(), { idp_hint: partner.address });
  const userInfo = await party.userInfo(tokens.access_token, tokens.claims()?.sub ?? '');
  if (userInfo.email !== email) throw new Error(`${email} signed in as ${userInfo.email}`);
}

export async function measureLogins(name: string, stage: Stage, entrances: readonly Entrance[]): Promise<Metrics> {
  await run(entrances, WARM_UP, (index) => `regular-${index % REGULARS}`);
  const [usage, statements, postgres] = [await stage.usage(), await stage.statements(), stage.postgresCpuMs()];
  const started = performance.now();
  const times = await run(entrances, MEASURED, (index) =>
    index % 4 === 0 ? `${name}-new-${index}` : `regular-${index % REGULARS}`,
  );
  const seconds = (performance.now() - started) / 1_000;
  const [usageAfter, statementsAfter, postgresAfter] = [
    await stage.usage(),
    await stage.statements(),
    stage.postgresCpuMs(),
  ];
  const sorted = times.sort((one, other) => one - other);
  const perLogin = (before: number, after: number) => (after - before) / times.length;
  return {
    [`${name}.cpu_ms`]: perLogin(usage.cpuMs, usageAfter.cpuMs),
    [`${name}.per_second`]: times.length / seconds,
    [`${name}.p50_ms`]: percentile(sorted, 0.5),
    [`${name}.p95_ms`]: percentile(sorted, 0.95),
    [`${name}.p99_ms`]: percentile(sorted, 0.99),
    [`${name}.sql`]: perLogin(statements.queries, statementsAfter.queries),
    [`${name}.transactions`]: perLogin(statements.transactions, statementsAfter.transactions),
    ...(postgres === null || postgresAfter === null
      ? {}
      : { [`${name}.pg_cpu_ms`]: perLogin(postgres, postgresAfter) }),
  };
}

/** @returns the milliseconds of each login */
async function run(entrances: readonly Entrance[], logins: number, person: (index: number) => string) {
  const times: number[] = [];
  const until = performance.now() + SECONDS * 1_000;
  const worker = async (first: number) => {
    const mine = entrances.filter((_, index) => index % WORKERS === first);
    for (let index = first; index < logins && performance.now() < until; index += WORKERS) {
      const entrance = mine[Math.floor(index / WORKERS) % mine.length];
      const started = performance.now();
      await entrance?.signIn(person(index));
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, first) => worker(first)));
  return times;
}

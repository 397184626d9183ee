/**
 * Whole logins over HTTP: authorization request, IdP, code, tokens, userinfo, each in a browser of its own. Ten partners,
 * each with an IdP; one login in four is a person's first. Workers do not share a partner, so that each IdP speaks of one
 * person at a time.
 */
import { anApplication, aPartnerWithOpenIdProvider, aTrust, type TestPartner } from '../test/support/federation.js';
import { type OpenIdProvider, startOpenIdProvider } from '../test/support/openid-provider.js';
import { RelyingParty } from '../test/support/relying-party.js';
import { UserAgent } from '../test/support/user-agent.js';
import { type Metrics, percentile } from './report.js';
import type { Stage } from './stage.js';

export const PARTNERS = 10;
const WORKERS = 4;
const WARM_UP = 60;
/** As many as fit into the time, on a slow machine. */
const MEASURED = 240;
const MEASURED_SECONDS = 45;
const REGULARS = 8;
const redirectUri = 'http://127.0.0.1:1/callback';

/** Signs the next person in through one partner. */
export interface Entrance {
  signIn(person: string): Promise<void>;
}

export function startOpenIdProviders(): Promise<OpenIdProvider[]> {
  return Promise.all(Array.from({ length: PARTNERS }, () => startOpenIdProvider()));
}

export async function openIdEntrances(stage: Stage, providers: readonly OpenIdProvider[]): Promise<Entrance[]> {
  const application = await anApplication(stage.db, 'portal', redirectUri);
  const party = await RelyingParty.discover(stage.url, application);
  return Promise.all(
    providers.map(async (provider, index) => {
      const partner = await aPartnerWithOpenIdProvider(stage.db, `partner-${index}`, provider);
      await aTrust(stage.db, partner, application);
      return openIdEntrance(party, partner, provider);
    }),
  );
}

function openIdEntrance(party: RelyingParty, partner: TestPartner, provider: OpenIdProvider): Entrance {
  return {
    signIn: async (person) => {
      const email = `${person}@${partner.slug}.example`;
      provider.set({
        subject: person,
        claims: { email, email_verified: true, given_name: 'Ada', family_name: person },
      });
      await signInAndRead(party, partner, email);
    },
  };
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
  const until = performance.now() + MEASURED_SECONDS * 1_000;
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

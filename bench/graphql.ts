/**
 * `graphql.portal.sql` and `.p95_ms`: the page of a partner portal, ten partners with their IdPs, domains, agreements
 * and last logins, asked for over HTTP with a token of the hub.
 */
import { AccessTokens } from '../src/access/access-token.js';
import { ApiTokenService } from '../src/access/api-token.service.js';
import { KeyringService } from '../src/keys/keyring.service.js';
import { systemClock } from '../src/shared/clock.js';
import { type Metrics, percentile } from './report.js';
import type { Stage } from './stage.js';

const QUERIES = 60;
const document = `{
  partners(first: 10) { edges { node {
    id slug name state
    identityProviders(first: 5) { edges { node { id slug protocol state } } }
    domains(first: 5) { edges { node { name state } } }
    trustRelationships(first: 5) { edges { node { id state } } }
    lastLogins(first: 5) { id state code begunAt }
  } } }
}`;

export async function measurePortal(stage: Stage): Promise<Metrics> {
  const keys = await new KeyringService(stage.db.uow, stage.db.box, systemClock).loadOrCreate();
  const tokens = new ApiTokenService(stage.db.uow, new AccessTokens(stage.url, keys), systemClock);
  const { token } = await tokens.issue({ role: 'OPERATOR', subject: 'bench', ttlSeconds: 600 });
  const ask = () => portal(stage.url, token);
  for (let index = 0; index < 10; index++) await ask();
  const before = await stage.statements();
  const times: number[] = [];
  for (let index = 0; index < QUERIES; index++) {
    const started = performance.now();
    await ask();
    times.push(performance.now() - started);
  }
  const after = await stage.statements();
  const sorted = times.sort((one, other) => one - other);
  return {
    'graphql.portal.sql': (after.queries - before.queries) / QUERIES,
    'graphql.portal.p95_ms': percentile(sorted, 0.95),
  };
}

async function portal(url: string, token: string): Promise<void> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: document }),
  });
  const { data, errors } = (await answer.json()) as { data?: { partners: { edges: unknown[] } }; errors?: unknown };
  if (errors !== undefined || data?.partners.edges.length !== 10) throw new Error(JSON.stringify(errors ?? data));
}

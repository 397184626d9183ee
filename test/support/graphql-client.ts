/** The API of a running hub over HTTP, as an integrator calls it. */
import type { TestHub } from './hub.js';

export interface GraphqlClient {
  /** Data of the answer; fails where there are errors. @returns what the document asked for */
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for.
  ask(document: string, variables?: Record<string, unknown>): Promise<any>;
}

/** @param partnerId the partner of an administrator; left out: an operator */
export async function graphqlClient(hub: TestHub, partnerId?: string): Promise<GraphqlClient> {
  const actor =
    partnerId === undefined ? { role: 'OPERATOR' as const } : { role: 'PARTNER_ADMINISTRATOR' as const, partnerId };
  const { token } = await hub.app.tokens.issue({ subject: 'test', ttlSeconds: 3_600, ...actor });
  return {
    ask: async (query, variables = {}) => {
      const answer = await fetch(`${hub.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = (await answer.json()) as { data?: unknown; errors?: unknown };
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    },
  };
}

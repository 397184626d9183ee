/** A caller of the API of a running hub, over real HTTP. */
import type { TokenRequest } from '../../src/access/api-token.service.js';
import type { TestHub } from './hub.js';

export interface GraphqlReply {
  readonly status: number;
  /** biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for. */
  readonly data: any;
  readonly code: string | undefined;
}

/** One request with whatever token; `code` is that of the first error. */
export async function askGraphql(
  url: string,
  token: string,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<GraphqlReply> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data = null, errors = [] } = (await response.json()) as {
    data?: unknown;
    errors?: { extensions: { code: string } }[];
  };
  return { status: response.status, data, code: errors[0]?.extensions.code };
}

/** An operator of the hub; fails where the API refuses. */
export async function anOperatorOf(hub: TestHub, request: Partial<TokenRequest> = {}) {
  const { token } = await hub.app.tokens.issue({ role: 'OPERATOR', subject: 'test', ttlSeconds: 600, ...request });
  return async (query: string, variables: Record<string, unknown> = {}) => {
    const { data, code } = await askGraphql(hub.url, token, query, variables);
    expect(code).toBeUndefined();
    return data;
  };
}

/** The API over real HTTP, for requests that no client library would send. */
import { createTestApi, type TestApi, type TestApiOptions } from '../../support/api.js';
import { type Statements, watchStatements } from '../../support/statements.js';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Codes of the errors in the body. */
  readonly codes: readonly string[];
}

export interface HttpApi {
  readonly api: TestApi;
  readonly url: string;
  readonly statements: Statements;
  readonly operator: string;
  send(request: RequestInit & { readonly path?: string }): Promise<RawAnswer>;
  /** A JSON body, as a well-behaved client would send it. */
  post(body: unknown, as?: string): Promise<RawAnswer>;
  close(): Promise<void>;
}

export async function startHttpApi(options: TestApiOptions = {}): Promise<HttpApi> {
  const api = await createTestApi(options);
  const url = await api.fastify.listen({ host: '127.0.0.1', port: 0 });
  const operator = await api.tokenFor({ role: 'OPERATOR' });
  const send: HttpApi['send'] = async ({ path = '/graphql', ...request }) => {
    const reply = await fetch(`${url}${path}`, request);
    const text = await reply.text();
    return { status: reply.status, headers: reply.headers, text, codes: codesOf(text) };
  };
  return {
    api,
    url,
    statements: watchStatements(api.db),
    operator,
    send,
    post: (body, as = operator) =>
      send({
        method: 'POST',
        headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: () => api.close(),
  };
}

function codesOf(text: string): readonly string[] {
  try {
    const { errors = [] } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
    return errors.map(({ extensions }) => extensions?.code ?? 'NONE');
  } catch {
    return [];
  }
}

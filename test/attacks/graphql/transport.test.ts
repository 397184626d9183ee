import { createHash } from 'node:crypto';
import { type HttpApi, startHttpApi } from './harness.js';

let http: HttpApi;
beforeAll(async () => {
  http = await startHttpApi();
});
afterAll(() => http.close());

const query = '{ __typename }';
const mutation = 'mutation { createPartner(input: { slug: "forged", name: "Forged" }) { partner { id } } }';
const bearer = () => ({ authorization: `Bearer ${http.operator}` });

async function forgedPartners(): Promise<number> {
  const { data } = await http.api.query('{ partners(filter: { search: "forged" }) { edges { cursor } } }');
  return data.partners.edges.length;
}

describe('the address of the API', () => {
  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'answers no %s, with or without a query [G08]',
    async (method) => {
      for (const text of [query, mutation]) {
        const answer = await http.send({
          method,
          path: `/graphql?query=${encodeURIComponent(text)}`,
          headers: bearer(),
        });
        expect(answer.status).toBe(405);
        expect(answer.headers.get('allow')).toBe('POST');
      }
      expect(await forgedPartners()).toBe(0);
    },
  );

  it.each([
    ['application/x-www-form-urlencoded', `query=${encodeURIComponent(mutation)}`],
    ['text/plain', JSON.stringify({ query: mutation })],
    ['text/plain;charset=utf-8, application/json', JSON.stringify({ query: mutation })],
    [
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: mutation })}\r\n--x--\r\n`,
    ],
    ['application/graphql', mutation],
    ['application/json-patch', JSON.stringify({ query: mutation })],
    ['; application/json', JSON.stringify({ query: mutation })],
  ])('takes no body of the type "%s", as a form of another site would send it [G08] [G20]', async (type, body) => {
    const answer = await http.send({ method: 'POST', headers: { ...bearer(), 'content-type': type }, body });
    expect([400, 415]).toContain(answer.status);
    expect(await forgedPartners()).toBe(0);
  });

  it('takes no query in the address of a POST [G08]', async () => {
    const path = `/graphql?query=${encodeURIComponent(mutation)}`;
    const answer = await http.send({
      method: 'POST',
      path,
      headers: { ...bearer(), 'content-type': 'application/json' },
      body: '{}',
    });
    expect([answer.status, answer.codes]).toEqual([400, ['QUERY_INVALID']]);
    expect(await forgedPartners()).toBe(0);
  });

  it('knows nobody by a cookie, and answers another site no preflight [G08]', async () => {
    const headers = {
      cookie: `token=${http.operator}`,
      'content-type': 'application/json',
      origin: 'https://evil.example',
    };
    const answer = await http.send({ method: 'POST', headers, body: JSON.stringify({ query: mutation }) });
    expect([answer.status, answer.codes]).toEqual([401, ['UNAUTHENTICATED']]);
    const preflight = await http.send({
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each([
    ['nothing', undefined],
    ['another scheme', 'Basic b3BlcmF0b3I6'],
    ['a token of nobody', 'Bearer eyJhbGciOiJub25lIn0.e30.'],
    ['two tokens', 'Bearer a, Bearer b'],
  ])('refuses %s as a token before it reads the body [G14]', async (_what, authorization) => {
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) };
    const answer = await http.send({ method: 'POST', headers, body: '{ not json' });
    expect([answer.status, answer.codes]).toEqual([401, ['UNAUTHENTICATED']]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="entente", error="invalid_token"');
  });

  it('keeps no document under a hash, neither for the sender nor for anybody else [G09]', async () => {
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const planted = createHash('sha256').update('{ partners { edges { cursor } } }').digest('hex');
    await http.post({ query, extensions });
    await http.post({ query, extensions: { persistedQuery: { version: 1, sha256Hash: planted } } });
    for (const hash of [sha256Hash, planted]) {
      const answer = await http.post({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });
      expect([answer.status, answer.codes]).toEqual([400, ['QUERY_INVALID']]);
    }
  });

  it('lets nobody keep an answer [G19]', async () => {
    for (const answer of [
      await http.post({ query }),
      await http.post({ query: '{' }),
      await http.post({ query }, 'x'),
    ]) {
      expect(answer.headers.get('cache-control')).toBe('private, no-store');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
  });

  it('shows no page to a browser [G07]', async () => {
    const answer = await http.send({ method: 'GET', headers: { accept: 'text/html' } });
    expect(answer.status).not.toBe(200);
    expect(answer.headers.get('content-type')).not.toContain('html');
  });

  it.each(['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }'])(
    'serves no %s [G20]',
    async (text) => {
      const answer = await http.post({ query: text });
      expect([answer.status, answer.codes]).toEqual([400, ['QUERY_INVALID']]);
    },
  );

  it('has no scalar for uploads [G20]', async () => {
    const { data } = await http.api.query('{ __type(name: "Upload") { name } }');
    expect(data).toEqual({ __type: null });
  });
});

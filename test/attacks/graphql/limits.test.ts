import { type HttpApi, startHttpApi } from './harness.js';

let http: HttpApi;
beforeAll(async () => {
  http = await startHttpApi();
  await http.post({ query: '{ partners { edges { node { id } } } }' });
});
afterAll(() => http.close());

const repeat = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join(' ');
const nest = (depth: number, open: string, inner: string, close: string) =>
  `${open.repeat(depth)}${inner}${close.repeat(depth)}`;

/** Statements that touch anything but the caller's own token. */
function touched(): readonly string[] {
  return http.statements.take().filter((sql) => !/set_config|"api_token"|^(begin|start|commit|rollback)\b/i.test(sql));
}

async function refuses(body: unknown, status: number, code: string): Promise<void> {
  http.statements.take();
  const answer = await http.post(body);
  expect([answer.status, answer.codes]).toEqual([status, [code]]);
  expect(touched()).toEqual([]);
}

const memberships = 'memberships { user { ';
const ping = (name: string) => `mutation ${name} { suspendPartner(input: { id: "x" }) { partner { id } } }`;

describe('a document past a limit is refused before any resolver or statement', () => {
  it.each([
    ['too deep [G01]', `{ users { edges { node { ${nest(6, memberships, 'id', ' } }')} } } } }`],
    ['too broad [G01]', `{ partners { edges { node { ${repeat(401, () => 'slug')} } } } }`],
    [
      'too costly by page sizes [G01]',
      '{ partners(first: 100) { edges { node { users(first: 100) { edges { node { id region memberships { id email } } } } } } } }',
    ],
    [
      'too costly by short lists [G01]',
      '{ partners(first: 100) { edges { node { users(first: 100) { edges { node { memberships { lastLogins(first: 20) { id } } } } } } } } }',
    ],
    ['with too many aliases [G02]', `{ ${repeat(21, (i) => `a${i}: __typename`)} }`],
    [
      'with a mutation under many aliases [G02]',
      `mutation { ${repeat(11, (i) => `a${i}: suspendPartner(input: { id: "x" }) { partner { id } }`)} }`,
    ],
    ['with too many root fields [G02]', `{ ${repeat(11, () => '__typename')} }`],
    [
      'with too many root fields behind a fragment [G02]',
      `{ ...f } fragment f on Query { ${repeat(11, () => '__typename')} }`,
    ],
    ['with a flood of directives [G04]', `{ __typename ${repeat(21, () => '@skip(if: false)')} }`],
    ['with a thousand @include [G04]', `{ __typename ${repeat(1_000, () => '@include(if: true)')} }`],
    [
      'with an explosion of fragment spreads [G05]',
      `{ ...f0 } ${repeat(60, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`)} fragment f60 on Query { __typename }`,
    ],
    ['with a flood of tokens [G06]', `{ ${repeat(2_001, () => '__typename')} }`],
    ['with a deep list [G06]', `{ partners(filter: ${'['.repeat(1_500)}${']'.repeat(1_500)}) { edges { cursor } } }`],
    [
      'with a deep input object [G06]',
      `{ partners(filter: ${'{a:'.repeat(800)}1${'}'.repeat(800)}) { edges { cursor } } }`,
    ],
  ])('%s', async (_what, query) => {
    await refuses({ query }, 400, 'QUERY_TOO_COMPLEX');
  });

  it('asks for a page size by a variable that would be too costly [G01]', async () => {
    const query = `query ($n: Int!) { partners(first: $n) { edges { node { users(first: $n) { edges { node { id region memberships { id email } } } } } } } }`;
    await refuses({ query, variables: { n: 100 } }, 400, 'QUERY_TOO_COMPLEX');
    expect((await http.post({ query, variables: { n: 2 } })).status).toBe(200);
  });

  it.each([
    ['an array of requests [G03]', [{ query: '{ __typename }' }, { query: '{ __typename }' }]],
    ['an empty array [G03]', []],
    ['two operations [G03]', { query: 'query A { __typename } query B { __typename }', operationName: 'A' }],
    ['a query and a mutation [G03]', { query: `query A { __typename } ${ping('B')}`, operationName: 'B' }],
    ['no operation [G03]', { query: 'fragment f on Query { __typename }' }],
    ['a query that is a list [G03]', { query: ['{ __typename }'] }],
    ['an unknown directive [G04]', { query: '{ __typename @export(as: "x") }' }],
    ['@defer [G04]', { query: '{ partners { ... @defer { edges { cursor } } } }' }],
    ['@stream [G04]', { query: '{ partners { edges @stream { cursor } } }' }],
    ['a fragment that spreads itself [G05]', { query: '{ ...f } fragment f on Query { ...f }' }],
    [
      'fragments that spread each other [G05]',
      { query: '{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }' },
    ],
    ['a subscription [G17]', { query: 'subscription { loginDenied { id } }' }],
    ['a name in other letters [G06]', { query: '{ pаrtners { edges { cursor } } }' }],
  ])('refuses %s', async (_what, body) => {
    await refuses(body, 400, 'QUERY_INVALID');
  });

  it('refuses variables that are larger than a body may be, with 413 [G03]', async () => {
    await refuses({ query: '{ __typename }', variables: { a: 'x'.repeat(600 * 1024) } }, 413, 'TOO_LARGE');
  });

  it('reads past a flood of comments, whose size is bounded by the body alone [G06]', async () => {
    const answer = await http.post({ query: `${'# \u202e comment\n'.repeat(20_000)}{ __typename }` });
    expect([answer.status, answer.text]).toEqual([200, '{"data":{"__typename":"Query"}}\n']);
  });

  it('refuses a name of a quarter of a megabyte without repeating it [G06]', async () => {
    const answer = await http.post({ query: `{ ${'n'.repeat(250_000)} }` });
    expect(answer.codes).toEqual(['QUERY_INVALID']);
  });

  it('takes time in proportion to the document, not to what it unfolds to [G05]', async () => {
    const chain = (links: number) =>
      `{ ...f0 } ${repeat(links, (i) => `fragment f${i} on Query { ${repeat(4, () => `...f${i + 1}`)} }`)} fragment f${links} on Query { __typename }`;
    const started = performance.now();
    for (let round = 0; round < 20; round++) await http.post({ query: chain(40) });
    // 4^40 spreads would not end; twenty documents of 160 do.
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('opens no spread twice, also where the fragments hold no field at all [G05]', async () => {
    const chain = repeat(27, (i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`);
    const started = performance.now();
    const answer = await http.post({ query: `{ ...f0 } ${chain}` });
    expect([answer.status, new Set(answer.codes)]).toEqual([400, new Set(['QUERY_INVALID'])]);
    // 2^27 spreads take many seconds, in which nobody else is answered.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

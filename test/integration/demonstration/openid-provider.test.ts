import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { borealis } from '../../../src/demonstration/estate.js';
import { createDemonstrationOpenIdProvider } from '../../../src/demonstration/openid-provider.js';

const redirectUri = 'http://hub.test/federation/oidc/borealis-health.main/callback';
const verifier = 'a-verifier-of-the-test-that-is-long-enough-for-pkce';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
let now = new Date('2026-03-01T12:00:00Z');
let provider: FastifyInstance;

beforeAll(async () => {
  provider = await createDemonstrationOpenIdProvider({
    place: { port: 4013, url: 'http://127.0.0.1:4013', local: 'http://127.0.0.1:4013' },
    partner: borealis,
    client: { id: 'entente-hub', secret: 'secret', redirectUri: () => redirectUri },
    clock: { now: () => now },
  });
});
afterAll(() => provider.close());

function request(over: Readonly<Record<string, string>> = {}): string {
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  return new URLSearchParams({
    response_type: 'code',
    client_id: 'entente-hub',
    redirect_uri: redirectUri,
    scope: 'openid email',
    state: 'the-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...over,
  }).toString();
}

/** The page after the choice leads on to the hub: its address, with what it carries. */
async function choose(person: string): Promise<URLSearchParams> {
  const payload = new URLSearchParams({ request: request(), person }).toString();
  const page = await provider.inject({ method: 'POST', url: '/authorize', headers: form, payload });
  const address = /href="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect(address.startsWith(redirectUri)).toBe(true);
  return new URL(address).searchParams;
}

async function redeem(code: string, over: Readonly<Record<string, string>> = {}, secret = 'secret') {
  const authorization = `Basic ${Buffer.from(`entente-hub:${secret}`).toString('base64')}`;
  const fields = {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
    ...over,
  };
  const payload = new URLSearchParams(fields).toString();
  const answer = await provider.inject({ method: 'POST', url: '/token', headers: { ...form, authorization }, payload });
  return { status: answer.statusCode, body: answer.json() };
}

const somebody = borealis.people[0]?.id ?? '';

describe('the OpenID Provider of the demonstration', () => {
  it('takes a code once', async () => {
    const code = (await choose(somebody)).get('code') ?? '';
    expect(await redeem(code)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    expect(await redeem(code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it.each([
    ['another verifier', { code_verifier: 'another' }, 'secret', 'invalid_grant'],
    ['another redirect URI', { redirect_uri: 'http://evil.test/' }, 'secret', 'invalid_grant'],
    ['another grant', { grant_type: 'password' }, 'secret', 'unsupported_grant_type'],
    ['another secret', {}, 'Secret', 'invalid_client'],
  ])('refuses a code with %s', async (_what, over, secret, error) => {
    const code = (await choose(somebody)).get('code') ?? '';
    expect((await redeem(code, over, secret)).body).toEqual({ error });
  });

  it('refuses a code after its minute', async () => {
    const code = (await choose(somebody)).get('code') ?? '';
    now = new Date(now.getTime() + 60_000);
    expect((await redeem(code)).body).toEqual({ error: 'invalid_grant' });
  });

  it.each([
    ['another client', { client_id: 'somebody' }],
    ['another redirect URI', { redirect_uri: 'http://evil.test/' }],
    ['no PKCE', { code_challenge: '' }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['the implicit flow', { response_type: 'id_token' }],
  ])('answers a request with %s on its own page, and sends the browser nowhere', async (_what, over) => {
    const page = await provider.inject({ method: 'GET', url: `/authorize?${request(over)}` });
    expect(page.statusCode).toBe(400);
    expect(page.headers.location).toBeUndefined();
    expect(page.body).toContain('This request cannot be answered');
    expect(page.body).not.toContain('evil.test');
  });

  it('tells the hub that a person refused, with its own name beside it (RFC 9207)', async () => {
    const answer = await choose('');
    expect(Object.fromEntries(answer)).toEqual({
      state: 'the-state',
      iss: 'http://127.0.0.1:4013',
      error: 'access_denied',
    });
  });
});

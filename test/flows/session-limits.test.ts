import { aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import type { UserAgent } from '../support/user-agent.js';

const MINUTE = 60_000;
let estate: LoginEstate;
let offsetMs = 0;
beforeAll(async () => {
  estate = await startEstate({
    env: { ENTENTE_SESSION_IDLE_SECONDS: '600', ENTENTE_SESSION_ABSOLUTE_SECONDS: '3600' },
    clock: { now: () => new Date(Date.now() + offsetMs) },
  });
});
afterAll(() => estate.close());
afterEach(() => {
  offsetMs = 0;
});

async function silentError(agent: UserAgent) {
  const { visit } = await estate.party.visit(agent, { prompt: 'none' });
  return new URL(visit.url).searchParams.get('error');
}

describe('limits of a session', () => {
  it('idle for too long it opens nothing; used in time it goes on [H24]', async () => {
    const agent = aPerson(estate.upstream, 'idle');
    await estate.party.signIn(agent, hint);
    for (const minutes of [9, 18, 27]) {
      offsetMs = minutes * MINUTE;
      expect([minutes, await silentError(agent)]).toEqual([minutes, null]);
    }
    offsetMs = 38 * MINUTE;
    expect(await silentError(agent)).toBe('login_required');
  });

  it('at its absolute limit it ends however much it was used, and its tokens with it [H24] [N57]', async () => {
    const agent = aPerson(estate.upstream, 'absolute');
    const tokens = await estate.party.signIn(agent, hint);
    for (const minutes of [9, 18, 27, 36, 45, 54]) {
      offsetMs = minutes * MINUTE;
      expect(await silentError(agent)).toBeNull();
    }
    offsetMs = 61 * MINUTE;
    expect(await silentError(agent)).toBe('login_required');
    expect((await estate.client.userInfo(tokens.access_token)).status).toBe(401);
    expect((await estate.client.refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
  });

  it('does not live longer for a clock that is set back [H24]', async () => {
    offsetMs = 30 * MINUTE;
    const agent = aPerson(estate.upstream, 'set-back', { auth_time: Math.floor((Date.now() + offsetMs) / 1000) });
    estate.upstream.set({ idTokenClaims: (claims) => ({ ...claims, iat: later(0), exp: later(300) }) });
    await estate.party.signIn(agent, hint);
    offsetMs = 0;
    expect(await silentError(agent)).toBeNull();
    offsetMs = 91 * MINUTE;
    expect(await silentError(agent)).toBe('login_required');
  });

  const later = (seconds: number) => Math.floor((Date.now() + offsetMs) / 1000) + seconds;
});

describe('an application that does not prove who it is [O20]', () => {
  it('gets no tokens', async () => {
    const agent = aPerson(estate.upstream, 'client');
    estate.upstream.set({ idTokenClaims: (claims) => claims });
    const { request, visit } = await estate.party.visit(agent, hint);
    const code = new URL(visit.url).searchParams.get('code') ?? '';
    const { clientId, clientSecret, redirectUri } = estate.application;
    const body = {
      grant_type: 'authorization_code',
      code,
      code_verifier: request.codeVerifier,
      redirect_uri: redirectUri,
    };
    const basic = (secret: string) => ({
      authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
    });
    const attempts: [Record<string, string>, Record<string, string>][] = [
      [{}, {}],
      [{}, { client_id: clientId }],
      [basic('wrong'), {}],
      [basic(`${clientSecret} `), {}],
      [basic(''), {}],
      [{}, { client_id: clientId, client_secret: clientSecret.toUpperCase() }],
      [basic(clientSecret), { client_id: 'another' }],
    ];
    for (const [headers, more] of attempts) {
      const response = await fetch(`${estate.hub.url}/oidc/token`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ ...body, ...more }),
      });
      expect([400, 401]).toContain(response.status);
      expect(['invalid_client', 'invalid_request']).toContain(((await response.json()) as { error: string }).error);
    }
    expect((await estate.client.redeem(code, request.codeVerifier)).status).toBe(200);
  });
});

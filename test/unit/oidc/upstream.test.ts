import { createHash } from 'node:crypto';
import { type Harness, inboundOf, NOW, plainAsk, startHarness } from '../../attacks/oidc/harness.js';

describe('the code flow with an OpenID Provider', () => {
  let hub: Harness;
  beforeEach(async () => {
    hub = await startHarness();
  });
  afterEach(() => hub.close());

  it('makes an assertion of an honest login', async () => {
    hub.op.set({
      claims: { email: 'ada@aurora.example', level: 3, staff: true, acr: 'mfa', amr: ['pwd', 'otp'], sid: 's-1' },
    });
    const result = await hub.login();
    expect(result).toEqual({
      ok: true,
      value: {
        protocol: 'OIDC',
        partnerId: hub.config().partnerId,
        identityProviderId: hub.config().identityProviderId,
        issuer: hub.op.issuer,
        assertionId: expect.stringMatching(/^[0-9a-f]{64}$/),
        replayUntil: new Date(NOW.getTime() + 420_000).toISOString(),
        issuedAt: NOW.toISOString(),
        subject: { source: 'SUB', value: 'person-1', format: null, nameQualifier: null, spNameQualifier: null },
        claims: { sub: 'person-1', email: 'ada@aurora.example', level: 3, staff: true },
        authentication: {
          authenticatedAt: NOW.toISOString(),
          acr: 'mfa',
          amr: ['pwd', 'otp'],
          sessionIndex: 's-1',
          sessionExpiresAt: null,
        },
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        falShortfalls: [],
      },
    });
  });

  it.each(['client_secret_basic', 'client_secret_post'] as const)('authenticates itself by %s', async (method) => {
    const result = await hub.login({ config: hub.config({ tokenEndpointAuthMethod: method }) });
    expect(result.ok).toBe(true);
    const inBody = hub.op.tokenRequests[0]?.has('client_secret');
    expect(inBody).toBe(method === 'client_secret_post');
    expect(hub.op.tokenAuthorizations[0] === undefined).toBe(method === 'client_secret_post');
  });

  it.each(['RS256', 'PS256', 'ES256'] as const)(
    'accepts a signature by %s when the connection lists it',
    async (algorithm) => {
      const other = await startHarness({ algorithm });
      try {
        expect((await other.login({ config: other.config({ idTokenAlgorithms: [algorithm] }) })).ok).toBe(true);
      } finally {
        await other.close();
      }
    },
  );

  it('asks with state, nonce and a PKCE challenge by S256 [P1] [O05]', async () => {
    const begun = await hub.upstream.begin(hub.config(), plainAsk, NOW);
    const asked = Object.fromEntries(new URL(begun.message.kind === 'redirect' ? begun.message.url : '').searchParams);
    const pending = begun.pending as Extract<typeof begun.pending, { kind: 'OIDC' }>;
    expect(asked).toEqual({
      response_type: 'code',
      client_id: hub.op.clientId,
      redirect_uri: hub.config().redirectUri,
      scope: 'openid profile email',
      state: plainAsk.state,
      nonce: pending.nonce,
      code_challenge: createHash('sha256').update(pending.codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    expect(pending.nonce.length).toBeGreaterThanOrEqual(43);
  });

  it('hands on what the application asks of the authentication', async () => {
    const ask = { ...plainAsk, loginHint: 'ada@aurora.example', acrValues: ['a', 'b'], maxAgeSeconds: 60 };
    const begun = await hub.upstream.begin(hub.config(), ask, NOW);
    const asked = new URL(begun.message.kind === 'redirect' ? begun.message.url : '').searchParams;
    expect([asked.get('login_hint'), asked.get('acr_values'), asked.get('max_age'), asked.get('prompt')]).toEqual([
      'ada@aurora.example',
      'a b',
      '60',
      null,
    ]);
  });

  it.each([
    [{ forceAuthn: true }, 'login', '0'],
    [{ isPassive: true }, 'none', null],
    [{ forceAuthn: true, isPassive: true }, 'none', '0'],
  ])('translates %j into prompt %s and max_age %s', async (ask, prompt, maxAge) => {
    const begun = await hub.upstream.begin(hub.config(), { ...plainAsk, ...ask }, NOW);
    const asked = new URL(begun.message.kind === 'redirect' ? begun.message.url : '').searchParams;
    expect([asked.get('prompt'), asked.get('max_age')]).toEqual([prompt, maxAge]);
  });

  it('names the token by its jti, and by its hash when there is none [L33]', async () => {
    hub.op.set({ claims: { jti: 'token-7' } });
    const result = await hub.login();
    expect(result.ok && result.value.assertionId).toBe('token-7');
    expect(result.ok && result.value.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reads the subject from the claim that the connection names [P8]', async () => {
    hub.op.set({ claims: { oid: 'object-9' } });
    const result = await hub.login({ config: hub.config({ subjectSource: { kind: 'CLAIM', name: 'oid' } }) });
    expect(result.ok && result.value.subject).toMatchObject({ source: 'oid', value: 'object-9' });
  });

  it('adds what userinfo says and the ID token does not, and lets the signed value stand', async () => {
    hub.op.set({
      claims: { department: 'signed' },
      userInfo: { department: 'unsigned', given_name: 'Ada', acr: 'high' },
    });
    const result = await hub.login({ config: hub.config({ fetchUserInfo: true }) });
    expect(result.ok && result.value.claims).toEqual({ sub: 'person-1', department: 'signed', given_name: 'Ada' });
    expect(result.ok && result.value.authentication.acr).toBeNull();
  });

  it('works with a provider over plain HTTP redirects, as a browser meets it', async () => {
    const begun = await hub.upstream.begin(hub.config(), plainAsk, NOW);
    const url = begun.message.kind === 'redirect' ? begun.message.url : '';
    const answer = await hub.egress.fetch(url).catch((error: { reason: string }) => error.reason);
    expect(answer).toBe('redirect');
    const callback = inboundOf(hub.op.authorize(url));
    expect(hub.upstream.readState(callback)).toEqual({ ok: true, value: plainAsk.state });
  });

  it('reads discovery and keys once for many logins', async () => {
    const config = hub.config();
    for (let count = 0; count < 3; count += 1) expect((await hub.login({ config })).ok).toBe(true);
    expect(hub.op.requests.filter((one) => one === 'GET /jwks')).toHaveLength(1);
    expect(hub.op.requests.filter((one) => one.includes('well-known'))).toHaveLength(0);
  });
});

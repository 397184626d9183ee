import { decodeJwt, decodeProtectedHeader } from 'jose';
import { aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import { takeCensus } from '../support/reject-invariant.js';

let estate: LoginEstate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

async function signedIn(subject: string) {
  const { upstream, party } = estate;
  const agent = aPerson(upstream, subject);
  const { request, visit } = await party.visit(agent, hint);
  const code = new URL(visit.url).searchParams.get('code') ?? '';
  return { agent, code, request };
}

async function withTokens(subject: string) {
  const { code, request, agent } = await signedIn(subject);
  const { status, body } = await estate.client.redeem(code, request.codeVerifier);
  expect(status).toBe(200);
  return { agent, access: String(body.access_token), refresh: String(body.refresh_token), body };
}

async function reuseEvents() {
  const { audit } = await takeCensus(estate.db);
  return audit.filter(({ action }) => action === 'token.reused');
}

describe('authorization codes', () => {
  it('work once: a second use fails, and ends what the first one gave [O18] [N57]', async () => {
    const { code, request } = await signedIn('code-twice');
    const before = await reuseEvents();
    const first = await estate.client.redeem(code, request.codeVerifier);
    expect(first.status).toBe(200);
    const second = await estate.client.redeem(code, request.codeVerifier);
    expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await estate.client.userInfo(String(first.body.access_token))).status).toBe(401);
    expect((await estate.client.refresh(String(first.body.refresh_token))).body.error).toBe('invalid_grant');
    const [event, ...more] = (await reuseEvents()).slice(before.length);
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      code: 'TOKEN_REUSE',
      partner_id: estate.partner.id,
      data: { model: 'AuthorizationCode' },
    });
  });

  it('give tokens to at most one of many requests in the same instant [O18]', async () => {
    const { code, request } = await signedIn('code-race');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => estate.client.redeem(code, request.codeVerifier)),
    );
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    for (const { status, body } of answers) if (status !== 200) expect(body.error).toBe('invalid_grant');
    for (const { status, body } of answers) {
      if (status === 200) expect((await estate.client.userInfo(String(body.access_token))).status).toBe(401);
    }
  });

  it('belong to one client, one redirect URI and one verifier [O18] [O05]', async () => {
    const other = await estate.addApplication('thief');
    const { code, request } = await signedIn('code-stolen');
    const refused = [
      await other.client.redeem(code, request.codeVerifier),
      await estate.client.redeem(code, request.codeVerifier, { redirect_uri: 'http://127.0.0.1:1/other' }),
      await estate.client.redeem(code, `${request.codeVerifier}x`),
      await estate.client.redeem(code, ''),
    ];
    for (const { status, body } of refused) expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });

  it('are stored as a digest, and their payload encrypted [H02]', async () => {
    const { code } = await signedIn('code-at-rest');
    const rows = await estate.db.uow.read({ kind: 'hub' }, (tx) =>
      tx.em.execute("select * from regional.oidc_artifact where model = 'AuthorizationCode'"),
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(code);
  });
});

describe('refresh tokens', () => {
  it('rotate, and an old one that comes back ends the whole family [O19]', async () => {
    const { refresh, access } = await withTokens('refresh-twice');
    const before = await reuseEvents();
    const rotated = await estate.client.refresh(refresh);
    expect(rotated.status).toBe(200);
    expect(rotated.body.refresh_token).not.toBe(refresh);
    const reused = await estate.client.refresh(refresh);
    expect(reused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    const next = await estate.client.refresh(String(rotated.body.refresh_token));
    expect(next).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    for (const token of [access, String(rotated.body.access_token)]) {
      expect((await estate.client.introspect(token)).body).toEqual({ active: false });
      expect((await estate.client.userInfo(token)).status).toBe(401);
    }
    const events = (await reuseEvents()).slice(before.length);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ code: 'TOKEN_REUSE', partner_id: estate.partner.id });
    expect(events[0]?.login_id).not.toBeNull();
    expect(JSON.stringify(events)).not.toContain(refresh);
  });

  it('let at most one of many requests in the same instant through [O19]', async () => {
    const { refresh } = await withTokens('refresh-race');
    const answers = await Promise.all(Array.from({ length: 15 }, () => estate.client.refresh(refresh)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    for (const { status, body } of answers) if (status !== 200) expect(body.error).toBe('invalid_grant');
  });

  it('widen no scope and serve no other client [O19]', async () => {
    const other = await estate.addApplication('refresher');
    const { refresh } = await withTokens('refresh-scope');
    const wider = await estate.client.refresh(refresh, { scope: 'openid email profile phone' });
    expect([wider.status, wider.body.error]).toEqual([400, 'invalid_scope']);
    const foreign = await other.client.refresh(refresh);
    expect([foreign.status, foreign.body.error]).toEqual([400, 'invalid_grant']);
    expect((await estate.client.refresh(refresh, { scope: 'openid' })).status).toBe(200);
  });
});

describe('introspection and revocation', () => {
  it('tell the application about its own tokens and no other [O25]', async () => {
    const other = await estate.addApplication('curious');
    const { access, refresh } = await withTokens('introspected');
    expect((await estate.client.introspect(access)).body).toMatchObject({
      active: true,
      client_id: 'orders',
      iss: estate.hub.url,
      token_type: 'Bearer',
    });
    expect((await estate.client.introspect(refresh)).body).toMatchObject({ active: true });
    expect((await other.client.introspect(access)).body).toEqual({ active: false });
    expect((await other.client.introspect(refresh)).body).toEqual({ active: false });
    expect((await estate.client.introspect('no-token-of-ours')).body).toEqual({ active: false });
  });

  it.each(['access', 'refresh'] as const)('end the whole family when the %s token is given back', async (kind) => {
    const tokens = await withTokens(`revoked-${kind}`);
    const before = await takeCensus(estate.db);
    expect((await estate.client.revoke(tokens[kind])).status).toBe(200);
    expect((await estate.client.introspect(tokens.access)).body).toEqual({ active: false });
    expect((await estate.client.userInfo(tokens.access)).status).toBe(401);
    expect((await estate.client.refresh(tokens.refresh)).body.error).toBe('invalid_grant');
    const { audit } = await takeCensus(estate.db);
    const revoked = audit.slice(before.audit.length).filter(({ action }) => action === 'token.revoked');
    expect(revoked).toEqual([expect.objectContaining({ partner_id: estate.partner.id })]);
  });

  it('do not revoke for another client', async () => {
    const other = await estate.addApplication('vandal');
    const { access, refresh } = await withTokens('kept');
    await other.client.revoke(access);
    await other.client.revoke(refresh);
    expect((await estate.client.introspect(access)).body).toMatchObject({ active: true });
  });

  it('take no token of one kind for another: an ID token or a refresh token opens nothing [O25]', async () => {
    const { body, refresh } = await withTokens('confused');
    for (const token of [String(body.id_token), refresh]) {
      expect((await estate.client.userInfo(token)).status).toBe(401);
    }
  });
});

describe('what an application reads', () => {
  it('is signed by the algorithm that the application chose [C40]', async () => {
    const rsa = await estate.addApplication('rsa', { idTokenSignedResponseAlg: 'RS256' });
    const agent = aPerson(estate.upstream, 'algorithms');
    const es = await estate.party.signIn(agent, hint);
    const rs = await rsa.party.signIn(agent, hint);
    expect(decodeProtectedHeader(es.id_token ?? '').alg).toBe('ES256');
    expect(decodeProtectedHeader(rs.id_token ?? '').alg).toBe('RS256');
  });

  it('stands in the ID token only where the application asked for that [C40]', async () => {
    const verbose = await estate.addApplication('verbose', { claimsInIdToken: true });
    const agent = aPerson(estate.upstream, 'claims-in-token');
    expect((await estate.party.signIn(agent, hint)).claims()?.email).toBeUndefined();
    expect((await verbose.party.signIn(agent, hint)).claims()).toMatchObject({
      email: 'claims-in-token@borealis.example',
      given_name: 'Ada',
    });
  });

  it('is the profile cut to what the terms release, at userinfo as in the ID token [C40] [N16]', async () => {
    const narrow = await estate.addApplication('narrow', { claimsInIdToken: true }, { releasedAttributes: ['email'] });
    const agent = aPerson(estate.upstream, 'narrow');
    const tokens = await narrow.party.signIn(agent, hint);
    const claims = tokens.claims() ?? { sub: '' };
    const info = await narrow.client.userInfo(tokens.access_token);
    for (const seen of [claims, info.body] as Record<string, unknown>[]) {
      expect(seen.email).toBe('narrow@borealis.example');
      expect(seen.given_name).toBeUndefined();
      expect(seen.family_name).toBeUndefined();
    }
  });

  it('carries when and how the person was authenticated by the IdP, at refresh too [C22] [N55]', async () => {
    const authenticatedAt = Math.floor(Date.now() / 1000) - 100;
    const agent = aPerson(estate.upstream, 'assured', {
      acr: 'urn:example:mfa',
      amr: ['pwd', 'otp'],
      auth_time: authenticatedAt,
    });
    const tokens = await estate.party.signIn(agent, hint);
    const expected = { acr: 'urn:example:mfa', amr: ['pwd', 'otp'], auth_time: authenticatedAt };
    expect(tokens.claims()).toMatchObject(expected);
    const refreshed = await estate.client.refresh(tokens.refresh_token ?? '');
    expect(decodeJwt(String(refreshed.body.id_token))).toMatchObject(expected);
  });

  it('names the person by one identifier for all public applications, and by another for each pairwise one [N12]', async () => {
    const [pair, other] = [
      await estate.addApplication('pair-one', { subjectType: 'PAIRWISE' }),
      await estate.addApplication('pair-two', { subjectType: 'PAIRWISE' }),
    ];
    const agent = aPerson(estate.upstream, 'pairwise');
    const open = (await estate.party.signIn(agent, hint)).claims()?.sub;
    const first = await pair.party.signIn(agent, hint);
    const second = (await other.party.signIn(agent, hint)).claims()?.sub;
    expect(new Set([open, first.claims()?.sub, second]).size).toBe(3);
    const again = (await pair.party.signIn(aPerson(estate.upstream, 'pairwise'), hint)).claims()?.sub;
    expect(again).toBe(first.claims()?.sub);
    expect((await pair.client.userInfo(first.access_token)).body.sub).toBe(again);
    expect((await pair.client.introspect(first.access_token)).body.sub).toBe(again);
  });
});

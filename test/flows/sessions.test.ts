import { handleHash } from '../../src/shared/ids.js';
import { aPartnerWithOpenIdProvider, aTrust } from '../support/federation.js';
import { aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import { setPartnerState } from '../support/policy-change.js';
import { takeCensus } from '../support/reject-invariant.js';
import { formOf, type UserAgent, type Visit } from '../support/user-agent.js';

const goodbye = 'http://127.0.0.1:1/goodbye';
let estate: LoginEstate;
let host: string;
beforeAll(async () => {
  estate = await startEstate({ application: { postLogoutRedirectUris: [goodbye] } });
  host = new URL(estate.hub.url).host;
});
afterAll(() => estate.close());

const asked = () => estate.upstream.requests.filter((line) => line === 'GET /authorize').length;
const lastAsked = (agent: UserAgent) =>
  new URL(agent.trail.findLast((line) => line.startsWith(`GET ${estate.upstream.origin}/authorize`))?.slice(4) ?? '');
const errorOf = (visit: Visit) => new URL(visit.url).searchParams.get('error');

async function signedIn(subject: string) {
  const agent = aPerson(estate.upstream, subject);
  const tokens = await estate.party.signIn(agent, hint);
  return { agent, tokens };
}

function liveSessions() {
  return estate.db.uow.read({ kind: 'hub' }, (tx) =>
    tx.em.execute<{ id: string; state: string; ended_reason: string | null; membership_id: string }[]>(
      'select id, state, ended_reason, membership_id from regional.session order by id',
    ),
  );
}

describe('one session for every application', () => {
  it('opens a second application without asking the IdP again, and without asking who it is [N40]', async () => {
    const second = await estate.addApplication('second');
    const { agent, tokens } = await signedIn('single');
    const before = asked();
    const opened = await second.party.signIn(agent);
    expect(asked()).toBe(before);
    expect(opened.claims()?.sub).toBe(tokens.claims()?.sub);
    expect(opened.claims()?.login_id).toBe(tokens.claims()?.login_id);
  });

  it('does not open an application that has no trust relationship with the partner [N16]', async () => {
    const strict = await estate.addApplication('untrusted', {}, { validUntil: '2020-01-01T00:00:00Z' });
    const { agent } = await signedIn('no-entry');
    const { visit } = await strict.party.visit(agent);
    expect(visit.status).toBe(200);
    expect(visit.body).toContain('Work e-mail address');
    expect(errorOf((await strict.party.visit(agent, { prompt: 'none' })).visit)).toBe('login_required');
  });

  it('does not open an application whose minimum the authentication misses [N16] [N57]', async () => {
    const strong = await estate.addApplication('strong', { minimumAal: 2 });
    const { agent } = await signedIn('weak');
    expect(errorOf((await strong.party.visit(agent, { prompt: 'none' })).visit)).toBe('login_required');
  });

  it('answers prompt=none with a code while the session lives, and with login_required when none does [O16]', async () => {
    const { agent, tokens } = await signedIn('silent');
    const before = asked();
    const silent = await estate.party.signIn(agent, { prompt: 'none' });
    expect(silent.claims()?.sub).toBe(tokens.claims()?.sub);
    const stranger = aPerson(estate.upstream, 'stranger');
    expect(errorOf((await estate.party.visit(stranger, { prompt: 'none', ...hint })).visit)).toBe('login_required');
    expect(asked()).toBe(before);
  });

  it('decides at every use: a suspended partner opens nothing, a reinstated one does again', async () => {
    const { agent } = await signedIn('suspended-later');
    await setPartnerState(estate.db, estate.partner, 'SUSPENDED');
    expect(errorOf((await estate.party.visit(agent, { prompt: 'none' })).visit)).toBe('login_required');
    await setPartnerState(estate.db, estate.partner, 'ACTIVE');
    expect(errorOf((await estate.party.visit(agent, { prompt: 'none' })).visit)).toBeNull();
  });

  it('asks the IdP for a new authentication when the application demands one by prompt=login [N58]', async () => {
    const { agent, tokens } = await signedIn('again');
    const handle = agent.cookie(host, 'entente-session');
    estate.upstream.set({ claims: { email: 'again@borealis.example', auth_time: Math.floor(Date.now() / 1000) + 1 } });
    const again = await estate.party.signIn(agent, { prompt: 'login', ...hint });
    const { searchParams } = lastAsked(agent);
    expect([searchParams.get('prompt'), searchParams.get('max_age')]).toEqual(['login', '0']);
    expect(again.claims()?.sub).toBe(tokens.claims()?.sub);
    expect(Number(again.claims()?.auth_time)).toBeGreaterThanOrEqual(Number(tokens.claims()?.auth_time));
    expect(agent.cookie(host, 'entente-session')).not.toBe(handle);
  });

  it('refuses the answer of an IdP that only repeats an old authentication [N57]', async () => {
    const { agent } = await signedIn('lazy');
    const old = Math.floor(Date.now() / 1000) - 3_600;
    estate.upstream.set({ claims: { email: 'lazy@borealis.example', auth_time: old } });
    const { visit } = await estate.party.visit(agent, { prompt: 'login', ...hint });
    expect(visit.status).toBe(403);
  });

  it('asks anew when the authentication is older than max_age [N57] [N58]', async () => {
    const old = Math.floor(Date.now() / 1000) - 400;
    const agent = aPerson(estate.upstream, 'aged', { auth_time: old });
    await estate.party.signIn(agent, hint);
    const before = asked();
    await estate.party.signIn(agent, { max_age: '3600' });
    expect(asked()).toBe(before);
    estate.upstream.set({ claims: { email: 'aged@borealis.example' } });
    const fresh = await estate.party.signIn(agent, { max_age: '100', ...hint });
    expect(asked()).toBe(before + 1);
    expect(Number(fresh.claims()?.auth_time)).toBeGreaterThan(old);
  });
});

describe('the handle of a session', () => {
  it('is new after every login; the one before it is dead [H06]', async () => {
    const { agent } = await signedIn('renewed');
    const [handle, library] = ['entente-session', 'entente-oidc'].map((name) => agent.cookie(host, name) ?? '');
    await estate.party.signIn(agent, { prompt: 'login', ...hint });
    const thief = await fetch(await authorizationUrl(), {
      redirect: 'manual',
      headers: { cookie: `entente-session=${handle}; entente-oidc=${library}` },
    });
    expect(new URL(thief.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });

  it('given to a browser before the login is not the one that the login makes [H06]', async () => {
    const agent = aPerson(estate.upstream, 'fixed');
    const planted = 'local.planted-planted-planted-planted-planted-pl';
    agent.plant(host, 'entente-session', planted);
    await estate.party.signIn(agent, hint);
    expect(agent.cookie(host, 'entente-session')).not.toBe(planted);
    const attacker = await fetch(await authorizationUrl(), {
      redirect: 'manual',
      headers: { cookie: `entente-session=${planted}` },
    });
    expect(new URL(attacker.headers.get('location') ?? '').searchParams.get('error')).toBe('login_required');
  });

  it('stands in no table as it is [H02] [H06]', async () => {
    const { agent } = await signedIn('digest');
    const rows = await estate.db.uow.read({ kind: 'hub' }, (tx) => tx.em.execute('select * from regional.session'));
    expect(JSON.stringify(rows)).not.toContain(agent.cookie(host, 'entente-session'));
  });

  it('ends with its session when another person signs in with the same browser', async () => {
    const { agent, tokens } = await signedIn('first-person');
    aPerson(estate.upstream, 'second-person');
    const other = await estate.party.signIn(agent, { prompt: 'login', ...hint });
    expect(other.claims()?.sub).not.toBe(tokens.claims()?.sub);
    expect((await estate.client.userInfo(tokens.access_token)).status).toBe(401);
    expect((await estate.client.userInfo(other.access_token)).status).toBe(200);
    const replaced = (await liveSessions()).filter(({ ended_reason }) => ended_reason === 'REPLACED');
    expect(replaced).toHaveLength(1);
    const { audit } = await takeCensus(estate.db);
    expect(audit.filter(({ action }) => action === 'session.ended')).toHaveLength(1);
  });

  it('ends its session also when the person changes to another organization in the same browser [H06]', async () => {
    const { agent, tokens } = await signedIn('two-employers');
    const handle = agent.cookie(host, 'entente-session') ?? '';
    const partner = await aPartnerWithOpenIdProvider(estate.db, 'cumulus', estate.upstream);
    await aTrust(estate.db, partner, estate.application);
    estate.upstream.set({ claims: { email: 'two-employers@cumulus.example', email_verified: true } });
    const other = await estate.party.signIn(agent, { prompt: 'login', idp_hint: 'cumulus.main' });
    expect(other.claims()).toMatchObject({ partner: 'cumulus', idp: 'cumulus.main' });
    expect(other.claims()?.sub).not.toBe(tokens.claims()?.sub);
    expect((await estate.client.userInfo(tokens.access_token)).status).toBe(401);
    const ended = await estate.db.uow.read({ kind: 'hub' }, (tx) =>
      tx.em.execute('select state, ended_reason from regional.session where handle_hash = ?', [handleHash(handle)]),
    );
    expect(ended).toEqual([{ state: 'ENDED', ended_reason: 'REPLACED' }]);
  });

  async function authorizationUrl() {
    return (await estate.party.request({ prompt: 'none' })).url;
  }
});

describe('sign-out', () => {
  const ask = (agent: UserAgent, parameters: Record<string, string>) =>
    agent.get(`${estate.hub.url}/oidc/logout?${new URLSearchParams(parameters)}`);

  async function isSignedIn(agent: UserAgent) {
    return errorOf((await estate.party.visit(agent, { prompt: 'none' })).visit) === null;
  }

  it('asks the person, then ends the session and every token that hangs on it, and leads back [O22]', async () => {
    const { agent, tokens } = await signedIn('leaving');
    const question = await ask(agent, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: goodbye,
      state: 'as-sent',
    });
    expect(question.status).toBe(200);
    expect(question.body).toContain('asks to sign you out');
    expect(await isSignedIn(agent)).toBe(true);
    const form = formOf(
      await ask(agent, { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: goodbye, state: 'as-sent' }),
    );
    const answer = await agent.post(form?.url ?? '', { ...form?.fields, logout: 'yes' });
    expect(answer.headers.get('location')).toBe(`${goodbye}?state=as-sent`);
    expect(agent.cookie(host, 'entente-session')).toBeUndefined();
    expect(await isSignedIn(agent)).toBe(false);
    expect((await estate.client.userInfo(tokens.access_token)).status).toBe(401);
    expect((await estate.client.introspect(tokens.access_token)).body).toEqual({ active: false });
    expect((await estate.client.refresh(tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
  });

  it('ends nothing when the person stays [O22]', async () => {
    const { agent } = await signedIn('staying');
    const form = formOf(await ask(agent, {}));
    await agent.post(form?.url ?? '', form?.fields ?? {});
    expect(await isSignedIn(agent)).toBe(true);
  });

  it('shows a page of its own where no application asked to come back', async () => {
    const { agent } = await signedIn('plain');
    const form = formOf(await ask(agent, {}));
    const end = await agent.follow(await agent.post(form?.url ?? '', { ...form?.fields, logout: 'yes' }));
    expect(end.body).toContain('You are signed out');
    expect(await isSignedIn(agent)).toBe(false);
  });

  it('asks even when the library has lost its own session, since the hub’s may live [O22]', async () => {
    const { agent } = await signedIn('half');
    agent.forget('entente-oidc');
    const question = await ask(agent, {});
    expect(question.body).not.toContain('<script');
    expect(question.body).toContain('Stay signed in');
    const live = async () => (await liveSessions()).filter(({ state }) => state === 'LIVE').length;
    const before = await live();
    const form = formOf(question);
    await agent.post(form?.url ?? '', { ...form?.fields, logout: 'yes' });
    expect(await live()).toBe(before - 1);
  });

  it.each([
    [
      'an address that is not registered',
      (hintToken: string) => ({ id_token_hint: hintToken, post_logout_redirect_uri: 'https://evil.example/' }),
    ],
    [
      'a hint that is no token',
      () => ({ id_token_hint: 'eyJub25lIjp0cnVlfQ.e30.', post_logout_redirect_uri: goodbye }),
    ],
    [
      'a hint whose signature was changed',
      (hintToken: string) => ({
        id_token_hint: `${hintToken.slice(0, -8)}AAAAAAAA`,
        post_logout_redirect_uri: goodbye,
      }),
    ],
    [
      'a hint of another application than the client_id',
      (hintToken: string) => ({ id_token_hint: hintToken, client_id: 'second' }),
    ],
  ])('refuses %s with a page, and keeps the session [O22]', async (name, parameters) => {
    const { agent, tokens } = await signedIn(`logout ${name}`.replaceAll(' ', '-'));
    const refused = await ask(agent, parameters(tokens.id_token ?? '') as Record<string, string>);
    expect(refused.status).toBe(400);
    expect(refused.headers.get('location')).toBeNull();
    expect(refused.body).toContain('Reference');
    expect(refused.body).not.toContain('evil.example');
    expect(await isSignedIn(agent)).toBe(true);
  });

  it('takes no answer that did not come from its own question [O22]', async () => {
    const { agent } = await signedIn('forged');
    for (const fields of [{ logout: 'yes' }, { logout: 'yes', xsrf: 'guessed' }] as Record<string, string>[]) {
      const answer = await agent.post(`${estate.hub.url}/oidc/logout/confirm`, fields);
      expect(answer.status).toBe(400);
    }
    expect(await isSignedIn(agent)).toBe(true);
  });
});

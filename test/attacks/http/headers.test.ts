import { connect } from 'node:net';
import { startTestHub, type TestHub } from '../../support/hub.js';
import { aPerson, hint, type LoginEstate, startEstate } from '../../support/login-estate.js';
import { formOf, UserAgent, type Visit } from '../../support/user-agent.js';

let estate: LoginEstate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

const policyOf = (visit: Visit) =>
  new Map(
    (visit.headers.get('content-security-policy') ?? '').split(';').map((part) => {
      const [name = '', ...values] = part.trim().split(/\s+/);
      return [name, values] as const;
    }),
  );

/** Every kind of page that a browser can be shown. */
async function pages(): Promise<Record<string, Visit>> {
  const { hub, party, upstream } = estate;
  const agent = aPerson(upstream, 'pages');
  const choose = await new UserAgent().follow((await party.request()).url);
  const asked = new UserAgent();
  const form = formOf(await asked.follow((await party.request()).url));
  const onward = await asked.post(form?.url ?? '', { ...form?.fields, email: 'pages@borealis.example' });
  const notFound = await asked.post(form?.url ?? '', { ...form?.fields, email: 'x@nobody.example' });
  await party.signIn(agent, hint);
  const formPost = await agent.get((await party.request({ response_mode: 'form_post', ...hint })).url);
  return {
    choose,
    onward,
    notFound,
    formPost,
    refusal: await agent.get(`${hub.url}/federation/oidc/nobody.main/callback`),
    requestError: await agent.get(`${hub.url}/oidc/auth?client_id=nobody`),
    interactionGone: await agent.get(`${hub.url}/oidc/interaction/nothing`),
    front: await agent.get(`${hub.url}/`),
    logout: await agent.get(`${hub.url}/oidc/logout`),
    loggedOut: await agent.get(`${hub.url}/oidc/logout/success`),
  };
}

describe('pages [H08] [O30]', () => {
  it('are framed by nobody, load nothing, run no script but one that is named, and are not stored', async () => {
    for (const [name, visit] of Object.entries(await pages())) {
      expect([name, visit.headers.get('content-type')]).toEqual([name, expect.stringMatching(/^text\/html/)]);
      const policy = policyOf(visit);
      expect([name, policy.get('frame-ancestors'), policy.get('default-src'), policy.get('base-uri')]).toEqual([
        name,
        ["'none'"],
        ["'none'"],
        ["'none'"],
      ]);
      expect(visit.headers.get('content-security-policy')).not.toMatch(/unsafe-|\*/);
      expect([name, visit.headers.get('x-frame-options')]).toEqual([name, 'DENY']);
      expect([name, visit.headers.get('x-content-type-options')]).toEqual([name, 'nosniff']);
      expect([name, visit.headers.get('cache-control')]).toEqual([name, expect.stringContaining('no-store')]);
      const scripts = visit.body.match(/<script/g) ?? [];
      const allowed = (policy.get('script-src') ?? []).filter((source) => source.startsWith("'sha256-"));
      expect([name, scripts.length]).toEqual([name, allowed.length]);
      expect(visit.body).not.toMatch(/ on[a-z]+=|javascript:/);
    }
  });

  it('show the name of an application as text', async () => {
    const evil = await estate.addApplication('evil', { name: '<img src=x onerror=alert(1)>\u202Egnp' });
    const visit = await new UserAgent().follow((await evil.party.request()).url);
    expect(visit.body).toContain('&lt;img src=x');
    expect(visit.body).not.toContain('<img');
    expect(visit.body).not.toContain('\u202E');
  });
});

describe('cookies over https [H07]', () => {
  let secure: TestHub;
  beforeAll(async () => {
    secure = await startTestHub({
      db: estate.db,
      publicUrl: 'https://hub.example',
      egressAllow: [estate.upstream.hostPort],
    });
  });
  afterAll(() => secure.close());

  it('are bound to the host, to https, to HTTP and to our own site', async () => {
    const url = new URL((await estate.party.request(hint)).url);
    const first = await fetch(`${secure.url}${url.pathname}${url.search}`, { redirect: 'manual' });
    const cookies = first.headers.getSetCookie();
    const interaction = new URL(first.headers.get('location') ?? '', 'https://hub.example');
    const cookie = cookies.map((line) => line.split(';')[0]).join('; ');
    const second = await fetch(`${secure.url}${interaction.pathname}`, { redirect: 'manual', headers: { cookie } });
    const all = [...cookies, ...second.headers.getSetCookie()];
    expect(all.length).toBeGreaterThanOrEqual(3);
    for (const line of all) {
      expect(line).toMatch(/^__(Host|Secure)-entente-/);
      expect(line).toMatch(/;\s*secure/i);
      expect(line).toMatch(/;\s*httponly/i);
      expect(line).toMatch(/;\s*samesite=lax/i);
      expect(line).not.toMatch(/;\s*domain=/i);
      if (line.startsWith('__Host-')) expect(line).toMatch(/;\s*path=\/(;|$)/i);
    }
    expect(first.headers.get('strict-transport-security')).toContain('max-age=');
  });

  it('that come twice, or in a jar that overflows, are not believed', async () => {
    const agent = aPerson(estate.upstream, 'tossed');
    await estate.party.signIn(agent, hint);
    const host = new URL(estate.hub.url).host;
    const [session, library] = ['entente-session', 'entente-oidc'].map((name) => agent.cookie(host, name) ?? '');
    const sig = agent.cookie(host, 'entente-oidc.sig') ?? '';
    const own = `entente-session=${session}; entente-oidc=${library}; entente-oidc.sig=${sig}`;
    const silent = async (cookie: string) => {
      const response = await fetch((await estate.party.request({ prompt: 'none' })).url, {
        redirect: 'manual',
        headers: { cookie },
      });
      return new URL(response.headers.get('location') ?? '').searchParams.get('error');
    };
    expect(await silent(own)).toBeNull();
    expect(await silent(`${own}; entente-session=planted`)).toBe('login_required');
    expect(await silent(`${own}; padding=${'x'.repeat(9_000)}`)).toBe('login_required');
  });
});

describe('a Host header of somebody else [H10]', () => {
  const poison = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '444',
    'x-original-host': 'evil.example',
    forwarded: 'host=evil.example;proto=https',
  };

  it('changes neither issuer nor endpoints', async () => {
    const path = '/.well-known/openid-configuration';
    const honest = await (await fetch(`${estate.hub.url}${path}`)).json();
    const poisoned = JSON.parse((await raw('GET', path, poison)).body);
    expect(poisoned).toEqual(honest);
    for (const [name, value] of Object.entries(honest)) {
      if (name.endsWith('_endpoint') || name === 'jwks_uri') expect(String(value)).toMatch(estate.hub.url);
    }
  });

  it('changes no redirect and no page', async () => {
    const url = new URL((await estate.party.request(hint)).url);
    for (const path of [`${url.pathname}${url.search}`, '/oidc/logout', '/federation/oidc/borealis.main/callback']) {
      const { head, body } = await raw('GET', path, poison);
      expect(head + body).not.toContain('evil.example');
    }
  });

  it('twice, or a request with two lengths, is refused by the server', async () => {
    const twice = 'GET /healthz HTTP/1.1\r\nHost: one.example\r\nHost: two.example\r\nConnection: close\r\n\r\n';
    const smuggled =
      'POST /oidc/token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\nGET /x';
    const twoLengths = 'POST /oidc/token HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!';
    for (const request of [twice, smuggled, twoLengths]) {
      expect(await send(request)).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  async function raw(method: string, path: string, headers: Record<string, string>) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const answer = await send(
      `${method} ${path} HTTP/1.1\r\n${lines.join('')}Accept: text/html\r\nConnection: close\r\n\r\n`,
    );
    const [head = '', ...body] = answer.split('\r\n\r\n');
    return { head, body: unchunked(head, body.join('\r\n\r\n')) };
  }

  function unchunked(head: string, body: string): string {
    return /transfer-encoding: chunked/i.test(head) ? body.replaceAll(/(^|\r\n)[0-9a-f]+\r\n/g, '') : body;
  }

  function send(request: string): Promise<string> {
    return new Promise((done, fail) => {
      const { hostname, port } = new URL(estate.hub.url);
      const socket = connect(Number(port), hostname, () => socket.write(request));
      let answer = '';
      socket.setEncoding('utf8');
      socket.on('data', (text: string) => {
        answer += text;
      });
      socket.on('close', () => done(answer));
      socket.on('error', fail);
    });
  }
});

describe('other origins [H09]', () => {
  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1'])('%s reads nothing of a person', async (origin) => {
    const agent = aPerson(estate.upstream, 'cross-origin');
    const tokens = await estate.party.signIn(agent, hint);
    const asks: [string, RequestInit][] = [
      ['/oidc/interaction/x', {}],
      ['/federation/oidc/borealis.main/callback', {}],
      [
        '/graphql',
        { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{__typename}"}' },
      ],
      ['/graphql', { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } }],
      ['/healthz', {}],
    ];
    for (const [path, init] of asks) {
      const response = await fetch(`${estate.hub.url}${path}`, { ...init, headers: { ...init.headers, origin } });
      expect([path, response.headers.get('access-control-allow-origin')]).toEqual([path, null]);
    }
    const { clientId, clientSecret } = estate.application;
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const body = new URLSearchParams({ token: tokens.access_token });
    const introspected = { method: 'POST', headers: { origin, authorization }, body };
    const introspection = await fetch(`${estate.hub.url}/oidc/introspect`, introspected);
    expect([introspection.status, introspection.headers.get('access-control-allow-origin')]).toEqual([400, null]);
    const failed = await fetch(`${estate.hub.url}/oidc/token`, { method: 'POST', headers: { origin } });
    expect(failed.status).toBe(400);
    expect(failed.headers.get('access-control-allow-credentials')).toBeNull();
    if (origin === 'null') expect(failed.headers.get('access-control-allow-origin')).toBeNull();
    const info = await fetch(`${estate.hub.url}/oidc/userinfo`, {
      headers: { origin, authorization: `Bearer ${tokens.access_token}` },
    });
    const allowed = info.headers.get('access-control-allow-origin');
    expect(allowed).toBe(origin === 'http://127.0.0.1:1' ? origin : null);
    expect(info.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

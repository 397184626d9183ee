import { createHmac } from 'node:crypto';
import { AttributeMapping } from '../../src/mapping/mapping.entity.js';
import { insertNextMapping } from '../../src/mapping/mapping.store.js';
import { raisePartnerEpoch } from '../../src/persistence/policy-epoch.js';
import type { ErrorCode } from '../../src/shared/error-catalogue.js';
import { ada, aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import type { OpenIdProviderSettings } from '../support/openid-provider.js';
import { expectRejected } from '../support/reject-invariant.js';
import { UserAgent } from '../support/user-agent.js';

let estate: LoginEstate;
let offsetMs = 0;
beforeAll(async () => {
  estate = await startEstate({
    env: { ENTENTE_EGRESS_TIMEOUT_SECONDS: '1' },
    clock: { now: () => new Date(Date.now() + offsetMs) },
  });
});
afterAll(() => estate.close());

const honest: Partial<OpenIdProviderSettings> = {
  idTokenClaims: (claims) => claims,
  idTokenHeader: {},
  idToken: null,
  callback: {},
  authorizationError: null,
  onToken: null,
  onJwks: null,
};

afterEach(() => {
  estate.upstream.set(honest);
  offsetMs = 0;
});

async function beforeCallback(agent: UserAgent) {
  const { url } = await estate.party.request(hint);
  const { url: callback } = await agent.follow(url, `${estate.hub.url}/federation/`);
  return callback;
}

function changed(url: string, change: (parameters: URLSearchParams) => void): string {
  const changed = new URL(url);
  change(changed.searchParams);
  return changed.href;
}

describe('a callback', () => {
  const cases: [string, ErrorCode, (parameters: URLSearchParams) => void][] = [
    ['without a state [O03]', 'OIDC_STATE', (query) => query.delete('state')],
    ['with two states [O03] [O16]', 'OIDC_STATE', (query) => query.append('state', query.get('state') ?? '')],
    ['with a state of nobody [O03]', 'LOGIN_UNKNOWN', (query) => query.set('state', 'local.AAAAAAAAAAAAAAAAAAAAAA')],
    ['with a state of a megabyte [H12]', 'OIDC_STATE', (query) => query.set('state', 'x'.repeat(10_000))],
    ['with another code [O02]', 'OIDC_CODE', (query) => query.set('code', 'stolen-from-somebody')],
    ['without a code', 'OIDC_CALLBACK', (query) => query.delete('code')],
    ['with two codes [O16]', 'OIDC_CALLBACK', (query) => query.append('code', 'second')],
    [
      'with a token in the front channel',
      'OIDC_CALLBACK',
      (query) => query.set('id_token', 'eyJhbGciOiJub25lIn0.e30.'),
    ],
    ['of another issuer [O01]', 'OIDC_ISS_MISMATCH', (query) => query.set('iss', 'https://evil.example')],
    ['without the issuer that the provider promised [O01]', 'OIDC_ISS_MISMATCH', (query) => query.delete('iss')],
  ];

  it.each(cases)('%s is refused', async (_name, code, change) => {
    const agent = aPerson(estate.upstream, 'callback');
    const callback = changed(await beforeCallback(agent), change);
    const sent = [...new URL(callback).searchParams.values()].filter((value) => value.length > 8);
    await expectRejected(estate.db, { code, sent }, () => agent.follow(callback));
  });

  it('works once: the second time it is spent [O03] [N5] [N57]', async () => {
    const agent = aPerson(estate.upstream, 'once');
    const callback = await beforeCallback(agent);
    await agent.follow(callback, estate.application.redirectUri);
    await expectRejected(estate.db, { code: 'LOGIN_SPENT' }, () => agent.follow(callback));
  });

  it('in another browser than the one that began is refused, and its login is over [O03] [H06]', async () => {
    const victim = aPerson(estate.upstream, 'victim');
    const callback = await beforeCallback(new UserAgent());
    await expectRejected(estate.db, { code: 'LOGIN_OTHER_BROWSER' }, () => victim.follow(callback));
    await expectRejected(estate.db, { code: 'LOGIN_SPENT' }, () => victim.follow(callback));
  });

  it('is refused after ten minutes [O03]', async () => {
    const agent = aPerson(estate.upstream, 'slow');
    const callback = await beforeCallback(agent);
    offsetMs = 601_000;
    await expectRejected(estate.db, { code: 'LOGIN_EXPIRED' }, () => agent.follow(callback));
  });

  it('at an address that no IdP has is refused', async () => {
    const agent = aPerson(estate.upstream, 'unknown-idp');
    const callback = (await beforeCallback(agent)).replace('borealis.main', 'nobody.main');
    await expectRejected(estate.db, { code: 'IDP_UNKNOWN' }, () => agent.follow(callback));
  });

  it('by POST is refused [O16]', async () => {
    const agent = aPerson(estate.upstream, 'posted');
    const callback = await beforeCallback(agent);
    await expectRejected(estate.db, { code: 'METHOD_NOT_ALLOWED' }, () => agent.post(callback, {}));
  });
});

describe('the decision after a callback', () => {
  it('is made only in the interaction that began the login [O03] [O30]', async () => {
    const other = await estate.addApplication('elsewhere');
    const agent = aPerson(estate.upstream, 'two-windows');
    const taken = await agent.get(await beforeCallback(agent));
    const handle = new URL(taken.headers.get('location') ?? '', estate.hub.url).searchParams.get('login') ?? '';
    const { url } = await other.party.request({});
    const foreign = await agent.get(url);
    const interaction = new URL(foreign.headers.get('location') ?? '', estate.hub.url);
    const uid = interaction.pathname.split('/').at(-1);
    const mixed = `${estate.hub.url}/oidc/auth/${uid}?login=${handle}`;
    await expectRejected(estate.db, { code: 'LOGIN_UNKNOWN' }, () => agent.follow(mixed));
  });

  it('is not made for a browser without the cookie of the interaction [O30]', async () => {
    const agent = aPerson(estate.upstream, 'copied');
    const taken = await agent.get(await beforeCallback(agent));
    const next = new URL(taken.headers.get('location') ?? '', estate.hub.url).href;
    await expectRejected(estate.db, { code: 'LOGIN_EXPIRED' }, () => new UserAgent().follow(next));
  });

  it('is not made for a browser without the cookie of the login [O03]', async () => {
    const agent = aPerson(estate.upstream, 'half-copied');
    const taken = await agent.get(await beforeCallback(agent));
    agent.forget('entente-browser');
    const next = new URL(taken.headers.get('location') ?? '', estate.hub.url).href;
    await expectRejected(estate.db, { code: 'LOGIN_OTHER_BROWSER' }, () => agent.follow(next));
  });

  it('holds, whoever another window of the browser has signed in meanwhile [H06]', async () => {
    const agent = aPerson(estate.upstream, 'first-window');
    const request = await estate.party.request(hint);
    const { url: callback } = await agent.follow(request.url, `${estate.hub.url}/federation/`);
    const taken = await agent.get(callback);
    aPerson(estate.upstream, 'second-window');
    const other = await estate.party.signIn(agent, hint);
    const back = await agent.follow(
      new URL(taken.headers.get('location') ?? '', estate.hub.url).href,
      estate.application.redirectUri,
    );
    expect([back.status, agent.trail.at(-1)]).toEqual([0, expect.stringContaining('/oidc/auth/')]);
    const tokens = await estate.party.redeem(request, back);
    expect(tokens.claims()?.sub).not.toBe(other.claims()?.sub);
    const silent = await estate.party.signIn(agent, { prompt: 'none' });
    expect(silent.claims()?.sub).toBe(tokens.claims()?.sub);
  });

  it('is made once', async () => {
    const agent = aPerson(estate.upstream, 'decided-once');
    const taken = await agent.get(await beforeCallback(agent));
    const next = new URL(taken.headers.get('location') ?? '', estate.hub.url).href;
    const twin = agent.copy();
    expect((await agent.get(next)).status).toBe(303);
    await expectRejected(estate.db, { code: 'LOGIN_EXPIRED' }, () => twin.get(next));
  });
});

describe('an ID token', () => {
  const now = () => Math.floor(Date.now() / 1000);
  const tokens: [string, ErrorCode, Partial<OpenIdProviderSettings>][] = [
    [
      'of another request [O04] [N58]',
      'OIDC_NONCE',
      { idTokenClaims: (claims) => ({ ...claims, nonce: 'of-yesterday' }) },
    ],
    ['without a nonce [O04]', 'OIDC_NONCE', { idTokenClaims: (claims) => ({ ...claims, nonce: undefined }) }],
    [
      'of another issuer [O08] [N57]',
      'OIDC_ISS_MISMATCH',
      { idTokenClaims: (claims) => ({ ...claims, iss: 'https://evil.example' }) },
    ],
    [
      'for another audience [O08] [N55] [N57]',
      'OIDC_CLAIM',
      { idTokenClaims: (claims) => ({ ...claims, aud: 'somebody-else' }) },
    ],
    [
      'of another authorized party [O08]',
      'OIDC_CLAIM',
      { idTokenClaims: (claims) => ({ ...claims, azp: 'somebody-else' }) },
    ],
    [
      'that has expired [O08] [N57]',
      'OIDC_CLAIM',
      { idTokenClaims: (claims) => ({ ...claims, exp: now() - 600, iat: now() - 900 }) },
    ],
    [
      'of tomorrow [O08]',
      'OIDC_CLAIM',
      { idTokenClaims: (claims) => ({ ...claims, iat: now() + 86_400, exp: now() + 90_000 }) },
    ],
    ['not yet valid [O08]', 'OIDC_CLAIM', { idTokenClaims: (claims) => ({ ...claims, nbf: now() + 3_600 }) }],
    ['without a subject', 'OIDC_CLAIM', { idTokenClaims: (claims) => ({ ...claims, sub: undefined }) }],
    ['without a signature [O06] [N53]', 'OIDC_ALG', { idToken: (claims) => unsigned({ alg: 'none' }, claims) }],
    [
      'keyed by the client secret [O06] [N53]',
      'OIDC_ALG',
      { idToken: (claims) => hmac(claims, 'a secret: of 100% + the hub') },
    ],
    ['changed after the signature [O06] [N53]', 'OIDC_SIGNATURE', { idToken: (claims) => tampered(claims) }],
    ['under a key that nobody published [O07] [N53]', 'OIDC_KEY', { idTokenHeader: { kid: 'unpublished' } }],
    ['of another type [O25]', 'OIDC_TYP', { idTokenHeader: { typ: 'logout+jwt' } }],
  ];

  it.each(tokens)('%s is refused', async (_name, code, settings) => {
    const agent = aPerson(estate.upstream, 'id-token');
    estate.upstream.set(settings);
    await expectRejected(estate.db, { code, sent: [ada.email, 'somebody-else', 'evil.example'] }, async () =>
      agent.follow(await beforeCallback(agent)),
    );
  });

  it('is taken in once, even for another request [O04] [N5] [N57]', async () => {
    const agent = aPerson(estate.upstream, 'jti');
    estate.upstream.set({ idTokenClaims: (claims) => ({ ...claims, jti: 'the-same-assertion' }) });
    await estate.party.signIn(agent, hint);
    await expectRejected(estate.db, { code: 'OIDC_REPLAY', sent: ['the-same-assertion'] }, async () =>
      new UserAgent().follow((await estate.party.request(hint)).url),
    );
  });
});

describe('an identity provider', () => {
  const answers: [string, ErrorCode, Partial<OpenIdProviderSettings>][] = [
    ['that refuses the person', 'IDP_ERROR', { authorizationError: 'access_denied' }],
    ['that asks for a login of its own', 'IDP_ERROR', { authorizationError: 'login_required' }],
    ['whose error is no code but text', 'IDP_ERROR', { authorizationError: '<script>alert(1)</script>' }],
    [
      'that does not accept the code',
      'OIDC_CODE',
      { onToken: () => ({ status: 400, body: { error: 'invalid_grant' } }) },
    ],
    [
      'that does not know the hub',
      'IDP_ERROR',
      { onToken: () => ({ status: 401, body: { error: 'invalid_client' } }) },
    ],
    ['that is out of order', 'IDP_UNAVAILABLE', { onToken: () => ({ status: 503, body: 'maintenance' }) }],
    ['that hangs up', 'IDP_UNAVAILABLE', { onToken: () => ({ raw: (response) => void response.destroy() }) }],
    ['that answers too late', 'IDP_UNAVAILABLE', { onToken: () => ({ raw: () => undefined }) }],
    ['that sends too much [O14]', 'EGRESS_LIMIT', { onToken: () => ({ body: { padding: 'x'.repeat(2_000_000) } }) }],
    [
      'that sends a page',
      'OIDC_CALLBACK',
      { onToken: () => ({ headers: { 'content-type': 'text/html' }, body: '<p>Welcome</p>' }) },
    ],
    [
      'that repeats a member [O08]',
      'OIDC_CALLBACK',
      {
        onToken: () => ({
          headers: { 'content-type': 'application/json' },
          body: '{"access_token":"a","access_token":"b","token_type":"Bearer"}',
        }),
      },
    ],
  ];

  it.each(answers)(
    '%s is told of in a calm page, with a way to try again where that helps',
    async (_name, code, settings) => {
      const agent = aPerson(estate.upstream, 'answers');
      estate.upstream.set(settings);
      const { visit } = await expectRejected(
        estate.db,
        { code, sent: ['<script>', 'maintenance', 'Welcome'] },
        async () => agent.follow(await beforeCallback(agent)),
      );
      if (code === 'IDP_UNAVAILABLE') expect(visit.body).toContain('Try again');
    },
  );

  it('that is well again lets the person in by the way that the page offers', async () => {
    const agent = aPerson(estate.upstream, 'patient');
    estate.upstream.set({ onToken: () => ({ status: 503, body: 'maintenance' }) });
    const request = await estate.party.request(hint);
    const page = await agent.follow(request.url);
    estate.upstream.set(honest);
    const retry = /<a class="button" href="([^"]+)">Try again/.exec(page.body)?.[1] ?? '';
    const back = await agent.follow(new URL(retry, estate.hub.url).href, estate.application.redirectUri);
    expect((await estate.party.redeem(request, back)).claims()?.sub).toBeDefined();
  });
});

describe('a person', () => {
  it.each([
    ['of another domain', 'DOMAIN_NOT_OWNED', { email: 'ada@cumulus.example' }],
    ['of a subdomain that was not proved', 'DOMAIN_NOT_OWNED', { email: 'ada@it.borealis.example' }],
    ['of a domain that only looks alike', 'DOMAIN_NOT_OWNED', { email: 'ada@bоrealis.example' }],
    ['without a required attribute', 'ATTRIBUTE_REQUIRED', { email: undefined }],
    ['whose e-mail is none', 'ATTRIBUTE_INVALID', { email: 'not an address' }],
  ] as const)('%s does not come in [O10]', async (_name, code, claims) => {
    const agent = aPerson(estate.upstream, 'outsider', claims);
    if (code !== 'DOMAIN_NOT_OWNED') await requireEmail('claims.email');
    const sent = claims.email === undefined ? [] : [claims.email];
    await expectRejected(estate.db, { code, sent }, async () => agent.follow(await beforeCallback(agent)));
  });

  it('for whom a rule fails does not come in [C30]', async () => {
    await requireEmail('lower(claims.list)');
    const agent = aPerson(estate.upstream, 'rule', { list: ['one'] });
    await expectRejected(estate.db, { code: 'RULE_FAILED', sent: ['rule@borealis.example'] }, async () =>
      agent.follow(await beforeCallback(agent)),
    );
    await requireEmail('claims.email');
  });

  it('whose e-mail another account of the partner has is not linked to it [C32] [O12]', async () => {
    await estate.party.signIn(aPerson(estate.upstream, 'owner'), hint);
    const agent = aPerson(estate.upstream, 'taker', { email: 'Owner@Borealis.example' });
    await expectRejected(estate.db, { code: 'PROVISION_COLLISION', sent: ['Owner@'] }, async () =>
      agent.follow(await beforeCallback(agent)),
    );
  });

  /** A next version of the mapping, with another rule for `email`. */
  function requireEmail(expression: string): Promise<void> {
    const { db, partner } = estate;
    return db.uow.write({ kind: 'hub' }, async (tx) => {
      const where = { identityProviderId: partner.identityProviderId, state: 'ACTIVE' } as const;
      const current = await tx.em.findOneOrFail(AttributeMapping, where);
      const rules = current.rules.map((rule) =>
        rule.attribute === 'email' ? { ...rule, expression, required: true } : rule,
      );
      await insertNextMapping(tx, current, rules, { createdBy: 'test', now: new Date() });
      await raisePartnerEpoch(tx, partner.id);
    });
  }
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function unsigned(header: Record<string, unknown>, claims: Record<string, unknown>): string {
  return `${encode(header)}.${encode(claims)}.`;
}

function hmac(claims: Record<string, unknown>, secret: string): string {
  const input = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

async function tampered(claims: Record<string, unknown>): Promise<string> {
  const [header, , signature] = (await estate.upstream.sign(claims)).split('.');
  return `${header}.${encode({ ...claims, sub: 'administrator' })}.${signature}`;
}

import { createHmac, generateKeyPairSync, KeyObject } from 'node:crypto';
import type { ErrorCode } from '../../../src/shared/error-catalogue.js';
import type { OpenIdProviderSettings } from '../../support/openid-provider.js';
import { type Harness, NOW, startHarness } from './harness.js';

let hub: Harness;
beforeAll(async () => {
  hub = await startHarness();
});
afterAll(() => hub.close());
const honest = hubSettings();
afterEach(() => hub.op.set(honest));

function hubSettings(): Partial<OpenIdProviderSettings> {
  return { idTokenClaims: (claims) => claims, idTokenHeader: {}, idToken: null, userInfo: {}, onUserInfo: null };
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const seconds = Math.floor(NOW.getTime() / 1000);

async function refusedWith(code: ErrorCode, settings: Partial<OpenIdProviderSettings>): Promise<void> {
  hub.op.set(settings);
  expect((await hub.refused()).code).toBe(code);
}

describe('algorithms of an ID token [O06] [N53]', () => {
  it.each(['none', 'None', 'NONE', 'nOnE'])('refuses alg %s', (alg) =>
    refusedWith('OIDC_ALG', { idToken: (claims) => `${encode({ alg })}.${encode(claims)}.` }),
  );

  it.each(['HS256', 'HS384', 'HS512'])(
    'refuses %s, with the client secret as with the public key as key',
    async (alg) => {
      const digest = alg.replace('HS', 'sha');
      const pem = KeyObject.from((await publicKey()) as never).export({ type: 'spki', format: 'pem' });
      for (const key of [hub.op.clientSecret, pem, JSON.stringify(hub.op.jwks().keys[0])]) {
        await refusedWith('OIDC_ALG', {
          idToken: (claims) => {
            const input = `${encode({ alg, kid: 'key-1' })}.${encode(claims)}`;
            return `${input}.${createHmac(digest, key).update(input).digest('base64url')}`;
          },
        });
      }
    },
  );

  it('refuses an empty signature under an honest header', () =>
    refusedWith('OIDC_SIGNATURE', {
      idToken: async (claims) => `${(await hub.op.sign(claims)).split('.').slice(0, 2).join('.')}.`,
    }));

  it('refuses the all-zero signature of ECDSA (psychic signature)', () =>
    refusedWith('OIDC_SIGNATURE', {
      idToken: async (claims) =>
        `${(await hub.op.sign(claims)).split('.').slice(0, 2).join('.')}.${Buffer.alloc(64).toString('base64url')}`,
    }));

  it('refuses an algorithm that the connection does not list, though the key could', () =>
    refusedWith('OIDC_ALG', {
      idToken: (claims) => `${encode({ alg: 'ES384', kid: 'key-1' })}.${encode(claims)}.AAAA`,
    }));

  it('refuses an algorithm of another key type than the key', () =>
    refusedWith('OIDC_KEY', {
      idToken: (claims) => `${encode({ alg: 'RS256', kid: 'key-1' })}.${encode(claims)}.AAAA`,
    }));

  it.each([
    ['b64', { b64: false, crit: ['b64'] }],
    ['an unknown critical extension', { crit: ['exp'], exp: 1 }],
  ])('refuses a header with %s', async (_name, header) => {
    hub.op.set({
      idToken: async (claims) => {
        const [, payload, signature] = (await hub.op.sign(claims)).split('.');
        return `${encode({ alg: 'ES256', kid: 'key-1', ...header })}.${payload}.${signature}`;
      },
    });
    expect(['OIDC_ALG', 'OIDC_CALLBACK']).toContain((await hub.refused()).code);
  });

  it('refuses an encrypted token', () =>
    refusedWith('OIDC_ALG', { idToken: () => 'eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d' }));

  function publicKey() {
    return crypto.subtle.importKey(
      'jwk',
      hub.op.jwks().keys[0] as JsonWebKey,
      { name: 'ECDSA', namedCurve: 'P-256' },
      true,
      ['verify'],
    );
  }
});

describe('keys named by a token [O07]', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  it.each([
    ['jku', { jku: 'http://127.0.0.1:9/keys' }],
    ['x5u', { x5u: 'http://127.0.0.1:9/cert' }],
    ['jwk', { jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }],
    ['x5c', { x5c: ['AAAA'] }],
  ])('follows no %s in the header: the signature is checked with published keys only', async (_name, header) => {
    const before = hub.op.requests.length;
    await refusedWith('OIDC_SIGNATURE', {
      idToken: (claims) => hub.op.sign(claims, header, privateKey as unknown as CryptoKey),
    });
    const sinceThen = hub.op.requests.slice(before);
    expect(sinceThen.every((line) => ['POST /token', 'GET /jwks'].includes(line))).toBe(true);
  });

  it.each(['../../etc/passwd', "' or '1'='1", 'key-1\u0000', '', '__proto__'])(
    'finds no key under the id %p',
    async (kid) => refusedWith('OIDC_KEY', { idToken: (claims) => hub.op.sign(claims, { kid }) }),
  );

  it('reads the key set again at most once for a flood of unknown ids', async () => {
    const fetches = () => hub.op.requests.filter((line) => line === 'GET /jwks').length;
    const before = fetches();
    for (let index = 0; index < 10; index++) {
      await refusedWith('OIDC_KEY', { idToken: (claims) => hub.op.sign(claims, { kid: `invented-${index}` }) });
    }
    expect(fetches() - before).toBeLessThanOrEqual(1);
  });
});

describe('claims of an ID token [O08] [N55] [N57]', () => {
  const cases: [string, ErrorCode, Record<string, unknown>][] = [
    ['iss of another provider', 'OIDC_ISS_MISMATCH', { iss: 'https://other.example' }],
    ['iss as a list', 'OIDC_CLAIM', { iss: ['https://other.example'] }],
    ['no iss', 'OIDC_CLAIM', { iss: undefined }],
    ['aud of another client', 'OIDC_CLAIM', { aud: 'other' }],
    ['aud as a list without the hub', 'OIDC_CLAIM', { aud: ['one', 'two'] }],
    ['aud as a number', 'OIDC_CLAIM', { aud: 7 }],
    ['no aud', 'OIDC_CLAIM', { aud: undefined }],
    ['azp of another client', 'OIDC_CLAIM', { azp: 'other' }],
    ['several audiences and no azp of ours', 'OIDC_CLAIM', { aud: ['entente-hub', 'other'], azp: 'other' }],
    ['exp in the past', 'OIDC_CLAIM', { exp: seconds - 121 }],
    ['exp as text', 'OIDC_CLAIM', { exp: String(seconds + 300) }],
    ['no exp', 'OIDC_CLAIM', { exp: undefined }],
    ['exp in a year', 'OIDC_CLAIM', { exp: seconds + 366 * 86_400 }],
    ['no iat', 'OIDC_CLAIM', { iat: undefined }],
    ['iat in the future', 'OIDC_CLAIM', { iat: seconds + 600 }],
    ['iat below zero', 'OIDC_CLAIM', { iat: -1 }],
    ['nbf in the future', 'OIDC_CLAIM', { nbf: seconds + 600 }],
    ['auth_time in the future', 'OIDC_CLAIM', { auth_time: seconds + 600 }],
    ['auth_time as text', 'OIDC_CLAIM', { auth_time: 'now' }],
    ['no sub', 'OIDC_CLAIM', { sub: undefined }],
    ['an empty sub', 'OIDC_CLAIM', { sub: '' }],
    ['a sub of 300 characters', 'OIDC_CLAIM', { sub: 's'.repeat(300) }],
    ['sub as a number', 'OIDC_CLAIM', { sub: 42 }],
    [
      'the events of a logout token',
      'OIDC_TYP',
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
    ],
    ['no nonce', 'OIDC_NONCE', { nonce: undefined }],
    ['nonce as a list', 'OIDC_NONCE', { nonce: ['a'] }],
  ];

  it.each(cases)('%s is refused', (_name, code, over) =>
    refusedWith(code, { idTokenClaims: (claims) => ({ ...claims, ...over }) }),
  );

  it('a list of audiences with the hub in it is accepted (positive control)', async () => {
    hub.op.set({ idTokenClaims: (claims) => ({ ...claims, aud: ['other', 'entente-hub'], azp: 'entente-hub' }) });
    expect((await hub.login()).ok).toBe(true);
  });

  it('a repeated member is refused, whichever one a parser would take [O08]', () =>
    refusedWith('OIDC_CLAIM', {
      idToken: (claims) => {
        const text = JSON.stringify(claims);
        return hub.op.sign(`${text.slice(0, -1)},"sub":"administrator"}`);
      },
    }));

  it('__proto__ as a claim reaches nothing', async () => {
    hub.op.set({ idToken: (claims) => hub.op.sign(`{"__proto__":{"admin":true},${JSON.stringify(claims).slice(1)}`) });
    const result = await hub.login();
    const claims = result.ok ? result.value.claims : {};
    expect(Object.hasOwn(claims, '__proto__')).toBe(false);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('tokens of another kind [O25]', () => {
  it.each(['at+jwt', 'logout+jwt', 'application/at+jwt', 'secevent+jwt', 'dpop+jwt', 7])('typ %p is refused', (typ) =>
    refusedWith('OIDC_TYP', { idToken: (claims) => hub.op.sign(claims, { typ }) }),
  );

  it('user information about somebody else is refused', async () => {
    const config = hub.config({ fetchUserInfo: true });
    hub.op.set({ onUserInfo: () => ({ body: { sub: 'somebody-else', email: 'boss@aurora.example' } }) });
    expect((await hub.refused({ config })).code).toBe('OIDC_USERINFO');
  });

  it('user information cannot say that a signed e-mail is verified [O10]', async () => {
    const config = hub.config({ fetchUserInfo: true });
    hub.op.set({
      claims: { email: 'signed@aurora.example' },
      userInfo: { email: 'other@aurora.example', email_verified: true, tid: 'foreign', oid: 'foreign' },
    });
    const result = await hub.login({ config });
    const claims = result.ok ? result.value.claims : {};
    expect(claims).toEqual({ sub: 'person-1', email: 'signed@aurora.example' });
    hub.op.set({ claims: {} });
  });
});

/** Tokens that are bound to a key by DPoP (RFC 9449): a proof serves one request. */
import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { aPerson, hint, type LoginEstate, startEstate } from '../../support/login-estate.js';

let estate: LoginEstate;
beforeAll(async () => {
  estate = await startEstate();
});
afterAll(() => estate.close());

async function aKey() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) };
  return (htm: string, htu: string, claims: Readonly<Record<string, string>> = {}) =>
    new SignJWT({ htm, htu, jti: randomUUID(), ...claims }).setProtectedHeader(header).setIssuedAt().sign(privateKey);
}

async function boundToken(prove: Awaited<ReturnType<typeof aKey>>, person: string): Promise<string> {
  const { application, hub, party, upstream } = estate;
  const { request, visit } = await party.visit(aPerson(upstream, person), hint);
  const code = new URL(visit.url).searchParams.get('code') ?? '';
  const credentials = [application.clientId, application.clientSecret].map(encodeURIComponent).join(':');
  const url = `${hub.url}/oidc/token`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      dpop: await prove('POST', url),
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: request.codeVerifier,
      redirect_uri: application.redirectUri,
    }),
  });
  const { access_token: token, token_type: type } = (await answer.json()) as Record<string, string>;
  expect([answer.status, type]).toEqual([200, 'DPoP']);
  return token ?? '';
}

describe('a proof of possession', () => {
  it('serves one request, also of many in the same instant [O23]', async () => {
    const prove = await aKey();
    const token = await boundToken(prove, 'bound');
    const url = `${estate.hub.url}/oidc/userinfo`;
    const ath = createHash('sha256').update(token).digest('base64url');
    for (let round = 0; round < 4; round++) {
      const headers = { authorization: `DPoP ${token}`, dpop: await prove('GET', url, { ath }) };
      const use = async () => (await fetch(url, { headers })).status;
      const atOnce = await Promise.all(Array.from({ length: 8 }, use));
      expect(atOnce.filter((status) => status === 200)).toHaveLength(1);
      expect(atOnce.filter((status) => status >= 500)).toEqual([]);
      expect(await use()).toBe(401);
    }
  });
});

import { randomBytes } from 'node:crypto';
import { decodeJwt } from 'jose';
import { testSecretKey } from '../support/database.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import { TokenClient } from '../support/token-client.js';
import type { Visit } from '../support/user-agent.js';

const next = randomBytes(32);
let estate: LoginEstate;
let rolled: TestHub;
beforeAll(async () => {
  estate = await startEstate({ application: { subjectType: 'PAIRWISE' } });
  rolled = await startTestHub({
    db: estate.db,
    publicUrl: estate.hub.url,
    egressAllow: [estate.upstream.hostPort],
    secretKeys: [next, testSecretKey],
  });
});
afterAll(async () => {
  await rolled.close();
  await estate.close();
});

/** The code is redeemed where it was made: the old hub cannot open what the new key has sealed. */
async function subjectOf(codeVerifier: string, { url }: Visit) {
  const client = new TokenClient(rolled.url, estate.application);
  const { status, body } = await client.redeem(new URL(url).searchParams.get('code') ?? '', codeVerifier);
  expect(status).toBe(200);
  return decodeJwt(String(body.id_token)).sub;
}

const atRolled = (url: string) => url.replace(estate.hub.url, rolled.url);

describe('while the key-encryption key rolls, a hub that has the new key first', () => {
  it('carries on a session of the old one, and names the person as before [H03] [N12]', async () => {
    const agent = aPerson(estate.upstream, 'rolled');
    const before = await estate.party.signIn(agent, hint);
    agent.through(atRolled);
    const { request, visit } = await estate.party.visit(agent, { prompt: 'none' });
    expect(await subjectOf(request.codeVerifier, visit)).toBe(before.claims()?.sub);
  });

  it('ends a login that the old one began, with the secret of the IdP that the old one sealed [H03]', async () => {
    const agent = aPerson(estate.upstream, 'in-between');
    const request = await estate.party.request(hint);
    const { url } = await agent.follow(request.url, `${estate.hub.url}/federation/`);
    agent.through(atRolled);
    const back = await agent.follow(url, estate.application.redirectUri);
    expect(await subjectOf(request.codeVerifier, back)).toBeDefined();
  });

  it('needs the old key for what the old one sealed, and says so', async () => {
    await expect(startTestHub({ db: estate.db, secretKeys: [next] })).rejects.toThrow(
      'a sealed value needs a key-encryption key that is not configured',
    );
  });
});

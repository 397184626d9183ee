import { globalId } from '../../src/graphql/global-id.js';
import { anOperatorOf } from '../support/graphql-http.js';
import { startTestHub, type TestHub } from '../support/hub.js';
import { type Added, aPerson, hint, type LoginEstate, startEstate } from '../support/login-estate.js';
import { TokenClient } from '../support/token-client.js';

let estate: LoginEstate;
/** A second replica on the same database. */
let other: TestHub;
let operator: Awaited<ReturnType<typeof anOperatorOf>>;

beforeAll(async () => {
  estate = await startEstate();
  other = await startTestHub({ db: estate.db, publicUrl: estate.hub.url, egressAllow: [estate.upstream.hostPort] });
  operator = await anOperatorOf(estate.hub);
});
afterAll(async () => {
  await other.close();
  await estate.close();
});

function idOf({ application }: Added): string {
  return globalId('Application', { id: application.id });
}

describe('an application, changed through the API', () => {
  it('authenticates by its new secret and not by the old one, on every replica at once', async () => {
    const added = await estate.addApplication('rotated');
    const { refresh_token: refreshToken = '' } = await added.party.signIn(aPerson(estate.upstream, 'rotated'), hint);
    const ROTATE = 'mutation ($id: ID!) { rotateApplicationSecret(input: { id: $id }) { clientSecret } }';
    const { clientSecret } = (await operator(ROTATE, { id: idOf(added) })).rotateApplicationSecret;
    for (const url of [estate.hub.url, other.url]) {
      const old = await new TokenClient(url, added.application).refresh(refreshToken);
      expect([old.status, old.body.error]).toEqual([401, 'invalid_client']);
    }
    const fresh = await new TokenClient(other.url, { ...added.application, clientSecret }).refresh(refreshToken);
    expect(fresh.status).toBe(200);
  });

  it('is returned to where it is registered now, to the letter, and nowhere else [O15]', async () => {
    const added = await estate.addApplication('moved');
    const UPDATE =
      'mutation ($input: UpdateApplicationInput!) { updateApplication(input: $input) { application { id } } }';
    await operator(UPDATE, { input: { id: idOf(added), redirectUris: ['https://moved.example/callback'] } });
    const wrong = [
      added.application.redirectUri,
      'https://moved.example/callback/',
      'https://moved.example/callback?x=1',
      'https://moved.example/Callback',
      'https://moved.example/a/../callback',
      'https://moved.example:443/callback',
      'https://MOVED.example/callback',
      'https://user@moved.example/callback',
      'https://moved.example/callback#',
      'http://moved.example/callback',
      'https://moved.example.evil.example/callback',
    ];
    for (const redirectUri of wrong) {
      const { url } = await added.party.request({ ...hint, redirect_uri: redirectUri });
      const page = await aPerson(estate.upstream, 'moved').get(url);
      expect([redirectUri, page.status, page.headers.get('location')]).toEqual([redirectUri, 400, null]);
    }
    const { url } = await added.party.request({ ...hint, redirect_uri: 'https://moved.example/callback' });
    const landed = await aPerson(estate.upstream, 'moved').follow(url, 'https://moved.example/callback');
    expect(new URL(landed.url).searchParams.get('code')).toBeTruthy();
  });

  it('is no client at all while it is disabled, on every replica at once', async () => {
    const added = await estate.addApplication('switched');
    const { access_token: accessToken } = await added.party.signIn(aPerson(estate.upstream, 'switched'), hint);
    const change = (verb: string) =>
      operator(`mutation ($id: ID!) { ${verb}(input: { id: $id }) { application { state } } }`, { id: idOf(added) });
    await change('disableApplication');
    for (const url of [estate.hub.url, other.url]) {
      expect((await new TokenClient(url, added.application).userInfo(accessToken)).status).toBe(401);
    }
    const { url } = await added.party.request(hint);
    expect((await aPerson(estate.upstream, 'switched').get(url)).status).toBe(400);
    await change('enableApplication');
    const tokens = await added.party.signIn(aPerson(estate.upstream, 'switched'), hint);
    expect(tokens.claims()?.aud).toBe('switched');
  });

  it('knows a person by a subject of its own where subjects are pairwise [N13] [C79]', async () => {
    const names = ['pairwise-a', 'pairwise-b'];
    const added = await Promise.all(names.map((slug) => estate.addApplication(slug, { subjectType: 'PAIRWISE' })));
    const subjects: string[] = [];
    for (const { party } of added) {
      for (let again = 0; again < 2; again += 1) {
        const tokens = await party.signIn(aPerson(estate.upstream, 'pairwise'), hint);
        subjects.push(tokens.claims()?.sub ?? '');
      }
    }
    const [one, oneAgain, two, twoAgain] = subjects;
    expect([oneAgain, twoAgain]).toEqual([one, two]);
    expect(one).not.toBe(two);
    for (const subject of subjects) expect(subject).toMatch(/^[\w-]{43}$/);
  });
});

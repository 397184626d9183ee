import { errorPage } from '../../../src/http/pages/index.js';
import { aPerson, hint, type LoginEstate, startEstate } from '../../support/login-estate.js';
import { expectOneEvent, takeCensus } from '../../support/reject-invariant.js';
import { UserAgent } from '../../support/user-agent.js';

const registered = 'https://orders.example/cb';
let estate: LoginEstate;
beforeAll(async () => {
  estate = await startEstate({ application: { redirectUris: ['http://127.0.0.1:1/callback', registered] } });
});
afterAll(() => estate.close());

async function ask(change: (parameters: URLSearchParams) => void) {
  const url = new URL((await estate.party.request(hint)).url);
  change(url.searchParams);
  return new UserAgent().get(url.href);
}

/** An answer that stays here: a page of ours with a reference, one event, and no redirect. */
async function expectPage(change: (parameters: URLSearchParams) => void): Promise<void> {
  const before = await takeCensus(estate.db);
  const visit = await ask(change);
  const after = await takeCensus(estate.db);
  expect([visit.status, visit.headers.get('location')]).toEqual([400, null]);
  const reference = /<dd>([0-9A-F]{10})<\/dd>/.exec(visit.body)?.[1] ?? 'none';
  expect(visit.body).toBe(errorPage({ reference }).html);
  expectOneEvent(before, after, 'OIDC_REQUEST');
  expect(after.rows).toEqual(before.rows);
}

/** An answer to the application, at an address that it has registered. */
async function expectError(error: string, change: (parameters: URLSearchParams) => void): Promise<void> {
  const visit = await ask(change);
  const location = visit.headers.get('location') ?? '';
  expect(location.startsWith(`${estate.application.redirectUri}?`)).toBe(true);
  expect(new URL(location).searchParams.get('error')).toBe(error);
  expect(new URL(location).searchParams.get('iss')).toBe(estate.hub.url);
}

describe('redirect URIs that are nearly the registered one [O15]', () => {
  it.each([
    'https://orders.example/cb/',
    'https://orders.example/cb/../evil',
    'https://orders.example/cb?next=evil',
    'https://orders.example/cb#fragment',
    'https://orders.example/CB',
    'https://ORDERS.example/cb2',
    'https://orders.example.evil.example/cb',
    'https://orders.example@evil.example/cb',
    'https://user:password@orders.example/cb',
    'https://orders.example:8443/cb',
    'http://orders.example/cb',
    'https://orders.example/cb%2f..%2fevil',
    'https://orders.example\\@evil.example/cb',
    '//orders.example/cb',
    '*',
    'javascript:alert(1)',
    'data:text/html,x',
    'http://127.0.0.1:2/callback',
    'http://localhost:1/callback',
    'http://[::1]:1/callback',
    '',
  ])('%p gets a page and no redirect', (redirectUri) =>
    expectPage((parameters) => parameters.set('redirect_uri', redirectUri)),
  );

  it('two of them get a page and no redirect', () =>
    expectPage((parameters) => parameters.append('redirect_uri', 'https://evil.example/cb')));

  it('none at all gets a page, though several are registered', () =>
    expectPage((parameters) => parameters.delete('redirect_uri')));

  it('an unknown client gets a page, and so does none', async () => {
    await expectPage((parameters) => parameters.set('client_id', 'nobody'));
    await expectPage((parameters) => parameters.delete('client_id'));
  });
});

describe('requests that mix or weaken the flow [O05] [O16]', () => {
  it.each(['token', 'id_token', 'code token', 'code id_token', 'none'])('response_type=%s is refused', (type) =>
    ask((parameters) => parameters.set('response_type', type)).then(({ headers }) => {
      const location = headers.get('location') ?? '';
      expect(location).toContain('error=unsupported_response_type');
      expect(location).not.toMatch(/access_token|id_token=|code=/);
    }),
  );

  it('a request without a PKCE challenge is refused', () =>
    expectError('invalid_request', (parameters) => {
      parameters.delete('code_challenge');
      parameters.delete('code_challenge_method');
    }));

  it.each([
    ['the method plain', 'code_challenge_method', 'plain'],
    ['an unknown method', 'code_challenge_method', 'S512'],
    ['a challenge that is too short', 'code_challenge', 'short'],
    ['two prompts that exclude each other', 'prompt', 'none login'],
    ['an unknown prompt', 'prompt', 'anything'],
    ['a negative max_age', 'max_age', '-1'],
  ])('%s is refused', (_name, parameter, value) =>
    expectError('invalid_request', (parameters) => parameters.set(parameter, value)),
  );

  it.each(['state', 'nonce', 'scope', 'prompt', 'code_challenge'])('%s twice is refused', async (parameter) => {
    const visit = await ask((parameters) => {
      parameters.append(parameter, 'x');
      parameters.append(parameter, 'y');
    });
    const location = visit.headers.get('location');
    expect(location === null ? visit.status : new URL(location).searchParams.get('error')).toEqual(
      location === null ? 400 : 'invalid_request',
    );
  });

  it('request objects and their addresses are not read', async () => {
    await expectError('request_not_supported', (parameters) => parameters.set('request', 'eyJhbGciOiJub25lIn0.e30.'));
    await expectError('request_uri_not_supported', (parameters) =>
      parameters.set('request_uri', 'http://169.254.169.254/'),
    );
  });

  it('a scope that nobody defined gives nothing', async () => {
    const agent = aPerson(estate.upstream, 'scopes');
    const tokens = await estate.party.signIn(agent, { ...hint, scope: 'openid email admin' });
    expect(tokens.scope).toBe('openid email');
  });

  it('a token for the API of the hub is not given to an application [O24]', async () => {
    const url = new URL((await estate.party.request(hint)).url);
    url.searchParams.set('resource', `${estate.hub.url}/graphql`);
    const visit = await new UserAgent().get(url.href);
    expect(visit.headers.get('location') ?? '').toContain('error=invalid_target');
  });

  it('there is no registration, no device flow, and no development interaction [O26]', async () => {
    for (const path of ['reg', 'register', 'device', 'ciba', 'backchannel', 'challenge']) {
      const { status } = await fetch(`${estate.hub.url}/oidc/${path}`, { method: 'POST' });
      expect([path, status]).toEqual([path, 404]);
    }
  });
});

import { redirectUriProblem, redirectUriProblems } from '../../../src/applications/redirect-uri.rules.js';

const confidential = { isPublic: false, isPairwise: false };

describe('a redirect URI', () => {
  it.each([
    'https://app.example/callback',
    'https://app.example',
    'https://app.example?tenant=1',
    'https://app.example:8443/callback?tenant=a%20b',
    'http://127.0.0.1:7000/callback',
    'http://[::1]/callback',
    'http://localhost/callback',
    'https://xn--bcher-kva.example/callback',
  ])('is taken as it stands: %s [O15]', (uri) => {
    expect(redirectUriProblem(uri, confidential)).toBeNull();
  });

  it.each([
    ['plain http', 'http://app.example/callback', /https/],
    ['plain http on a name that begins like a loopback', 'http://127.0.0.1.evil.example/', /https/],
    ['plain http on a private address', 'http://10.0.0.1/callback', /https/],
    ['another scheme', 'javascript:alert(1)', /https/],
    ['a custom scheme', 'com.example.app:/callback', /https/],
    ['a wildcard host', 'https://*.app.example/callback', /Wildcards/],
    ['a wildcard path', 'https://app.example/*', /Wildcards/],
    ['an encoded wildcard', 'https://app.example/%2A', /Wildcards/],
    ['a fragment', 'https://app.example/callback#x', /fragment/],
    ['an empty fragment', 'https://app.example/callback#', /fragment/],
    ['a user', 'https://user@app.example/callback', /Credentials/],
    ['an empty user', 'https://@app.example/callback', /Credentials/],
    ['a host in the user part', 'https://app.example:443@evil.example/', /Credentials/],
    ['dot segments', 'https://app.example/a/../callback', /Dot segments/],
    ['encoded dot segments', 'https://app.example/a/%2e%2e/callback', /Dot segments/],
    ['half-encoded dot segments', 'https://app.example/a/.%2E/callback', /Dot segments/],
    ['a single dot', 'https://app.example/./callback', /Dot segments/],
    ['trailing dot segments', 'https://app.example/a/..', /Dot segments/],
    ['an encoded slash', 'https://app.example/a/..%2fcallback', /Dot segments/],
    ['a backslash', 'https://app.example\\@evil.example/', /ASCII/],
    ['white space', 'https://app.example/call back', /ASCII/],
    ['a line break', 'https://app.example/callback\n', /ASCII/],
    ['a letter that is not ASCII', 'https://bücher.example/', /ASCII/],
    ['upper case in the host', 'https://App.example/callback', /Spell it https:\/\/app\.example\/callback/],
    ['the default port', 'https://app.example:443/callback', /Spell it/],
    ['a number for a host', 'http://2130706433/callback', /Spell it/],
    ['a missing slash', 'https:app.example/callback', /Spell it/],
    ['an extra slash', 'https:///app.example/callback', /Spell it/],
    ['a relative URL', '/callback', /absolute/],
    ['nothing', '', /ASCII/],
    ['1,001 characters', `https://app.example/${'a'.repeat(981)}`, /1,000/],
  ])('is refused with %s [O15] [N26]', (_what, uri, message) => {
    expect(redirectUriProblem(uri, confidential)).toMatch(message);
  });

  it('of a public application on a loopback address is plain http (RFC 8252)', () => {
    expect(redirectUriProblem('https://localhost/callback', { isPublic: true })).toMatch(/http for a loopback/);
    expect(redirectUriProblem('https://localhost/callback', { isPublic: false })).toBeNull();
  });

  it('is judged in linear time [H13]', () => {
    const begun = performance.now();
    for (const part of ['/', '/.', '.', '%2e', '@', ':', '?']) {
      redirectUriProblem(`https://app.example${part.repeat(900 / part.length)}`, confidential);
    }
    redirectUriProblem(`https://${'a'.repeat(5_000_000)}`, confidential);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe('the redirect URIs of an application', () => {
  const uris = (redirectUris: string[], postLogoutRedirectUris: string[] = []) => ({
    redirectUris,
    postLogoutRedirectUris,
  });

  it('name the entry that is refused', () => {
    const problems = redirectUriProblems(
      uris(['https://app.example/a', 'https://app.example/*', 'https://app.example/a'], ['http://app.example/']),
      confidential,
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'input.redirectUris.1',
      'input.redirectUris.2',
      'input.postLogoutRedirectUris.0',
    ]);
  });

  it('are one at least and fifty at most', () => {
    const many = Array.from({ length: 51 }, (_, index) => `https://app.example/${index}`);
    expect(redirectUriProblems(uris([]), confidential)).toMatchObject([{ path: 'input.redirectUris' }]);
    expect(redirectUriProblems(uris(many), confidential)).toMatchObject([{ path: 'input.redirectUris' }]);
    expect(redirectUriProblems(uris(many.slice(1)), confidential)).toEqual([]);
  });

  it('stand on one host where subjects are pairwise [N13]', () => {
    const two = uris(['https://a.example/', 'https://b.example/']);
    expect(redirectUriProblems(two, confidential)).toEqual([]);
    expect(redirectUriProblems(two, { ...confidential, isPairwise: true })).toMatchObject([
      { path: 'input.redirectUris', message: expect.stringContaining('one host') },
    ]);
  });
});

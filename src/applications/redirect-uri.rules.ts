/**
 * Which redirect URIs an application may register. They are compared character by character at a sign-in (RFC 9700,
 * section 4.1.3), so only the one canonical spelling is taken; no wildcard, fragment, credentials or dot segments, in
 * plain or encoded (O15, SP 800-63C N26). Plain http is for loopback addresses alone (RFC 8252, section 7.3).
 */
import type { FieldProblem } from '../shared/hub-error.js';

export const MAX_REDIRECT_URIS = 50;
const MAX_LENGTH = 1_000;
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

export interface RedirectUris {
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
}

export interface RedirectUriUse {
  /** A client without a secret: an application on the person's own device. */
  readonly isPublic: boolean;
  readonly isPairwise: boolean;
}

/** Every problem, with the path of its list entry. */
export function redirectUriProblems(uris: RedirectUris, use: RedirectUriUse): readonly FieldProblem[] {
  const { redirectUris, postLogoutRedirectUris } = uris;
  const problems = [
    ...listProblems(redirectUris, 'input.redirectUris', use),
    ...listProblems(postLogoutRedirectUris, 'input.postLogoutRedirectUris', use),
  ];
  if (redirectUris.length === 0) problems.push({ path: 'input.redirectUris', message: 'Name at least one.' });
  if (problems.length === 0 && use.isPairwise && new Set(redirectUris.map((uri) => new URL(uri).host)).size > 1) {
    // OpenID Connect Core 1.0, section 8.1: the sector of a pairwise identifier is one host.
    const message = 'Pairwise subjects need all redirect URIs on one host.';
    problems.push({ path: 'input.redirectUris', message });
  }
  return problems;
}

function listProblems(uris: readonly string[], path: string, use: RedirectUriUse): FieldProblem[] {
  if (uris.length > MAX_REDIRECT_URIS) return [{ path, message: `Name at most ${MAX_REDIRECT_URIS}.` }];
  return uris.flatMap((uri, index) => {
    const message = uris.indexOf(uri) < index ? 'This stands in the list already.' : redirectUriProblem(uri, use);
    return message === null ? [] : [{ path: `${path}.${index}`, message }];
  });
}

/** What is wrong with one URI; null when it may be registered. */
export function redirectUriProblem(uri: string, { isPublic }: Pick<RedirectUriUse, 'isPublic'>): string | null {
  if (uri.length > MAX_LENGTH) return `Use at most ${MAX_LENGTH.toLocaleString('en')} characters.`;
  if (!/^[\x21-\x7e]+$/.test(uri) || /["'<>\\^`{|}]/.test(uri)) return 'Use printable ASCII, the rest percent-encoded.';
  if (/\*|%2a/i.test(uri)) return 'Wildcards are not allowed.';
  if (uri.includes('#')) return 'A fragment is not allowed.';
  if (!URL.canParse(uri)) return 'Use an absolute URL.';
  const url = new URL(uri);
  const isLoopback = LOOPBACK.has(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) {
    return 'Use https; plain http is for 127.0.0.1, [::1] and localhost alone.';
  }
  if (isPublic && isLoopback && url.protocol === 'https:') return 'Use http for a loopback address (RFC 8252).';
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?]*@/i.test(uri)) {
    return 'Credentials are not allowed.';
  }
  if (/(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\?]|$)|%2f|%5c/i.test(pathOf(uri))) return 'Dot segments are not allowed.';
  return url.href === uri || (url.pathname === '/' && url.href === withSlash(uri)) ? null : `Spell it ${url.href}`;
}

/** The path as it was written; `URL` has removed the dot segments by the time it can be asked. */
function pathOf(uri: string): string {
  return uri.replace(/^[a-z]+:\/*[^/?]*/i, '').replace(/\?.*$/s, '?');
}

/** `https://a.example` and `https://a.example?x` name the same resource as with their slash; both stay as written. */
function withSlash(uri: string): string {
  return uri.replace(/^(https?:\/\/[^/?]+)/, '$1/');
}

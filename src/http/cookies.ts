/**
 * The two cookies of the hub: one that ties a sign-in to a browser, one that carries the session. Over https both have
 * the `__Host-` prefix, which no subdomain can forge (RFC 6265bis, section 4.1.3.2; H07).
 */
import { newHandle } from '../shared/ids.js';

const COOKIE_BYTES = 8_192;

export class HubCookies {
  readonly #secure: boolean;
  readonly #region: string;

  constructor(baseUrl: string, region: string) {
    this.#secure = baseUrl.startsWith('https:');
    this.#region = region;
  }

  browser(header: string | undefined): string | null {
    return readCookie(header, this.#name('browser'));
  }

  session(header: string | undefined): string | null {
    return readCookie(header, this.#name('session'));
  }

  /** The browser's handle; a new one, with the cookie that sets it, when there is none. */
  ensureBrowser(header: string | undefined): { readonly handle: string; readonly cookie: string | null } {
    const known = this.browser(header);
    if (known !== null) return { handle: known, cookie: null };
    const handle = newHandle(this.#region);
    return { handle, cookie: this.#write('browser', handle) };
  }

  startSession(handle: string): string {
    return this.#write('session', handle);
  }

  /** The header of the browser's next request, once it has the session cookie. */
  withSession(header: string | undefined, handle: string): string {
    const name = this.#name('session');
    const others = (header ?? '').split(';').map((part) => part.trim());
    return [...others.filter((part) => part !== '' && !part.startsWith(`${name}=`)), `${name}=${handle}`].join('; ');
  }

  endSession(): string {
    return `${this.#write('session', '')}; Max-Age=0`;
  }

  #write(kind: 'browser' | 'session', value: string): string {
    return `${this.#name(kind)}=${value}; Path=/; HttpOnly; SameSite=Lax${this.#secure ? '; Secure' : ''}`;
  }

  #name(kind: 'browser' | 'session'): string {
    return this.#secure ? `__Host-entente-${kind}` : `entente-${kind}`;
  }
}

/** null when it is absent, oversized, or there twice: then one of the two was planted. */
export function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined || header.length > COOKIE_BYTES) return null;
  const values = header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
  return values.length === 1 && values[0] !== '' ? (values[0] ?? null) : null;
}

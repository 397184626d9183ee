/**
 * A browser as far as the protocols need one: it keeps cookies per host with their paths, follows redirects by hand, and
 * submits forms. `SameSite=Lax` is honoured for cross-site POSTs, since the way of a login depends on it.
 */
export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
  readonly lax: boolean;
}

export class UserAgent {
  #cookies: Cookie[] = [];
  #route: (url: string) => string = (url) => url;
  /** Every address that was asked, in order. */
  readonly trail: string[] = [];

  get(url: string): Promise<Visit> {
    return this.#request(url, { method: 'GET' }, false);
  }

  /** @param crossSite a form of another site: cookies with SameSite=Lax stay at home */
  post(url: string, fields: Readonly<Record<string, string>>, crossSite = false): Promise<Visit> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.#request(url, { method: 'POST', headers, body: new URLSearchParams(fields).toString() }, crossSite);
  }

  /**
   * Follows redirects, and pages that lead on by themselves (a refresh, a form that posts itself), until something else
   * comes or an address begins with `until`.
   */
  async follow(from: string | Visit, until?: string): Promise<Visit> {
    let visit = typeof from === 'string' ? await this.get(from) : from;
    for (let hop = 0; hop < 20; hop++) {
      const next = nextOf(visit);
      if (next === null) return visit;
      if (until !== undefined && next.url.startsWith(until)) return { ...visit, url: next.url, status: 0 };
      visit = next.fields === null ? await this.get(next.url) : await this.post(next.url, next.fields, true);
    }
    throw new Error(`more than 20 hops: ${this.trail.slice(-5).join(' -> ')}`);
  }

  cookie(host: string, name: string): string | undefined {
    return this.#cookies.find((cookie) => cookie.host === host && cookie.name === name)?.value;
  }

  /** The same browser behind a balancer: `route` says where a request really goes. Cookies stay with the host asked for. */
  through(route: (url: string) => string): this {
    this.#route = route;
    return this;
  }

  /** A second window that shares the cookies of this instant. */
  copy(): UserAgent {
    const copy = new UserAgent();
    copy.#cookies = [...this.#cookies];
    return copy;
  }

  /** A cookie that somebody else has put into the browser. */
  plant(host: string, name: string, value: string): void {
    this.#cookies.push({ host, path: '/', name, value, lax: true });
  }

  /** A browser that forgot one cookie, or all of them. */
  forget(name?: string): void {
    this.#cookies = name === undefined ? [] : this.#cookies.filter((cookie) => cookie.name !== name);
  }

  async #request(url: string, init: RequestInit, crossSite: boolean): Promise<Visit> {
    this.trail.push(`${init.method} ${url}`);
    const target = new URL(url);
    const cookies = this.#cookies.filter(
      (cookie) => cookie.host === target.host && target.pathname.startsWith(cookie.path) && !(crossSite && cookie.lax),
    );
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/html');
    if (cookies.length > 0) headers.set('cookie', cookies.map(({ name, value }) => `${name}=${value}`).join('; '));
    const response = await fetch(this.#route(url), { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(target, line);
    return { url, status: response.status, headers: response.headers, body: await response.text() };
  }

  #keep(target: URL, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const attribute = (key: string) =>
      attributes.find((part) => part.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
    const path = attribute('path') ?? '/';
    this.#cookies = this.#cookies.filter(
      (cookie) => !(cookie.host === target.host && cookie.name === name && cookie.path === path),
    );
    const expires = attribute('expires');
    if (value === '' || attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now()))
      return;
    this.#cookies.push({ host: target.host, path, name, value, lax: attribute('samesite')?.toLowerCase() === 'lax' });
  }
}

function nextOf(visit: Visit): { url: string; fields: Record<string, string> | null } | null {
  const location = visit.headers.get('location');
  if (visit.status >= 300 && visit.status < 400 && location !== null) {
    return { url: new URL(location, visit.url).href, fields: null };
  }
  const refresh = /<meta http-equiv="refresh" content="0; url=([^"]+)">/.exec(visit.body)?.[1];
  if (refresh !== undefined) return { url: decodeEntities(refresh), fields: null };
  const isSelfPosting = visit.body.includes('document.forms[0]');
  const form = isSelfPosting ? formOf(visit) : null;
  return form;
}

/** The first form of a page: its address and its fields. */
export function formOf(visit: Visit): { url: string; fields: Record<string, string> } | null {
  const action = /<form[^>]*action="([^"]+)"/.exec(visit.body)?.[1];
  if (action === undefined) return null;
  const fields: Record<string, string> = {};
  for (const [tag] of visit.body.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1];
    if (name !== undefined) fields[decodeEntities(name)] = decodeEntities(/value="([^"]*)"/.exec(tag)?.[1] ?? '');
  }
  return { url: new URL(decodeEntities(action), visit.url).href, fields };
}

function decodeEntities(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/**
 * A small application that trusts the hub: it signs people in through it, shows what it was told, and leads to the trace
 * that says why. Sessions live in memory, at most a thousand, and end with the process.
 */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AuthorizationResponseError } from 'openid-client';
import { BoundedCache } from '../shared/bounded-cache.js';
import type { Place } from './addresses.js';
import { aurora, borealis, type DemonstrationApplication, OWNER } from './estate.js';
import type { LoginTraceReader, LoginView } from './login-trace.js';
import { claimsPage, welcomePage } from './pages/application.js';
import type { Site } from './pages/layout.js';
import { goOnPage } from './pages/sign-in.js';
import { tracePage } from './pages/trace.js';
import type { PendingRequest, RelyingParty, SignedIn } from './relying-party.js';
import { createSite, DemonstrationProblem, queryOf, SiteCookie, sendPage, sendRedirect } from './server.js';

const AT_MOST = 1_000;
const REFERENCE = /^[0-9A-F]{10}$/;

export interface ApplicationParts {
  readonly application: DemonstrationApplication;
  readonly theme: Site['theme'];
  readonly party: RelyingParty;
  readonly traces: LoginTraceReader;
  /** The other application: where a person is signed in without being asked again. */
  readonly other: { readonly name: string; readonly place: Place };
}

/** A server that does not listen yet. */
export function createDemonstrationApplication(parts: ApplicationParts): FastifyInstance {
  const site: Site = {
    theme: parts.theme,
    name: parts.application.name,
    part: `This page plays an application of ${OWNER}. It trusts the hub, and keeps no accounts of its own.`,
  };
  const application = new Application(parts, site);
  const server = createSite(site, '/');
  server.get('/', (request, reply) => application.home(request, reply));
  server.get('/sign-in', (request, reply) => application.signIn(request, reply));
  server.get('/callback', (request, reply) => application.callback(request, reply));
  server.get('/trace', (request, reply) => application.trace(request, reply));
  server.post('/sign-out', (request, reply) => application.signOut(request, reply));
  return server;
}

class Application {
  readonly #parts: ApplicationParts;
  readonly #site: Site;
  readonly #requests = new BoundedCache<string, PendingRequest>(AT_MOST);
  readonly #sessions = new BoundedCache<string, SignedIn>(AT_MOST);
  readonly #requestCookie: SiteCookie;
  readonly #sessionCookie: SiteCookie;

  constructor(parts: ApplicationParts, site: Site) {
    this.#parts = parts;
    this.#site = site;
    this.#requestCookie = new SiteCookie(`${parts.application.slug}-request`, '/callback');
    this.#sessionCookie = new SiteCookie(`${parts.application.slug}-session`);
  }

  /** Asks the hub at every look: a session that ended there, or trust that was withdrawn, ends this one. */
  async home(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { other, party } = this.#parts;
    const known = this.#session(request);
    if (known === null) return this.#welcome(reply, false);
    const userInfo = await this.#reach(() => party.userInfo(known));
    if (userInfo === null) {
      this.#forget(request, reply);
      return this.#welcome(reply, true);
    }
    const signedIn = { ...known, userInfo };
    return sendPage(
      reply,
      claimsPage({ site: this.#site, signedIn, other: { name: other.name, signInUrl: `${other.place.url}/sign-in` } }),
    );
  }

  #welcome(reply: FastifyReply, ended: boolean): FastifyReply {
    const { purpose } = this.#parts.application;
    return sendPage(reply, welcomePage({ site: this.#site, purpose, partners: [aurora, borealis], ended }));
  }

  /** To the hub: with the organization where the person chose one, else the hub asks for it. */
  async signIn(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const organization = queryOf(request).get('organization');
    const { url, pending } = await this.#reach(() =>
      this.#parts.party.begin(organization === undefined ? {} : { organization, prompt: 'login' }),
    );
    const key = newKey();
    this.#requests.set(key, pending);
    this.#requestCookie.set(reply, key);
    return sendRedirect(reply, url);
  }

  async callback(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const key = this.#requestCookie.read(request) ?? '';
    const pending = this.#requests.get(key);
    this.#requests.deleteWhere((_pending, known) => known === key);
    this.#requestCookie.clear(reply);
    if (pending === undefined) {
      throw new DemonstrationProblem('This sign-in was not begun here', 'Start it again in this browser.');
    }
    const [, query = ''] = (request.raw.url ?? '').split('?', 2);
    const signedIn = await this.#reach(() => this.#parts.party.finish(query, pending));
    const session = newKey();
    this.#sessions.set(session, signedIn);
    this.#sessionCookie.set(reply, session);
    return sendRedirect(reply, '/');
  }

  async trace(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const reference = queryOf(request).get('reference')?.trim().toUpperCase();
    const loginId = this.#session(request)?.idTokenClaims.login_id;
    if (reference === undefined && typeof loginId !== 'string') return sendRedirect(reply, '/');
    const login = await (reference === undefined ? this.#parts.traces.read(String(loginId)) : this.#refused(reference));
    if (login === null) throw new DemonstrationProblem('There is no such sign-in', 'The hub does not know it.', 404);
    return sendPage(reply, tracePage({ site: this.#site, login, graphqlUrl: this.#parts.traces.graphqlUrl }));
  }

  /** Nobody is signed in after a refusal: the reference that the hub showed leads to the trace, as it leads support. */
  async #refused(reference: string): Promise<LoginView | null> {
    return REFERENCE.test(reference) ? this.#parts.traces.findRefused(reference) : null;
  }

  /** Here, and then at the hub (RP-Initiated Logout 1.0): the hub asks whether the other applications end as well. */
  async signOut(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const signedIn = this.#session(request);
    this.#forget(request, reply);
    if (signedIn === null) return sendRedirect(reply, '/');
    return sendPage(reply, goOnPage(this.#site, await this.#parts.party.endSessionUrl(signedIn.idToken)));
  }

  #forget(request: FastifyRequest, reply: FastifyReply): void {
    const key = this.#sessionCookie.read(request);
    this.#sessions.deleteWhere((_signedIn, known) => known === key);
    this.#sessionCookie.clear(reply);
  }

  #session(request: FastifyRequest): SignedIn | null {
    return this.#sessions.get(this.#sessionCookie.read(request) ?? '') ?? null;
  }

  async #reach<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (fault) {
      if (fault instanceof AuthorizationResponseError) {
        throw new DemonstrationProblem('The hub did not sign you in', `It says: ${fault.error}.`);
      }
      throw new DemonstrationProblem('The hub could not be reached', reasonOf(fault), 502);
    }
  }
}

function newKey(): string {
  return randomBytes(24).toString('base64url');
}

/** A code of openid-client or of outbound HTTP; never what an answer contained. */
function reasonOf(fault: unknown): string {
  const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown reason';
  return `The answer could not be used: ${code}.`;
}

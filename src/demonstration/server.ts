/** What the small servers of the demonstration share: forms as text, pages as answers, faults as a calm page, cookies. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { readCookie } from '../http/cookies.js';
import { acceptFormsOnly } from '../http/inbound.js';
import type { Page } from '../http/pages/layout.js';
import { StartError } from '../persistence/bootstrap.js';
import { LOOPBACK, type Place } from './addresses.js';
import type { Site } from './pages/layout.js';
import { problemPage } from './pages/sign-in.js';

const BODY_BYTES = 65_536;
const REQUEST_MS = 30_000;

/** What a page of the demonstration says instead of what it should have shown. */
export class DemonstrationProblem extends Error {
  readonly heading: string;
  readonly status: number;

  constructor(heading: string, message: string, status = 400) {
    super(message);
    this.heading = heading;
    this.status = status;
  }
}

export function createSite(site: Site, restart: string | null): FastifyInstance {
  const server = fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    connectionTimeout: REQUEST_MS,
    forceCloseConnections: 'idle',
  });
  acceptFormsOnly(server);
  server.setNotFoundHandler((_request, reply) =>
    sendPage(reply, problemPage(site, 'There is no such page', 'The address leads nowhere.', restart), 404),
  );
  server.setErrorHandler((error, _request, reply) => {
    const isOurs = error instanceof DemonstrationProblem;
    const heading = isOurs ? error.heading : 'That did not work';
    const text = isOurs ? error.message : 'The demonstration could not do what was asked.';
    const status = isOurs ? error.status : ((error as { statusCode?: number }).statusCode ?? 500);
    return sendPage(reply, problemPage(site, heading, text, restart), status);
  });
  return server;
}

/** @throws StartError with one clear line when the port is taken */
export async function listenAt(server: FastifyInstance, { port }: Place): Promise<void> {
  try {
    await server.listen({ host: LOOPBACK, port });
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
    if (!['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes(code)) throw fault;
    const why = code === 'EADDRINUSE' ? 'it is in use' : code;
    const mend = 'Set ENTENTE_DEMO_PORT to the first of four free ports, or ENTENTE_DEMO=off.';
    throw new StartError(`The demonstration cannot listen on ${LOOPBACK}:${port}: ${why}. ${mend}`);
  }
}

export function sendPage(reply: FastifyReply, page: Page, status = 200): FastifyReply {
  return reply.code(status).headers(page.headers).send(page.html);
}

export function sendRedirect(reply: FastifyReply, url: string): FastifyReply {
  return reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect(url, 303);
}

/** The fields of a form, or of a query: of a name that is there twice, none. */
export function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const twice = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) twice.add(name);
    fields.set(name, value);
  }
  for (const name of twice) fields.delete(name);
  return fields;
}

export function queryOf(request: FastifyRequest): ReadonlyMap<string, string> {
  const [, query = ''] = (request.raw.url ?? '').split('?', 2);
  return fieldsOf(query);
}

export function formOf(request: FastifyRequest): ReadonlyMap<string, string> {
  return fieldsOf(typeof request.body === 'string' ? request.body : '');
}

/** A cookie of one server: ports of one host share a jar, so that each name says whose it is. */
export class SiteCookie {
  readonly #name: string;
  readonly #path: string;

  constructor(name: string, path = '/') {
    this.#name = name;
    this.#path = path;
  }

  read(request: FastifyRequest): string | null {
    return readCookie(request.headers.cookie, this.#name);
  }

  set(reply: FastifyReply, value: string): void {
    reply.header('set-cookie', `${this.#name}=${value}; Path=${this.#path}; HttpOnly; SameSite=Lax`);
  }

  clear(reply: FastifyReply): void {
    reply.header('set-cookie', `${this.#name}=; Path=${this.#path}; HttpOnly; SameSite=Lax; Max-Age=0`);
  }
}

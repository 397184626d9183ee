/** Turns an outcome of the pipeline into an answer: a redirect, a form that posts itself, or a calm page. */
import type { FastifyReply } from 'fastify';
import type { OutboundMessage } from '../login/contracts.js';
import type { Origin } from '../login/login.store.js';
import type { Refused } from '../login/refuse.js';
import { errorCatalogue } from '../shared/error-catalogue.js';
import { continuePage, formPostPage, type Page, refusalPage } from './pages/index.js';

export function sendPage(reply: FastifyReply, status: number, page: Page): FastifyReply {
  return reply.code(status).headers(page.headers).send(page.html);
}

/** The browser comes from a form of ours, whose form-action Chromium holds against redirects: the way on is a page. */
export function sendAfterForm(reply: FastifyReply, message: OutboundMessage): FastifyReply {
  return sendPage(reply, 200, message.kind === 'form-post' ? formPostPage(message) : continuePage(message));
}

/** The reference of a refusal; when not even the refusal can be recorded, the id of the request, which the log has. */
export async function referenceOf(refuse: () => Promise<Refused>, origin: Origin): Promise<string> {
  try {
    return (await refuse()).reference;
  } catch {
    return origin.correlationId;
  }
}

/** @param retryUrl where a new attempt begins; shown only where the kind of refusal makes one useful */
export function sendRefusal(reply: FastifyReply, refused: Refused, retryUrl: string | null): FastifyReply {
  const { status, page } = refusalAnswer(refused, retryUrl);
  return sendPage(reply, status, page);
}

/** What a person sees of a refusal. @param retryUrl as for `sendRefusal` */
export function refusalAnswer(refused: Refused, retryUrl: string | null): { status: number; page: Page } {
  const { http: status, page: kind } = errorCatalogue[refused.refusal.code];
  const retry = retryUrl !== null && kind !== 'invalid' ? { retryUrl } : {};
  return { status, page: refusalPage({ kind, reference: refused.reference, ...retry }) };
}

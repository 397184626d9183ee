/** Requests as the protocols read them: pairs in order, duplicates kept, nothing merged (L10, S48). */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { InboundMessage } from '../login/contracts.js';
import type { Origin } from '../login/login.store.js';

const FORM = 'application/x-www-form-urlencoded';

/** Forms arrive as text in this scope; every other content type is refused with 415. */
export function acceptFormsOnly(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

export function inboundMessage(request: FastifyRequest): InboundMessage {
  const url = request.raw.url ?? '';
  const question = url.indexOf('?');
  const rawQuery = question < 0 ? '' : url.slice(question + 1);
  const body = typeof request.body === 'string' ? request.body : '';
  return {
    method: request.method === 'POST' ? 'POST' : 'GET',
    rawQuery,
    query: [...new URLSearchParams(rawQuery)],
    form: [...new URLSearchParams(body)],
  };
}

export function originOf(request: FastifyRequest): Origin {
  return { sourceIp: request.ip, correlationId: request.id };
}

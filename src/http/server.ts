/** The HTTP server: limits, headers and errors that hold for every route; the routes themselves are plugins. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import fastify, { type FastifyInstance, type FastifyPluginAsync, LogController } from 'fastify';
import type { Config } from '../config.js';
import { type ErrorCode, errorCatalogue } from '../shared/error-catalogue.js';
import { HubError } from '../shared/hub-error.js';

const BODY_BYTES = 1_048_576;
const REQUEST_MS = 30_000;

export function createServer(config: Config): FastifyInstance {
  const server = fastify({
    logger: { level: config.mode === 'test' ? 'fatal' : config.logLevel },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    trustProxy: config.trustProxy.length > 0 ? [...config.trustProxy] : false,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    connectionTimeout: REQUEST_MS,
    // A drain lets requests in flight finish; idle keep-alive connections are closed.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    routerOptions: { maxParamLength: 200 },
  });
  endConnectionsWhenClosing(server);
  const headers = standardHeaders(config);
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    if (hostHeaders(request.raw) !== 1) throw new HubError('INPUT_INVALID');
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send(body('NOT_FOUND')));
  server.setErrorHandler((error, request, reply) => {
    const code = codeOf(error);
    if (code === 'INTERNAL') request.log.error({ err: error, correlationId: request.id }, 'fault');
    return reply.code(errorCatalogue[code].http).send({ ...body(code), correlationId: request.id });
  });
  return server;
}

/** RFC 9112, section 3.2: more than one is an attack on whoever stands in between. Node itself keeps the first. */
function hostHeaders({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
}

/** Once the server closes, a kept connection ends with the answer that it still carries: a drain waits for no idle peer. */
function endConnectionsWhenClosing(server: FastifyInstance): void {
  let closing = false;
  server.addHook('preClose', async () => {
    closing = true;
  });
  server.server.on('request', (_request, response) => {
    response.once('close', () => {
      if (closing) setImmediate(() => server.server.closeIdleConnections());
    });
  });
}

/** Liveness says that the process runs; readiness that it can serve. */
export function healthRoutes(ready: () => Promise<void>): FastifyPluginAsync {
  return async (scope) => {
    scope.get('/healthz', async () => ({ status: 'ok' }));
    scope.get('/readyz', async (request, reply) => {
      try {
        await ready();
        return { status: 'ready' };
      } catch (fault) {
        request.log.warn({ err: fault }, 'not ready');
        return reply.code(503).send(body('UNAVAILABLE'));
      }
    });
  };
}

function standardHeaders(config: Config): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    ...(config.url.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
}

/** The code behind a fault of the server or of the framework, for every room that answers faults itself. */
export function codeOf(error: unknown): ErrorCode {
  if (error instanceof HubError) return error.code;
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status === 413) return 'TOO_LARGE';
  if (status === 415) return 'MEDIA_TYPE';
  return status < 500 ? 'INPUT_INVALID' : 'INTERNAL';
}

function body(code: ErrorCode): { error: { code: ErrorCode; message: string } } {
  return { error: { code, message: errorCatalogue[code].message } };
}

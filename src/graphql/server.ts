/**
 * The API over HTTP: `POST /graphql` and nothing else. In this order, each before the next one costs anything: token,
 * content type and size, shape of the body, limits of the document, then Apollo.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLSchema, parse } from 'graphql';
import type { AccessTokenVerifier } from '../access/access-token.js';
import type { RequestContext } from '../access/request-context.js';
import type { Mode } from '../config.js';
import type { Clock } from '../shared/clock.js';
import { type ErrorCode, errorCatalogue } from '../shared/error-catalogue.js';
import { HubError } from '../shared/hub-error.js';
import { type ErrorView, errorBody, formatError } from './errors.js';
import { measure, queryLimits } from './limits.js';

export interface GraphqlDeps {
  readonly schema: GraphQLSchema;
  readonly verifier: AccessTokenVerifier;
  readonly clock: Clock;
  readonly mode: Mode;
  /** Where faults go: the answer carries their correlation id only. */
  readonly logFault: (fault: unknown, correlationId: string) => void;
}

/** What a caller of this mode may see of the schema itself. */
function maySeeSchema(mode: Mode, context: RequestContext): boolean {
  return mode !== 'production' || context.actor.role === 'OPERATOR';
}

export async function registerGraphql(fastify: FastifyInstance, deps: GraphqlDeps): Promise<void> {
  const views = new AsyncLocalStorage<ErrorView>();
  const apollo = apolloServer(deps, views);
  await apollo.start();
  const contexts = new WeakMap<FastifyRequest, RequestContext>();
  const contextOf = (request: FastifyRequest): RequestContext => {
    const context = contexts.get(request);
    if (context === undefined) throw new HubError('UNAUTHENTICATED');
    return context;
  };
  const handle = fastifyApolloHandler(apollo, { context: async (request) => contextOf(request) });

  await fastify.register(async (room) => {
    room.addHook('onClose', () => apollo.stop());
    room.removeContentTypeParser(['text/plain']);
    room.setErrorHandler((error, request, reply) => refuse(reply, codeOf(error, request, deps)));
    room.addHook('onRequest', async (request, reply) => {
      void reply.header('x-content-type-options', 'nosniff');
      if (request.method !== 'POST') throw new HubError('METHOD_NOT_ALLOWED');
      contexts.set(request, await requestContext(request, deps));
    });
    // Last, over what Apollo sets: an answer is for its caller alone (G19).
    room.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'private, no-store'));
    room.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: '/graphql',
      bodyLimit: queryLimits.bodyBytes,
      preHandler: async (request) => checkDocument(request.body, contextOf(request), deps),
      handler: async (request, reply) =>
        views.run(errorView(contextOf(request), deps), () => handle.call(fastify, request, reply)),
    });
  });
}

function apolloServer(
  { schema, mode }: GraphqlDeps,
  views: AsyncLocalStorage<ErrorView>,
): ApolloServer<RequestContext> {
  return new ApolloServer<RequestContext>({
    schema,
    nodeEnv: mode,
    // Decided per caller before Apollo: its own switch is one for all, and it caches validated documents.
    introspection: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    csrfPrevention: true,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: queryLimits.tokens },
    formatError: (formatted, error) => formatError(formatted, error, views.getStore() ?? nobody),
    plugins: [ApolloServerPluginLandingPageDisabled()],
  });
}

/** For an error outside any request: says nothing. */
const nobody: ErrorView = { correlationId: 'none', maySeeSchema: false, logFault: () => undefined };

function errorView(context: RequestContext, { mode, logFault }: GraphqlDeps): ErrorView {
  const { correlationId } = context;
  return {
    correlationId,
    maySeeSchema: maySeeSchema(mode, context),
    logFault: (fault) => logFault(fault, correlationId),
  };
}

async function requestContext(request: FastifyRequest, deps: GraphqlDeps): Promise<RequestContext> {
  const actor = await deps.verifier.authenticate(request.headers.authorization);
  return { actor, correlationId: randomUUID(), sourceIp: request.ip, now: deps.clock.now() };
}

/** @throws HubError QUERY_INVALID, QUERY_TOO_COMPLEX, FORBIDDEN (introspection) */
function checkDocument(body: unknown, context: RequestContext, deps: GraphqlDeps): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new HubError('QUERY_INVALID');
  const { query, variables } = body as Record<string, unknown>;
  if (typeof query !== 'string') throw new HubError('QUERY_INVALID');
  const values = typeof variables === 'object' && variables !== null ? (variables as Record<string, unknown>) : {};
  const verdict = measure(deps.schema, parseQuery(query), values);
  if (typeof verdict === 'string') throw new HubError(verdict);
  if (verdict.introspects && !maySeeSchema(deps.mode, context)) throw new HubError('FORBIDDEN');
}

function parseQuery(query: string) {
  try {
    return parse(query, { maxTokens: queryLimits.tokens, noLocation: true });
  } catch (fault) {
    const isFlood = fault instanceof Error && /more tha[nt] \d+ tokens/.test(fault.message);
    throw new HubError(isFlood ? 'QUERY_TOO_COMPLEX' : 'QUERY_INVALID');
  }
}

function codeOf(error: unknown, request: FastifyRequest, deps: GraphqlDeps): ErrorCode {
  if (error instanceof HubError) return error.code;
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status === 413) return 'TOO_LARGE';
  if (status === 415) return 'MEDIA_TYPE';
  if (status < 500) return 'QUERY_INVALID';
  deps.logFault(error, request.id);
  return 'INTERNAL';
}

function refuse(reply: FastifyReply, code: ErrorCode): FastifyReply {
  if (code === 'UNAUTHENTICATED')
    void reply.header('www-authenticate', 'Bearer realm="entente", error="invalid_token"');
  if (code === 'METHOD_NOT_ALLOWED') void reply.header('allow', 'POST');
  return reply.code(errorCatalogue[code].http).type('application/json; charset=utf-8').send(errorBody(code));
}

/** Mounts oidc-provider on the raw request, with host and protocol taken from ENTENTE_URL and never from the request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Provider } from 'oidc-provider';
import { CORRELATION_HEADER } from '../protocols/oidc/downstream.requests.js';

export function oidcRoutes(baseUrl: string, provider: () => Provider) {
  const { host, protocol } = new URL(baseUrl);
  return async (scope: FastifyInstance): Promise<void> => {
    // The library reads the body itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      reply.hijack();
      const { raw } = request;
      for (const name of Object.keys(raw.headers)) if (name.startsWith('x-forwarded-')) delete raw.headers[name];
      raw.headers.host = host;
      raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
      raw.headers['x-forwarded-for'] = request.ip;
      raw.headers[CORRELATION_HEADER] = request.id;
      await provider().callback()(raw, reply.raw);
    };
    scope.route({ method: ['GET', 'POST', 'OPTIONS'], url: '/oidc/*', handler });
    scope.route({ method: ['GET', 'OPTIONS'], url: '/.well-known/openid-configuration', handler });
    scope.route({ method: ['GET', 'OPTIONS'], url: '/.well-known/oauth-authorization-server', handler });
  };
}

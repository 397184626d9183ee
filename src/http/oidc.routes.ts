/** Mounts oidc-provider on the raw request, with host and protocol taken from ENTENTE_URL and never from the request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpenIdProviderHost } from '../protocols/oidc/downstream.host.js';
import { CORRELATION_HEADER } from '../protocols/oidc/downstream.requests.js';

/**
 * For the page that carries an authorization response by POST (OAuth 2.0 Form Post Response Mode): oidc-provider adds the
 * hash of its script to `script-src`. Pages of ours replace the policy with their own.
 */
const libraryPageHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'none'; form-action https: http:; frame-ancestors 'none'; base-uri 'none'",
};

export function oidcRoutes(baseUrl: string, provider: Pick<OpenIdProviderHost, 'handle'>) {
  const { host, protocol } = new URL(baseUrl);
  return async (scope: FastifyInstance): Promise<void> => {
    // The library reads the body itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
      reply.hijack();
      // A hijacked reply loses the headers of the server's hook; a page of the library's own is held by this policy.
      for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...libraryPageHeaders })) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      const { raw } = request;
      for (const name of Object.keys(raw.headers)) if (name.startsWith('x-forwarded-')) delete raw.headers[name];
      raw.headers.host = host;
      raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
      raw.headers['x-forwarded-for'] = request.ip;
      raw.headers[CORRELATION_HEADER] = request.id;
      await provider.handle(raw, reply.raw);
    };
    scope.route({ method: ['GET', 'POST', 'OPTIONS'], url: '/oidc/*', handler });
    scope.route({ method: ['GET', 'OPTIONS'], url: '/.well-known/openid-configuration', handler });
    scope.route({ method: ['GET', 'OPTIONS'], url: '/.well-known/oauth-authorization-server', handler });
  };
}

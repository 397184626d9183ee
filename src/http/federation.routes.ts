/** `/federation/…`: where IdPs send their answers, and where they read what the hub is towards them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IdentityProviderAddress } from '../login/outcome.js';
import type { LoginPipeline } from '../login/pipeline.js';
import type { Refuser } from '../login/refuse.js';
import { arrivalPath, interactionPath } from '../protocols/oidc/downstream.paths.rules.js';
import type { UpstreamLogoutService } from '../sessions/upstream-logout.service.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import { refusal } from '../shared/refusal.js';
import type { HubCookies } from './cookies.js';
import { acceptFormsOnly, inboundMessage, originOf } from './inbound.js';
import { formPostPage, loggedOutPage } from './pages/index.js';
import { referenceOf, sendPage, sendRefusal } from './render.js';
import { codeOf } from './server.js';

const ASSERTION_BYTES = 512 * 1024;
const LOGOUT_BYTES = 128 * 1024;

export interface FederationParts {
  readonly pipeline: LoginPipeline;
  readonly refuser: Refuser;
  readonly cookies: HubCookies;
  /** The IdP behind `{idp}` of an address; null when there is none. */
  readonly findByAddress: (address: string) => Promise<IdentityProviderAddress | null>;
  /** Logout that an IdP begins. */
  readonly upstreamLogout: Pick<UpstreamLogoutService, 'receive'>;
  /** The hub's own SAML metadata towards an IdP. */
  readonly serviceProviderMetadata: (address: IdentityProviderAddress) => Promise<string | null>;
}

interface WithIdp {
  Params: { idp: string };
}

export function federationRoutes(parts: FederationParts) {
  return async (scope: FastifyInstance): Promise<void> => {
    acceptFormsOnly(scope);
    scope.setErrorHandler((error, request, reply) => refuseRequest(parts, codeOf(error), error, request, reply));
    scope.post<WithIdp>('/federation/saml/:idp/acs', { bodyLimit: ASSERTION_BYTES }, (request, reply) =>
      receive(parts, 'SAML', request, reply),
    );
    scope.get<WithIdp>('/federation/oidc/:idp/callback', (request, reply) => receive(parts, 'OIDC', request, reply));
    scope.route<WithIdp>({
      method: ['GET', 'POST'],
      url: '/federation/saml/:idp/slo',
      bodyLimit: LOGOUT_BYTES,
      handler: (request, reply) => logOut(parts, request, reply),
    });
    for (const [path, allowed] of [
      ['saml/:idp/acs', 'POST'],
      ['saml/:idp/slo', 'GET, POST'],
      ['oidc/:idp/callback', 'GET'],
    ] as const) {
      const method = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((name) => !allowed.split(', ').includes(name));
      scope.route({
        method,
        url: `/federation/${path}`,
        handler: (request, reply) => {
          reply.header('allow', allowed);
          return refuseRequest(parts, 'METHOD_NOT_ALLOWED', null, request, reply);
        },
      });
    }
    scope.get<WithIdp>('/federation/saml/:idp/metadata', async (request, reply) => {
      const address = await find(parts, 'SAML', request.params.idp);
      const metadata = address === null ? null : await parts.serviceProviderMetadata(address);
      if (metadata === null) return reply.callNotFound();
      return reply.type('application/samlmetadata+xml').header('cache-control', 'max-age=3600').send(metadata);
    });
  };
}

async function receive(
  parts: FederationParts,
  protocol: 'SAML' | 'OIDC',
  request: FastifyRequest<WithIdp>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const origin = originOf(request);
  const address = await find(parts, protocol, request.params.idp);
  if (address === null) {
    const unknown = refusal('IDP_UNKNOWN', 'no identity provider has this address');
    return sendRefusal(reply, await parts.refuser.early({ protocol }, 'verify', unknown, origin), null);
  }
  // A POST from another site carries no SameSite=Lax cookie: the browser is looked at after the 303.
  const browser = request.method === 'GET' ? parts.cookies.browser(request.headers.cookie) : undefined;
  const outcome = await parts.pipeline.receive(address, inboundMessage(request), browser, origin);
  if (!outcome.ok) {
    const { refused, interactionUid } = outcome;
    return sendRefusal(reply, refused, interactionUid === null ? null : interactionPath(interactionUid));
  }
  const { handle, interactionUid } = outcome.value;
  const next = arrivalPath(interactionUid, handle);
  return reply.header('cache-control', 'no-store').redirect(next, 303);
}

/** The IdP ends sessions of its people; the browser goes back to it with the answer. */
async function logOut(
  parts: FederationParts,
  request: FastifyRequest<WithIdp>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const origin = originOf(request);
  const address = await find(parts, 'SAML', request.params.idp);
  if (address === null) {
    const unknown = refusal('IDP_UNKNOWN', 'no identity provider has this address');
    return sendRefusal(reply, await parts.refuser.early({ protocol: 'SAML' }, 'verify', unknown, origin), null);
  }
  const { refused, answer } = await parts.upstreamLogout.receive(address, inboundMessage(request), origin);
  reply.header('cache-control', 'no-store');
  if (answer?.kind === 'redirect') return reply.redirect(answer.url, 303);
  if (answer?.kind === 'form-post') return sendPage(reply, 200, formPostPage(answer));
  return refused === null ? sendPage(reply, 200, loggedOutPage()) : sendRefusal(reply, refused, null);
}

/** A request that never became a message: too large, of the wrong type or method. Recorded like every refusal. */
async function refuseRequest(
  parts: FederationParts,
  code: ErrorCode,
  fault: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (code === 'INTERNAL') request.log.error({ err: fault, correlationId: request.id }, 'fault');
  const isSaml = request.url.startsWith('/federation/saml/');
  const specific = code === 'TOO_LARGE' && isSaml ? 'SAML_TOO_LARGE' : code;
  const because = refusal(specific, 'the request could not be read as a message of an identity provider');
  const origin = originOf(request);
  const protocol = isSaml ? 'SAML' : 'OIDC';
  const refuse = () => parts.refuser.early({ protocol }, 'verify', because, origin);
  const refused = { refusal: because, reference: await referenceOf(refuse, origin) };
  return sendRefusal(reply, refused, null);
}

async function find(parts: FederationParts, protocol: 'SAML' | 'OIDC', address: string) {
  const found = await parts.findByAddress(address);
  return found?.protocol === protocol ? found : null;
}

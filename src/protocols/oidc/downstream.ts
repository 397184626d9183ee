/**
 * The hub as OpenID Provider, on oidc-provider. Its own session is subordinate to the hub's: the login prompt asks the
 * gate, and so does every token (DESIGN, section 4).
 */
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { configuration } from './downstream.configuration.js';
import type { DownstreamParts } from './downstream.contracts.js';
import { BrowserRequests, correlationOf } from './downstream.requests.js';

export function createOpenIdProvider(parts: DownstreamParts): Provider {
  const requests = new BrowserRequests(parts);
  const provider = new Provider(parts.url, configuration(parts, requests));
  // Addresses come from ENTENTE_URL and never from a request (THREATS H10); the mount sets these headers itself.
  provider.proxy = true;
  provider.Client.prototype.compareClientSecret = async function compare(
    this: { clientSecret?: string },
    actual: string,
  ) {
    return parts.clients.secretMatches(actual, this.clientSecret ?? '');
  };
  provider.use(async (ctx, next) => {
    await next();
    if (!isSignOut(ctx as KoaContextWithOIDC)) return;
    const origin = { sourceIp: ctx.ip, correlationId: correlationOf(ctx) };
    ctx.append('Set-Cookie', await parts.endBrowserSession({ cookieHeader: ctx.req.headers.cookie, origin }));
  });
  return provider;
}

/** The person has answered "yes": oidc-provider's own session is gone, and the hub's follows. */
function isSignOut(ctx: KoaContextWithOIDC): boolean {
  return (
    ctx.oidc?.route === 'end_session_confirm' &&
    (ctx.oidc.session as { destroyed?: boolean } | undefined)?.destroyed === true
  );
}

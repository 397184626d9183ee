/**
 * The hub as OpenID Provider, on oidc-provider. Its own session is subordinate to the hub's: the login prompt asks the
 * gate, and so does every token (docs/architecture.md).
 */
import { type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Origin } from '../../login/login.store.js';
import { arrive } from './downstream.arrival.js';
import { configuration, logoutQuestion, show } from './downstream.configuration.js';
import type { DownstreamParts } from './downstream.contracts.js';
import { interactionPath } from './downstream.paths.rules.js';
import { BrowserRequests, correlationOf } from './downstream.requests.js';

export function createOpenIdProvider(parts: DownstreamParts): Provider {
  const requests = new BrowserRequests(parts);
  const provider = new Provider(parts.url, configuration(parts, requests));
  // Addresses come from ENTENTE_URL and never from a request (H10); the mount sets these headers itself.
  provider.proxy = true;
  provider.Client.prototype.compareClientSecret = async function compare(
    this: { clientSecret?: string },
    actual: string,
  ) {
    return parts.clients.secretMatches(actual, this.clientSecret ?? '');
  };
  provider.on('server_error', (ctx, fault) => parts.logFault(fault, correlationOf(ctx)));
  provider.use((koa, next) => asOne(parts, koa as KoaContextWithOIDC, next));
  provider.use(async (koa, next) => {
    const ctx = koa as KoaContextWithOIDC;
    if (!(await arrive(parts, provider, ctx))) return;
    await next();
    // A sandboxed frame or a file: whoever it is, it registered no redirect URI (H09).
    if (ctx.get('origin') === 'null') ctx.remove('Access-Control-Allow-Origin');
    const origin = { sourceIp: ctx.ip, correlationId: correlationOf(ctx) };
    await depart(parts, ctx, origin);
    if (isUnaskedSignOut(ctx)) show(ctx, parts.pages.logoutConfirm(logoutQuestion(ctx)));
    if (isSignOut(ctx)) {
      ctx.append('Set-Cookie', await parts.endBrowserSession({ cookieHeader: ctx.req.headers.cookie, origin }));
    }
    const revoked = revokedToken(ctx);
    if (revoked !== null) await parts.onRevoked(revoked.kind, revoked.grantId, origin);
  });
  return provider;
}

/**
 * What a request reads twice it reads once, and the artefacts that it makes come into being together before the answer
 * goes out: a code never stands without its grant, a refresh token never without its access token.
 */
async function asOne(parts: DownstreamParts, ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> {
  const { uow, memory } = parts.adapter;
  try {
    await memory.run(() => uow.together(next));
  } catch (fault) {
    // The library has made its answer by now: nothing of it may leave.
    const correlationId = correlationOf(ctx);
    parts.logFault(fault, correlationId);
    for (const name of ['Location', 'Set-Cookie']) ctx.remove(name);
    ctx.status = 500;
    if (!isForPeople(ctx)) {
      ctx.body = { error: 'server_error', error_description: 'the request could not be completed' };
      return;
    }
    const origin = { sourceIp: ctx.ip, correlationId };
    show(ctx, await parts.pages.error({ code: 'server_error', detail: 'fault', applicationId: null, origin }));
  }
}

/** Takes the place of the redirect to the interaction, where the way to the IdP is known without asking the person. */
async function depart(parts: DownstreamParts, ctx: KoaContextWithOIDC, origin: Origin): Promise<void> {
  if (ctx.oidc?.route !== 'authorization' || ctx.method !== 'GET') return;
  const { Interaction: interaction, Client: client } = ctx.oidc.entities;
  const id = client === undefined ? null : parts.clients.applicationId(client);
  if (interaction === undefined || id === null) return;
  if (ctx.response.get('location') !== interactionPath(interaction.uid)) return;
  const request = { cookieHeader: ctx.req.headers.cookie, origin };
  const wayOn = await parts.depart(interaction, { id, name: client?.clientName ?? '' }, request);
  if (wayOn === null) return;
  if (wayOn.cookie !== null) ctx.append('Set-Cookie', wayOn.cookie);
  ctx.set('Cache-Control', 'no-store');
  if ('location' in wayOn) {
    // As it is: a signed query may not be written anew.
    ctx.set('Location', wayOn.location);
    ctx.body = '';
    ctx.status = 303;
  } else {
    ctx.remove('Location');
    show(ctx, wayOn.page, wayOn.status);
  }
}

/** Routes at which a browser stands and not an application. */
function isForPeople(ctx: KoaContextWithOIDC): boolean {
  return /^\/oidc\/(?:auth|logout)(?:\/|$)/.test(ctx.path);
}

/**
 * Without a session of its own, oidc-provider lets the browser answer "yes" by itself. The hub's session may be alive
 * all the same, and any site can send a browser here: the person is asked in every case (O22).
 */
function isUnaskedSignOut(ctx: KoaContextWithOIDC): boolean {
  return ctx.oidc?.route === 'end_session' && ctx.status === 200 && ctx.oidc.session?.accountId === undefined;
}

/** What an application has just given back; null for everything else. */
function revokedToken(ctx: KoaContextWithOIDC): { kind: string; grantId: string } | null {
  if (ctx.oidc?.route !== 'revocation' || ctx.status !== 200) return null;
  const { AccessToken, RefreshToken, Client } = ctx.oidc.entities;
  const token = RefreshToken ?? AccessToken;
  if (token?.grantId === undefined || token.clientId !== Client?.clientId) return null;
  return { kind: token.kind, grantId: token.grantId };
}

/** The person has answered "yes": oidc-provider's own session is gone, and the hub's follows. */
function isSignOut(ctx: KoaContextWithOIDC): boolean {
  return (
    ctx.oidc?.route === 'end_session_confirm' &&
    (ctx.oidc.session as { destroyed?: boolean } | undefined)?.destroyed === true
  );
}

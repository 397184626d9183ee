/**
 * The last step of a sign-in: on the way back to the application the browser passes here with the handle of its login. The
 * library's own resumption follows in the same request.
 */
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { show } from './downstream.configuration.js';
import type { Arrival, DownstreamParts, Shown } from './downstream.contracts.js';
import { correlationOf } from './downstream.requests.js';

const PATH = /^\/oidc\/auth\/([^/]+)$/;

/** False: the request is answered and goes no further. */
export async function arrive(parts: DownstreamParts, provider: Provider, ctx: KoaContextWithOIDC): Promise<boolean> {
  const uid = PATH.exec(ctx.path)?.[1];
  const handles = uid === undefined ? [] : new URLSearchParams(ctx.querystring).getAll('login');
  if (uid === undefined || ctx.method !== 'GET' || handles.length === 0) return true;
  const interaction = await interactionOf(provider, ctx, uid);
  const origin = { sourceIp: ctx.ip, correlationId: correlationOf(ctx) };
  if (interaction === null) return answered(ctx, await parts.strayed(origin));
  const handle = handles.length === 1 ? (handles[0] ?? '') : '';
  const arrival = await parts.arrive(interaction.uid, handle, { cookieHeader: ctx.req.headers.cookie, origin });
  if (arrival.accountId === null) return answered(ctx, arrival);
  await signIn(provider, ctx, interaction, arrival);
  ctx.append('Set-Cookie', arrival.cookie);
  ctx.req.headers.cookie = arrival.cookieHeader;
  return true;
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

/** The interaction that the cookie and the path agree on (O30); null as well when its session is no longer the same. */
async function interactionOf(provider: Provider, ctx: KoaContextWithOIDC, uid: string): Promise<Interaction | null> {
  if (signedCookie(provider, ctx, 'resume') !== uid) return null;
  const interaction = (await provider.Interaction.find(uid)) as Interaction | undefined;
  if (interaction === undefined) return null;
  if (interaction.session?.uid === undefined) return interaction;
  const session = await provider.Session.findByUid(interaction.session.uid);
  return session?.accountId === interaction.session.accountId ? interaction : null;
}

function signedCookie(provider: Provider, ctx: KoaContextWithOIDC, name: 'resume' | 'session'): string | undefined {
  const { cookieName } = provider as unknown as { cookieName(name: string): string };
  return ctx.cookies.get(cookieName.call(provider, name), { signed: true });
}

async function signIn(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  interaction: Interaction,
  { accountId, authentication }: Arrival & { accountId: string },
): Promise<void> {
  // oidc-provider asks a person who comes back as somebody else to sign out first; here the new sign-in decides.
  if (interaction.session !== undefined && interaction.session.accountId !== accountId) {
    await (await provider.Session.findByUid(interaction.session.uid))?.destroy();
    delete interaction.session;
  }
  // Another window of this browser may have signed in somebody else meanwhile.
  const sessionId = signedCookie(provider, ctx, 'session');
  const session = sessionId === undefined ? undefined : await provider.Session.find(sessionId);
  if (session?.accountId !== undefined && session.accountId !== accountId) await session.destroy();
  interaction.result = { ...interaction.lastSubmission, login: { accountId, ...authentication, remember: false } };
  await interaction.persist();
}

function answered(ctx: KoaContextWithOIDC, { page, status }: Shown): false {
  show(ctx, page, status);
  return false;
}

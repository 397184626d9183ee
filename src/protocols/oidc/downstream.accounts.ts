/** Accounts and grants of the OpenID Provider: both exist as long as the gate lets the hub's session through. */
import type { AccountClaims, KoaContextWithOIDC } from 'oidc-provider';
import type { Released } from '../../login/release.js';
import { releasedClaims } from './downstream.claims.rules.js';
import type { DownstreamParts } from './downstream.contracts.js';
import { accountOf, type BrowserRequests } from './downstream.requests.js';

export async function findAccount(
  parts: DownstreamParts,
  requests: BrowserRequests,
  ctx: KoaContextWithOIDC,
  accountId: string,
  token?: { readonly grantId?: string | undefined },
) {
  const released = token === undefined ? await requests.released(ctx, accountId) : await byGrant(parts, token.grantId);
  if (released === null || accountOf(released) !== accountId) return undefined;
  return {
    accountId,
    claims: async (use: string): Promise<AccountClaims> => claimsOf(parts, released, use, ctx),
  };
}

async function byGrant(parts: DownstreamParts, grantId: string | undefined): Promise<Released | null> {
  if (grantId === undefined) return null;
  const outcome = await parts.gate.forGrant(grantId);
  return outcome.kind === 'ALLOW' ? outcome.released : null;
}

function claimsOf(parts: DownstreamParts, released: Released, use: string, ctx: KoaContextWithOIDC): AccountClaims {
  const { session, policy, assurance, release } = released;
  const client = ctx.oidc.client;
  const full = use !== 'id_token' || (client !== undefined && parts.clients.claimsInIdToken(client));
  return {
    sub: accountOf(released),
    ...(full ? releasedClaims(session.membership.attributes, release, policy.attributes) : {}),
    partner: policy.partner.slug,
    idp: `${policy.partner.slug}.${policy.identityProvider.slug}`,
    login_id: parts.loginNodeId(session.partnerId, session.loginId),
    ...withoutNull(assurance),
  };
}

/** "No claim" is none, not level 1 (C73): a level that is not there is not stated. */
function withoutNull(levels: Readonly<Record<'ial' | 'aal' | 'fal', number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(levels).filter((entry): entry is [string, number] => entry[1] !== null));
}

/** One grant per session and application, made when the gate has let the session through. */
export async function loadGrant(parts: DownstreamParts, requests: BrowserRequests, ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc;
  const released = await requests.released(ctx, session?.accountId);
  if (released === null || client === undefined || session === undefined) return undefined;
  const wanted = [...ctx.oidc.requestParamOIDCScopes].join(' ');
  const knownId = session.grantIdFor(client.clientId);
  const known = knownId === undefined ? undefined : await provider.Grant.find(knownId);
  if (known !== undefined && knownId !== undefined && (await parts.gate.hangsOn(knownId, released))) {
    const before = known.getOIDCScope();
    known.addOIDCScope(wanted);
    if (known.getOIDCScope() !== before) await known.save();
    return known;
  }
  const grant = new provider.Grant({ accountId: accountOf(released), clientId: client.clientId });
  grant.addOIDCScope(wanted);
  const grantId = await grant.save();
  await parts.gate.opened(released, grantId);
  return grant;
}

/** What one request to the OpenID Provider knows: the gate's ruling, asked once, and the correlation id of the mount. */
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Released, ReleaseOutcome } from '../../login/release.js';
import { encodeAccountId } from './downstream.account.rules.js';
import type { DownstreamParts } from './downstream.contracts.js';

/** One ruling per authorization request, however many checks ask for it. */
export class BrowserRequests {
  readonly #outcomes = new WeakMap<KoaContextWithOIDC, Promise<ReleaseOutcome>>();
  readonly #parts: DownstreamParts;

  constructor(parts: DownstreamParts) {
    this.#parts = parts;
  }

  outcome(ctx: KoaContextWithOIDC): Promise<ReleaseOutcome> {
    const known = this.#outcomes.get(ctx);
    if (known !== undefined) return known;
    const applicationId = ctx.oidc.client && this.#parts.clients.applicationId(ctx.oidc.client);
    const asked: Promise<ReleaseOutcome> =
      typeof applicationId === 'string'
        ? this.#parts.browserSession(ctx.req.headers.cookie, applicationId)
        : Promise.resolve({ kind: 'NONE' });
    this.#outcomes.set(ctx, asked);
    return asked;
  }

  /** The released session, if it is the one that oidc-provider's own session speaks of. */
  async released(ctx: KoaContextWithOIDC, accountId: string | undefined): Promise<Released | null> {
    const outcome = await this.outcome(ctx);
    if (outcome.kind !== 'ALLOW' || accountId === undefined) return null;
    return accountOf(outcome.released) === accountId ? outcome.released : null;
  }
}

export function accountOf(released: Released): string {
  const { session } = released;
  return encodeAccountId({ partnerId: session.partnerId, membershipId: session.membership.id });
}

/** Set by the mount; see oidc.routes.ts. */
export const CORRELATION_HEADER = 'x-entente-correlation-id';

export function correlationOf(ctx: { readonly req: { readonly headers: Readonly<Record<string, unknown>> } }): string {
  return String(ctx.req.headers[CORRELATION_HEADER] ?? '');
}

/**
 * Routing (home realm discovery): from a hint or an e-mail address to the one IdP that signs this person in. It answers
 * alike for a partner that does not exist and for one that may not use this application, and it never lists partners
 * (C24, H19). Every hint is held against the application's trust relationships, here and again at the callback.
 */
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import type { Uuid } from '../shared/ids.js';
import { type Refusal, refusal } from '../shared/refusal.js';
import { trustInForce } from '../trust/trust.rules.js';
import { findRoutable, type Wanted } from './routing.store.js';

export interface Hints {
  /** Address of an IdP: `aurora-freight.main`. */
  readonly idpHint: string | null;
  /** Slug of a partner. */
  readonly organization: string | null;
  readonly domainHint: string | null;
  readonly loginHint: string | null;
}

export type Route =
  | {
      readonly kind: 'FOUND';
      readonly partnerId: Uuid;
      readonly identityProviderId: Uuid;
      readonly loginHint: string | null;
    }
  /** Nothing to go by: ask the person. */
  | { readonly kind: 'ASK' }
  | { readonly kind: 'NONE'; readonly refusal: Refusal };

export class LoginRouter {
  readonly #uow: UnitOfWork;
  readonly #clock: Clock;

  constructor(uow: UnitOfWork, clock: Clock) {
    this.#uow = uow;
    this.#clock = clock;
  }

  /** The most exact hint counts: IdP, organization, domain, then the domain of the login hint. */
  async route(applicationId: Uuid, hints: Hints): Promise<Route> {
    const wanted = wantedBy(hints);
    return wanted === null ? { kind: 'ASK' } : this.#usable(applicationId, wanted, hints.loginHint);
  }

  /** ASK: this is no e-mail address. */
  async routeEmail(applicationId: Uuid, email: string): Promise<Route> {
    const name = domainOf(email);
    return name === null ? { kind: 'ASK' } : this.#usable(applicationId, { by: 'DOMAIN', name }, email);
  }

  async #usable(applicationId: Uuid, wanted: Wanted, loginHint: string | null): Promise<Route> {
    const found = await findRoutable(this.#uow, wanted, applicationId);
    const now = this.#clock.now();
    const identityProviderId = found.identityProviderIds.find(
      (id) => (found.identityProviderId ?? id) === id && trustInForce(found.trust, id, now).ok,
    );
    if (found.partnerId === null) return none('no partner answers to this hint or domain');
    if (identityProviderId === undefined)
      return none('no identity provider of this partner may assert to the application');
    return { kind: 'FOUND', partnerId: found.partnerId, identityProviderId, loginHint };
  }
}

function wantedBy({ idpHint, organization, domainHint, loginHint }: Hints): Wanted | null {
  if (idpHint !== null) return { by: 'ADDRESS', name: idpHint };
  if (organization !== null) return { by: 'SLUG', name: organization };
  const name = domainHint?.toLowerCase() ?? (loginHint === null ? null : domainOf(loginHint));
  return name === null ? null : { by: 'DOMAIN', name };
}

function none(detail: string): Route {
  return { kind: 'NONE', refusal: refusal('PARTNER_UNKNOWN', detail) };
}

/** The domain of something shaped like an e-mail address; null for anything else. */
function domainOf(text: string): string | null {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1).toLowerCase();
  return at > 0 && text.length <= 320 && domain.includes('.') && !domain.startsWith('.') ? domain : null;
}

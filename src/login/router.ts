/**
 * Routing (home realm discovery): from a hint or an e-mail address to the one IdP that signs this person in. It answers
 * alike for a partner that does not exist and for one that may not use this application, and it never lists partners
 * (C24, H19). Every hint is held against the application's trust relationships, here and again at the callback.
 */
import { findIdentityProviderByAddress } from '../identity-providers/upstream-config.store.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import type { Clock } from '../shared/clock.js';
import { RESERVED_PARTNER_ID, type Uuid } from '../shared/ids.js';
import { type Refusal, refusal } from '../shared/refusal.js';
import { trustInForce } from '../trust/trust.rules.js';
import { findPartnerIdByProvedDomain, findPartnerIdBySlug, findRoutable } from './routing.store.js';

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

interface Target {
  readonly partnerId: Uuid | null;
  /** null: whichever IdP of the partner the terms allow. */
  readonly identityProviderId: Uuid | null;
}

export class LoginRouter {
  readonly #uow: UnitOfWork;
  readonly #clock: Clock;

  constructor(uow: UnitOfWork, clock: Clock) {
    this.#uow = uow;
    this.#clock = clock;
  }

  /** The most exact hint counts: IdP, organization, domain, then the domain of the login hint. */
  async route(applicationId: Uuid, hints: Hints): Promise<Route> {
    const target = await this.#target(hints);
    return target === null ? { kind: 'ASK' } : this.#usable(applicationId, target, hints.loginHint);
  }

  /** ASK: this is no e-mail address. */
  async routeEmail(applicationId: Uuid, email: string): Promise<Route> {
    const domain = domainOf(email);
    if (domain === null) return { kind: 'ASK' };
    const partnerId = await findPartnerIdByProvedDomain(this.#uow, domain);
    return this.#usable(applicationId, { partnerId, identityProviderId: null }, email);
  }

  async #target(hints: Hints): Promise<Target | null> {
    if (hints.idpHint !== null) {
      const found = await findIdentityProviderByAddress(this.#uow, hints.idpHint);
      return { partnerId: found?.partnerId ?? null, identityProviderId: found?.identityProviderId ?? null };
    }
    if (hints.organization !== null) {
      return { partnerId: await findPartnerIdBySlug(this.#uow, hints.organization), identityProviderId: null };
    }
    const domain = hints.domainHint?.toLowerCase() ?? (hints.loginHint === null ? null : domainOf(hints.loginHint));
    if (domain === null) return null;
    return { partnerId: await findPartnerIdByProvedDomain(this.#uow, domain), identityProviderId: null };
  }

  async #usable(applicationId: Uuid, target: Target, loginHint: string | null): Promise<Route> {
    // A partner that nobody has is looked up all the same: time tells as little as the page does (H19).
    const partnerId = target.partnerId ?? RESERVED_PARTNER_ID;
    const { trust, identityProviderIds } = await findRoutable(this.#uow, partnerId, applicationId);
    const now = this.#clock.now();
    const identityProviderId = identityProviderIds.find(
      (id) => (target.identityProviderId ?? id) === id && trustInForce(trust, id, now).ok,
    );
    if (target.partnerId === null) return none('no partner answers to this hint or domain');
    if (identityProviderId === undefined)
      return none('no identity provider of this partner may assert to the application');
    return { kind: 'FOUND', partnerId, identityProviderId, loginHint };
  }
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

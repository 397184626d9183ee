/**
 * Back from the IdP, in the browser that began: the login is decided and committed, and the OpenID Provider learns who has
 * signed in.
 */

import type { Origin } from '../login/login.store.js';
import type { SignedIn } from '../login/outcome.js';
import type { LoginPipeline } from '../login/pipeline.js';
import type { Refused, Refuser } from '../login/refuse.js';
import { encodeAccountId } from '../protocols/oidc/downstream.account.rules.js';
import type { Arrival, BrowserRequest } from '../protocols/oidc/downstream.contracts.js';
import { interactionPath } from '../protocols/oidc/downstream.paths.rules.js';
import { refusal } from '../shared/refusal.js';
import type { HubCookies } from './cookies.js';
import { refusalAnswer } from './render.js';

export class Arrivals {
  readonly #pipeline: LoginPipeline;
  readonly #cookies: HubCookies;

  constructor(pipeline: LoginPipeline, cookies: HubCookies) {
    this.#pipeline = pipeline;
    this.#cookies = cookies;
  }

  async arrive(interaction: string, handle: string, { cookieHeader, origin }: BrowserRequest): Promise<Arrival> {
    const [browser, session] = [this.#cookies.browser(cookieHeader), this.#cookies.session(cookieHeader)];
    const outcome = await this.#pipeline.resume(handle, interaction, browser, session, origin);
    if (!outcome.ok) return { ...refusalAnswer(outcome.refused, interactionPath(interaction)), accountId: null };
    const { sessionHandle } = outcome.value;
    return {
      ...accountOf(outcome.value),
      cookie: this.#cookies.startSession(sessionHandle),
      cookieHeader: this.#cookies.withSession(cookieHeader, sessionHandle),
    };
  }
}

/** The browser stands in no interaction under the address that it asked for, or that one is over. */
export function strayed(refuser: Refuser, origin: Origin): Promise<Refused> {
  const gone = refusal('LOGIN_EXPIRED', 'no interaction waits under this address for this browser');
  return refuser.early({}, 'gather', gone, origin);
}

function accountOf(signedIn: SignedIn) {
  const { acr, amr, authenticatedAt } = signedIn;
  const authentication = {
    ts: Math.floor(authenticatedAt.getTime() / 1000),
    ...(amr.length === 0 ? {} : { amr: [...amr] }),
    ...(acr === null ? {} : { acr }),
  };
  return { accountId: encodeAccountId(signedIn), authentication };
}

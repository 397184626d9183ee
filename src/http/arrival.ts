/**
 * Back from the IdP, in the browser that began: the login is decided and committed, and the OpenID Provider learns who has
 * signed in.
 */
import type { SignedIn } from '../login/outcome.js';
import type { LoginPipeline } from '../login/pipeline.js';
import type { Refuser } from '../login/refuse.js';
import { encodeAccountId } from '../protocols/oidc/downstream.account.rules.js';
import type { Arrival, BrowserRequest } from '../protocols/oidc/downstream.contracts.js';
import { refusal } from '../shared/refusal.js';
import type { HubCookies } from './cookies.js';
import { interactionUrl } from './federation.routes.js';
import { refusalAnswer } from './render.js';

export class Arrivals {
  readonly #pipeline: LoginPipeline;
  readonly #refuser: Refuser;
  readonly #cookies: HubCookies;

  constructor(pipeline: LoginPipeline, refuser: Refuser, cookies: HubCookies) {
    this.#pipeline = pipeline;
    this.#refuser = refuser;
    this.#cookies = cookies;
  }

  /** @param interaction null: this browser stands in none, or it is over */
  async arrive(interaction: string | null, handle: string, { cookieHeader, origin }: BrowserRequest): Promise<Arrival> {
    if (interaction === null) {
      const gone = refusal('LOGIN_EXPIRED', 'no interaction waits under this address for this browser');
      return { ...refusalAnswer(await this.#refuser.early({}, 'gather', gone, origin), null), accountId: null };
    }
    const [browser, session] = [this.#cookies.browser(cookieHeader), this.#cookies.session(cookieHeader)];
    const outcome = await this.#pipeline.resume(handle, interaction, browser, session, origin);
    if (!outcome.ok) return { ...refusalAnswer(outcome.refused, interactionUrl(interaction)), accountId: null };
    const { sessionHandle } = outcome.value;
    return {
      ...accountOf(outcome.value),
      cookie: this.#cookies.startSession(sessionHandle),
      cookieHeader: this.#cookies.withSession(cookieHeader, sessionHandle),
    };
  }
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

/**
 * A sign-in leaves for the IdP: from the authorization request itself where a hint names the way, else from the pages of
 * its interaction.
 */
import type { OutboundMessage } from '../login/contracts.js';
import type { Outcome } from '../login/outcome.js';
import type { LoginPipeline } from '../login/pipeline.js';
import type { Refuser } from '../login/refuse.js';
import type { Hints, LoginRouter, Route } from '../login/router.js';
import type { BrowserRequest, InteractionRequest, Shown, WayOn } from '../protocols/oidc/downstream.contracts.js';
import { interactionPath } from '../protocols/oidc/downstream.paths.rules.js';
import type { HubCookies } from './cookies.js';
import { type ChooseProblem, chooseOrganizationPage, formPostPage } from './pages/index.js';
import { refusalAnswer } from './render.js';

export interface Departure {
  readonly outcome: Outcome<OutboundMessage>;
  /** Ties the browser to the sign-in; null when it is tied already. */
  readonly cookie: string | null;
}

export class Departures {
  readonly #router: LoginRouter;
  readonly #pipeline: LoginPipeline;
  readonly #cookies: HubCookies;
  readonly #refuser: Refuser;

  constructor(router: LoginRouter, pipeline: LoginPipeline, cookies: HubCookies, refuser: Refuser) {
    this.#router = router;
    this.#pipeline = pipeline;
    this.#cookies = cookies;
    this.#refuser = refuser;
  }

  async begin(
    interaction: InteractionRequest,
    applicationId: string,
    route: Route & { kind: 'FOUND' },
    { cookieHeader, origin }: BrowserRequest,
  ): Promise<Departure> {
    const { partnerId, identityProviderId, loginHint } = route;
    const { handle, cookie } = this.#cookies.ensureBrowser(cookieHeader);
    const outcome = await this.#pipeline.begin({
      key: { partnerId, identityProviderId, applicationId },
      interactionUid: interaction.uid,
      browserHandle: handle,
      ask: { ...askOf(interaction), loginHint },
      origin,
    });
    return { outcome, cookie };
  }

  /** Where the browser goes at once; null: to the pages of the interaction. */
  async atOnce(
    interaction: InteractionRequest,
    application: { readonly id: string; readonly name: string },
    request: BrowserRequest,
  ): Promise<WayOn | null> {
    if (interaction.prompt.name === 'consent') return null;
    const hints = hintsOf(interaction.params);
    const route = await this.#router.route(application.id, hints);
    if (route.kind === 'ASK') return null;
    if (route.kind === 'NONE') {
      // Here and not on the next page, which somebody who tries out names would not ask for (H19).
      await this.#refuser.early({ applicationId: application.id }, 'gather', route.refusal, request.origin);
      return { ...questionAnswer(interaction.uid, application.name, hints.loginHint ?? '', 'NOT_FOUND'), cookie: null };
    }
    const { outcome, cookie } = await this.begin(interaction, application.id, route, request);
    if (!outcome.ok) return { ...refusalAnswer(outcome.refused, null), cookie };
    const message = outcome.value;
    if (message.kind === 'form-post') return { status: 200, page: formPostPage(message), cookie };
    return { location: message.url, cookie };
  }
}

/** The page that asks for the e-mail address. @param problem with what was given before */
export function questionAnswer(
  interactionUid: string,
  applicationName: string,
  email: string,
  problem?: ChooseProblem,
): Shown {
  const action = interactionPath(interactionUid);
  const page = chooseOrganizationPage({
    applicationName,
    action,
    email,
    ...(problem === undefined ? {} : { problem }),
  });
  return { status: problem === undefined ? 200 : 422, page };
}

export function hintsOf(params: InteractionRequest['params']): Hints {
  const text = (name: string) =>
    typeof params[name] === 'string' && params[name] !== '' ? String(params[name]) : null;
  return {
    idpHint: text('idp_hint'),
    organization: text('organization'),
    domainHint: text('domain_hint'),
    loginHint: text('login_hint'),
  };
}

function askOf({ params, prompt }: InteractionRequest) {
  const maxAge = params.max_age === undefined ? null : Number(params.max_age);
  return {
    forceAuthn: prompt.reasons.some((reason) => reason === 'login_prompt' || reason === 'max_age'),
    isPassive: false,
    acrValues: typeof params.acr_values === 'string' ? params.acr_values.split(' ').filter(Boolean) : [],
    maxAgeSeconds: Number.isFinite(maxAge) ? maxAge : null,
  };
}

/**
 * `/oidc/interaction/{uid}`: the pages between an application's request and the IdP. Below the path of oidc-provider's
 * interaction cookie, so that only the browser that began the interaction reaches them (O30).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errors, type Provider } from 'oidc-provider';
import type { Refuser } from '../login/refuse.js';
import type { LoginRouter, Route } from '../login/router.js';
import { refusal } from '../shared/refusal.js';
import type { RequestMemory } from '../shared/request-memory.js';
import { strayed } from './arrival.js';
import { type Departures, hintsOf, questionAnswer } from './departure.js';
import { acceptFormsOnly, inboundMessage, originOf } from './inbound.js';
import type { ChooseProblem } from './pages/index.js';
import { referenceOf, sendAfterForm, sendPage, sendRefusal } from './render.js';
import { codeOf } from './server.js';

const FORM_BYTES = 8 * 1024;

export interface InteractionParts {
  readonly provider: () => Provider;
  readonly router: LoginRouter;
  readonly departures: Departures;
  readonly refuser: Refuser;
  readonly memory: RequestMemory;
  readonly findApplication: (clientId: string) => Promise<{ readonly id: string; readonly name: string } | null>;
}

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;
interface WithUid {
  Params: { uid: string };
}
type Handler = (
  interaction: Interaction,
  request: FastifyRequest<WithUid>,
  reply: FastifyReply,
) => Promise<FastifyReply>;

export function interactionRoutes(parts: InteractionParts) {
  return async (scope: FastifyInstance): Promise<void> => {
    acceptFormsOnly(scope);
    scope.setErrorHandler((error, request, reply) => refuseRequest(parts, error, request, reply));
    const flow = new InteractionFlow(parts);
    const path = '/oidc/interaction/:uid';
    scope.get<WithUid>(path, (request, reply) => flow.within(request, reply, flow.start));
    scope.post<WithUid>(path, { bodyLimit: FORM_BYTES }, (request, reply) => flow.within(request, reply, flow.chosen));
  };
}

/** Whatever goes wrong below an interaction, a person is looking: the answer is a page, and it is recorded. */
async function refuseRequest(
  { refuser }: Pick<InteractionParts, 'refuser'>,
  fault: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const code = codeOf(fault);
  if (code === 'INTERNAL') request.log.error({ err: fault, correlationId: request.id }, 'fault');
  const because = refusal(code, 'the request below an interaction could not be handled');
  const origin = originOf(request);
  const reference = await referenceOf(() => refuser.early({}, 'gather', because, origin), origin);
  return sendRefusal(reply, { refusal: because, reference }, null);
}

class InteractionFlow {
  readonly #parts: InteractionParts;

  constructor(parts: InteractionParts) {
    this.#parts = parts;
  }

  /** Runs a step inside the interaction that the browser's cookie and the path agree on. */
  within(request: FastifyRequest<WithUid>, reply: FastifyReply, step: Handler): Promise<FastifyReply> {
    return this.#parts.memory.run(() => this.#within(request, reply, step));
  }

  async #within(request: FastifyRequest<WithUid>, reply: FastifyReply, step: Handler): Promise<FastifyReply> {
    const { refuser, provider } = this.#parts;
    try {
      const interaction = await provider().interactionDetails(request.raw, reply.raw);
      if (interaction.uid === request.params.uid) return await step.call(this, interaction, request, reply);
    } catch (fault) {
      if (!(fault instanceof errors.SessionNotFound)) throw fault;
    }
    return sendRefusal(reply, await strayed(refuser, originOf(request)), null);
  }

  /** From the application: a hint leads on at once, else the page asks for the e-mail address. */
  async start(interaction: Interaction, request: FastifyRequest<WithUid>, reply: FastifyReply): Promise<FastifyReply> {
    if (interaction.prompt.name === 'consent') return this.#finish(request, reply, { consent: {} });
    const application = await this.#application(interaction);
    if (application === null) return this.#ask(interaction, reply, undefined, '');
    const from = { cookieHeader: request.headers.cookie, origin: originOf(request) };
    const wayOn = await this.#parts.departures.atOnce(interaction, application, from);
    if (wayOn === null) return this.#ask(interaction, reply, undefined, hintsOf(interaction.params).loginHint ?? '');
    if (wayOn.cookie !== null) reply.header('set-cookie', wayOn.cookie);
    if ('page' in wayOn) return sendPage(reply, wayOn.status, wayOn.page);
    return reply.header('cache-control', 'no-store').redirect(wayOn.location, 303);
  }

  /** The person has typed the e-mail address. */
  async chosen(interaction: Interaction, request: FastifyRequest<WithUid>, reply: FastifyReply): Promise<FastifyReply> {
    const application = await this.#application(interaction);
    const emails = inboundMessage(request).form.filter(([name]) => name === 'email');
    const email = (emails.length === 1 ? (emails[0]?.[1] ?? '') : '').trim();
    if (application === null || email === '') return this.#ask(interaction, reply, 'MISSING', email);
    const route = await this.#parts.router.routeEmail(application.id, email);
    if (route.kind === 'FOUND') return this.#begin(interaction, application.id, route, request, reply);
    if (route.kind === 'ASK') return this.#ask(interaction, reply, 'MALFORMED', email);
    await this.#parts.refuser.early({ applicationId: application.id }, 'gather', route.refusal, originOf(request));
    return this.#ask(interaction, reply, 'NOT_FOUND', email);
  }

  async #begin(
    interaction: Interaction,
    applicationId: string,
    route: Route & { kind: 'FOUND' },
    request: FastifyRequest<WithUid>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const from = { cookieHeader: request.headers.cookie, origin: originOf(request) };
    const { outcome, cookie } = await this.#parts.departures.begin(interaction, applicationId, route, from);
    if (cookie !== null) reply.header('set-cookie', cookie);
    if (!outcome.ok) return sendRefusal(reply, outcome.refused, null);
    return sendAfterForm(reply, outcome.value);
  }

  async #finish(
    request: FastifyRequest<WithUid>,
    reply: FastifyReply,
    result: Parameters<Provider['interactionResult']>[2],
  ): Promise<FastifyReply> {
    const next = await this.#parts.provider().interactionResult(request.raw, reply.raw, result);
    return reply.header('cache-control', 'no-store').redirect(next, 303);
  }

  async #ask(
    interaction: Interaction,
    reply: FastifyReply,
    problem: ChooseProblem | undefined,
    email: string,
  ): Promise<FastifyReply> {
    const application = await this.#application(interaction);
    const { status, page } = questionAnswer(interaction.uid, application?.name ?? '', email, problem);
    return sendPage(reply, status, page);
  }

  #application(interaction: Interaction) {
    return this.#parts.findApplication(String(interaction.params.client_id));
  }
}

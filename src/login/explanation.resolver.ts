/** Explanations and simulations on the API. */
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { meaningOf } from '../graphql/error-code.js';
import { hubKey, lookupTenantKey, tenantKey } from '../graphql/global-id.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import { HubError } from '../shared/hub-error.js';
import type { Explanation, ExplanationService, Said, SimulationRequest, StatedClaims } from './explanation.service.js';
import { LoginExplanationType, LoginSimulationType, type PolicyTodayType } from './explanation.type.js';
import {
  type SimulatedAuthenticationInput,
  type SimulatedSubjectInput,
  SimulateLoginInput,
} from './simulation.input.js';
import { stageNotes, traceView } from './trace.type.js';

@Resolver()
export class ExplanationResolver {
  readonly #explanations: ExplanationService;

  constructor(explanations: ExplanationService) {
    this.#explanations = explanations;
  }

  @Query(() => LoginExplanationType, {
    nullable: true,
    description:
      'Why a sign-in was decided as it was, in sentences, and what the policy of today would rule; null when there is none to see. Permission: as `login`.',
  })
  async explainLogin(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID, { description: 'Global id of the sign-in.' }) id: string,
  ): Promise<LoginExplanationType | null> {
    const key = lookupTenantKey('Login', id);
    const explanation = key === null ? null : await this.#explanations.explain(context, key);
    return explanation && { ...explanation, today: todayView(explanation.today) };
  }

  @Query(() => LoginSimulationType, {
    description:
      'How a sign-in would be decided if an identity provider sent these claims, or this very message: the same functions as in a real one, and nothing is stored but an audit event. Permission: operator, auditor, or administrator of the partner, scope `logins:read`. Errors: NOT_FOUND, INPUT_INVALID.',
  })
  async simulateLogin(
    @Ctx() context: RequestContext,
    @Arg('input', () => SimulateLoginInput, { description: 'What would be sent.' }) input: SimulateLoginInput,
  ): Promise<LoginSimulationType> {
    const { outcome, code, trace, ...simulated } = await this.#explanations.simulate(
      context,
      requestOf(input, context),
    );
    const view = { ruling: outcome, code: code as ErrorCode | null, meaning: meaningOf(code), trace: traceView(trace) };
    return { ...simulated, ...view };
  }
}

function requestOf(input: SimulateLoginInput, { now }: RequestContext): SimulationRequest {
  const { partnerId, id: identityProviderId } = tenantKey('IdentityProvider', input.identityProviderId);
  return {
    partnerId,
    identityProviderId,
    applicationId: hubKey('Application', input.applicationId),
    said: saidOf(input),
    at: input.at ?? now,
  };
}

/** @throws HubError INPUT_INVALID unless exactly one thing is said */
function saidOf(input: SimulateLoginInput): Said {
  const { claims, samlResponse, idToken, subject, authentication } = input;
  const given = Object.entries({ claims, samlResponse, idToken }).filter(([, value]) => value != null);
  if (given.length !== 1) {
    const names = given.length === 0 ? ['claims'] : given.map(([name]) => name);
    throw invalid(names, 'Give exactly one of `claims`, `samlResponse` and `idToken`.');
  }
  if (claims != null) {
    return {
      kind: 'CLAIMS',
      stated: { claims, subject: subjectOf(subject), authentication: authenticationOf(authentication) },
    };
  }
  const beside = Object.entries({ subject, authentication }).filter(([, value]) => value != null);
  if (beside.length > 0)
    throw invalid(
      beside.map(([name]) => name),
      'A message says this itself.',
    );
  return samlResponse != null
    ? { kind: 'MESSAGE', protocol: 'SAML', message: samlResponse, path: 'input.samlResponse' }
    : { kind: 'MESSAGE', protocol: 'OIDC', message: idToken ?? '', path: 'input.idToken' };
}

function invalid(names: readonly string[], message: string): HubError {
  return new HubError(
    'INPUT_INVALID',
    undefined,
    names.map((name) => ({ path: `input.${name}`, message })),
  );
}

function subjectOf(input: SimulatedSubjectInput | null | undefined): StatedClaims['subject'] {
  if (input == null) return null;
  const { value, format = null, nameQualifier = null, spNameQualifier = null } = input;
  return { value, format, nameQualifier, spNameQualifier };
}

function authenticationOf(input: SimulatedAuthenticationInput | null | undefined): StatedClaims['authentication'] {
  if (input == null) return null;
  const { authenticatedAt, acr = null, amr } = input;
  return { authenticatedAt: authenticatedAt?.toISOString() ?? null, acr, amr: amr ?? [] };
}

function todayView(today: Explanation['today']): PolicyTodayType | null {
  if (today === null) return null;
  const { outcome, code, trail, release, assumptions } = today;
  const refused = { code: code as ErrorCode | null, meaning: meaningOf(code) };
  return { ruling: outcome, ...refused, stages: stageNotes(trail), release, assumptions };
}

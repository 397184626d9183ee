/** Refusals by code on the API. */
import { Arg, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { meaningOf } from '../graphql/error-code.js';
import { lookupHubKey, lookupTenantKey } from '../graphql/global-id.js';
import type { AuditService } from './audit.service.js';
import { LoginRefusalFilterInput } from './login-refusal.input.js';
import type { LoginRefusalFilter, LoginRefusals } from './login-refusal.store.js';
import { LoginRefusalsType } from './login-refusal.type.js';

@Resolver(() => LoginRefusalsType)
export class LoginRefusalResolver {
  readonly #audit: AuditService;

  constructor(audit: AuditService) {
    this.#audit = audit;
  }

  @Query(() => [LoginRefusalsType], {
    description:
      'How many sign-ins were refused, by code, the most frequent first. Permission: `logins:read`; a partner administrator sees those of the own partner; those that came before any partner was known are of operators and auditors alone.',
  })
  async loginRefusals(
    @Ctx() context: RequestContext,
    @Arg('filter', () => LoginRefusalFilterInput, { nullable: true, description: 'Narrows what is counted.' })
    input: LoginRefusalFilterInput | null,
  ): Promise<readonly LoginRefusals[]> {
    const { since = null, until = null } = input ?? {};
    return this.#audit.loginRefusals(context, filterOf(input ?? {}), { since, until });
  }

  @FieldResolver(() => String, { nullable: true, description: 'What the code means, in the words that may be shown.' })
  meaning(@Root() { code }: LoginRefusals): string | null {
    return meaningOf(code);
  }
}

/** null: an id that names nothing, so that nothing can match. */
function filterOf(input: Partial<LoginRefusalFilterInput>): LoginRefusalFilter | null {
  const { partnerId: partner, identityProviderId: identityProvider } = input;
  const partnerId = partner == null ? null : lookupHubKey('Partner', partner);
  const idp = identityProvider == null ? null : lookupTenantKey('IdentityProvider', identityProvider);
  const isUnknown = (partner != null && partnerId === null) || (identityProvider != null && idp === null);
  if (isUnknown || (idp !== null && partnerId !== null && idp.partnerId !== partnerId)) return null;
  return { partnerId: partnerId ?? idp?.partnerId ?? null, identityProviderId: idp?.id ?? null };
}

/** The edges that lead to an identity provider from the rows of other rooms. */
import { type ClassType, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { perRequestOfRows, rowKey } from '../graphql/loaders.js';
import { LoginType } from '../login/login.type.js';
import { SessionType } from '../sessions/session.type.js';
import type { Uuid } from '../shared/ids.js';
import { type TermsSource, TrustTermsType } from '../trust/trust.type.js';
import { FederatedIdentityType, MembershipAttributeType } from '../users/user.type.js';
import type { IdentityProvider } from './identity-provider.entity.js';
import type { IdentityProviderService } from './identity-provider.service.js';
import { IdentityProviderType } from './identity-provider.type.js';

/** Anything that an identity provider brought to a partner. */
interface Brought {
  readonly partnerId: Uuid;
  readonly identityProviderId?: Uuid | null;
}

function identityProviderOf(type: () => ClassType<object>, description: string) {
  @Resolver(type)
  class IdentityProviderOfResolver {
    readonly #identityProvider: (context: RequestContext, key: string) => Promise<IdentityProvider | null>;

    constructor(identityProviders: IdentityProviderService) {
      this.#identityProvider = perRequestOfRows((context, keys) => identityProviders.usedBy(context, keys));
    }

    @FieldResolver(() => IdentityProviderType, { nullable: true, description })
    async identityProvider(
      @Ctx() context: RequestContext,
      @Root() { partnerId, identityProviderId }: Brought,
    ): Promise<IdentityProvider | null> {
      return identityProviderId ? this.#identityProvider(context, rowKey({ partnerId, id: identityProviderId })) : null;
    }
  }
  return IdentityProviderOfResolver;
}

@Resolver(() => TrustTermsType)
class TermsIdentityProvidersResolver {
  readonly #identityProvider: (context: RequestContext, key: string) => Promise<IdentityProvider | null>;

  constructor(identityProviders: IdentityProviderService) {
    this.#identityProvider = perRequestOfRows((context, keys) => identityProviders.usedBy(context, keys));
  }

  @FieldResolver(() => [IdentityProviderType], {
    nullable: true,
    description: 'Who may assert; none stands for every one that the partner may use. Not for application owners.',
  })
  async identityProviders(
    @Ctx() context: RequestContext,
    @Root() { partnerId, identityProviderIds }: TermsSource,
  ): Promise<IdentityProvider[]> {
    const keys = identityProviderIds.map((id) => rowKey({ partnerId, id }));
    const found = await Promise.all(keys.map((key) => this.#identityProvider(context, key)));
    return found.filter((row) => row !== null);
  }
}

export const identityProviderEdges = [
  TermsIdentityProvidersResolver,
  identityProviderOf(() => LoginType, 'Through which identity provider; null while none was chosen.'),
  identityProviderOf(() => SessionType, 'Which identity provider authenticated the person.'),
  identityProviderOf(() => FederatedIdentityType, 'Whose subject it is.'),
  identityProviderOf(() => MembershipAttributeType, "Who gave the values; null for values of the hub's own."),
];

/** Logins on the API, and the edges that lead to them. */
import { Arg, Args, type ClassType, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { ApplicationType } from '../applications/application.type.js';
import { AuditEventType } from '../audit/audit.type.js';
import {
  type Connection,
  ConnectionArgs,
  connection,
  emptyConnection,
  newest,
  pageRequest,
} from '../graphql/connection.js';
import { meaningOf } from '../graphql/error-code.js';
import { lookupHubKey, lookupTenantKey } from '../graphql/global-id.js';
import { perRequestOfLists, perRequestOfRows, rowKey } from '../graphql/loaders.js';
import { IdentityProviderType } from '../identity-providers/identity-provider.type.js';
import { PartnerType } from '../partners/partner.type.js';
import { SessionType } from '../sessions/session.type.js';
import type { Uuid } from '../shared/ids.js';
import { MembershipType } from '../users/user.type.js';
import { LoginFilterInput } from './login.input.js';
import type { LoginService } from './login.service.js';
import { LoginConnection, LoginType } from './login.type.js';
import type { LoginFilter, LoginOwner, LoginRow } from './login-list.store.js';
import type { LoginTrace } from './trace.js';
import { LoginTraceType, traceView } from './trace.type.js';

const readers =
  'Permission: `logins:read`; a partner administrator sees those of the own partner, an application owner those to the own applications.';

@Resolver(() => LoginType)
export class LoginResolver {
  readonly #logins: LoginService;
  readonly #trace: (context: RequestContext, key: string) => Promise<LoginTrace | null>;

  constructor(logins: LoginService) {
    this.#logins = logins;
    this.#trace = perRequestOfRows((context, keys) => logins.traces(context, keys));
  }

  @Query(() => LoginType, { nullable: true, description: `One sign-in; null when there is none to see. ${readers}` })
  async login(
    @Ctx() context: RequestContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<LoginRow | null> {
    const key = lookupTenantKey('Login', id);
    return key === null ? null : this.#logins.find(context, key);
  }

  @Query(() => LoginConnection, { description: `Sign-ins, newest first. ${readers}` })
  async logins(
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => LoginFilterInput, { nullable: true, description: 'Narrows the list.' })
    input: LoginFilterInput | null,
  ): Promise<Connection<LoginRow>> {
    const request = pageRequest(page);
    const filter = filterOf(input ?? {});
    return filter === null ? emptyConnection() : connection(await this.#logins.list(context, filter, request));
  }

  @FieldResolver(() => String, { nullable: true, description: 'What the code means, in the words that may be shown.' })
  meaning(@Root() { code }: LoginRow): string | null {
    return meaningOf(code);
  }

  @FieldResolver(() => LoginTraceType, { nullable: true, description: 'How it was decided.' })
  async trace(@Ctx() context: RequestContext, @Root() login: LoginRow): Promise<LoginTraceType | null> {
    const trace = await this.#trace(context, rowKey(login));
    return trace === null ? null : traceView(trace);
  }
}

/** null: an id that names nothing, so that nothing can match. */
function filterOf(input: Partial<LoginFilterInput>): LoginFilter | null {
  const {
    partnerId: partner,
    applicationId: application,
    identityProviderId: identityProvider,
    membershipId: membership,
    ...filter
  } = input;
  const partnerId = partner == null ? null : lookupHubKey('Partner', partner);
  const applicationId = application == null ? null : lookupHubKey('Application', application);
  const idp = identityProvider == null ? null : lookupTenantKey('IdentityProvider', identityProvider);
  const person = membership == null ? null : lookupTenantKey('Membership', membership);
  const isUnknown =
    (partner != null && partnerId === null) ||
    (application != null && applicationId === null) ||
    (identityProvider != null && idp === null) ||
    (membership != null && person === null);
  if (isUnknown || (person !== null && partnerId !== null && person.partnerId !== partnerId)) return null;
  return {
    ...filter,
    partnerId: partnerId ?? person?.partnerId ?? null,
    applicationId,
    identityProviderId: idp?.id ?? null,
    membershipId: person?.id ?? null,
  };
}

interface Owner {
  readonly id: Uuid;
  readonly partnerId?: Uuid;
}

/** `lastLogins` on what has logins. */
function lastLoginsOf(type: () => ClassType<object>, kind: LoginOwner) {
  @Resolver(type)
  class LastLoginsResolver {
    readonly #newest: ReturnType<typeof perRequestOfLists<readonly LoginRow[], number>>;

    constructor(logins: LoginService) {
      this.#newest = perRequestOfLists((context, owners, first) => logins.newestOf(context, kind, owners, first));
    }

    @FieldResolver(() => [LoginType], { description: 'The newest sign-ins; `logins` reads them all.' })
    async lastLogins(
      @Ctx() context: RequestContext,
      @Root() owner: Owner,
      @Arg('first', () => Int, { defaultValue: 5, description: 'How many, 1 to 20.' }) first: number,
    ): Promise<readonly LoginRow[]> {
      const { id, partnerId = null } = owner;
      return (await this.#newest(context, { partnerId, id }, newest(first))) ?? [];
    }
  }
  return LastLoginsResolver;
}

export const PartnerLoginsResolver = lastLoginsOf(() => PartnerType, 'partner');
export const ApplicationLoginsResolver = lastLoginsOf(() => ApplicationType, 'application');
export const IdentityProviderLoginsResolver = lastLoginsOf(() => IdentityProviderType, 'identityProvider');
export const MembershipLoginsResolver = lastLoginsOf(() => MembershipType, 'membership');

interface Caused {
  readonly partnerId: Uuid;
  readonly loginId?: Uuid | null;
}

/** `login` on what a login left behind. */
function loginOf(type: () => ClassType<object>, description: string) {
  @Resolver(type)
  class LoginOfResolver {
    readonly #login: (context: RequestContext, key: string) => Promise<LoginRow | null>;

    constructor(logins: LoginService) {
      this.#login = perRequestOfRows((context, keys) => logins.findMany(context, keys));
    }

    @FieldResolver(() => LoginType, { nullable: true, description })
    async login(@Ctx() context: RequestContext, @Root() { partnerId, loginId }: Caused): Promise<LoginRow | null> {
      return loginId ? this.#login(context, rowKey({ partnerId, id: loginId })) : null;
    }
  }
  return LoginOfResolver;
}

export const SessionLoginResolver = loginOf(() => SessionType, 'The sign-in that it began or was renewed with.');
export const AuditEventLoginResolver = loginOf(() => AuditEventType, 'The sign-in that the event is part of.');

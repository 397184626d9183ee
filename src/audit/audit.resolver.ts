/** The audit log on the API. */
import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../access/request-context.js';
import { type Connection, ConnectionArgs, connection, emptyConnection, pageRequest } from '../graphql/connection.js';
import { meaningOf } from '../graphql/error-code.js';
import { decodeGlobalId, globalId, lookupHubKey, lookupTenantKey } from '../graphql/global-id.js';
import type { AuditEvent } from './audit.entity.js';
import { AuditEventFilterInput } from './audit.input.js';
import type { AuditService } from './audit.service.js';
import type { AuditFilter } from './audit.store.js';
import { AuditEventConnection, AuditEventType } from './audit.type.js';

/** Types whose key is one id; all others belong to the partner of the event. */
const hubTypes = new Set([
  'Partner',
  'Application',
  'User',
  'AttributeDefinition',
  'ApiClient',
  'ApiToken',
  'SigningKey',
]);

@Resolver(() => AuditEventType)
export class AuditResolver {
  readonly #audit: AuditService;

  constructor(audit: AuditService) {
    this.#audit = audit;
  }

  @Query(() => AuditEventConnection, {
    description:
      'The audit log, newest first. Permission: `audit:read`; a partner administrator sees what is of the own partner, an application owner what concerns the own applications.',
  })
  async auditEvents(
    @Ctx() context: RequestContext,
    @Args(() => ConnectionArgs) page: ConnectionArgs,
    @Arg('filter', () => AuditEventFilterInput, { nullable: true, description: 'Narrows the list.' })
    input: AuditEventFilterInput | null,
  ): Promise<Connection<AuditEvent>> {
    const request = pageRequest(page);
    const filter = filterOf(input ?? {});
    return filter === null ? emptyConnection() : connection(await this.#audit.list(context, filter, request));
  }

  @FieldResolver(() => ID, { nullable: true, description: 'Global id of what it happened to.' })
  target(@Root() { targetType, targetId, partnerId }: AuditEvent): string | null {
    if (!targetType || !targetId) return null;
    return globalId(targetType, hubTypes.has(targetType) ? { id: targetId } : { id: targetId, partnerId });
  }

  @FieldResolver(() => String, { nullable: true, description: 'What the code means, in the words that may be shown.' })
  meaning(@Root() { code }: AuditEvent): string | null {
    return meaningOf(code);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Address that the request came from; shown to operators and auditors alone.',
  })
  sourceIp(@Ctx() { actor }: RequestContext, @Root() { sourceIp }: AuditEvent): string | null {
    return actor.role === 'OPERATOR' || actor.role === 'AUDITOR' ? (sourceIp ?? null) : null;
  }
}

/** null: an id that names nothing, so that nothing can match. */
function filterOf(input: Partial<AuditEventFilterInput>): AuditFilter | null {
  const { partnerId: partner, applicationId: application, loginId: login, targetId: target, ...filter } = input;
  const partnerId = partner == null ? null : lookupHubKey('Partner', partner);
  const applicationId = application == null ? null : lookupHubKey('Application', application);
  const loginKey = login == null ? null : lookupTenantKey('Login', login);
  const targetKey = target == null ? null : decodeGlobalId(target);
  const isUnknown =
    (partner != null && partnerId === null) ||
    (application != null && applicationId === null) ||
    (login != null && loginKey === null) ||
    (target != null && targetKey === null);
  if (isUnknown) return null;
  const id = targetKey?.key.at(-1);
  return {
    ...filter,
    partnerId,
    applicationId,
    loginId: loginKey?.id ?? null,
    target: targetKey !== null && id !== undefined ? { type: targetKey.type, id } : null,
  };
}

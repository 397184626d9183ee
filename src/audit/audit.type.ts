/** The GraphQL face of an audit event. */
import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ObjectType } from 'type-graphql';
import { connectionType } from '../graphql/connection.js';
import { graphqlEnum, respeltEnum } from '../graphql/enums.js';
import { ErrorCodeEnum } from '../graphql/error-code.js';
import { Node } from '../graphql/node.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import { type AuditAction, auditActions } from './actions.js';
import type { ActorKind, AuditEvent } from './audit.entity.js';

/** `PARTNER_CREATED` on the API is `partner.created` in the log and in exports. */
export const AuditActionEnum = respeltEnum<AuditAction>(
  'AuditAction',
  'What the audit log can tell: a noun, then a verb in the past tense.',
  Object.fromEntries(auditActions.map((action) => [action, `\`${action}\` in exports.`])) as Record<
    AuditAction,
    string
  >,
);

export const ActorKindEnum = graphqlEnum<ActorKind>('ActorKind', 'Who caused an event.', {
  OPERATOR: 'An operator of the hub.',
  AUDITOR: 'An auditor.',
  PARTNER_ADMINISTRATOR: 'An administrator of a partner.',
  APPLICATION_OWNER: 'The owner of an application.',
  SERVICE: 'An application, by using a token.',
  IDENTITY_PROVIDER: 'An identity provider, by what it asserted.',
  END_USER: "A person's browser.",
  SYSTEM: 'The hub itself, or its command line.',
});

@ObjectType('AuditEvent', { implements: Node, description: 'Something that happened; written once, never changed.' })
export class AuditEventType
  extends Node
  implements Pick<AuditEvent, 'id' | 'actorKind' | 'actorId' | 'targetType' | 'data' | 'correlationId' | 'occurredAt'>
{
  @Field(() => AuditActionEnum, { description: 'What happened.' })
  action!: AuditAction;

  @Field(() => ActorKindEnum, { description: 'The kind of who caused it.' })
  actorKind!: ActorKind;

  @Field(() => String, { description: 'Who caused it: a client id, a subject, an id of the hub, or `anonymous`.' })
  actorId!: string;

  @Field(() => String, { nullable: true, description: 'Type of what it happened to, as this schema names it.' })
  targetType!: string | null | undefined;

  @Field(() => ErrorCodeEnum, { nullable: true, description: 'Code of a refusal.' })
  code!: ErrorCode | null | undefined;

  @Field(() => GraphQLJSONObject, { description: 'Names, numbers and identifiers; never secrets or assertion bytes.' })
  data!: Readonly<Record<string, unknown>>;

  @Field(() => String, { nullable: true, description: 'What all events and log lines of one request share.' })
  correlationId!: string | null | undefined;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  occurredAt!: Date;
}

export const AuditEventConnection = connectionType('AuditEvent', () => AuditEventType);

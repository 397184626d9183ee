/** What happened, append-only: the runtime role has no UPDATE or DELETE on it (promise 8). */
import { defineEntity, p } from '@mikro-orm/core';
import { auditRows } from '../persistence/tenant.js';

export const actorKinds = [
  'OPERATOR',
  'AUDITOR',
  'PARTNER_ADMINISTRATOR',
  'APPLICATION_OWNER',
  'SERVICE',
  'IDENTITY_PROVIDER',
  'END_USER',
  'SYSTEM',
] as const;
export type ActorKind = (typeof actorKinds)[number];

const AuditEventSchema = defineEntity({
  name: 'AuditEvent',
  schema: 'regional',
  tableName: 'audit_event',
  ...auditRows,
  properties: {
    partnerId: p.uuid().primary(),
    /** UUIDv7: the table is partitioned by the time inside it. */
    id: p.uuid().primary(),
    action: p.string().length(80),
    actorKind: p.enum(actorKinds),
    actorId: p.string().length(200),
    targetType: p.string().length(40).nullable(),
    targetId: p.string().length(200).nullable(),
    applicationId: p.uuid().nullable(),
    loginId: p.uuid().nullable(),
    code: p.string().length(64).nullable(),
    data: p.json().$type<Readonly<Record<string, unknown>>>(),
    correlationId: p.string().length(64).nullable(),
    sourceIp: p.string().length(45).nullable(),
    occurredAt: p.datetime(),
    /** pg_current_xact_id() of the writing transaction: the order in which batches are sealed (promise 8). */
    transactionId: p.bigint('string').columnType('xid8').defaultRaw('pg_current_xact_id()').nullable(),
  },
  indexes: [
    { properties: ['partnerId', 'targetId', 'id'] },
    { properties: ['id'] },
    { properties: ['applicationId', 'id'] },
    {
      name: 'audit_event_login_denied_index',
      properties: ['partnerId', 'id'],
      where: "action = 'login.denied'",
      include: ['code', 'actorKind', 'actorId', 'applicationId', 'occurredAt'],
    },
  ],
});

export class AuditEvent extends AuditEventSchema.class {}
AuditEventSchema.setClass(AuditEvent);

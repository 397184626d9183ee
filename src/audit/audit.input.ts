/** What callers may ask of the audit log. */
import { Field, ID, InputType } from 'type-graphql';
import { ErrorCodeEnum } from '../graphql/error-code.js';
import { DateTimeScalar, DisplayNameScalar } from '../graphql/scalars.js';
import type { ErrorCode } from '../shared/error-catalogue.js';
import type { AuditAction } from './actions.js';
import type { ActorKind } from './audit.entity.js';
import { ActorKindEnum, AuditActionEnum } from './audit.type.js';

@InputType('AuditEventFilter', { description: 'Narrows the audit log; everything given must hold.' })
export class AuditEventFilterInput {
  @Field(() => ID, { nullable: true, description: 'Of this partner.' })
  partnerId?: string | null;

  @Field(() => ID, { nullable: true, description: 'That concern this application.' })
  applicationId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of this sign-in.' })
  loginId?: string | null;

  @Field(() => ID, { nullable: true, description: 'That happened to exactly this, whatever its type.' })
  targetId?: string | null;

  @Field(() => AuditActionEnum, { nullable: true, description: 'Of this kind.' })
  action?: AuditAction | null;

  @Field(() => ErrorCodeEnum, { nullable: true, description: 'Refused with this code.' })
  code?: ErrorCode | null;

  @Field(() => ActorKindEnum, { nullable: true, description: 'Caused by this kind of actor.' })
  actorKind?: ActorKind | null;

  @Field(() => DisplayNameScalar, { nullable: true, description: 'Caused by exactly this actor.' })
  actorId?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Not before this instant.' })
  since?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Before this instant.' })
  until?: Date | null;
}

/** Who is asking, on every use case of the API. First argument everywhere (docs/architecture.md). */
import { hubScope, partnerScope, type Scope } from '../persistence/unit-of-work.js';
import type { Uuid } from '../shared/ids.js';
import type { Role } from './api-client.entity.js';
import type { ApiScope } from './scopes.rules.js';

export interface Actor {
  readonly role: Role;
  /** Client id of a service client, or subject of an operator's token. */
  readonly id: string;
  /** The own partner of a partner administrator; null for the other roles. */
  readonly partnerId: Uuid | null;
  /** The own applications of an application owner; empty for the other roles. */
  readonly applicationIds: readonly Uuid[];
  readonly scopes: ReadonlySet<ApiScope>;
}

export interface RequestContext {
  readonly actor: Actor;
  readonly correlationId: string;
  readonly sourceIp: string | null;
  /** The instant of this request: one for all that it does. */
  readonly now: Date;
}

/** The rows that this actor may see; row-level security holds the same line (promise 5). */
export function scopeOf(actor: Actor): Scope {
  if (actor.role === 'OPERATOR' || actor.role === 'AUDITOR') return hubScope;
  if (actor.role === 'PARTNER_ADMINISTRATOR' && actor.partnerId !== null) return partnerScope(actor.partnerId);
  return { kind: 'applications', applicationIds: actor.applicationIds };
}

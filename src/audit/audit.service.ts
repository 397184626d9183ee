/** The audit log as it is read: by operators and auditors all of it, by a partner or an application its own part. */
import { permit } from '../access/permissions.js';
import { permitRead } from '../access/readable-types.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import type { TimeWindow, Uuid } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import type { AuditEvent } from './audit.entity.js';
import { type AuditFilter, findAuditEvent, pageOfAuditEvents } from './audit.store.js';
import { spanOf } from './login-refusal.rules.js';
import { countLoginRefusals, type LoginRefusalFilter, type LoginRefusals } from './login-refusal.store.js';

export class AuditService {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  /** Newest first. */
  list(context: RequestContext, filter: AuditFilter, page: PageRequest): Promise<Page<AuditEvent>> {
    permit(context, 'auditEvents');
    return this.#uow.read(scopeOf(context.actor), (tx) => pageOfAuditEvents(tx, filter, page));
  }

  find(context: RequestContext, partnerId: Uuid, id: Uuid): Promise<AuditEvent | null> {
    permitRead(context, 'AuditEvent');
    return this.#uow.read(scopeOf(context.actor), (tx) => findAuditEvent(tx, partnerId, id));
  }

  /**
   * Refused sign-ins by code. @throws HubError INPUT_INVALID for a span that is too long
   * @param filter null: nothing can match
   */
  async loginRefusals(
    context: RequestContext,
    filter: LoginRefusalFilter | null,
    window: TimeWindow,
  ): Promise<readonly LoginRefusals[]> {
    permit(context, 'loginRefusals');
    const span = spanOf(window, context.now);
    if (filter === null) return [];
    // Row-level security holds the line; the partner stands here for the index.
    const partnerId = filter.partnerId ?? context.actor.partnerId;
    return this.#uow.read(scopeOf(context.actor), (tx) => countLoginRefusals(tx, { ...filter, partnerId }, span));
  }
}

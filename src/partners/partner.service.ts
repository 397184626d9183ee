/** Use cases of partner organizations. */
import { type Operation, permit, requirePartner } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import type { AuditAction } from '../audit/actions.js';
import { recordAudit } from '../audit/audit.store.js';
import { isUniqueViolation } from '../persistence/conflict.js';
import { raisePartnerEpoch } from '../persistence/policy-epoch.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import type { Page, PageRequest } from '../shared/page.js';
import type { Partner } from './partner.entity.js';
import { nextPartnerState, type PartnerChange } from './partner.rules.js';
import {
  addPartner,
  findPartner,
  findPartners,
  lockPartner,
  type PartnerFilter,
  pageOfPartners,
} from './partner.store.js';

export interface NewPartner {
  readonly slug: string;
  readonly name: string;
  /** Home region; this hub's own when left out. */
  readonly region?: string | null;
}

export interface PartnerEdit {
  readonly name?: string | null;
}

const stateChanges: Readonly<Record<PartnerChange, { operation: Operation; action: AuditAction }>> = {
  suspend: { operation: 'suspendPartner', action: 'partner.suspended' },
  reinstate: { operation: 'reinstatePartner', action: 'partner.reinstated' },
  retire: { operation: 'retirePartner', action: 'partner.retired' },
};

export class PartnerService {
  readonly #uow: UnitOfWork;
  readonly #region: string;

  /** @param region name of this hub's region. */
  constructor(uow: UnitOfWork, region: string) {
    this.#uow = uow;
    this.#region = region;
  }

  /** One partner by id or slug; null when there is none that the caller may see. */
  find(context: RequestContext, where: { id: Uuid } | { slug: string }): Promise<Partner | null> {
    permit(context, 'partner');
    return this.#uow.read(scopeOf(context.actor), (tx) => findPartner(tx, where));
  }

  /** Many at once, by id; those that the caller may not see are missing. */
  async findMany(context: RequestContext, ids: readonly Uuid[]): Promise<ReadonlyMap<Uuid, Partner>> {
    permit(context, 'partner');
    const rows = await this.#uow.read(scopeOf(context.actor), (tx) => findPartners(tx, ids));
    return new Map(rows.map((row) => [row.id, row]));
  }

  list(context: RequestContext, filter: PartnerFilter, page: PageRequest): Promise<Page<Partner>> {
    permit(context, 'partners');
    return this.#uow.read(scopeOf(context.actor), (tx) => pageOfPartners(tx, filter, page));
  }

  /** @throws HubError SLUG_TAKEN, INPUT_INVALID */
  create(context: RequestContext, input: NewPartner): Promise<Partner> {
    permit(context, 'createPartner');
    const { now } = context;
    const region = input.region ?? this.#region;
    return this.#uow
      .write(scopeOf(context.actor), async (tx) => {
        const partner = await addPartner(tx, {
          id: uuidv7(now),
          slug: input.slug,
          name: input.name,
          region,
          state: 'ACTIVE',
          policyEpoch: 1,
          createdAt: now,
          updatedAt: now,
        });
        await recordAudit(tx, context, {
          action: 'partner.created',
          partnerId: partner.id,
          targetType: 'Partner',
          targetId: partner.id,
          data: { slug: partner.slug, name: partner.name, region },
        });
        return partner;
      })
      .catch(asSlugTaken);
  }

  /** @throws HubError NOT_FOUND */
  update(context: RequestContext, id: Uuid, edit: PartnerEdit): Promise<Partner> {
    permit(context, 'updatePartner');
    requirePartner(context, id);
    return this.#change(context, id, 'partner.updated', (partner) => {
      const before = { name: partner.name };
      partner.name = edit.name ?? partner.name;
      return { before, after: { name: partner.name } };
    });
  }

  /** @throws HubError NOT_FOUND, STATE_TRANSITION */
  changeState(context: RequestContext, id: Uuid, change: PartnerChange): Promise<Partner> {
    const { operation, action } = stateChanges[change];
    permit(context, operation);
    requirePartner(context, id);
    return this.#change(context, id, action, (partner) => {
      const before = partner.state;
      const next = nextPartnerState(before, change);
      if (next === null) throw new HubError('STATE_TRANSITION');
      partner.state = next;
      return { before, after: next };
    });
  }

  #change(
    context: RequestContext,
    id: Uuid,
    action: AuditAction,
    apply: (partner: Partner) => Readonly<Record<string, unknown>>,
  ): Promise<Partner> {
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      await raisePartnerEpoch(tx, id);
      const partner = await lockPartner(tx, id);
      if (partner === null) throw new HubError('NOT_FOUND');
      const data = apply(partner);
      partner.updatedAt = context.now;
      await recordAudit(tx, context, { action, partnerId: id, targetType: 'Partner', targetId: id, data });
      return partner;
    });
  }
}

function asSlugTaken(fault: unknown): never {
  if (!isUniqueViolation(fault)) throw fault;
  throw new HubError('SLUG_TAKEN', undefined, [{ path: 'input.slug', message: 'This slug is in use.' }]);
}

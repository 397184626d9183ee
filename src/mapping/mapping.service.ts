/** Use cases of attribute mappings: read the version in force, check rules, put a new version in force. */
import { permit, requirePartner } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import { recordAudit } from '../audit/audit.store.js';
import { loadAttributes } from '../login/policy.store.js';
import { raisePartnerEpoch } from '../persistence/policy-epoch.js';
import type { UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import type { Uuid } from '../shared/ids.js';
import { checkRules, type RuleDraft, type RuleProblem } from './check.rules.js';
import type { AttributeMapping } from './mapping.entity.js';
import { currentMapping, currentMappings, findMapping, insertNextMapping, type MappingKey } from './mapping.store.js';

export interface MappingChange extends MappingKey {
  /** The version that the caller has seen: a change on top of another one is refused. */
  readonly expectedVersion: number;
  readonly rules: readonly RuleDraft[];
}

export class MappingService {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  /** The version in force of an IdP; null where there is none that the caller may see. */
  async current(context: RequestContext, key: MappingKey): Promise<AttributeMapping | null> {
    permit(context, 'attributeMapping');
    return this.#uow.read(scopeOf(context.actor), (tx) => currentMapping(tx, key));
  }

  /** The versions in force of many IdPs at once, by the id of the IdP. */
  async currentOfMany(
    context: RequestContext,
    identityProviderIds: readonly Uuid[],
  ): Promise<ReadonlyMap<Uuid, AttributeMapping>> {
    permit(context, 'attributeMapping');
    const rows = await this.#uow.read(scopeOf(context.actor), (tx) => currentMappings(tx, identityProviderIds));
    return new Map(rows.map((row) => [row.identityProviderId, row]));
  }

  /** One version, in force or superseded. */
  async find(context: RequestContext, partnerId: Uuid, id: Uuid): Promise<AttributeMapping | null> {
    permit(context, 'attributeMapping');
    return this.#uow.read(scopeOf(context.actor), (tx) => findMapping(tx, partnerId, id));
  }

  /** Every problem that the rules have; empty when they could be put in force. */
  async check(context: RequestContext, rules: readonly RuleDraft[]): Promise<readonly RuleProblem[]> {
    permit(context, 'checkMappingRules');
    return checkRules(rules, await this.#uow.read(scopeOf(context.actor), loadAttributes));
  }

  /** @throws HubError NOT_FOUND, STALE_VERSION, RULE_INVALID, RULE_TOO_COSTLY, ATTRIBUTE_UNKNOWN */
  async change(context: RequestContext, { expectedVersion, rules, ...key }: MappingChange): Promise<AttributeMapping> {
    permit(context, 'changeAttributeMapping');
    requirePartner(context, key.partnerId);
    return this.#uow.write(scopeOf(context.actor), async (tx) => {
      // First: it holds the lock of the partner, so that two changes come one after the other.
      await raisePartnerEpoch(tx, key.partnerId);
      const before = await currentMapping(tx, key);
      if (before === null) throw new HubError('NOT_FOUND');
      if (before.version !== expectedVersion) throw new HubError('STALE_VERSION');
      refuseProblems(checkRules(rules, await loadAttributes(tx)));
      const author = { createdBy: context.actor.id, now: context.now };
      const mapping = await insertNextMapping(tx, before, rules, author);
      await recordAudit(tx, context, {
        action: 'mapping.changed',
        partnerId: key.partnerId,
        targetType: 'IdentityProvider',
        targetId: key.identityProviderId,
        data: { version: mapping.version, ...difference(before.rules, rules) },
      });
      return mapping;
    });
  }
}

function refuseProblems(problems: readonly RuleProblem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const fields = problems.map(({ path, message }) => ({ path: `input.${path}`, message }));
  throw new HubError(first.code, undefined, fields);
}

/** Which attributes got, lost or changed their rule: names, for the audit log. */
function difference(before: readonly RuleDraft[], after: readonly RuleDraft[]) {
  const old = new Map(before.map((rule) => [rule.attribute, fingerprint(rule)]));
  const names = new Set(after.map(({ attribute }) => attribute));
  const changed = (rule: RuleDraft) => old.has(rule.attribute) && old.get(rule.attribute) !== fingerprint(rule);
  return {
    added: after.filter(({ attribute }) => !old.has(attribute)).map(({ attribute }) => attribute),
    removed: before.filter(({ attribute }) => !names.has(attribute)).map(({ attribute }) => attribute),
    changed: after.filter(changed).map(({ attribute }) => attribute),
  };
}

function fingerprint({ expression, required, defaultValue, updateMode }: RuleDraft): string {
  return JSON.stringify([expression, required, defaultValue, updateMode]);
}

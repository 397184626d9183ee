/** Use cases of the catalogue of attributes. Definitions are added and never changed: stored values rest on them. */
import { permit } from '../access/permissions.js';
import { type RequestContext, scopeOf } from '../access/request-context.js';
import { recordAudit } from '../audit/audit.store.js';
import { isUniqueViolation } from '../persistence/conflict.js';
import { notifyCatalogue } from '../persistence/policy-epoch.js';
import { hubScope, type UnitOfWork } from '../persistence/unit-of-work.js';
import { HubError } from '../shared/hub-error.js';
import type { Uuid } from '../shared/ids.js';
import { type AttributeDraft, definitionProblems, MAX_DEFINITIONS, standardAttributes } from './catalogue.rules.js';
import type { AttributeDefinition } from './mapping.entity.js';
import { addDefinition, findDefinition, findDefinitions } from './mapping.store.js';

const CATALOGUE_LOCK = 0x61747472;

export class AttributeDefinitionService {
  readonly #uow: UnitOfWork;

  constructor(uow: UnitOfWork) {
    this.#uow = uow;
  }

  /** The whole catalogue by name; at most MAX_DEFINITIONS. */
  async list(context: RequestContext): Promise<readonly AttributeDefinition[]> {
    permit(context, 'attributeDefinitions');
    return this.#uow.read(scopeOf(context.actor), findDefinitions);
  }

  async find(context: RequestContext, id: Uuid): Promise<AttributeDefinition | null> {
    permit(context, 'attributeDefinitions');
    return this.#uow.read(scopeOf(context.actor), (tx) => findDefinition(tx, id));
  }

  /** Gives a new hub its first catalogue. Safe on several replicas at once; a catalogue that is there stays as it is. */
  installStandard(now: Date): Promise<void> {
    return this.#uow.write(hubScope, async (tx) => {
      await tx.em.execute('select pg_advisory_xact_lock(?)', [CATALOGUE_LOCK]);
      if ((await findDefinitions(tx)).length > 0) return;
      for (const draft of standardAttributes) await addDefinition(tx, draft, now);
      await notifyCatalogue(tx);
    });
  }

  /** @throws HubError INPUT_INVALID, CONFLICT where the name or the claim is in use, or the catalogue is full */
  async define(context: RequestContext, draft: AttributeDraft): Promise<AttributeDefinition> {
    permit(context, 'defineAttribute');
    const problems = definitionProblems(draft);
    if (problems.length > 0) throw new HubError('INPUT_INVALID', undefined, problems);
    return this.#uow
      .write(scopeOf(context.actor), async (tx) => {
        if ((await findDefinitions(tx)).length >= MAX_DEFINITIONS)
          throw new HubError('CONFLICT', 'The catalogue is full.');
        const definition = await addDefinition(tx, draft, context.now);
        await notifyCatalogue(tx);
        const { id, name, type, claim, scope, multiValued } = definition;
        await recordAudit(tx, context, {
          action: 'attribute.defined',
          targetType: 'AttributeDefinition',
          targetId: id,
          data: { name, type, claim, scope, multiValued },
        });
        return definition;
      })
      .catch(asTaken);
  }
}

function asTaken(fault: unknown): never {
  if (!isUniqueViolation(fault)) throw fault;
  const taken = 'An attribute of that name, or with that claim, is there already.';
  throw new HubError('CONFLICT', taken, [{ path: 'input.name', message: taken }]);
}

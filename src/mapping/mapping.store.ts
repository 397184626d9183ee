/** Queries on the catalogue of attributes and on the versions of mappings. */
import type { Protocol } from '../login/contracts.js';
import type { MappingRuleFacts } from '../login/facts.js';
import type { ReadTx, Tx } from '../persistence/unit-of-work.js';
import { type Uuid, uuidv7 } from '../shared/ids.js';
import { type AttributeDraft, defaultRules } from './catalogue.rules.js';
import type { RuleDraft } from './check.rules.js';
import { AttributeDefinition, AttributeMapping } from './mapping.entity.js';

/** What a mapping hangs on. */
export interface MappingKey {
  readonly partnerId: Uuid;
  readonly identityProviderId: Uuid;
}

export interface MappingAuthor {
  readonly createdBy: string;
  readonly now: Date;
}

export function findDefinitions(tx: ReadTx): Promise<AttributeDefinition[]> {
  return tx.em.find(AttributeDefinition, {}, { orderBy: { name: 'asc' } });
}

export function findDefinition(tx: ReadTx, id: Uuid): Promise<AttributeDefinition | null> {
  return tx.em.findOne(AttributeDefinition, { id });
}

/** Fails on a unique constraint where the name or the claim is taken. */
export async function addDefinition(tx: Tx, draft: AttributeDraft, now: Date): Promise<AttributeDefinition> {
  const definition = tx.em.create(AttributeDefinition, { ...draft, id: uuidv7(now), createdAt: now });
  await tx.em.persist(definition).flush();
  return definition;
}

/** The version in force; null for an IdP that does not exist in this scope. */
export function currentMapping(tx: ReadTx, key: MappingKey): Promise<AttributeMapping | null> {
  const { partnerId, identityProviderId } = key;
  return tx.em.findOne(AttributeMapping, { partnerId, identityProviderId, state: 'ACTIVE' });
}

export function currentMappings(tx: ReadTx, identityProviderIds: readonly Uuid[]): Promise<AttributeMapping[]> {
  return tx.em.find(AttributeMapping, { identityProviderId: { $in: [...identityProviderIds] }, state: 'ACTIVE' });
}

export function findMapping(tx: ReadTx, partnerId: Uuid, id: Uuid): Promise<AttributeMapping | null> {
  return tx.em.findOne(AttributeMapping, { partnerId, id });
}

/** Version 1 of a new IdP, with the default rules of its protocol. */
export async function insertFirstMapping(
  tx: Tx,
  key: MappingKey,
  protocol: Protocol,
  author: MappingAuthor,
): Promise<AttributeMapping> {
  return insertVersion(tx, key, 1, withIds(defaultRules(protocol), [], author.now), author);
}

/** The version after `current`, which is superseded. A rule for an attribute that had one keeps its id. */
export async function insertNextMapping(
  tx: Tx,
  current: AttributeMapping,
  rules: readonly RuleDraft[],
  author: MappingAuthor,
): Promise<AttributeMapping> {
  const { partnerId, id, identityProviderId, version } = current;
  await tx.em.nativeUpdate(AttributeMapping, { partnerId, id }, { state: 'SUPERSEDED' });
  const key = { partnerId, identityProviderId };
  return insertVersion(tx, key, version + 1, withIds(rules, current.rules, author.now), author);
}

function withIds(
  rules: readonly RuleDraft[],
  before: readonly MappingRuleFacts[],
  now: Date,
): readonly MappingRuleFacts[] {
  const ids = new Map(before.map(({ attribute, id }) => [attribute, id]));
  return rules.map(({ attribute, expression, required, defaultValue, updateMode }) => ({
    id: ids.get(attribute) ?? uuidv7(now),
    attribute,
    expression,
    required,
    defaultValue,
    updateMode,
  }));
}

async function insertVersion(
  tx: Tx,
  key: MappingKey,
  version: number,
  rules: readonly MappingRuleFacts[],
  { createdBy, now }: MappingAuthor,
): Promise<AttributeMapping> {
  const row = { ...key, id: uuidv7(now), version, state: 'ACTIVE', rules, createdBy, createdAt: now } as const;
  const mapping = tx.em.create(AttributeMapping, row);
  await tx.em.persist(mapping).flush();
  return mapping;
}

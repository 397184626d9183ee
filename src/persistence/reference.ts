/**
 * A foreign key in the metadata, beside scalar columns that own their values: entities carry plain ids, the schema
 * carries the constraint, and the differ sees both.
 */
import { type EntityCtor, p } from '@mikro-orm/core';

export function references(target: EntityCtor, columns: readonly string[], onDelete: 'cascade' | 'restrict') {
  return () =>
    p
      .manyToOne(target)
      .joinColumns(...columns)
      .ownColumns()
      .deleteRule(onDelete)
      .updateRule('no action')
      .hidden()
      .nullable();
}

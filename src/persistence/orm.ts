/** How the ORM is set up. Entities carry scalar ids beside their references, so two properties may share a column. */
import { MikroORM, type Options, UnderscoreNamingStrategy } from '@mikro-orm/postgresql';
import { DeferredBeginClient } from './deferred-begin.js';
import { entities } from './entities.js';

export function ormOptions(url: string, poolSize: number): Options {
  return {
    clientUrl: url,
    entities,
    namingStrategy: UnderscoreNamingStrategy,
    pool: { min: 0, max: poolSize },
    driverOptions: { Client: DeferredBeginClient },
    discovery: { checkDuplicateFieldNames: false },
    schemaGenerator: { skipTables: [/_p\d{6}$/, /_default$/, 'entente_migration'] },
    // The unit of work is the only door: nothing may use the global identity map by accident.
    allowGlobalContext: false,
    validateRequired: true,
  };
}

export function openOrm(url: string, poolSize: number): Promise<MikroORM> {
  return MikroORM.init(ormOptions(url, poolSize));
}

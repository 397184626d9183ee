/** `entente migrate`: the schema, the roles and the partitions, without starting a hub. */
import type { Config } from '../config.js';
import { bootstrap } from '../persistence/bootstrap.js';
import { systemClock } from '../shared/clock.js';

export async function runMigrate(config: Config): Promise<number> {
  const resources = await bootstrap(config, systemClock.now());
  await resources.stop();
  process.stdout.write('The database is at the present schema.\n');
  return 0;
}

/** The composition root: every `new` of the hub, the protocol map and the routes, in plain constructors. */
import type { Config } from './config.js';
import { openOrm } from './persistence/orm.js';
import { SecretBox } from './persistence/secret-box.js';
import { UnitOfWork } from './persistence/unit-of-work.js';
import { type Clock, systemClock } from './shared/clock.js';

export interface AppResources {
  /** URL of the database under the runtime role. */
  readonly databaseUrl: string;
  /** Key-encryption keys, the current one first. */
  readonly secretKeys: readonly Buffer[];
  readonly clock?: Clock;
}

export interface App {
  listen(): Promise<void>;
  /** Refuses new work, lets requests in flight finish, closes what it opened. */
  close(): Promise<void>;
}

export async function createApp(config: Config, resources: AppResources): Promise<App> {
  const clock = resources.clock ?? systemClock;
  const orm = await openOrm(resources.databaseUrl, config.databasePoolSize);
  const uow = new UnitOfWork(orm);
  const box = new SecretBox(resources.secretKeys);
  void [clock, uow, box];
  return { listen: async () => undefined, close: () => orm.close(true) };
}

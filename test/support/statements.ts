/** The SQL statements that the hub sends, in order: for budgets, and to see that a refused request sends none. */
import type { TestDatabase } from './database.js';

export interface Statements {
  /** Those since the last call. */
  take(): readonly string[];
  /** Ends the watch. */
  stop(): void;
}

export function watchStatements({ orm }: TestDatabase): Statements {
  const logger = orm.config.getLogger();
  const { isEnabled, log, logQuery } = logger;
  let seen: string[] = [];
  logger.isEnabled = () => true;
  logger.log = () => undefined;
  logger.logQuery = ({ query }) => void seen.push(query ?? '');
  return {
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
    stop: () => void Object.assign(logger, { isEnabled, log, logQuery }),
  };
}

/** The statements of `work`, without those that open, close and scope its transactions (G13). */
export async function statementsOf(db: TestDatabase, work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements = watchStatements(db);
  try {
    await work();
  } finally {
    statements.stop();
  }
  return statements
    .take()
    .filter((text) => !/^\s*(begin|start transaction|commit|rollback|select set_config|set transaction)/i.test(text));
}

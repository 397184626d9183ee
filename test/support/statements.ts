/** The SQL statements that the hub sends, in order: for budgets, and to see that a refused request sends none. */
import type { TestDatabase } from './database.js';

export interface Statements {
  /** Those since the last call. */
  take(): readonly string[];
}

export function watchStatements({ orm }: TestDatabase): Statements {
  const logger = orm.config.getLogger();
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
  };
}

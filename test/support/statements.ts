/** Counts what goes to the database, so that a test can hold an operation to a number of statements (G13). */
import type { TestDatabase } from './database.js';

interface QueryLogger {
  setDebugMode(mode: false | readonly string[]): void;
  logQuery(context: { readonly query: string }): void;
}

/** The statements of `work`, without those that open, close and scope its transactions. */
export async function statementsOf(db: TestDatabase, work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements: string[] = [];
  const logger = db.orm.config.getLogger() as unknown as QueryLogger;
  const original = logger.logQuery;
  logger.logQuery = ({ query }) => void statements.push(query);
  logger.setDebugMode(['query']);
  try {
    await work();
  } finally {
    logger.setDebugMode(false);
    logger.logQuery = original;
  }
  return statements.filter(
    (text) => !/^\s*(begin|start transaction|commit|rollback|select set_config|set transaction)/i.test(text),
  );
}

/** Counts the messages that the hub of this process sends to PostgreSQL: for budgets, and for what time would tell a stranger. */
import { Socket } from 'node:net';
import { jest } from '@jest/globals';
import type { TestDatabase } from './database.js';

export interface Messages {
  /** Those that the work took. */
  of(work: () => Promise<unknown>): Promise<number>;
  stop(): void;
}

export function countMessages(db: TestDatabase): Messages {
  const port = Number(new URL(db.url).port);
  const writes = jest.spyOn(Socket.prototype, 'write');
  const sent = () => writes.mock.contexts.filter((socket) => (socket as Socket).remotePort === port).length;
  return {
    of: async (work) => {
      const before = sent();
      await work();
      return sent() - before;
    },
    stop: () => writes.mockRestore(),
  };
}

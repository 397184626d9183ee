/**
 * Hears of every change of policy on every replica (LISTEN/NOTIFY). While the connection is away something may have been
 * missed, so after each reconnect everything is forgotten once.
 */
import { Client } from 'pg';
import { POLICY_CHANNEL } from './policy-epoch.js';

const RETRY_MS = 1_000;

export interface PolicyListener {
  close(): Promise<void>;
}

/** @param heard gets the id that changed, or null: forget everything */
export async function listenForPolicy(url: string, heard: (id: string | null) => void): Promise<PolicyListener> {
  let client: Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  let closed = false;

  const connect = async (): Promise<void> => {
    const next = new Client({ connectionString: url, keepAlive: true });
    next.on('notification', (message) => heard(message.payload ?? null));
    next.on('error', () => lost(next));
    next.on('end', () => lost(next));
    client = next;
    await next.connect();
    await next.query(`listen ${POLICY_CHANNEL}`);
    heard(null);
  };
  const lost = (which: Client): void => {
    if (closed || client !== which) return;
    client = null;
    retry = setTimeout(() => connect().catch(() => client !== null && lost(client)), RETRY_MS);
  };

  await connect();
  return {
    close: async () => {
      closed = true;
      if (retry !== null) clearTimeout(retry);
      await client?.end();
    },
  };
}

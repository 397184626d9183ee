/** The demonstration as `npm start` serves it: a hub in a process of its own, on an embedded PostgreSQL in a folder of its own. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './hub.js';
import { type HubProcess, spawnHub } from './hub-process.js';
import { freePortsInARow } from './ports.js';
import { scratchFolder } from './scratch.js';

export interface RunningDemonstration {
  readonly hub: string;
  readonly orders: string;
  readonly reports: string;
  readonly aurora: string;
  readonly borealis: string;
  readonly process: HubProcess;
  /** What `entente` prints to standard output and error. */
  command(args: readonly string[]): Promise<string>;
  graphql(token: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<GraphqlAnswer>;
  close(): Promise<void>;
}

export interface GraphqlAnswer {
  /** biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for. */
  readonly data: any;
  readonly errors?: readonly unknown[];
}

export async function startDemonstrationProcess(): Promise<RunningDemonstration> {
  const folder = scratchFolder('demonstration');
  const [port, first] = [await freePort(), await freePortsInARow(4)];
  const hub = `http://127.0.0.1:${port}`;
  const env = { ENTENTE_DATA_DIR: join(folder, 'data'), ENTENTE_URL: hub, ENTENTE_DEMO_PORT: String(first) };
  const process = spawnHub({ ...env, LOG_LEVEL: 'warn' });
  await process.ready;
  const at = (offset: number) => `http://127.0.0.1:${first + offset}`;
  return {
    hub,
    orders: at(0),
    reports: at(1),
    aurora: at(2),
    borealis: at(3),
    process,
    command: async (args) => {
      const child = spawnHub(env, args);
      const code = await child.ended;
      if (code !== 0) throw new Error(`entente ${args.join(' ')} ended with ${code}: ${child.output()}`);
      return child.output();
    },
    graphql: async (token, query, variables = {}) => {
      const response = await fetch(`${hub}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as GraphqlAnswer;
    },
    close: async () => {
      process.process.kill('SIGTERM');
      await process.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

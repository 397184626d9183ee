/** `start.ms`: from the command to a hub that says it is ready, on an embedded database that exists. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/support/hub.js';
import type { Bench } from './report.js';

export const startBench: Bench = {
  name: 'start',
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'entente-bench-start-'));
    chmodSync(folder, 0o755);
    const port = String(await freePort());
    const env = {
      NODE_ENV: 'development',
      ENTENTE_DEMO: 'off',
      ENTENTE_DATA_DIR: join(folder, 'data'),
      ENTENTE_URL: `http://127.0.0.1:${port}`,
      PORT: port,
    };
    try {
      await stop(await start(env));
      const before = performance.now();
      const hub = await start(env);
      const milliseconds = performance.now() - before;
      await stop(hub);
      return { 'start.ms': milliseconds };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function start(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['scripts/entente.mjs', 'serve'], {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.includes('Entente is ready')) done(child);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => fail(new Error(`the hub ended with ${code}: ${output}`)));
  });
}

function stop(hub: ChildProcess): Promise<void> {
  return new Promise((done) => {
    hub.once('exit', () => done());
    hub.kill('SIGTERM');
  });
}

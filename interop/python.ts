/** Programs of somebody else, started with the system's Python: each prints one line of JSON when it listens. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const START_SECONDS = 30;

export interface ForeignProgram<T> {
  readonly ready: T;
  /** What it wrote to standard error so far. */
  log(): string;
  stop(): Promise<void>;
}

export async function startPython<T>(script: string, args: readonly string[]): Promise<ForeignProgram<T>> {
  const python = process.env.ENTENTE_INTEROP_PYTHON;
  if (python === undefined) throw new Error('run `npm run interop`');
  const child = spawn(python, [join(FOLDER, script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
  const stop = () => end(child);
  try {
    const text = () => log.join('');
    return { ready: await firstLine<T>(child, text), log: text, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

function firstLine<T>(child: ChildProcess, log: () => string): Promise<T> {
  return new Promise((done, fail) => {
    const limit = setTimeout(() => fail(new Error(`not ready in ${START_SECONDS} s\n${log()}`)), START_SECONDS * 1_000);
    child.on('error', fail);
    child.on('exit', (code) => {
      clearTimeout(limit);
      fail(new Error(`ended with ${code} before it was ready\n${log()}`));
    });
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', (line) => {
      clearTimeout(limit);
      done(JSON.parse(line) as T);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(limit);
}

/** A hub in a process of its own, as `npm start` runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What V8 compiled of the hub stays between its starts; the tests start it dozens of times. */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/entente-tests', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('../../scripts/entente.mjs', import.meta.url));

export interface HubProcess {
  readonly process: ChildProcess;
  /** What it wrote so far, both channels. */
  output(): string;
  /** Resolves when the hub has said that it is ready; rejects when it ends first. */
  readonly ready: Promise<void>;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

export function spawnHub(env: Readonly<Record<string, string>>, args: readonly string[] = ['serve']): HubProcess {
  return spawnCommand(process.execPath, [LAUNCHER, ...args], env);
}

/** The environment of a command: what it is given, and what any process needs. */
export function surroundings(env: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_COMPILE_CACHE: COMPILED, ...env };
}

/** Any command that becomes a hub, in the folder of the repository. */
export function spawnCommand(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): HubProcess {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: surroundings(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<number | NodeJS.Signals | null>((done) => {
    child.on('close', (code, signal) => done(code ?? signal));
  });
  const ready = new Promise<void>((done, fail) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.includes('Entente is ready')) done();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then((code) => fail(new Error(`the hub ended with ${code}: ${output}`)));
  });
  ready.catch(() => undefined);
  return { process: child, output: () => output, ready, ended };
}

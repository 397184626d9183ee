/** One shell that runs blocks of commands one after the other, as a person at a terminal would. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { surroundings } from './hub-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MARK = '-- the block has ended --';

export class Shell {
  readonly #child: ChildProcessWithoutNullStreams;
  #output = '';
  #errors = '';

  /** Ends at the first command that fails, and at the first variable that nobody set. */
  constructor(env: Readonly<Record<string, string>>) {
    this.#child = spawn('sh', ['-eu'], { cwd: ROOT, env: surroundings(env) });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#output += chunk.toString('utf8');
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString('utf8');
    });
  }

  /** What the block wrote to standard output. */
  run(block: string): Promise<string> {
    this.#output = '';
    return new Promise((done, fail) => {
      const look = () => {
        const end = this.#output.indexOf(MARK);
        if (end === -1) return;
        stop();
        done(this.#output.slice(0, end).trim());
      };
      const ended = (code: number | null) => {
        stop();
        fail(new Error(`the shell ended with ${code} in:\n${block}\n${this.#output}${this.#errors}`));
      };
      const stop = () => {
        this.#child.stdout.off('data', look);
        this.#child.off('close', ended);
      };
      this.#child.stdout.on('data', look);
      this.#child.on('close', ended);
      this.#child.stdin.write(`${block}\necho '${MARK}'\n`);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }
}

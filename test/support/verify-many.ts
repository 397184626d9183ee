/** Many verifications in a process of their own, and the memory that it has at some of them. */
import { fork } from 'node:child_process';
import type { ResponsePolicy } from '../../src/protocols/saml/message.rules.js';
import { Harness, makeKeys } from './saml-verdict.js';

export interface MemorySample {
  readonly verified: number;
  readonly accepted: number;
  readonly refused: number;
  /** Resident bytes of the process. */
  readonly rss: number;
  /** Bytes of the heap and of buffers outside of it, after a collection. */
  readonly heap: number;
}

const DIFFERENT = 16;
/**
 * V8 doubles its young generation while much is made and soon dropped, in steps of tens of megabytes, far apart. Fixed in size, it
 * cannot pass for a leak, nor hide one.
 */
const FLAGS = ['--expose-gc', '--no-warnings', '--min-semi-space-size=16', '--max-semi-space-size=16'];
/** Seen from the folder of the repository, where tests and benches run: a bench is compiled into another one. */
const SCRIPT = 'test/support/verifier-process.mjs';

/** @param samples after how many verifications to look, rising; the last is where it ends */
export async function verifyMany(samples: readonly number[]): Promise<readonly MemorySample[]> {
  const saml = new Harness(await makeKeys());
  const numbers = Array.from({ length: DIFFERENT }, (_, index) => index);
  const signed = ['assertion', 'response', 'both'] as const;
  const options = (index: number) => ({ assertionId: `_a${index}`, responseId: `_r${index}` });
  const genuine = numbers.map((index) => saml.message(signed[index % 3] ?? 'both', options(index)));
  const encrypted = numbers.map((index) => saml.encrypted(signed[index % 3] ?? 'both', options(index)));
  const policy: ResponsePolicy = saml.policy();

  const child = fork(SCRIPT, { serialization: 'advanced', execArgv: FLAGS });
  return new Promise((done, fail) => {
    child.once('message', (found) => done(found as MemorySample[]));
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`it ended with ${code} before it had answered`)));
    const buffers = (messages: readonly string[]) => messages.map((one) => Buffer.from(one));
    child.send({ genuine: buffers(genuine), encrypted: buffers(encrypted), policy, samples: [...samples] });
  });
}

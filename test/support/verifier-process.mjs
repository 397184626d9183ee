/**
 * Verifies many messages in a process of its own and tells what it holds on to. No two of those that are refused are the same, so that
 * nothing that is kept by what came in could stay unseen.
 */
import { verifyResponse } from '../../dist/protocols/saml/response.js';

/** @param {{genuine: Buffer[], encrypted: Buffer[], policy: object, samples: number[]}} work */
function run({ genuine, encrypted, policy, samples }) {
  const counts = { accepted: 0, refused: 0 };
  const found = [];
  const last = samples.at(-1);
  for (let index = 1; index <= last; index += 1) {
    const result = verifyResponse(message(index, genuine, encrypted), policy);
    counts[result.ok ? 'accepted' : 'refused'] += 1;
    if (samples.includes(index)) found.push({ verified: index, ...counts, ...usage() });
  }
  return found;
}

/** Of forty: twenty genuine, two encrypted, sixteen with one byte changed, one cut off, one with a ciphertext changed. */
function message(index, genuine, encrypted) {
  const turn = index % 40;
  const list = turn < 3 ? encrypted : genuine;
  const honest = list[index % list.length];
  if (turn === 0) return changed(honest, honest.indexOf('</xenc:CipherValue>') - 5 - (index % 1_000), index);
  if (turn < 3 || turn >= 20) return honest;
  if (turn === 19) return honest.subarray(0, (index * 7_919) % honest.length);
  return changed(honest, (index * 7_919) % honest.length, index);
}

function changed(honest, at, index) {
  const bytes = Buffer.from(honest);
  bytes[at] ^= 1 + (index % 127);
  return bytes;
}

function usage() {
  globalThis.gc();
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

process.once('message', (work) => process.send(run(work), () => process.disconnect()));

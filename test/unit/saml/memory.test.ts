/** A hub lives for months: what it reads leaves nothing behind, whether it is accepted or refused. */
import { verifyMany } from '../../support/verify-many.js';

const MEGABYTE = 1_048_576;

it('holds on to nothing of messages, accepted, refused, encrypted or broken [S20] [L1]', async () => {
  const [warm, ...later] = await verifyMany([4_000, 8_000, 14_000]);
  const last = later.at(-1);
  if (warm === undefined || last === undefined) throw new Error('Nothing was measured.');
  expect(last.accepted + last.refused).toBe(14_000);
  for (const some of [last.accepted, last.refused]) expect(some).toBeGreaterThan(4_000);
  // A hundred bytes of each message would show.
  expect(last.heap - warm.heap).toBeLessThan(MEGABYTE);
  expect(last.rss - warm.rss).toBeLessThan(48 * MEGABYTE);
}, 180_000);

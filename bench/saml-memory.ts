/**
 * `saml.memory`: a million verifications, accepted and refused, encrypted and broken, in a process of its own, and what it holds after
 * a hundred thousand, half a million and all of them. Only with its whole name, since it takes minutes.
 */
import { verifyMany } from '../test/support/verify-many.js';
import type { Bench } from './report.js';

const SAMPLES = [100_000, 500_000, 1_000_000];
const MEGABYTE = 1_048_576;
/** What may be held more at the end than after the first hundred thousand. */
const MAX_GROWTH_MB = { rss: 32, heap: 2 } as const;

export const samlMemoryBench: Bench = {
  name: 'saml.memory',
  isLong: true,
  run: async () => {
    const found = await verifyMany(SAMPLES);
    const last = found.at(-1);
    const rows = found.flatMap(({ verified, rss, heap }) => [
      [`saml.memory.rss_mb@verified=${verified}`, rss / MEGABYTE],
      [`saml.memory.heap_mb@verified=${verified}`, heap / MEGABYTE],
    ]);
    const counts = { 'saml.memory.accepted': last?.accepted ?? 0, 'saml.memory.refused': last?.refused ?? 0 };
    return { ...counts, ...Object.fromEntries(rows) };
  },
  missed: (metrics) =>
    (['rss', 'heap'] as const).flatMap((kind) => {
      const at = (verified: number | undefined) => metrics[`saml.memory.${kind}_mb@verified=${verified}`] ?? Number.NaN;
      const growth = at(SAMPLES.at(-1)) - at(SAMPLES[0]);
      return growth <= MAX_GROWTH_MB[kind] ? [] : [`saml.memory.${kind}_mb grew by ${growth.toFixed(1)}.`];
    }),
};

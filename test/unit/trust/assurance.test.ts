/** What is believed of the federation assurance that an IdP claims (NIST SP 800-63C-4, sections 2.2 to 2.4). */
import fc from 'fast-check';
import { falShortfalls } from '../../../src/login/contracts.js';
import type { Assurance, FalCeiling } from '../../../src/login/facts.js';
import { boundFal, falCeiling, meets } from '../../../src/trust/assurance.rules.js';

const level = fc.constantFrom<1 | 2 | 3 | null>(null, 1, 2, 3);
const assurance: fc.Arbitrary<Assurance> = fc.record({ ial: level, aal: level, fal: level });
const ceiling = fc.constantFrom<FalCeiling>(null, 1, 2);
const worth = (fal: number | null) => fal ?? 0;

describe('the ceiling of the federation assurance', () => {
  it.each<[readonly (typeof falShortfalls)[number][], FalCeiling]>([
    [[], 2],
    [['READABLE_IDENTIFIER'], 1],
    [['SHARED_AUDIENCE'], 1],
    [['READABLE_IDENTIFIER', 'SHARED_AUDIENCE'], 1],
    [['OLD_ALGORITHMS'], null],
    [['SHARED_AUDIENCE', 'OLD_ALGORITHMS'], null],
  ])('of an assertion that lacks %j is FAL %j [N6]', (shortfalls, expected) => {
    expect(falCeiling(shortfalls)).toBe(expected);
  });

  it.each<[Assurance['fal'], FalCeiling, Assurance['fal']]>([
    [2, 2, 2],
    [2, 1, 1],
    [1, 2, 1],
    [null, 2, null],
    [2, null, null],
    [1, null, null],
  ])('takes a claim of FAL %j under %j for %j [N6]', (fal, under, expected) => {
    expect(boundFal({ ial: 3, aal: 2, fal }, under)).toEqual({ ial: 3, aal: 2, fal: expected });
  });

  it('lets no claim reach FAL3, which needs an authenticator that is proved here [N7]', () => {
    const believed = boundFal({ ial: null, aal: null, fal: 3 }, falCeiling([]));
    expect(believed.fal).toBe(2);
    expect(meets(believed, { ial: null, aal: null, fal: 3 })).toBe(false);
  });

  it('lowers and never raises, and touches nothing else [N6]', () => {
    fc.assert(
      fc.property(assurance, ceiling, (claimed, under) => {
        const believed = boundFal(claimed, under);
        expect(worth(believed.fal)).toBe(Math.min(worth(claimed.fal), worth(under)));
        expect([believed.ial, believed.aal]).toEqual([claimed.ial, claimed.aal]);
        expect(boundFal(believed, under)).toEqual(believed);
      }),
      { seed: 63, numRuns: 300 },
    );
  });

  it('does not rise where an assertion lacks more [N6]', () => {
    fc.assert(
      fc.property(fc.subarray([...falShortfalls]), fc.subarray([...falShortfalls]), (some, more) => {
        expect(worth(falCeiling([...some, ...more]))).toBeLessThanOrEqual(worth(falCeiling(some)));
      }),
      { seed: 63, numRuns: 100 },
    );
  });
});

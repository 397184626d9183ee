import fc from 'fast-check';
import { nextPosition, type TrustChange, type TrustPosition } from '../../../src/trust/lifecycle.rules.js';

const draft: TrustPosition = { state: 'DRAFT', activeVersion: null, latestVersion: 2 };
const active: TrustPosition = { state: 'ACTIVE', activeVersion: 1, latestVersion: 2 };
const suspended: TrustPosition = { ...active, state: 'SUSPENDED' };
const ended: TrustPosition = { ...active, state: 'ENDED' };

const activate = (version: number) => ({ kind: 'ACTIVATE', version }) as const;

describe('the life of a trust relationship', () => {
  it.each<[TrustPosition, TrustChange, Partial<TrustPosition> | null]>([
    [draft, { kind: 'CHANGE_TERMS' }, { state: 'DRAFT', activeVersion: null, latestVersion: 3 }],
    [draft, activate(1), { state: 'ACTIVE', activeVersion: 1 }],
    [draft, activate(3), null],
    [draft, activate(0), null],
    [draft, activate(1.5), null],
    [draft, { kind: 'SUSPEND' }, null],
    [draft, { kind: 'END' }, { state: 'ENDED', activeVersion: null }],
    [active, { kind: 'CHANGE_TERMS' }, { state: 'ACTIVE', activeVersion: 1, latestVersion: 3 }],
    [active, activate(2), { state: 'ACTIVE', activeVersion: 2 }],
    [active, activate(1), null],
    [active, { kind: 'SUSPEND' }, { state: 'SUSPENDED', activeVersion: 1 }],
    [active, { kind: 'END' }, { state: 'ENDED', activeVersion: 1 }],
    [suspended, { kind: 'CHANGE_TERMS' }, { state: 'SUSPENDED', activeVersion: 1, latestVersion: 3 }],
    [suspended, activate(1), { state: 'ACTIVE', activeVersion: 1 }],
    [suspended, activate(2), { state: 'ACTIVE', activeVersion: 2 }],
    [suspended, { kind: 'SUSPEND' }, null],
    [suspended, { kind: 'END' }, { state: 'ENDED' }],
    [ended, { kind: 'CHANGE_TERMS' }, null],
    [ended, activate(1), null],
    [ended, activate(2), null],
    [ended, { kind: 'SUSPEND' }, null],
    [ended, { kind: 'END' }, null],
  ])('%j after %j is %j [C13]', (position, change, next) => {
    const reached = nextPosition(position, change);
    if (next === null) expect(reached).toBeNull();
    else expect(reached).toEqual({ ...position, ...next });
  });

  it('never puts in force what was not written, and never leaves its end [C13] [C14]', () => {
    const change = fc.oneof(
      fc.constantFrom<TrustChange>({ kind: 'CHANGE_TERMS' }, { kind: 'SUSPEND' }, { kind: 'END' }),
      fc.integer({ min: -2, max: 8 }).map(activate),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        let position: TrustPosition = { state: 'DRAFT', activeVersion: null, latestVersion: 1 };
        for (const wanted of changes) {
          const next = nextPosition(position, wanted);
          if (position.state === 'ENDED') expect(next).toBeNull();
          position = next ?? position;
          const { state, activeVersion, latestVersion } = position;
          expect(activeVersion ?? 1).toBeGreaterThanOrEqual(1);
          expect(activeVersion ?? 1).toBeLessThanOrEqual(latestVersion);
          if (state === 'ACTIVE' || state === 'SUSPENDED') expect(activeVersion).not.toBeNull();
        }
      }),
      { seed: 13 },
    );
  });
});

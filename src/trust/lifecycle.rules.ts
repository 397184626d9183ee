/**
 * The life of a trust relationship (C13): DRAFT, ACTIVE, SUSPENDED, ENDED. A change of terms makes the next version and
 * puts nothing in force; an activation names the version that was read, old or new, and also ends a suspension.
 */
import type { TrustState } from './trust.entity.js';

export interface TrustPosition {
  readonly state: TrustState;
  /** The version in force, or the one that was; null before the first activation. */
  readonly activeVersion: number | null;
  readonly latestVersion: number;
}

export type TrustChange =
  | { readonly kind: 'CHANGE_TERMS' }
  | { readonly kind: 'ACTIVATE'; readonly version: number }
  | { readonly kind: 'SUSPEND' }
  | { readonly kind: 'END' };

const allowedFrom: Readonly<Record<TrustChange['kind'], readonly TrustState[]>> = {
  CHANGE_TERMS: ['DRAFT', 'ACTIVE', 'SUSPENDED'],
  ACTIVATE: ['DRAFT', 'ACTIVE', 'SUSPENDED'],
  SUSPEND: ['ACTIVE'],
  END: ['DRAFT', 'ACTIVE', 'SUSPENDED'],
};

/** Where a relationship stands after a change; null when the change is not allowed. An ended one never comes back. */
export function nextPosition(position: TrustPosition, change: TrustChange): TrustPosition | null {
  if (!allowedFrom[change.kind].includes(position.state)) return null;
  switch (change.kind) {
    case 'CHANGE_TERMS':
      return { ...position, latestVersion: position.latestVersion + 1 };
    case 'ACTIVATE': {
      const { version } = change;
      const exists = Number.isInteger(version) && version >= 1 && version <= position.latestVersion;
      const isInForce = position.state === 'ACTIVE' && position.activeVersion === version;
      return exists && !isInForce ? { ...position, state: 'ACTIVE', activeVersion: version } : null;
    }
    case 'SUSPEND':
      return { ...position, state: 'SUSPENDED' };
    case 'END':
      return { ...position, state: 'ENDED' };
  }
}

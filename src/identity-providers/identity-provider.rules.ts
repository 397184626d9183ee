/** The life of an identity provider: which change of state is allowed from where, and what its activation needs. */
import type { Role } from '../access/api-client.entity.js';
import type { IdentityProviderState } from './identity-provider.entity.js';

export type IdentityProviderChange = 'activate' | 'disable';

const transitions: Readonly<
  Record<IdentityProviderChange, { from: readonly IdentityProviderState[]; to: IdentityProviderState }>
> = {
  activate: { from: ['DRAFT', 'DISABLED'], to: 'ACTIVE' },
  disable: { from: ['ACTIVE'], to: 'DISABLED' },
};

/** The state after a change; null when it is not allowed. Nothing becomes a draft again. */
export function nextIdentityProviderState(
  state: IdentityProviderState,
  change: IdentityProviderChange,
): IdentityProviderState | null {
  const { from, to } = transitions[change];
  return from.includes(state) ? to : null;
}

/** An operator opens every one again; its partner what its own side shut, and not what an operator did. */
export function mayReopen(role: Role, disabledBy: Role | null): boolean {
  return role === 'OPERATOR' || (disabledBy !== null && disabledBy !== 'OPERATOR');
}

export interface PinnedKey {
  readonly fingerprint: string;
  readonly state: 'ACTIVE' | 'RETIRED';
}

export interface KeyPlan {
  /** Pinned for the first time. */
  readonly added: readonly string[];
  /** Pinned once, retired, and there again. */
  readonly restored: readonly string[];
  /** No longer in the metadata: what they sign is refused from now on. */
  readonly retired: readonly string[];
}

/** What new metadata does to the pinned keys: exactly the given fingerprints are active afterwards. */
export function planKeys(pinned: readonly PinnedKey[], given: readonly string[]): KeyPlan {
  const states = new Map(pinned.map(({ fingerprint, state }) => [fingerprint, state]));
  return {
    added: given.filter((fingerprint) => !states.has(fingerprint)),
    restored: given.filter((fingerprint) => states.get(fingerprint) === 'RETIRED'),
    retired: pinned
      .filter(({ fingerprint, state }) => state === 'ACTIVE' && !given.includes(fingerprint))
      .map(({ fingerprint }) => fingerprint),
  };
}

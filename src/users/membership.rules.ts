/** The life of a membership: which change of state is allowed from where (C1, C9). */
import type { MembershipState } from './user.entity.js';

export type MembershipChange = 'suspend' | 'reinstate' | 'retire';

const transitions: Readonly<Record<MembershipChange, { from: readonly MembershipState[]; to: MembershipState }>> = {
  suspend: { from: ['ACTIVE'], to: 'SUSPENDED' },
  reinstate: { from: ['SUSPENDED'], to: 'ACTIVE' },
  retire: { from: ['INVITED', 'ACTIVE', 'SUSPENDED'], to: 'RETIRED' },
};

/** The state after a change; null when it is not allowed. What is retired or erased never comes back. */
export function nextMembershipState(state: MembershipState, change: MembershipChange): MembershipState | null {
  const { from, to } = transitions[change];
  return from.includes(state) ? to : null;
}

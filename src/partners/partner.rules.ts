/** The life of a partner: which change of state is allowed from where. */
import type { PartnerState } from './partner.entity.js';

export type PartnerChange = 'suspend' | 'reinstate' | 'retire';

const transitions: Readonly<Record<PartnerChange, { from: readonly PartnerState[]; to: PartnerState }>> = {
  suspend: { from: ['ACTIVE'], to: 'SUSPENDED' },
  reinstate: { from: ['SUSPENDED'], to: 'ACTIVE' },
  retire: { from: ['ACTIVE', 'SUSPENDED'], to: 'RETIRED' },
};

/** The state after a change; null when it is not allowed. A retired partner never comes back. */
export function nextPartnerState(state: PartnerState, change: PartnerChange): PartnerState | null {
  const { from, to } = transitions[change];
  return from.includes(state) ? to : null;
}

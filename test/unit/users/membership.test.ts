import { type MembershipChange, nextMembershipState } from '../../../src/users/membership.rules.js';
import { type MembershipState, membershipStates } from '../../../src/users/user.entity.js';

const allowed: Readonly<Record<string, MembershipState>> = {
  'ACTIVE suspend': 'SUSPENDED',
  'SUSPENDED reinstate': 'ACTIVE',
  'INVITED retire': 'RETIRED',
  'ACTIVE retire': 'RETIRED',
  'SUSPENDED retire': 'RETIRED',
};

describe('the life of a membership', () => {
  it.each(
    membershipStates.flatMap((state) =>
      (['suspend', 'reinstate', 'retire'] as const).map((change): [MembershipState, MembershipChange] => [
        state,
        change,
      ]),
    ),
  )('from %s, %s leads only where the list says [C1] [C9]', (state, change) => {
    expect(nextMembershipState(state, change)).toBe(allowed[`${state} ${change}`] ?? null);
  });
});

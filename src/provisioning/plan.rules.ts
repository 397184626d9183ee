/**
 * What a login may do to the account: create, update, leave, or refuse, with every field difference (C28, C29). Values
 * that vanish upstream vanish here, but only those that this IdP gave (C37); values of the hub's own are never touched
 * (C18). There is no linking: a new subject makes a new membership, and an e-mail that another membership holds is a
 * reason to refuse and never a way in (C32).
 */
import type {
  AttributeChange,
  AttributeValue,
  MappingFacts,
  MappingRuleFacts,
  MembershipFacts,
  PersonFacts,
  Profile,
  ProvisioningPlan,
  TrustTerms,
} from '../login/facts.js';
import { refusal } from '../shared/refusal.js';
import { ok, type Result, refused } from '../shared/result.js';

type StoredAttributes = MembershipFacts['attributes'];

export interface PlanInput {
  readonly mode: TrustTerms['provisioningMode'];
  readonly mapping: MappingFacts;
  readonly identityProviderId: string;
  readonly profile: Profile;
  readonly person: PersonFacts;
}

export function planProvisioning(input: PlanInput): Result<ProvisioningPlan> {
  return input.person.membership === null ? planCreation(input) : planUpdate(input, input.person.membership);
}

function planCreation({ mode, profile, person }: PlanInput): Result<ProvisioningPlan> {
  if (mode === 'OFF') return refused(refusal('PROVISION_OFF', 'the terms switch provisioning off'));
  if (mode === 'UPDATE_ONLY') {
    return refused(refusal('PROVISION_CREATE_OFF', 'the terms allow updates of existing accounts only'));
  }
  if (person.sameEmail.length > 0) {
    const facts = { memberships: person.sameEmail };
    return refused(refusal('PROVISION_COLLISION', 'another membership of the partner holds this e-mail', facts));
  }
  const changes = Object.entries(profile)
    .filter(([, values]) => values.length > 0)
    .map(([attribute, after]) => ({ attribute, before: [], after }));
  return ok({ action: 'CREATE', changes });
}

function planUpdate(input: PlanInput, membership: MembershipFacts): Result<ProvisioningPlan> {
  if (membership.state !== 'ACTIVE') {
    return refused(refusal('MEMBERSHIP_NOT_ACTIVE', `the membership is ${membership.state}`));
  }
  if (input.mode === 'OFF') return ok({ action: 'NONE', changes: [] });
  const modes = new Map(input.mapping.rules.map((rule) => [rule.attribute, rule.updateMode]));
  const names = new Set([...Object.keys(membership.attributes), ...Object.keys(input.profile)]);
  const changes = [...names].flatMap((attribute) => {
    const before = own(membership.attributes, attribute);
    const after = nextValues(before, own(input.profile, attribute) ?? [], modes.get(attribute), input);
    return sameValues(before?.values ?? [], after) ? [] : [{ attribute, before: before?.values ?? [], after }];
  });
  return ok({ action: changes.length === 0 ? 'NONE' : 'UPDATE', changes });
}

function nextValues(
  before: StoredAttributes[string] | undefined,
  incoming: readonly AttributeValue[],
  mode: MappingRuleFacts['updateMode'] | undefined,
  { identityProviderId }: PlanInput,
): readonly AttributeValue[] {
  const stored = before?.values ?? [];
  const given = before === undefined || before.identityProviderId === identityProviderId;
  // A rule that is gone gives nothing any more: what this IdP gave through it goes with it.
  if (mode === undefined) return given ? [] : stored;
  if (!given) return stored;
  switch (mode) {
    case 'NEVER':
      return stored;
    case 'ONCE':
      return stored.length > 0 ? stored : incoming;
    case 'ALWAYS':
      return incoming.length > 0 ? incoming : stored;
    case 'CLEAR_IF_ABSENT':
      return incoming;
  }
}

/** What the membership holds once the changes of a plan are applied. */
export function applyChanges(
  before: StoredAttributes,
  changes: readonly AttributeChange[],
  identityProviderId: string,
): StoredAttributes {
  const after = new Map(Object.entries(before));
  for (const change of changes) {
    if (change.after.length === 0) after.delete(change.attribute);
    else after.set(change.attribute, { values: change.after, identityProviderId });
  }
  return Object.fromEntries(after);
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function sameValues(one: readonly AttributeValue[], other: readonly AttributeValue[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

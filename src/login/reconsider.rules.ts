/**
 * What the policy of today would rule on a login of the past: the same pure `decideLogin`, on what the trace kept. A trace
 * keeps neither the assertion nor every value, so whatever had to be assumed is said, and where nothing can be known the
 * answer is UNKNOWN.
 */
import { type Refusal, refusal } from '../shared/refusal.js';
import { falShortfalls } from './contracts.js';
import { type AssertionSummary, decideBegin, decideLogin, note } from './decide.rules.js';
import type { AttributeTrace, Decision, MappedProfile, MembershipFacts, PolicyFacts, StageNote } from './facts.js';
import type { LoginTrace } from './trace.js';

export interface PastLogin {
  readonly partnerId: string;
  readonly identityProviderId: string;
  readonly code: string | null;
  readonly decidedAt: Date;
  readonly trace: LoginTrace;
  /** The account as it stands today; null where the login led to none. */
  readonly membership: MembershipFacts | null;
}

export interface PolicyToday {
  readonly outcome: 'ALLOW' | 'ASK' | 'DENY' | 'UNKNOWN';
  readonly code: string | null;
  readonly trail: readonly StageNote[];
  readonly release: readonly string[];
  readonly assumptions: readonly string[];
}

export function reconsider(login: PastLogin, policy: PolicyFacts, now: Date): PolicyToday {
  const { trace } = login;
  const begin = decideBegin(policy, now);
  if (!begin.ok) return denied(begin.refusal);
  if (trace.received.issuer === null) {
    return unknown('No verified assertion was kept of it; the policy of today would let such a sign-in begin.');
  }
  const changed = changedRules(trace.attributes, policy);
  if (isRefusedAt(trace, 'map')) return afterMapping(login, changed);
  const decision = decideLogin(summaryOf(login, policy, now), policy, personOf(login), profileOf(login), now);
  return isRefusedAt(trace, 'plan') && login.membership === null
    ? afterPlan(login, decision, changed)
    : conclude(decision, assumptionsOf(login, policy, changed));
}

function summaryOf(login: PastLogin, policy: PolicyFacts, now: Date): AssertionSummary {
  const { received } = login.trace;
  const { partnerId, identityProviderId } = login;
  return {
    protocol: policy.identityProvider.protocol,
    partnerId,
    identityProviderId,
    subject: subjectOf(login),
    falShortfalls: received.falShortfalls ?? falShortfalls,
    authentication: {
      // As old as it was then: the question is the policy and not the calendar.
      authenticatedAt:
        received.authenticatedAt === null
          ? null
          : new Date(now.getTime() - login.decidedAt.getTime() + Date.parse(received.authenticatedAt)).toISOString(),
      acr: received.acr,
      amr: received.amr,
      sessionIndex: null,
      sessionExpiresAt: null,
    },
  };
}

/** The subject itself is not in the trace; a foreign domain in it is, as the reason of the refusal. */
function subjectOf({ trace }: PastLogin): MappedProfile['subject'] {
  const foreign = foreignOf(trace).get('subject');
  const value = foreign ?? 'not kept';
  const { subjectSource, subjectFormat: format } = trace.received;
  return { source: subjectSource ?? '', value, format, nameQualifier: null, spNameQualifier: null };
}

/** A masked e-mail address keeps its domain, which is what the namespace is checked by. */
function profileOf(login: PastLogin): MappedProfile {
  const made = login.trace.attributes.filter(({ outcome }) => outcome === 'MAPPED' || outcome === 'DEFAULTED');
  const kept = made.map(({ attribute, values }) => [attribute, values] as const);
  const foreign = [...foreignOf(login.trace)].filter(([kind]) => kind !== 'subject');
  const profile = Object.fromEntries([...kept, ...foreign.map(([kind, value]) => [kind, [value]] as const)]);
  return { subject: subjectOf(login), profile, traces: [], undeclaredClaims: [] };
}

/** Names in domains that were not the partner's, by the attribute that held them or `subject`: the refusal kept them. */
function foreignOf({ stages }: LoginTrace): ReadonlyMap<string, string> {
  const facts = stages.find(
    ({ outcome, facts: { code } }) => outcome === 'REFUSED' && code === 'DOMAIN_NOT_OWNED',
  )?.facts;
  const [kinds, domains] = [facts?.names, facts?.domains];
  if (!Array.isArray(kinds) || !Array.isArray(domains)) return new Map();
  return new Map(kinds.map((kind: string, index) => [kind, `not kept@${domains[index]}`]));
}

function personOf({ membership }: PastLogin) {
  return { membership, federatedIdentityId: membership === null ? null : membership.id, sameEmail: [] };
}

function assumptionsOf({ trace }: PastLogin, policy: PolicyFacts, changed: readonly string[]): string[] {
  const unkept = policy.attributes
    .filter(({ name, type }) => type === 'EMAIL' && trace.attributes.some((one) => isUnkept(one, name)))
    .map(({ name }) => name);
  return [
    ...(changed.length > 0 ? [`The rules for ${changed.join(', ')} have changed; assumed to give the same.`] : []),
    ...(unkept.length > 0
      ? [`The values of ${unkept.join(', ')} were not kept; assumed to lie in proved domains.`]
      : []),
  ];
}

function isUnkept({ attribute, outcome, values }: AttributeTrace, name: string): boolean {
  return attribute === name && outcome === 'MAPPED' && values.length === 0;
}

/** Attributes whose rule is not what it was, or is gone. */
function changedRules(traces: readonly AttributeTrace[], { mapping }: PolicyFacts): readonly string[] {
  const rules = new Map(mapping.rules.map(({ attribute, expression }) => [attribute, expression]));
  return traces.filter(({ attribute, expression }) => rules.get(attribute) !== expression).map((one) => one.attribute);
}

function afterMapping({ code, trace }: PastLogin, changed: readonly string[]): PolicyToday {
  const failed = trace.attributes.filter(({ outcome }) => outcome === 'FAILED' || outcome === 'EMPTY');
  const isMended = failed.length === 0 || failed.some(({ attribute }) => changed.includes(attribute));
  if (isMended) return unknown('The rules that refused it have changed, and its claims were not kept.');
  const stage = trace.stages.find(({ outcome }) => outcome === 'REFUSED');
  return { outcome: 'DENY', code, trail: stage === undefined ? [] : [stage], release: [], assumptions: [] };
}

/** Who the person was is not known of a login that the account refused. */
function afterPlan(login: PastLogin, decision: Decision, changed: readonly string[]): PolicyToday {
  const isByTerms = login.code === 'PROVISION_OFF' || login.code === 'PROVISION_CREATE_OFF';
  if (decision.ruling.outcome === 'ALLOW' && !isByTerms) {
    return unknown('It was refused because of an account, and which one was not kept.');
  }
  const rules =
    changed.length > 0 ? [`The rules for ${changed.join(', ')} have changed; assumed to give the same.`] : [];
  return conclude(decision, [...rules, 'The person is assumed to have no account, as then.']);
}

function isRefusedAt(trace: LoginTrace, stage: StageNote['stage']): boolean {
  return trace.stages.some((one) => one.stage === stage && one.outcome === 'REFUSED');
}

function conclude({ ruling, trail }: Decision, assumptions: readonly string[]): PolicyToday {
  if (ruling.outcome === 'ALLOW') return { outcome: 'ALLOW', code: null, trail, release: ruling.release, assumptions };
  const code = ruling.outcome === 'DENY' ? ruling.refusal.code : ruling.reason.code;
  return { outcome: ruling.outcome, code, trail, release: [], assumptions };
}

function denied(because: Refusal): PolicyToday {
  const trail = [note('trust', 'REFUSED', because.detail, { code: because.code, ...because.facts })];
  return { outcome: 'DENY', code: because.code, trail, release: [], assumptions: [] };
}

function unknown(why: string): PolicyToday {
  return { outcome: 'UNKNOWN', code: null, trail: [], release: [], assumptions: [why] };
}

/** For a login whose identity provider or application is gone. */
export const goneToday: PolicyToday = denied(
  refusal('IDP_UNKNOWN', 'the identity provider or the application is gone'),
);

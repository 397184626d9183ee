/**
 * The facts that a ruling is made of, and the ruling. Plain data, gathered before and committed after; everything
 * between is pure (decide.rules.ts). Instants are ISO 8601 strings, durations are seconds.
 */
import type { Uuid } from '../shared/ids.js';
import type { Refusal } from '../shared/refusal.js';
import type { AssertedSubject, ClaimValue, Protocol, SamlAlgorithmException } from './contracts.js';

// ---------------------------------------------------------------- policy

export type AttributeType = 'STRING' | 'EMAIL' | 'BOOLEAN' | 'INTEGER' | 'DATE_TIME';
export type AttributeValue = string | boolean | number;

export interface AttributeDefinitionFacts {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly maxLength: number;
  /** OIDC claim and scope through which an application reads it. */
  readonly claim: string;
  readonly scope: string;
  /** What the trace of a login keeps of its values: all, a mask, or nothing. */
  readonly traceValues: 'FULL' | 'MASKED' | 'NONE';
}

/** A rule as it is stored: which attribute it makes, from which CEL expression. */
export interface MappingRuleFacts {
  readonly id: Uuid;
  readonly attribute: string;
  readonly expression: string;
  readonly required: boolean;
  /** Used when the expression yields nothing; null for none. */
  readonly defaultValue: readonly AttributeValue[] | null;
  /**
   * What a later login may do to a stored value (C37): replace it when a value comes (ALWAYS), replace or clear it
   * (CLEAR_IF_ABSENT), set it only while there is none (ONCE), leave it as the creation made it (NEVER).
   */
  readonly updateMode: 'ALWAYS' | 'ONCE' | 'NEVER' | 'CLEAR_IF_ABSENT';
}

export interface MappingFacts {
  readonly id: Uuid;
  readonly version: number;
  readonly rules: readonly MappingRuleFacts[];
}

/** Levels are compared by this order and never by string (docs/concepts.md). null: nothing was claimed, which is below 1. */
export interface Assurance {
  readonly ial: 1 | 2 | 3 | null;
  readonly aal: 1 | 2 | 3 | null;
  readonly fal: 1 | 2 | 3 | null;
}

/** The federation assurance that no claim of an assertion exceeds; null: none is believed. */
export type FalCeiling = 1 | 2 | null;

export interface TrustTerms {
  /** Empty: every IdP of the partner. */
  readonly identityProviderIds: readonly Uuid[];
  /** Names of AttributeDefinitions that may be released to the application. */
  readonly releasedAttributes: readonly string[];
  readonly minimum: Assurance;
  /** Oldest authentication accepted, in seconds; null for no bound. */
  readonly maxAuthenticationAgeSeconds: number | null;
  readonly provisioningMode: 'OFF' | 'UPDATE_ONLY' | 'CREATE_AND_UPDATE';
  readonly validFrom: string | null;
  readonly validUntil: string | null;
}

export interface TrustFacts {
  readonly relationshipId: Uuid;
  readonly state: 'DRAFT' | 'ACTIVE' | 'SUSPENDED' | 'ENDED';
  /** The active version; null while there is none. */
  readonly version: number | null;
  readonly terms: TrustTerms | null;
}

/** How the `acr` or AuthnContextClassRef of this IdP maps to levels; what is not listed claims nothing (C73). */
export type AssuranceMap = Readonly<Record<string, Assurance>>;

export interface PolicyFacts {
  readonly partner: {
    readonly id: Uuid;
    readonly slug: string;
    readonly state: 'ACTIVE' | 'SUSPENDED' | 'RETIRED';
    readonly region: string;
  };
  /** Domains that are proved, lower-case A-labels. A proved domain speaks for itself and not for its subdomains. */
  readonly provedDomains: readonly string[];
  readonly identityProvider: {
    readonly id: Uuid;
    readonly slug: string;
    readonly protocol: Protocol;
    readonly state: 'DRAFT' | 'ACTIVE' | 'DISABLED';
    readonly issuer: string;
    readonly assuranceMap: AssuranceMap;
    /** SAML: old cryptography that is let through; with any, what the IdP says has no level of federation. */
    readonly algorithmExceptions: readonly SamlAlgorithmException[];
  };
  readonly application: {
    readonly id: Uuid;
    readonly slug: string;
    readonly state: 'ACTIVE' | 'DISABLED';
    readonly minimum: Assurance;
    readonly subjectType: 'PUBLIC' | 'PAIRWISE';
  };
  /** null: there is no relationship between this partner and this application. */
  readonly trust: TrustFacts | null;
  readonly attributes: readonly AttributeDefinitionFacts[];
  readonly mapping: MappingFacts;
  readonly epochs: { readonly partner: number; readonly application: number };
}

// ---------------------------------------------------------------- mapping

export interface AttributeTrace {
  readonly attribute: string;
  readonly ruleId: Uuid;
  readonly expression: string;
  /** Names of the claims that the expression reads; values stay out of the trace unless the policy keeps them. */
  readonly reads: readonly string[];
  readonly outcome: 'MAPPED' | 'DEFAULTED' | 'EMPTY' | 'FAILED';
  readonly values: readonly AttributeValue[];
  readonly problem: string | null;
}

export type Profile = Readonly<Record<string, readonly AttributeValue[]>>;

export interface MappedProfile {
  readonly subject: AssertedSubject;
  readonly profile: Profile;
  readonly traces: readonly AttributeTrace[];
  /** Names of claims that no rule read: dropped, counted, not stored (C17). */
  readonly undeclaredClaims: readonly string[];
}

/** What a rule may see, and nothing else (promise 11). */
export interface MappingInput {
  readonly claims: Readonly<Record<string, ClaimValue>>;
  readonly subject: AssertedSubject;
  readonly idp: { readonly slug: string; readonly protocol: Protocol; readonly issuer: string };
  readonly partner: { readonly slug: string; readonly domains: readonly string[] };
  readonly authn: {
    readonly acr: string | null;
    readonly amr: readonly string[];
    readonly authenticatedAt: string | null;
  };
}

// ---------------------------------------------------------------- person

export interface MembershipFacts {
  readonly id: Uuid;
  readonly userId: Uuid;
  readonly state: 'INVITED' | 'ACTIVE' | 'SUSPENDED' | 'RETIRED' | 'ERASED';
  /** Attribute values with the IdP that gave each one; null for values of the hub's own (C18). */
  readonly attributes: Readonly<
    Record<string, { readonly values: readonly AttributeValue[]; readonly identityProviderId: Uuid | null }>
  >;
  readonly version: number;
}

export interface PersonFacts {
  /** The membership behind (idp, subject); null at a first login. */
  readonly membership: MembershipFacts | null;
  readonly federatedIdentityId: Uuid | null;
  /** Other memberships of the same partner that hold the mapped e-mail: never linked here, only a reason to refuse (C32). */
  readonly sameEmail: readonly Uuid[];
}

// ---------------------------------------------------------------- ruling

export interface AttributeChange {
  readonly attribute: string;
  readonly before: readonly AttributeValue[];
  readonly after: readonly AttributeValue[];
}

export interface ProvisioningPlan {
  readonly action: 'CREATE' | 'UPDATE' | 'NONE';
  readonly changes: readonly AttributeChange[];
}

export type StageName =
  | 'verify'
  | 'consume'
  | 'gather'
  | 'map'
  | 'trust'
  | 'assess'
  | 'plan'
  | 'release'
  | 'consent'
  | 'commit'
  | 'issue';

/** One line of the trail: what a stage looked at and what it concluded. */
export interface StageNote {
  readonly stage: StageName;
  readonly outcome: 'PASSED' | 'REFUSED' | 'ASKED' | 'SKIPPED';
  readonly summary: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

export interface Allowed {
  readonly outcome: 'ALLOW';
  readonly plan: ProvisioningPlan;
  /** Names of the attributes that may leave to this application. */
  readonly release: readonly string[];
  readonly assurance: Assurance;
  readonly trustVersion: number;
}

export type Ruling =
  | Allowed
  | { readonly outcome: 'ASK'; readonly ask: 'CONSENT' | 'STEP_UP' | 'CHOOSE'; readonly reason: Refusal }
  | { readonly outcome: 'DENY'; readonly refusal: Refusal };

export interface Decision {
  readonly ruling: Ruling;
  readonly trail: readonly StageNote[];
}

// ---------------------------------------------------------------- release of a live session

/** The facts of `decideRelease`: a session that is used without a new assertion (docs/architecture.md). */
export interface SessionFacts {
  readonly id: Uuid;
  readonly state: 'LIVE' | 'ENDED';
  readonly membershipId: Uuid;
  readonly identityProviderId: Uuid;
  readonly authenticatedAt: string;
  /** false: the IdP did not say when, and `authenticatedAt` is the moment of the sign-in here. */
  readonly authenticationTimeStated: boolean;
  readonly idleUntil: string;
  readonly absoluteUntil: string;
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** Of the assertion that it began or was renewed with. */
  readonly falCeiling: FalCeiling;
}

export interface ReleaseDecision {
  readonly ruling:
    | {
        readonly outcome: 'ALLOW';
        readonly release: readonly string[];
        readonly assurance: Assurance;
        readonly trustVersion: number;
      }
    | { readonly outcome: 'DENY'; readonly refusal: Refusal };
  readonly trail: readonly StageNote[];
}

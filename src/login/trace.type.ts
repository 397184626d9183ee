/** The GraphQL face of a decision trace, typed all the way down. */
import { Field, Int, ObjectType } from 'type-graphql';
import { AssuranceLevels } from '../graphql/assurance.js';
import { graphqlEnum, respeltEnum } from '../graphql/enums.js';
import { AttributeValueScalar, DateTimeScalar } from '../graphql/scalars.js';
import type { FalShortfall } from './contracts.js';
import type { Assurance, AttributeChange, AttributeTrace, AttributeValue, StageName, StageNote } from './facts.js';
import type { LoginTrace } from './trace.js';

const StageNameEnum = respeltEnum<StageName>('StageName', 'The stages of a sign-in, in their order.', {
  verify: 'The message: signature, issuer, audience, time, and that it answers our request.',
  consume: 'Each assertion is taken in at most once, in the browser that began.',
  gather: 'The policy and the person as they stand.',
  map: 'Rules make a typed profile of the claims.',
  trust: 'Whether this identity provider may say this about this person to this application.',
  assess: 'Signals of risk.',
  plan: 'What the sign-in does to the account.',
  release: 'Which attributes leave to the application.',
  consent: 'Whether somebody has to agree.',
  commit: 'Everything is written together, or nothing.',
  issue: 'The answer to the application.',
});

const StageOutcomeEnum = graphqlEnum<StageNote['outcome']>('StageOutcome', 'How a stage ended.', {
  PASSED: 'The sign-in went on.',
  REFUSED: 'The sign-in ended here.',
  ASKED: 'Somebody has to answer first.',
  SKIPPED: 'There was nothing to decide.',
});

const AttributeOutcomeEnum = graphqlEnum<AttributeTrace['outcome']>(
  'AttributeOutcome',
  'What a mapping rule came to.',
  {
    MAPPED: 'The expression gave values.',
    DEFAULTED: 'It gave none; the default stands.',
    EMPTY: 'It gave none, and there is no default.',
    FAILED: 'It failed, or gave what the attribute does not take.',
  },
);

const FalShortfallEnum = graphqlEnum<FalShortfall>(
  'FalShortfall',
  'What keeps an assertion from the FAL that its issuer claims (NIST SP 800-63C-4, section 2).',
  {
    READABLE_IDENTIFIER:
      'The identifier of the subject tells who the person is, as an e-mail address does: FAL1 at most.',
    SHARED_AUDIENCE: 'The assertion was made for other services too: FAL1 at most.',
    OLD_ALGORITHMS: 'The identity provider may use algorithms that are not approved: no FAL.',
  },
);

@ObjectType('StageFact', { description: 'A name and what was found: numbers, names and identifiers.' })
export class StageFactType {
  @Field(() => String, { description: 'What was looked at.' })
  name!: string;

  @Field(() => [AttributeValueScalar], { description: 'What was found; empty where there was nothing.' })
  values!: readonly AttributeValue[];
}

@ObjectType('StageNote', { description: 'What a stage looked at and what it concluded.' })
export class StageNoteType implements Pick<StageNote, 'stage' | 'outcome' | 'summary'> {
  @Field(() => StageNameEnum, { description: 'The stage.' })
  stage!: StageName;

  @Field(() => StageOutcomeEnum, { description: 'How it ended.' })
  outcome!: StageNote['outcome'];

  @Field(() => String, { description: 'The conclusion in a sentence.' })
  summary!: string;

  @Field(() => [StageFactType], { description: 'What the conclusion rests on.' })
  facts!: StageFactType[];
}

@ObjectType('ReceivedAssertion', { description: 'What came in: names and identifiers, never the assertion itself.' })
export class ReceivedAssertionType {
  @Field(() => String, { nullable: true, description: 'Issuer; null when nothing was verified.' })
  issuer!: string | null;

  @Field(() => String, { nullable: true, description: 'Id of the assertion, as its issuer names it.' })
  assertionId!: string | null;

  @Field(() => String, { nullable: true, description: 'Where the subject was read from.' })
  subjectSource!: string | null;

  @Field(() => String, { nullable: true, description: 'Format of a NameID.' })
  subjectFormat!: string | null;

  @Field(() => [String], { description: 'Names of the claims.' })
  claimNames!: readonly string[];

  @Field(() => [String], { description: 'Names of claims that no rule reads: dropped, not stored.' })
  undeclaredClaims!: readonly string[];

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the person authenticated, as the issuer says.' })
  authenticatedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Authentication context, as the issuer says.' })
  acr!: string | null;

  @Field(() => [String], { description: 'Authentication methods, as the issuer says.' })
  amr!: readonly string[];

  @Field(() => [FalShortfallEnum], {
    description: 'What kept the federation assurance that the issuer claims from being believed in full.',
  })
  falShortfalls!: readonly FalShortfall[];
}

@ObjectType('AttributeTrace', { description: 'Which rule made an attribute, and of what.' })
export class AttributeTraceType implements Pick<AttributeTrace, 'attribute' | 'expression' | 'reads' | 'outcome'> {
  @Field(() => String, { description: 'Name in the attribute catalogue.' })
  attribute!: string;

  @Field(() => String, { description: 'The rule; empty for who may not read the mapping.' })
  expression!: string;

  @Field(() => [String], { description: 'Names of the claims that the rule reads.' })
  reads!: readonly string[];

  @Field(() => AttributeOutcomeEnum, { description: 'What the rule came to.' })
  outcome!: AttributeTrace['outcome'];

  @Field(() => [AttributeValueScalar], { description: 'Values, as far as the catalogue lets the trace keep them.' })
  values!: readonly AttributeValue[];

  @Field(() => String, { nullable: true, description: 'Why the rule failed.' })
  problem!: string | null;
}

@ObjectType('AttributeChange', { description: 'An attribute of the account, before and after.' })
export class AttributeChangeType implements AttributeChange {
  @Field(() => String, { description: 'Name in the attribute catalogue.' })
  attribute!: string;

  @Field(() => [AttributeValueScalar], { description: 'Values before, as far as the trace keeps them.' })
  before!: readonly AttributeValue[];

  @Field(() => [AttributeValueScalar], { description: 'Values after, as far as the trace keeps them.' })
  after!: readonly AttributeValue[];
}

@ObjectType('LoginTrace', { description: 'How a sign-in was decided, stage by stage.' })
export class LoginTraceType {
  @Field(() => ReceivedAssertionType, { description: 'What came in.' })
  received!: ReceivedAssertionType;

  @Field(() => [StageNoteType], { description: 'The stages that decided, in their order.' })
  stages!: StageNoteType[];

  @Field(() => [AttributeTraceType], { description: 'Which rule made each attribute.' })
  attributes!: readonly AttributeTrace[];

  @Field(() => [AttributeChangeType], { description: 'What changed in the account.' })
  changes!: readonly AttributeChange[];

  @Field(() => [String], { description: 'Attributes that were released to the application.' })
  release!: readonly string[];

  @Field(() => AssuranceLevels, { nullable: true, description: 'Levels that the authentication was taken for.' })
  assurance!: Assurance | null;

  @Field(() => Int, { description: 'How many claims came in that no rule reads.' })
  undeclaredClaimCount!: number;
}

export function stageNotes(notes: readonly StageNote[]): StageNoteType[] {
  return notes.map(({ stage, outcome, summary, facts }) => ({
    stage,
    outcome,
    summary,
    // The database keeps no order of names.
    facts: Object.keys(facts)
      .sort()
      .map((name) => ({ name, values: listOf(facts[name] ?? null) })),
  }));
}

/** A trace as the schema shows it. */
export function traceView(trace: LoginTrace): LoginTraceType {
  const { received } = trace;
  const { authenticatedAt, falShortfalls = [] } = received;
  return {
    ...trace,
    received: {
      ...received,
      authenticatedAt: authenticatedAt === null ? null : new Date(authenticatedAt),
      falShortfalls,
    },
    stages: stageNotes(trace.stages),
    undeclaredClaimCount: received.undeclaredClaims.length,
  };
}

function listOf(fact: StageNote['facts'][string]): readonly AttributeValue[] {
  if (fact === null) return [];
  return typeof fact === 'object' ? fact : [fact];
}

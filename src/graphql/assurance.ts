/** Levels of assurance on the API (NIST SP 800-63-4): one shape for what is demanded, wherever it is demanded. */
import 'reflect-metadata';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { Field, InputType, ObjectType } from 'type-graphql';
import { type AssuranceLevel, parseAssuranceLevel } from '../shared/values.js';

function parseLevel(value: unknown): AssuranceLevel {
  const level = parseAssuranceLevel(value);
  if (level === null) throw new GraphQLError('Use 1, 2 or 3.', { extensions: { code: 'INPUT_INVALID' } });
  return level;
}

export const AssuranceLevelScalar = new GraphQLScalarType<AssuranceLevel, number>({
  name: 'AssuranceLevel',
  description: 'A level of NIST SP 800-63-4: 1, 2 or 3.',
  serialize: Number,
  parseValue: parseLevel,
  parseLiteral: (node) => parseLevel(node.kind === Kind.INT ? Number(node.value) : null),
});

@ObjectType('AssuranceLevels', { description: 'Levels of assurance; null asks for nothing.' })
export class AssuranceLevels {
  @Field(() => AssuranceLevelScalar, { nullable: true, description: 'Identity: how the person was proofed.' })
  ial!: AssuranceLevel | null;

  @Field(() => AssuranceLevelScalar, { nullable: true, description: 'Authentication: how the person signed in.' })
  aal!: AssuranceLevel | null;

  @Field(() => AssuranceLevelScalar, { nullable: true, description: 'Federation: how the assertion is protected.' })
  fal!: AssuranceLevel | null;
}

@InputType('AssuranceLevelsInput', { description: 'Levels to demand; what is left out is not demanded.' })
export class AssuranceLevelsInput {
  @Field(() => AssuranceLevelScalar, { nullable: true, description: 'Identity: how the person was proofed.' })
  ial?: AssuranceLevel | null;

  @Field(() => AssuranceLevelScalar, { nullable: true, description: 'Authentication: how the person signed in.' })
  aal?: AssuranceLevel | null;

  @Field(() => AssuranceLevelScalar, { nullable: true, description: 'Federation: how the assertion is protected.' })
  fal?: AssuranceLevel | null;
}

/** What was left out is null. */
export function levelsOfInput(input: AssuranceLevelsInput | null | undefined): AssuranceLevels {
  return { ial: input?.ial ?? null, aal: input?.aal ?? null, fal: input?.fal ?? null };
}

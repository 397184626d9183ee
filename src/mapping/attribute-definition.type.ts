/** The GraphQL face of the catalogue of attributes. */
import { Field, Int, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { DateTimeScalar } from '../graphql/scalars.js';
import type { AttributeDefinitionFacts, AttributeType } from '../login/facts.js';
import type { AttributeDefinition } from './mapping.entity.js';

export const AttributeTypeEnum = graphqlEnum<AttributeType>('AttributeType', 'What the values of an attribute are.', {
  STRING: 'Text.',
  EMAIL: 'An e-mail address, its domain in A-labels.',
  BOOLEAN: 'True or false.',
  INTEGER: 'A whole number.',
  DATE_TIME: 'An instant, in UTC.',
});

export const TraceValuesEnum = graphqlEnum<AttributeDefinitionFacts['traceValues']>(
  'TraceValues',
  'What the trace of a login keeps of the values of an attribute.',
  { FULL: 'The values.', MASKED: 'A mask of them.', NONE: 'Nothing but their number.' },
);

@ObjectType('AttributeDefinition', {
  implements: Node,
  description: 'An attribute that people can have, in the words of this hub. It never changes.',
})
export class AttributeDefinitionType extends Node implements Omit<AttributeDefinition, never> {
  @Field(() => String, { description: 'Its name in rules and terms.' })
  name!: string;

  @Field(() => String, { description: 'What it says of a person.' })
  description!: string;

  @Field(() => AttributeTypeEnum, { description: 'What its values are.' })
  type!: AttributeType;

  @Field(() => Boolean, { description: 'Whether a person has any number of values, or one.' })
  multiValued!: boolean;

  @Field(() => Int, { description: 'Characters of one value at most.' })
  maxLength!: number;

  @Field(() => String, { description: 'The claim by which an application reads it.' })
  claim!: string;

  @Field(() => String, { description: 'The scope with which an application asks for it.' })
  scope!: string;

  @Field(() => TraceValuesEnum, { description: 'What the trace of a login keeps of its values.' })
  traceValues!: AttributeDefinitionFacts['traceValues'];

  @Field(() => DateTimeScalar, { description: 'When it was defined.' })
  createdAt!: Date;
}

@ObjectType({ description: 'The attribute that was defined.' })
export class AttributeDefinitionPayload {
  @Field(() => AttributeDefinitionType, { description: 'The attribute.' })
  attributeDefinition!: AttributeDefinition;
}

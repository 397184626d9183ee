/** The GraphQL face of a mapping: one version of the ordered rules of an identity provider. */
import { Field, Int, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../graphql/enums.js';
import { Node } from '../graphql/node.js';
import { AttributeValueScalar, DateTimeScalar } from '../graphql/scalars.js';
import type { AttributeValue, MappingRuleFacts } from '../login/facts.js';
import type { RuleProblem } from './check.rules.js';
import type { AttributeMapping } from './mapping.entity.js';

export const UpdateModeEnum = graphqlEnum<MappingRuleFacts['updateMode']>(
  'UpdateMode',
  'What a later login may do to a stored value.',
  {
    ALWAYS: 'Replace it when a value comes.',
    ONCE: 'Set it while there is none.',
    NEVER: 'Leave it as the creation made it.',
    CLEAR_IF_ABSENT: 'Replace it, and clear it when no value comes.',
  },
);

export const MappingStateEnum = graphqlEnum<AttributeMapping['state']>('MappingState', 'Where a version stands.', {
  ACTIVE: 'In force.',
  SUPERSEDED: 'Replaced by a later version, kept as it was.',
});

export const RuleProblemCodeEnum = graphqlEnum<RuleProblem['code']>('RuleProblemCode', 'What a rule suffers from.', {
  RULE_INVALID: 'It does not parse, does not type, or does not fit its attribute.',
  RULE_TOO_COSTLY: 'It could cost too much at a login.',
  ATTRIBUTE_UNKNOWN: 'The catalogue has no attribute of that name.',
});

@ObjectType('MappingRule', { description: 'How one attribute is made.' })
export class MappingRuleType implements Omit<MappingRuleFacts, 'id'> {
  @Field(() => String, { description: 'Name of the attribute that it makes.' })
  attribute!: string;

  @Field(() => String, { description: 'What makes it: an expression in CEL.' })
  expression!: string;

  @Field(() => Boolean, { description: 'Whether a login without a value is refused.' })
  required!: boolean;

  @Field(() => [AttributeValueScalar], { nullable: true, description: 'Used where the expression yields nothing.' })
  defaultValue!: readonly AttributeValue[] | null;

  @Field(() => UpdateModeEnum, { description: 'What a later login may do to a stored value.' })
  updateMode!: MappingRuleFacts['updateMode'];
}

@ObjectType('AttributeMapping', {
  implements: Node,
  description: 'One version of the rules from what an identity provider says to attributes. It never changes.',
})
export class AttributeMappingType
  extends Node
  implements Pick<AttributeMapping, 'id' | 'version' | 'state' | 'rules' | 'createdBy' | 'createdAt'>
{
  @Field(() => Int, { description: 'Counts from 1; `changeAttributeMapping` names it.' })
  version!: number;

  @Field(() => MappingStateEnum, { description: 'Whether it is in force.' })
  state!: AttributeMapping['state'];

  @Field(() => [MappingRuleType], { description: 'The rules, in order; 100 at most.' })
  rules!: AttributeMapping['rules'];

  @Field(() => String, { description: 'Who wrote it.' })
  createdBy!: string;

  @Field(() => DateTimeScalar, { description: 'When it was put in force.' })
  createdAt!: Date;
}

@ObjectType('MappingRuleProblem', { description: 'What stands in the way of a rule.' })
export class MappingRuleProblemType implements RuleProblem {
  @Field(() => String, { description: 'Where: `rules.0.expression`.' })
  path!: string;

  @Field(() => RuleProblemCodeEnum, { description: 'What kind of problem it is.' })
  code!: RuleProblem['code'];

  @Field(() => String, { description: 'What to mend.' })
  message!: string;
}

@ObjectType({ description: 'The mapping after the change.' })
export class AttributeMappingPayload {
  @Field(() => AttributeMappingType, { description: 'The version that is now in force.' })
  attributeMapping!: AttributeMapping;
}

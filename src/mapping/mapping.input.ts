/** What callers may send about attributes and mappings, field by field. */
import { Field, ID, InputType, Int } from 'type-graphql';
import { AttributeValueScalar } from '../graphql/scalars.js';
import type { AttributeDefinitionFacts, AttributeType, AttributeValue, MappingRuleFacts } from '../login/facts.js';
import { AttributeTypeEnum, TraceValuesEnum } from './attribute-definition.type.js';
import type { AttributeDraft } from './catalogue.rules.js';
import type { RuleDraft } from './check.rules.js';
import { UpdateModeEnum } from './mapping.type.js';

@InputType({ description: 'A new attribute of the catalogue.' })
export class DefineAttributeInput implements AttributeDraft {
  @Field(() => String, { description: 'Its name: a lower-case letter, then at most 63 letters and digits.' })
  name!: string;

  @Field(() => String, { description: 'What it says of a person, in 1 to 500 characters.' })
  description!: string;

  @Field(() => AttributeTypeEnum, { description: 'What its values are.' })
  type!: AttributeType;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether a person has any number of values.' })
  multiValued!: boolean;

  @Field(() => Int, { defaultValue: 200, description: 'Characters of one value at most, 1 to 4,000.' })
  maxLength!: number;

  @Field(() => String, { description: 'The claim by which an application reads it.' })
  claim!: string;

  @Field(() => String, { description: 'The scope with which an application asks for it.' })
  scope!: string;

  @Field(() => TraceValuesEnum, { defaultValue: 'MASKED', description: 'What the trace of a login keeps.' })
  traceValues!: AttributeDefinitionFacts['traceValues'];
}

@InputType({ description: 'How one attribute is made.' })
export class MappingRuleInput implements RuleDraft {
  @Field(() => String, { description: 'Name of the attribute that it makes.' })
  attribute!: string;

  @Field(() => String, { description: 'What makes it: an expression in CEL, 4,000 characters at most.' })
  expression!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether a login without a value is refused.' })
  required!: boolean;

  @Field(() => [AttributeValueScalar], {
    nullable: true,
    defaultValue: null,
    description: 'Used where the expression yields nothing.',
  })
  defaultValue!: AttributeValue[] | null;

  @Field(() => UpdateModeEnum, {
    defaultValue: 'CLEAR_IF_ABSENT',
    description: 'What a later login may do to a stored value.',
  })
  updateMode!: MappingRuleFacts['updateMode'];
}

@InputType({ description: 'New rules of an identity provider, complete and in order.' })
export class ChangeAttributeMappingInput {
  @Field(() => ID, { description: 'The identity provider.' })
  identityProviderId!: string;

  @Field(() => Int, { description: '`version` as you have read it.' })
  expectedVersion!: number;

  @Field(() => [MappingRuleInput], { description: 'The rules, 100 at most; one for an attribute at most.' })
  rules!: MappingRuleInput[];
}

/** The rule as it is stored: what was sent, and nothing beside it. */
export function ruleDraft({ attribute, expression, required, defaultValue, updateMode }: MappingRuleInput): RuleDraft {
  return { attribute, expression, required, defaultValue: defaultValue ?? null, updateMode };
}

export function attributeDraft(input: DefineAttributeInput): AttributeDraft {
  const { name, description, type, multiValued, maxLength, claim, scope, traceValues } = input;
  return { name, description, type, multiValued, maxLength, claim, scope, traceValues };
}

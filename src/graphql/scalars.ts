/** Scalars: each wraps one parse function of shared/, so that a value is checked in one place and once. */
import 'reflect-metadata';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';
import {
  parseDisplayName,
  parseDomainName,
  parseEmailAddress,
  parseIdentifier,
  parseSecret,
  parseSentence,
  parseSlug,
} from '../shared/values.js';

interface TextScalar {
  readonly name: string;
  readonly description: string;
  /** What the caller is told when the value is refused. */
  readonly expected: string;
  readonly parse: (text: string) => string | null;
}

export function textScalar({ name, description, expected, parse }: TextScalar): GraphQLScalarType<string, string> {
  const parseValue = (value: unknown): string => {
    const parsed = typeof value === 'string' ? parse(value) : null;
    if (parsed === null) throw new GraphQLError(expected, { extensions: { code: 'INPUT_INVALID' } });
    return parsed;
  };
  const parseLiteral = (node: ValueNode) => parseValue(node.kind === Kind.STRING ? node.value : null);
  return new GraphQLScalarType({ name, description, serialize: String, parseValue, parseLiteral });
}

export const SlugScalar = textScalar({
  name: 'Slug',
  description: 'A short name for addresses: 1 to 63 of a-z, 0-9 and inner hyphens.',
  expected: 'Use 1 to 63 of a-z, 0-9 and inner hyphens.',
  parse: parseSlug,
});

export const DomainNameScalar = textScalar({
  name: 'DomainName',
  description: 'A domain name. International names are taken in either form and shown as A-labels (RFC 5890).',
  expected: 'This is not a domain name.',
  parse: parseDomainName,
});

export const DisplayNameScalar = textScalar({
  name: 'DisplayName',
  description: 'A name for people: 1 to 200 characters, without control characters.',
  expected: 'Use 1 to 200 characters, without control characters.',
  parse: parseDisplayName,
});

export const EmailAddressScalar = textScalar({
  name: 'EmailAddress',
  description: 'An e-mail address: a local part, `@` and a domain name. Compared in lower case.',
  expected: 'This is not an e-mail address.',
  parse: parseEmailAddress,
});

const attributeValueWords = 'Use a string, a whole number or a boolean.';

/** A value of an attribute, in the type that the catalogue gives it. */
export const AttributeValueScalar = new GraphQLScalarType<string | number | boolean, string | number | boolean>({
  name: 'AttributeValue',
  description: 'A value of an attribute: a string, a whole number or a boolean, as the catalogue types it.',
  serialize: attributeValue,
  parseValue: attributeValue,
  parseLiteral: (node) => attributeValue(valueFromASTUntyped(node)),
});

function attributeValue(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new GraphQLError(attributeValueWords, { extensions: { code: 'INPUT_INVALID' } });
}

export const IdentifierScalar = textScalar({
  name: 'Identifier',
  description: 'What another party chose, kept to the letter: 1 to 1 024 characters, no white space.',
  expected: 'Use 1 to 1 024 characters, without white space.',
  parse: parseIdentifier,
});

export const SecretScalar = textScalar({
  name: 'Secret',
  description: 'A secret of another party: 1 to 1 024 characters. Taken and sealed, never shown.',
  expected: 'Use 1 to 1 024 characters, without control characters.',
  parse: parseSecret,
});

export const SentenceScalar = textScalar({
  name: 'Sentence',
  description: 'A sentence for people: 1 to 500 characters, without control characters.',
  expected: 'Use 1 to 500 characters, without control characters.',
  parse: parseSentence,
});

export const DateTimeScalar = GraphQLDateTimeISO;

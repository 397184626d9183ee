/** Closed sets: the tuple that the entity declares becomes the enum of the schema, with a description per value. */
import { registerEnumType } from 'type-graphql';

/** Registers a GraphQL enum; the result is what a `@Field(() => …)` names. */
export function graphqlEnum<T extends string>(
  name: string,
  description: string,
  values: Readonly<Record<T, string>>,
): Record<T, T> {
  const names = Object.keys(values) as T[];
  const enumeration = Object.fromEntries(names.map((value) => [value, value])) as Record<T, T>;
  const valuesConfig = Object.fromEntries(names.map((value) => [value, { description: values[value] }]));
  registerEnumType(enumeration, {
    name,
    description,
    valuesConfig: valuesConfig as Record<T, { description: string }>,
  });
  return enumeration;
}

/** The same for values that are not spelt as GraphQL spells names: `partner.created` becomes `PARTNER_CREATED`. */
export function respeltEnum<T extends string>(
  name: string,
  description: string,
  values: Readonly<Record<T, string>>,
): Readonly<Record<string, T>> {
  const entries = (Object.keys(values) as T[]).map((value) => [respell(value), value] as const);
  const enumeration = Object.fromEntries(entries);
  const valuesConfig = Object.fromEntries(entries.map(([key, value]) => [key, { description: values[value] }]));
  registerEnumType(enumeration, { name, description, valuesConfig });
  return enumeration;
}

function respell(value: string): string {
  return value.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

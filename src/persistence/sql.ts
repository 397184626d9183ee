/**
 * Plain SQL with its values quoted in: a tagged template, so that a value never becomes text of the statement. Several
 * statements fit into one message only in PostgreSQL's simple query protocol, which knows no parameters (PostgreSQL
 * documentation, "Message Flow"); what is not in a message of its own is written this way.
 */

declare const quoted: unique symbol;

/** One statement, or a part of one. */
export interface Sql {
  readonly [quoted]: true;
}

export type SqlValue = string | number | boolean | Date | null | Sql;

class Fragment {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** ``sql`select ${value}` ``: a string, number, boolean, instant or null is quoted; another `sql` is taken as it is. */
export function sql(parts: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  let text = parts[0] ?? '';
  for (let index = 0; index < values.length; index++) {
    text += literal(values[index] as SqlValue) + parts[index + 1];
  }
  return new Fragment(text) as unknown as Sql;
}

/** A JSON value as a literal for a `jsonb` column. */
export function json(value: unknown): Sql {
  return new Fragment(quote(JSON.stringify(value))) as unknown as Sql;
}

export function textOf(statement: Sql): string {
  return (statement as unknown as Fragment).text;
}

function literal(value: SqlValue): string {
  if (typeof value === 'string') return quote(value);
  if (value === null) return 'null';
  if (value instanceof Fragment) return value.text;
  if (value instanceof Date) return quote(value.toISOString());
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return `(${value})`;
  throw new Error(`${typeof value} is no value of a statement`);
}

/** A string constant (PostgreSQL documentation, "Lexical Structure"). @throws Error on NUL, which no text of PostgreSQL holds */
function quote(value: string): string {
  if (value.includes('\0')) throw new Error('a text for the database holds NUL');
  const doubled = value.includes("'") ? value.replaceAll("'", "''") : value;
  return doubled.includes('\\') ? ` E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

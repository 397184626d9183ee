/**
 * The functions that rules have beside those of CEL: one entry each, with its signature, what it does and how it is
 * described (docs/reference/mapping-rules.md). All are pure, and none makes a value whose size it has not looked at
 * first. Patterns are RE2 (linear in the text), written as literals and compiled once, when the rule is compiled.
 */
import { EvaluationError } from '@marcbachmann/cel-js';
import type { RE2JS } from 're2js';
import { MAX_LIST, MAX_TEXT } from './meter.rules.js';

/** Codes of evaluation errors that mean: this expression yields nothing here. */
export const NOTHING = 'nothing';
/** An operation would make a value past the limits of meter.rules.ts. */
export const TOO_LARGE = 'too_large';

function nothing(message: string): EvaluationError {
  return new EvaluationError({ code: NOTHING, message });
}

function tooLarge(): EvaluationError {
  return new EvaluationError({ code: TOO_LARGE, message: 'the result would be too large' });
}

export interface RuleFunction {
  /** As CEL declares it. */
  readonly signature: string;
  readonly describe: string;
  // biome-ignore lint/suspicious/noExplicitAny: the engine has checked the arguments against the signature.
  readonly apply: (...args: any[]) => unknown;
}

export interface PatternFunction {
  readonly name: string;
  readonly returns: 'bool' | 'string';
  readonly describe: string;
  readonly apply: (pattern: RE2JS, text: string) => boolean | string;
}

type Listed = readonly unknown[];

function requireTexts(list: Listed): readonly string[] {
  for (const element of list) {
    if (typeof element !== 'string') {
      throw new EvaluationError({ code: 'no_matching_overload', message: 'the list holds something that is not text' });
    }
  }
  return list as readonly string[];
}

function joined(list: Listed, separator: string): string {
  const texts = requireTexts(list);
  let length = separator.length * texts.length;
  for (const text of texts) length += text.length;
  if (length > MAX_TEXT) throw tooLarge();
  return texts.join(separator);
}

function replaced(text: string, from: string, to: string): string {
  if (from === '') return text;
  const parts = text.split(from);
  if (text.length + parts.length * to.length > MAX_TEXT) throw tooLarge();
  return parts.join(to);
}

function parts(text: string, separator: string): readonly string[] {
  const found = text.split(separator, MAX_LIST + 1);
  if (found.length > MAX_LIST) throw tooLarge();
  return found;
}

/** The value of the leftmost CN of an LDAP name (RFC 4514, section 3); escapes are undone, other names are refused. */
function commonName(name: string): string {
  const start = name.slice(0, 3).toLowerCase() === 'cn=' ? 3 : -1;
  if (start < 0) throw nothing('there is no common name');
  let text = '';
  for (let i = start; i < name.length; i++) {
    const character = name.charAt(i);
    if (character === ',' || character === '+') break;
    if (character === '\\') i++;
    text += name.charAt(i);
  }
  if (text === '') throw nothing('there is no common name');
  return text;
}

function around(email: string): { readonly local: string; readonly domain: string } {
  const at = email.lastIndexOf('@');
  if (at < 1 || at === email.length - 1) throw nothing('there is no address');
  return { local: email.slice(0, at), domain: email.slice(at + 1) };
}

function translated(list: Listed, table: Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>): Listed {
  const found: unknown[] = [];
  for (const text of requireTexts(list)) {
    const value = table instanceof Map ? table.get(text) : Object.entries(table).find(([key]) => key === text)?.[1];
    if (value !== undefined && !found.includes(value)) found.push(value);
  }
  return found;
}

function first(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  if (value.length === 0) throw nothing('the list is empty');
  return value[0];
}

function values(value: unknown): Listed {
  if (Array.isArray(value)) return value;
  return value === null ? [] : [value];
}

export const ruleFunctions: readonly RuleFunction[] = [
  {
    signature: 'first(dyn): dyn',
    describe: 'The first element of a list; a value that is no list as it is. Nothing for an empty list.',
    apply: first,
  },
  {
    signature: 'values(dyn): list<dyn>',
    describe: 'A list: of the one value, or the list itself. SAML attributes are lists, OIDC claims often are not.',
    apply: values,
  },
  {
    signature: 'unique(list): list<dyn>',
    describe: 'The list without repetitions, in the order of first appearance.',
    apply: (list: Listed) => [...new Set(list)],
  },
  { signature: 'lower(string): string', describe: 'In lower case.', apply: (text: string) => text.toLowerCase() },
  { signature: 'upper(string): string', describe: 'In upper case.', apply: (text: string) => text.toUpperCase() },
  { signature: 'trim(string): string', describe: 'Without white space at both ends.', apply: (t: string) => t.trim() },
  {
    signature: 'split(string, string): list<string>',
    describe: 'The parts of a text between separators.',
    apply: parts,
  },
  {
    signature: 'join(list, string): string',
    describe: 'The texts of a list, with the separator between them.',
    apply: joined,
  },
  {
    signature: 'replace(string, string, string): string',
    describe: 'The text with every occurrence of the second argument replaced by the third.',
    apply: replaced,
  },
  {
    signature: 'domainOf(string): string',
    describe: 'What stands after the last @ of an address, in lower case. Nothing where there is none.',
    apply: (email: string) => around(email).domain.toLowerCase(),
  },
  {
    signature: 'localPartOf(string): string',
    describe: 'What stands before the last @ of an address. Nothing where there is none.',
    apply: (email: string) => around(email).local,
  },
  {
    signature: 'commonName(string): string',
    describe:
      'The leftmost CN of an LDAP name: `Staff` of `CN=Staff,OU=Groups,DC=example`. Nothing where there is none.',
    apply: commonName,
  },
  {
    signature: 'translate(list, map): list<dyn>',
    describe: 'Each text of the list looked up in the table; what the table does not have is left out.',
    apply: translated,
  },
];

export const patternFunctions: readonly PatternFunction[] = [
  {
    name: 're2Match',
    returns: 'bool',
    describe: 'Whether the RE2 pattern is found in the text; anchor it with ^ and $ for the whole text.',
    apply: (pattern, text) => pattern.matcher(text).find(),
  },
  {
    name: 're2Extract',
    returns: 'string',
    describe: 'The first group of the RE2 pattern, or all that it matched. Nothing where it is not found.',
    apply: (pattern, text) => {
      const matcher = pattern.matcher(text);
      if (!matcher.find()) throw nothing('the pattern is not found');
      const found = matcher.group(matcher.groupCount() > 0 ? 1 : 0);
      if (found === null) throw nothing('the pattern is not found');
      return found;
    },
  },
];

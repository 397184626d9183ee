/**
 * What leaves the API when something fails. Codes come from the one catalogue; a fault is `INTERNAL` with a correlation
 * id and nothing else; words of the schema are told only to callers who may read the schema (G07, G14).
 */
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorCode, errorCatalogue } from '../shared/error-catalogue.js';
import { type FieldProblem, HubError } from '../shared/hub-error.js';

export interface ErrorView {
  readonly correlationId: string;
  /** Whether the caller may read the schema, and so its words in error texts. */
  readonly maySeeSchema: boolean;
  /** Takes what must not be shown. */
  readonly logFault: (fault: unknown) => void;
}

/** Codes with which Apollo marks requests that never reached a resolver. */
const queryFaults: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'PERSISTED_QUERY_NOT_FOUND',
]);

/** @param error as Apollo hands it over: a GraphQLError around whatever was thrown. */
export function formatError(formatted: GraphQLFormattedError, error: unknown, view: ErrorView): GraphQLFormattedError {
  const cause = rootCause(error);
  if (cause instanceof HubError) return shown(formatted, cause.code, cause.publicMessage, cause.fields);
  const code = formatted.extensions?.code;
  if (code === 'BAD_USER_INPUT' || code === 'INPUT_INVALID')
    return shown(formatted, 'INPUT_INVALID', undefined, [inputProblem(error, cause)]);
  const literal = scalarWords(cause);
  if (literal !== null) return shown(formatted, 'INPUT_INVALID', literal);
  if (typeof code === 'string' && queryFaults.has(code)) {
    return shown(formatted, 'QUERY_INVALID', view.maySeeSchema ? formatted.message : undefined);
  }
  view.logFault(cause);
  const { path } = formatted;
  const { message } = errorCatalogue.INTERNAL;
  return { message, ...(path && { path }), extensions: { code: 'INTERNAL', correlationId: view.correlationId } };
}

/** The body of an answer that no resolver made: authentication, size, shape and limits. */
export function errorBody(code: ErrorCode, message?: string): { errors: GraphQLFormattedError[] } {
  return { errors: [{ message: message ?? errorCatalogue[code].message, extensions: { code } }] };
}

function shown(
  { path, locations }: GraphQLFormattedError,
  code: ErrorCode,
  message?: string,
  fields: readonly FieldProblem[] = [],
): GraphQLFormattedError {
  return {
    message: message ?? errorCatalogue[code].message,
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code, ...(fields.length > 0 && { fields }) },
  };
}

function rootCause(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError;
  return cause;
}

/**
 * Which input field a failed coercion of variables speaks of. graphql-js tells it only inside its sentence:
 * `Variable "$input" got invalid value "…" at "input.slug"; …` (execution/values.js). The value itself is quoted as JSON
 * in there, so it cannot forge the unescaped ` at "`.
 */
function inputProblem(error: unknown, cause: unknown): FieldProblem {
  const sentence = error instanceof Error ? error.message : '';
  const ownWords = scalarWords(cause);
  const tail = ownWords === null ? sentence.lastIndexOf('; ') : sentence.lastIndexOf(`; ${ownWords}`);
  const head = tail < 0 ? sentence : sentence.slice(0, tail);
  const path = / at "([\w.[\]]+)"$/.exec(head)?.[1] ?? /^(?:Variable|Argument) "\$?(\w+)"/.exec(sentence)?.[1] ?? '';
  const missing = /^; Field "(\w+)" of required type /.exec(sentence.slice(tail))?.[1];
  if (missing !== undefined) return { path: `${dotted(path)}.${missing}`, message: 'This is required.' };
  return { path: dotted(path), message: ownWords ?? 'This is not what the field takes.' };
}

/** What one of our scalars said of a value that it refused. */
function scalarWords(cause: unknown): string | null {
  return cause instanceof GraphQLError && cause.extensions.code === 'INPUT_INVALID' ? cause.message : null;
}

function dotted(path: string): string {
  return path.replace(/\[(\d+)\]/g, '.$1');
}

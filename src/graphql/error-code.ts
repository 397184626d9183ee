/** The closed catalogue of codes as an enum: each value is described by the sentence that may leave the house. */
import 'reflect-metadata';
import { type ErrorCode, errorCatalogue } from '../shared/error-catalogue.js';
import { graphqlEnum } from './enums.js';

const sentences = Object.fromEntries(Object.entries(errorCatalogue).map(([code, { message }]) => [code, message]));

export const ErrorCodeEnum = graphqlEnum<ErrorCode>(
  'ErrorCode',
  'Stable codes of refusals and errors; docs/reference/errors.md tells more of each.',
  sentences as Record<ErrorCode, string>,
);

/** The public meaning of a stored code; null for none. */
export function meaningOf(code: string | null | undefined): string | null {
  return code != null && Object.hasOwn(errorCatalogue, code) ? errorCatalogue[code as ErrorCode].message : null;
}

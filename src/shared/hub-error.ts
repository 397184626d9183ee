/** An expected failure of a use case. Everything else that is thrown is a fault and is shown as INTERNAL. */
import { type ErrorCode, errorCatalogue } from './error-catalogue.js';

export interface FieldProblem {
  /** Path of the offending input field, as the caller sent it: `input.domains.0`. */
  readonly path: string;
  readonly message: string;
}

export class HubError extends Error {
  readonly code: ErrorCode;
  readonly publicMessage: string;
  readonly fields: readonly FieldProblem[];

  constructor(code: ErrorCode, publicMessage?: string, fields: readonly FieldProblem[] = []) {
    super(publicMessage ?? errorCatalogue[code].message);
    this.name = 'HubError';
    this.code = code;
    this.publicMessage = this.message;
    this.fields = fields;
  }
}

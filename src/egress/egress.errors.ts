/** The ways in which outbound HTTP fails. The reason is a closed word, so that nothing of an answer can leak through it. */
import { HubError } from '../shared/hub-error.js';

export type EgressReason =
  | 'url'
  | 'address'
  | 'redirect'
  | 'size'
  | 'time'
  | 'concurrency'
  | 'encoding'
  | 'media-type'
  | 'status'
  | 'network';

export class EgressError extends HubError {
  override readonly code: 'EGRESS_DENIED' | 'EGRESS_LIMIT' | 'EGRESS_FAILED';
  readonly reason: EgressReason;

  constructor(code: EgressError['code'], reason: EgressReason) {
    super(code);
    this.name = 'EgressError';
    this.code = code;
    this.reason = reason;
  }
}

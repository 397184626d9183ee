/** The span of time that refusals are counted over: bounded, so that no caller makes the hub count for ever. */
import { HubError } from '../shared/hub-error.js';
import type { TimeWindow } from '../shared/ids.js';

const DAY_MS = 86_400_000;
export const MAX_SPAN_DAYS = 31;

export interface Span {
  readonly since: Date;
  /** null: until now. */
  readonly until: Date | null;
}

/** The last 24 hours of the span, where it does not say when it begins. @throws HubError INPUT_INVALID */
export function spanOf({ since, until }: TimeWindow, now: Date): Span {
  const end = until ?? now;
  const begin = since ?? new Date(end.getTime() - DAY_MS);
  if (begin >= end) throw invalid('The span begins before it ends.');
  if (end.getTime() - begin.getTime() > MAX_SPAN_DAYS * DAY_MS) throw invalid(`Use ${MAX_SPAN_DAYS} days at most.`);
  return { since: begin, until: until ?? null };
}

function invalid(message: string): HubError {
  return new HubError('INPUT_INVALID', undefined, [{ path: 'filter.since', message }]);
}

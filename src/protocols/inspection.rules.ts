/** How the inspection of a captured message is told, check by check. */
import type { CheckName, CheckVerdict, Inspection } from '../login/contracts.js';
import type { Refusal } from '../shared/refusal.js';
import { refused } from '../shared/result.js';

export function passed(check: CheckName): CheckVerdict {
  return { check, outcome: 'PASSED', code: null, detail: null };
}

export function refusedBy(check: CheckName, { code, detail }: Refusal): CheckVerdict {
  return { check, outcome: 'REFUSED', code, detail };
}

export function notApplied(check: CheckName, detail: string): CheckVerdict {
  return { check, outcome: 'NOT_APPLIED', code: null, detail };
}

function notReached(check: CheckName): CheckVerdict {
  return { check, outcome: 'NOT_REACHED', code: null, detail: null };
}

/** A message of which nothing more may be said once `check` has refused it. */
export function stoppedAt(
  checks: readonly CheckName[],
  check: CheckName,
  because: Refusal,
  passedBefore: readonly CheckName[] = [],
): Inspection {
  const verdicts = checks.map((one) => {
    if (one === check) return refusedBy(one, because);
    return passedBefore.includes(one) ? passed(one) : notReached(one);
  });
  return { verdicts, facts: refused(because) };
}

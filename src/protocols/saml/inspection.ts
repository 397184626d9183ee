/**
 * A captured response, judged without its request: the gate, the signature and the checks of a real login, over a request
 * that is made up to fit what the response says of it (SECURITY.md, promise 1: nothing here is sealed). What only a real request
 * could tell is reported as not applied.
 */
import type {
  CheckName,
  CheckVerdict,
  InboundMessage,
  Inspection,
  Inspector,
  UpstreamSamlConfig,
} from '../../login/contracts.js';
import type { Refusal } from '../../shared/refusal.js';
import { refused } from '../../shared/result.js';
import { notApplied, passed, refusedBy, stoppedAt } from '../inspection.rules.js';
import { readResponseBytes } from './binding.rules.js';
import { samlChecks, statedFacts } from './facts.rules.js';
import { type PendingSaml, responsePolicy, type SamlMessage, type VerifiedResponse } from './message.rules.js';
import { verifyResponse } from './response.js';

const all: readonly CheckName[] = ['MESSAGE', 'SIGNATURE', ...samlChecks.map(([name]) => name), 'SUBJECT'];
/** No response names a request so. */
const NO_REQUEST = '(none)';

const lost = [
  notApplied(
    'REAUTHENTICATION',
    'when the request was sent, and whether it demanded a new authentication, is not known',
  ),
  notApplied('REPLAY', 'whether the assertion was used before is not looked at, and it is not used by this'),
];

export const samlInspector: Inspector<UpstreamSamlConfig> = {
  inspect: async (config, message, { at }) => inspect(config, message, at),
};

function inspect(config: UpstreamSamlConfig, message: string, at: Date): Inspection {
  const bytes = readResponseBytes(posted(message));
  if (!bytes.ok) return withLost(stoppedAt(all, 'MESSAGE', bytes.refusal));
  const response = verifyResponse(bytes.value, responsePolicy(config, at));
  if (!response.ok) return withLost(stoppedAt(all, 'SIGNATURE', response.refusal, ['MESSAGE']));
  return withLost(judge({ ...response.value, config, pending: requestOf(response.value), now: at }));
}

/** All checks are run: the bytes are proved, so that each verdict means something. */
function judge(message: SamlMessage): Inspection {
  const found = samlChecks.map(([name, check]) => [name, check(message)] as const);
  const verdicts = [passed('MESSAGE'), passed('SIGNATURE'), ...found.map(([name, bad]) => verdictOf(name, bad))];
  const first = found.map(([, bad]) => bad).find((bad) => bad !== null);
  if (first !== undefined) {
    const unread = { check: 'SUBJECT', outcome: 'NOT_REACHED', code: null, detail: null } as const;
    return { verdicts: [...verdicts, unread], facts: refused(first) };
  }
  const facts = statedFacts(message);
  return { verdicts: [...verdicts, facts.ok ? passed('SUBJECT') : refusedBy('SUBJECT', facts.refusal)], facts };
}

function verdictOf(name: CheckName, bad: Refusal | null): CheckVerdict {
  if (bad !== null) return refusedBy(name, bad);
  if (name !== 'IN_RESPONSE_TO') return passed(name);
  return notApplied(name, 'which request was sent is not known; the response names one, and names it alike');
}

/** A request that cannot be older, and is the one that the response names; one that names none stays without. */
function requestOf({ envelope }: VerifiedResponse): PendingSaml {
  const requestId = envelope.attribute('InResponseTo') || NO_REQUEST;
  return { kind: 'SAML', requestId, forceAuthn: false, requestedAt: new Date(0).toISOString() };
}

function posted(message: string): InboundMessage {
  return { method: 'POST', rawQuery: '', query: [], form: [['SAMLResponse', message]] };
}

function withLost({ verdicts, facts }: Inspection): Inspection {
  return { verdicts: [...verdicts, ...lost], facts };
}

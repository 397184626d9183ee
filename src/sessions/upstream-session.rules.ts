/**
 * Decides which sessions of the hub a logout of an IdP means (SAML profiles, section 4.4; S47, L40): those of exactly that
 * person, compared in every field of the name, and of the named sessions there. Only digests are kept.
 */
import type { AssertionFacts, SessionSubject } from '../login/contracts.js';
import { handleHash } from '../shared/ids.js';

export function subjectHash({ value, format, nameQualifier }: SessionSubject): string {
  return handleHash(JSON.stringify([value, format, nameQualifier]));
}

/** What a session remembers of the one at the IdP. */
export function upstreamHashes({
  sessionSubject,
  authentication: { sessionIndex },
}: Pick<AssertionFacts, 'sessionSubject' | 'authentication'>) {
  // Without a subject there is nothing to compare: the same index may be another person's.
  if (sessionSubject === undefined) return { upstreamSubjectHash: null, upstreamSessionHash: null };
  return {
    upstreamSubjectHash: subjectHash(sessionSubject),
    upstreamSessionHash: sessionIndex === null ? null : handleHash(sessionIndex),
  };
}

interface UpstreamSession {
  readonly upstreamSessionHash: string | null;
}

/** The sessions of a person that are meant. @param indexes none: all of them */
export function meantSessions<S extends UpstreamSession>(
  sessions: readonly S[],
  indexes: readonly string[],
): readonly S[] {
  if (indexes.length === 0) return sessions;
  const hashes = new Set(indexes.map(handleHash));
  return sessions.filter(({ upstreamSessionHash }) => upstreamSessionHash !== null && hashes.has(upstreamSessionHash));
}

/**
 * Which names an organization can claim, and how it proves them (promise 2; H18). A claim is one exact name: a
 * proved domain says nothing of its subdomains, each of which is claimed and proved by itself.
 */
import { parse } from 'tldts';
import { isFreeMail } from './free-mail.rules.js';

const RECORD_LABEL = '_entente-challenge';
const RECORD_PREFIX = 'entente-domain-verification=';
const MAX_NAME = 253;

export type DomainProblem = 'PUBLIC_SUFFIX' | 'FREE_MAIL' | 'TOO_LONG';

export const domainProblems: Readonly<Record<DomainProblem, string>> = {
  PUBLIC_SUFFIX: 'Names are registered below this one; no organization owns it.',
  FREE_MAIL: 'Anybody can have a mailbox in this domain.',
  TOO_LONG: 'The name is too long to be proved.',
};

/**
 * Why a name cannot be claimed; null when it can. Suffixes are those of the Public Suffix List with its private part:
 * `github.io` belongs to nobody's people as little as `co.uk` does.
 * @param name in lower-case A-labels
 */
export function domainProblem(name: string): DomainProblem | null {
  if (recordName(name).length > MAX_NAME) return 'TOO_LONG';
  if (parse(name, { allowPrivateDomains: true }).domain === null) return 'PUBLIC_SUFFIX';
  return isFreeMail(withParents(name)) ? 'FREE_MAIL' : null;
}

/** Where the partner publishes the TXT record that proves the domain. */
export function recordName(name: string): string {
  return `${RECORD_LABEL}.${name}`;
}

/** What the record says. */
export function recordValue(challenge: string): string {
  return `${RECORD_PREFIX}${challenge}`;
}

/** @param records the TXT records of `recordName`; other services may have theirs beside ours */
export function provesDomain(records: readonly string[], challenge: string): boolean {
  const wanted = recordValue(challenge);
  return records.some((record) => record.trim() === wanted);
}

function withParents(name: string): readonly string[] {
  const labels = name.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

/**
 * The seal that turns facts into a VerifiedAssertion. dependency-cruiser lets only the `verify` of each upstream
 * protocol and the store of pending logins import this file (SECURITY.md, promise 1).
 */
import type { AssertionFacts, VerifiedAssertion } from './contracts.js';

export function sealVerified(facts: AssertionFacts): VerifiedAssertion {
  return Object.freeze(facts) as VerifiedAssertion;
}

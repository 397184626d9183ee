/** Levels of assurance: compared by their order and never by string; what was not claimed is none, and below 1 (C73). */
import type { FalShortfall } from '../login/contracts.js';
import type { Assurance, AssuranceMap, FalCeiling, PolicyFacts } from '../login/facts.js';

export const noAssurance: Assurance = { ial: null, aal: null, fal: null };

/** What the `acr` of an IdP claims, by the table agreed for this IdP; an `acr` that is not listed claims nothing. */
export function levelsOf(map: AssuranceMap, acr: string | null): Assurance {
  return acr !== null && Object.hasOwn(map, acr) ? (map[acr] ?? noAssurance) : noAssurance;
}

/**
 * What a statement of an IdP is worth now. A level of federation stands for signatures by approved cryptography (SP 800-63C-4,
 * section 2.1; N5): where old algorithms are excepted, there is none, whatever the table says.
 */
export function assuranceOf(
  { assuranceMap, algorithmExceptions }: Pick<PolicyFacts['identityProvider'], 'assuranceMap' | 'algorithmExceptions'>,
  acr: string | null,
): Assurance {
  const levels = levelsOf(assuranceMap, acr);
  return algorithmExceptions.length === 0 ? levels : { ...levels, fal: null };
}

/** Whether each level reaches its minimum; a minimum of null asks for nothing. */
export function meets(actual: Assurance, minimum: Assurance): boolean {
  return (['ial', 'aal', 'fal'] as const).every((kind) => (actual[kind] ?? 0) >= (minimum[kind] ?? 0));
}

/**
 * The highest federation assurance that the hub believes of an assertion, by what it saw itself: FAL2 where nothing is missing,
 * none where old cryptography may have proved it (section 2.1), else FAL1.
 * FAL3 needs an authenticator that the person proves here (NIST SP 800-63C-4, section 2.4), so no claim reaches it.
 */
export function falCeiling(shortfalls: readonly FalShortfall[]): FalCeiling {
  if (shortfalls.includes('OLD_ALGORITHMS')) return null;
  return shortfalls.length === 0 ? 2 : 1;
}

/** What is believed of what was claimed: a ceiling lowers, and never raises. */
export function boundFal(claimed: Assurance, ceiling: FalCeiling): Assurance {
  const { fal } = claimed;
  return { ...claimed, fal: fal === null || ceiling === null ? null : fal < ceiling ? fal : ceiling };
}

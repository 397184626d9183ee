/** Levels of assurance: compared by their order and never by string; what was not claimed is none, and below 1 (C73). */
import type { Assurance, AssuranceMap } from '../login/facts.js';

export const noAssurance: Assurance = { ial: null, aal: null, fal: null };

/** What the `acr` of an IdP claims, by the table agreed for this IdP; an `acr` that is not listed claims nothing. */
export function levelsOf(map: AssuranceMap, acr: string | null): Assurance {
  return acr !== null && Object.hasOwn(map, acr) ? (map[acr] ?? noAssurance) : noAssurance;
}

/** Whether each level reaches its minimum; a minimum of null asks for nothing. */
export function meets(actual: Assurance, minimum: Assurance): boolean {
  return (['ial', 'aal', 'fal'] as const).every((kind) => (actual[kind] ?? 0) >= (minimum[kind] ?? 0));
}

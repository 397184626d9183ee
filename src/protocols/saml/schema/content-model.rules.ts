/**
 * Content models of XML Schema as automata. Every model of SAML is deterministic, as XML Schema demands (part 1, section 3.8.6):
 * the next child alone tells where in the model it stands. So each model becomes, once, a table of what may follow what, and
 * reading costs one step a child, without a way back.
 */
import type { XmlElement } from '../../../xml/contracts.js';

/** What a wildcard lets through: anything, or what is in a namespace that is not of SAML. */
export type Wildcard = 'any' | 'foreign';

export type Term =
  | { readonly kind: 'element'; readonly namespace: string; readonly localName: string }
  | { readonly kind: 'wildcard'; readonly wildcard: Wildcard };

/** A part of a model: what it can begin and end with, whether it may be left out, and what follows each of its places. */
export interface Particle {
  readonly places: readonly Place[];
  readonly first: readonly Place[];
  readonly last: readonly Place[];
  readonly isOptional: boolean;
}

export interface Place {
  readonly term: Term;
  readonly next: Place[];
  /** The content may end here. Settled when the model is complete. */
  isEnd: boolean;
}

export interface ContentModel {
  readonly start: readonly Place[];
  readonly mayBeEmpty: boolean;
}

function placeOf(term: Term): Particle {
  const place: Place = { term, next: [], isEnd: false };
  return { places: [place], first: [place], last: [place], isOptional: false };
}

export function element(namespace: string, localName: string): Particle {
  return placeOf({ kind: 'element', namespace, localName });
}

export function wildcard(kind: Wildcard): Particle {
  return placeOf({ kind: 'wildcard', wildcard: kind });
}

export function sequence(...parts: readonly Particle[]): Particle {
  const places = parts.flatMap((part) => part.places);
  const first: Place[] = [];
  let last: readonly Place[] = [];
  let isOptional = true;
  for (const part of parts) {
    for (const end of last) end.next.push(...part.first);
    if (isOptional) first.push(...part.first);
    last = part.isOptional ? [...last, ...part.last] : part.last;
    isOptional &&= part.isOptional;
  }
  return { places, first, last, isOptional };
}

export function choice(...parts: readonly Particle[]): Particle {
  return {
    places: parts.flatMap((part) => part.places),
    first: parts.flatMap((part) => part.first),
    last: parts.flatMap((part) => part.last),
    isOptional: parts.some((part) => part.isOptional),
  };
}

export function optional(part: Particle): Particle {
  return { ...part, isOptional: true };
}

/** One or more. */
export function many(part: Particle): Particle {
  for (const end of part.last) end.next.push(...part.first.filter((place) => !end.next.includes(place)));
  return part;
}

export function anyNumber(part: Particle): Particle {
  return optional(many(part));
}

export function contentModel(whole: Particle): ContentModel {
  for (const place of whole.last) place.isEnd = true;
  return { start: whole.first, mayBeEmpty: whole.isOptional };
}

/** The place of a child among those that may come, or null: it may not stand here. */
export function placeAmong(places: readonly Place[], child: XmlElement, isForeign: boolean): Place | null {
  for (const place of places) {
    const { term } = place;
    if (term.kind === 'element') {
      if (term.localName === child.localName && term.namespace === child.namespace) return place;
    } else if (isForeign || term.wildcard === 'any') return place;
  }
  return null;
}

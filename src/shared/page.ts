/** Pages of a list: keyset on the row id, so that page 10 000 costs what page 1 costs. */
import type { Uuid } from './ids.js';

export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

export interface PageRequest {
  /** 1 to 100. */
  readonly first: number;
  /** The row after which the page begins; null for the first page. */
  readonly after: Uuid | null;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly hasNextPage: boolean;
}

/** Numbered versions of one thing, the newest first. */
export interface VersionsRequest {
  /** 1 to 100. */
  readonly first: number;
  /** The version after which the page begins; null for the first page. */
  readonly before: number | null;
}

export interface VersionsPage<T> {
  readonly rows: readonly T[];
  readonly hasNextPage: boolean;
}

/** @param rows up to one row more than was asked for: the one that tells whether there is a next page. */
export function pageOf<T>(rows: readonly T[], request: PageRequest): Page<T> {
  return { rows: rows.slice(0, request.first), hasNextPage: rows.length > request.first };
}

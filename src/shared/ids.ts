/**
 * Identifiers. Row ids are UUIDs of version 7 (RFC 9562, section 5.7): ordered by time, so that an id alone tells the
 * partition of a login or an audit event. Handles are what leaves the hub and comes back (state, session, code): 256
 * random bits behind a region prefix, so that a load balancer can send them home without looking anything up.
 */
import { createHash, randomBytes } from 'node:crypto';

export type Uuid = string;

/** Rows that are written before the partner is known belong to this reserved partner (docs/architecture.md). */
export const RESERVED_PARTNER_ID: Uuid = '00000000-0000-7000-8000-000000000000';

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A new UUIDv7 for the instant `at`. */
export function uuidv7(at: Date = new Date()): Uuid {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The smallest UUIDv7 of an instant: the border of a time partition. */
export function firstUuidOf(at: Date): Uuid {
  const milliseconds = Math.min(Math.max(at.getTime(), 0), 2 ** 48 - 1);
  const hex = milliseconds.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}

/** A span of time, from `since` until just before `until`; open where a side is missing. */
export interface TimeWindow {
  readonly since?: Date | null;
  readonly until?: Date | null;
}

/** The ids that were made in a span of time: what prunes the partitions of a table. */
export function idsWithin({ since, until }: TimeWindow): { $gte?: Uuid; $lt?: Uuid } {
  return { ...(since && { $gte: firstUuidOf(since) }), ...(until && { $lt: firstUuidOf(until) }) };
}

export function isUuid(text: string): text is Uuid {
  return UUID_PATTERN.test(text);
}

/** A new unguessable handle, `<region>.<43 base64url characters>`. */
export function newHandle(region: string): string {
  return `${region}.${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a handle: its SHA-256, base64url. A read of the table gives nobody a working handle. */
export function handleHash(handle: string): string {
  return createHash('sha256').update(handle, 'utf8').digest('base64url');
}

/** The short number that an end user reads to support and that finds the login in the log. */
export function newReference(): string {
  return randomBytes(5).toString('hex').toUpperCase();
}

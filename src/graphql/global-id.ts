/**
 * Global ids: base64url of the type's name, a colon and the row's key (16 bytes, or 32 for a row of a partner: partner
 * id, then row id). Opaque, but no secret: every load asks for the row in the caller's scope, so that a forged id, one
 * of another tenant and one that never existed look the same (G10, G11).
 */
import { HubError } from '../shared/hub-error.js';
import type { Uuid } from '../shared/ids.js';

/** Key of a row that belongs to a partner. */
export interface TenantKey {
  readonly partnerId: Uuid;
  readonly id: Uuid;
}

export interface DecodedId {
  readonly type: string;
  /** One id, or partner id and row id. */
  readonly key: readonly Uuid[];
}

const TYPE = /^[A-Z][A-Za-z]{0,39}$/;
const MAX_LENGTH = 120;

/** Rows of the hub that name a partner without being the partner's: their key is their own id. */
const hubTypes: ReadonlySet<string> = new Set(['ApiClient', 'ApiToken']);

/** @param row any stored row: `partnerId` is part of its key when it has one. */
export function globalId(type: string, row: { id: Uuid; partnerId?: Uuid | null }): string {
  const key = row.partnerId && !hubTypes.has(type) ? [row.partnerId, row.id] : [row.id];
  const bytes = key.map((uuid) => Buffer.from(uuid.replaceAll('-', ''), 'hex'));
  return Buffer.concat([Buffer.from(`${type}:`, 'ascii'), ...bytes]).toString('base64url');
}

/** null for everything that this hub would not have written itself: padding, other alphabets, trailing bytes. */
export function decodeGlobalId(text: string): DecodedId | null {
  if (text.length > MAX_LENGTH) return null;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return null;
  const colon = bytes.indexOf(0x3a);
  const type = bytes.subarray(0, Math.max(colon, 0)).toString('latin1');
  const rest = bytes.subarray(colon + 1);
  if (!TYPE.test(type) || (rest.length !== 16 && rest.length !== 32)) return null;
  const key = [uuidOf(rest.subarray(0, 16))];
  if (rest.length === 32) key.push(uuidOf(rest.subarray(16)));
  return { type, key };
}

/** The id of a row of the hub, or null: for queries, which answer null where there is nothing to see. */
export function lookupHubKey(type: string, text: string): Uuid | null {
  const decoded = decodeGlobalId(text);
  const [id, further] = decoded?.type === type ? decoded.key : [];
  return id === undefined || further !== undefined ? null : id;
}

/** The key of a row of a partner, or null. */
export function lookupTenantKey(type: string, text: string): TenantKey | null {
  const decoded = decodeGlobalId(text);
  const [partnerId, id] = decoded?.type === type ? decoded.key : [];
  return partnerId === undefined || id === undefined ? null : { partnerId, id };
}

/** The id of a row of the hub: for mutations. @throws HubError NOT_FOUND */
export function hubKey(type: string, text: string): Uuid {
  return lookupHubKey(type, text) ?? notFound();
}

/** The key of a row of a partner: for mutations. @throws HubError NOT_FOUND */
export function tenantKey(type: string, text: string): TenantKey {
  return lookupTenantKey(type, text) ?? notFound();
}

function notFound(): never {
  throw new HubError('NOT_FOUND');
}

function uuidOf(bytes: Buffer): Uuid {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

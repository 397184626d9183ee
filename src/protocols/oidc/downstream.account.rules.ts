/**
 * The account id at the OpenID Provider: partner and membership, 32 bytes as base64url. Opaque to applications, stable
 * over every change of name, e-mail or IdP (C8), and enough to find the rows of the right partner without a search.
 */
import { isUuid, type Uuid } from '../../shared/ids.js';

export interface AccountKey {
  readonly partnerId: Uuid;
  readonly membershipId: Uuid;
}

const ACCOUNT_BYTES = 32;

export function encodeAccountId({ partnerId, membershipId }: AccountKey): string {
  return Buffer.from(`${partnerId}${membershipId}`.replaceAll('-', ''), 'hex').toString('base64url');
}

/** null for whatever is not an account id of ours. */
export function decodeAccountId(accountId: string): AccountKey | null {
  const bytes = Buffer.from(accountId, 'base64url');
  if (bytes.length !== ACCOUNT_BYTES || bytes.toString('base64url') !== accountId) return null;
  const [partnerId, membershipId] = [uuidOf(bytes.subarray(0, 16)), uuidOf(bytes.subarray(16))];
  return isUuid(partnerId) && isUuid(membershipId) ? { partnerId, membershipId } : null;
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
